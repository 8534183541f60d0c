"""`daihoi rebuild`: the views folded anew."""

import typer

from daihoi.cli import console
from daihoi.cli.console import LangOption
from daihoi.ops.session import open_session
from services.tracker.projection.rebuild import rebuild
from shared.i18n import translate


def rebuild_views(lang: LangOption = None) -> None:
    """Fold all views again from the first event, and put them in place of the live ones."""
    settings, language = console.begin(lang)

    async def renew() -> bool:
        async with open_session(settings, writes=True) as session:
            with console.progress_bar(translate("Rebuilding", language)) as on_progress:
                done = await rebuild(session.ledger, session.views, on_progress)
        lines = [f"{translate('Rebuilt at ledger event {sequence}', language, sequence=done.sequence)}: {done.after}"]
        if done.before and done.before != done.after:
            lines.append(f"{translate('The views that were replaced differed', language)}: {done.before}")
        if done.lost:
            lines.append(
                translate("The ledger has lost {count} events that the old views knew", language, count=done.lost)
            )
        if done.parked:
            lines.append(f"{translate('{count} events are parked', language, count=done.parked)}: daihoi parked list")
        console.print_drawn(lines)
        return not done.parked and not done.lost

    raise typer.Exit(0 if console.run(renew()) else console.FOUND_WRONG)
