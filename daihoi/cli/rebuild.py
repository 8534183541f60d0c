"""`daihoi rebuild`: the views folded anew."""

import typer

from daihoi.cli.console import FOUND_WRONG, LangOption, language_of, out, progress_bar, read_settings, run
from daihoi.ops.session import open_session
from services.tracker.projection.rebuild import rebuild
from shared.i18n import translate


def rebuild_views(lang: LangOption = None) -> None:
    """Fold all views again from the first event, and put them in place of the live ones."""
    settings = read_settings()
    language = language_of(lang)

    async def renew() -> bool:
        async with open_session(settings) as session:
            with progress_bar(translate("Rebuilding", language)) as on_progress:
                done = await rebuild(session.ledger, session.views, on_progress)
        out.print(
            translate("Rebuilt at ledger event {sequence}", language, sequence=done.sequence) + f": {done.after}"
        )
        if done.before and done.before != done.after:
            out.print(translate("The views that were replaced differed", language) + f": {done.before}")
        if done.lost:
            out.print(
                translate("The ledger has lost {count} events that the old views knew", language, count=done.lost)
            )
        if done.parked:
            parked = translate("{count} events are parked", language, count=done.parked)
            out.print(f"{parked}: daihoi parked list")
        return not done.parked and not done.lost

    raise typer.Exit(0 if run(renew()) else FOUND_WRONG)
