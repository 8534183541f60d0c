"""`daihoi rebuild`: the views folded anew."""

from collections.abc import Iterator

import typer

from daihoi.cli import console
from daihoi.cli.console import LangOption
from daihoi.ops.session import open_session
from services.tracker.projection.rebuild import Rebuilt, rebuild
from shared.i18n import Language, translate


def rebuild_views(lang: LangOption = None) -> None:
    """Fold all views again from the first event, and put them in place of the live ones."""
    settings, language = console.begin(lang)

    async def renew() -> bool:
        async with open_session(settings, writes=True) as session:
            with console.progress_bar(translate("Rebuilding", language)) as on_progress:
                done = await rebuild(session.ledger, session.views, on_progress)
        console.print_drawn(rebuilt_lines(done, language))
        return not done.parked and not done.lost

    raise typer.Exit(0 if console.run(renew()) else console.FOUND_WRONG)


def rebuilt_lines(done: Rebuilt, lang: Language) -> Iterator[str]:
    if done.upto > done.sequence:
        yield translate("Rebuilt up to ledger event {upto}.", lang, upto=done.upto)
        compared = translate("At ledger event {sequence}, where the old views stood", lang, sequence=done.sequence)
    else:
        compared = translate("Rebuilt at ledger event {sequence}", lang, sequence=done.sequence)
    yield f"{compared}: {done.after}"
    if done.before and done.before != done.after:
        yield f"{translate('The views that were replaced differed', lang)}: {done.before}"
    if done.lost:
        yield translate("The ledger has lost {count} events that the old views knew", lang, count=done.lost)
    if done.parked:
        yield f"{translate('{count} events are parked', lang, count=done.parked)}: daihoi parked list"
