"""`daihoi audit`: the event history, replayed, looked at and verified."""

from datetime import datetime
from typing import Annotated, Any, cast

import typer

from daihoi.cli import console
from daihoi.cli.console import Format, FormatOption, LangOption, TokenOption
from daihoi.cli.groups import CommandGroup
from daihoi.cli.listed import is_listed
from daihoi.cli.view_selection import ByOption, InstantOption, check_view, instant_option, open_views
from daihoi.ops.names import take_names_of_the_ledger, take_names_over
from daihoi.ops.reading import may_read_restricted
from daihoi.ops.session import connected, open_session
from daihoi.terminal import audit as terminal
from services.tracker.health import loss_findings
from services.tracker.history.as_of import By, ChosenInstant, stretch_of
from services.tracker.history.diff import Difference, difference, masked
from services.tracker.history.replay import Filter, entity_named, replay, silence, silence_lines
from services.tracker.history.snapshots import Snapshots
from services.tracker.history.verify import Verdict, verify
from services.tracker.projection.store import COLLECTIONS
from services.tracker.queries import instant_of, timeline
from shared.eventstore.ledger import Ledger
from shared.i18n import Language, translate
from shared.unit.findings import Finding
from shared.values.local_time import LOCAL_TIME

audit = CommandGroup("The event history: replay, timeline, as-of, diff, verify.")


@audit.command("replay")
def audit_replay(
    unit: Annotated[str, typer.Option(help="Only events of this service.")] = "",
    entity: Annotated[str, typer.Option(help="Only this entity: 1-03, task/1-03, logistics/1-03, or task.")] = "",
    actor: Annotated[str, typer.Option(help="Only what this position did, or this person.")] = "",
    type: Annotated[str, typer.Option(help="Only this event type: task.completed, or all of task.")] = "",  # noqa: A002
    first: Annotated[str | None, typer.Option("--from", help="From this sequence, time or day on.")] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="Up to this sequence or time, or the end of this day.")
    ] = None,
    by: Annotated[By, typer.Option("--by", help="Which time of an event --from and --to mean.")] = By.RECORDED,
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Every event as it was recorded, in order, from the ledger itself; exit 1 where a name is on no record."""
    settings, language = console.begin(lang)
    for name in (unit, entity.partition("/")[0]):
        is_listed(name)
    with console.refusals_are_wrong_use():
        criteria = Filter(unit, entity_named(entity), actor, type, *stretch_of(first, last, by), by)

    async def show() -> bool:
        unmasked = await may_read_restricted(settings, token)
        async with connected(settings) as connection:
            ledger, count = Ledger(connection, settings.congress), 0
            await take_names_of_the_ledger(ledger)
            async for line in replay(ledger, criteria, unmasked=unmasked):
                count += 1
                if format is Format.JSON:
                    console.write_lines([line])
                else:
                    console.print_drawn(terminal.history_line(line, language))
            return count > 0 or await _explain_silence(ledger, criteria, language)

    raise typer.Exit(0 if console.run(show()) else console.FOUND_WRONG)


async def _explain_silence(ledger: Ledger, criteria: Filter, lang: Language) -> bool:
    """Says why no event was shown; whether all that was asked for is on record."""
    why = await silence(ledger, criteria)
    for line in silence_lines(why, criteria, lang):
        console.say(line)
    return not why.unknown


@audit.command("timeline")
def audit_timeline(
    entity: Annotated[str, typer.Argument(help="1-03, task/1-03, logistics/1-03, or a symbol: 76-KH/TU")],
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """What happened to one entity, and what each event changed."""
    settings, language = console.begin(lang)
    is_listed(entity.partition("/")[0])

    async def look() -> list[dict[str, Any]]:
        unmasked = await may_read_restricted(settings, token)
        async with open_session(settings) as session:
            await session.check_views()
            await take_names_over(session.views)
            return await timeline(session.views, session.ledger, entity_named(entity), unmasked=unmasked)

    rows = console.run(look())
    if not rows:
        console.say(translate("There is no event about {entity}.", language, entity=entity))
        raise typer.Exit(console.FOUND_WRONG)
    if format is Format.JSON:
        console.write_lines(rows)
    else:
        console.print_drawn(terminal.timeline_lines(rows, language))


@audit.command("as-of")
def audit_as_of(
    at: InstantOption,
    by: ByOption = By.RECORDED,
    view: Annotated[str, typer.Option(help="Show the documents of this view.")] = "",
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Every view as it was at an instant: how many documents, their digest; or the documents of one view."""
    settings, language = console.begin(lang)
    instant = cast("ChosenInstant", instant_option(at, by))
    if view:
        check_view(view, COLLECTIONS)

    async def look() -> dict[str, Any]:
        unmasked = await may_read_restricted(settings, token)
        head = Format.JSON if view else format
        async with open_views(settings, instant, language, head=head) as selected:
            report = await instant_of(selected.views, selected.session.views, view, unmasked=unmasked)
            return instant.for_programs | report

    report = console.run(look())
    if view and format is Format.TEXT:
        console.write_lines(report["documents"])
    else:
        console.show(format, report, lambda: terminal.instant_parts(report, language))


@audit.command("diff")
def audit_diff(
    first: Annotated[str, typer.Argument(metavar="A", help="A ledger sequence or a time; a day is its end.")],
    second: Annotated[
        str | None, typer.Argument(metavar="B", help="A later one; otherwise the end of the ledger.")
    ] = None,
    by: ByOption = By.RECORDED,
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Every document and field that differs between two instants, and the events that changed them."""
    settings, language = console.begin(lang)
    earlier = cast("ChosenInstant", instant_option(first, by))
    later = instant_option(second, by if second is not None else By.RECORDED)

    async def look() -> Difference:
        unmasked = await may_read_restricted(settings, token)
        async with open_session(settings) as session:
            await take_names_of_the_ledger(session.ledger)
            now = datetime.now(LOCAL_TIME) if by is By.HAPPENED else await session.ledger.last_sequence()
            snapshots, until = Snapshots(session.views.database), later or ChosenInstant(now, by)
            bar = console.progress_bar(translate("Folding", language))
            with console.refusals_are_wrong_use(), bar as on_progress:
                report = await difference(earlier, until, session.ledger, snapshots, on_progress)
        return report if unmasked else masked(report)

    report = console.run(look())
    console.show(format, report.model_dump(mode="json"), lambda: terminal.difference_lines(report, language))


@audit.command("verify")
def audit_verify(format: FormatOption = Format.TEXT, lang: LangOption = None) -> None:  # noqa: A002
    """Fold the ledger afresh and compare it with the live views; exit 1 where they differ or events are parked."""
    settings, language = console.begin(lang)

    async def prove() -> tuple[Verdict, list[Finding]]:
        async with open_session(settings) as session:
            await session.check_views()
            with console.progress_bar(translate("Verifying", language)) as on_progress:
                verdict = await verify(session.ledger, session.views, on_progress)
            return verdict, await loss_findings(session.ledger, await session.views.checkpoint())

    verdict, lost = console.run(prove())
    content = {"holds": verdict.holds, **verdict._asdict()}
    if lost:
        content["lost"] = [loss.model_dump(mode="json") for loss in lost]
    losses = [f"{loss.detail_in(language)} {loss.advice_in(language)}" for loss in lost]
    console.show(format, content, lambda: [*terminal.verdict_lines(verdict, language), *losses])
    raise typer.Exit(0 if verdict.nothing_wrong and not lost else console.FOUND_WRONG)
