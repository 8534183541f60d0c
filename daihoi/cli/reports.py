"""The tracker's commands: the consolidated report, the audit of the event history, and the rebuild of the views."""

import json
from datetime import date, datetime
from io import StringIO
from typing import Annotated, Any, cast

import orjson
import typer
from rich.console import Console

from daihoi.cli.console import (
    FOUND_WRONG,
    Format,
    FormatOption,
    Lang,
    LangOption,
    TodayOption,
    TokenOption,
    as_json,
    err,
    language_of,
    out,
    progress_bar,
    read_settings,
    refuse,
    run,
    told_in_words,
    write,
    wrong_use,
)
from daihoi.cli.view_selection import AtOption, ByOption, asked_of, day_of, instant_fields, looking_at, stretch_of
from daihoi.ops.session import Session, check_congress, open_session
from daihoi.terminal import audit as terminal
from daihoi.terminal.report import Printer, workload_tables
from services.tracker.access import may_read_restricted
from services.tracker.health import loss_findings
from services.tracker.history.as_of import Asked, By, NoSuchInstant, views_as_of
from services.tracker.history.diff import Difference, difference, masked
from services.tracker.history.replay import Filter, entity_named, replay
from services.tracker.history.silence import silence, silence_lines
from services.tracker.history.snapshots import Snapshots
from services.tracker.history.verify import Verdict, verify
from services.tracker.projection.errors import as_written
from services.tracker.projection.rebuild import rebuild
from services.tracker.projection.store import COLLECTIONS
from services.tracker.queries import consolidated_report, instant_of, timeline, views_at_once
from services.tracker.reports.consolidated import Report
from services.tracker.reports.movements import movements
from services.tracker.reports.workload import Workload
from services.tracker.reports.workload import workload as tasks_in_charge
from shared.eventstore.ledger import Ledger
from shared.i18n import Language, translate
from shared.platform.embedded import endpoints
from shared.platform.nats import nats_connection
from shared.unit.findings import Finding
from shared.values.local_time import LOCAL_TIME

CompareOption = Annotated[
    str | None,
    typer.Option("--compare", help="Shows what moved since this ledger sequence or time; a day means its end."),
]
InstantOption = Annotated[
    str,
    typer.Option("--at", help="A ledger sequence or a time, Vietnamese where it names no zone; a day is its end."),
]
audit = typer.Typer(no_args_is_help=True, help="The event history: replay, timeline, as-of, diff, verify.")


report = typer.Typer(help="The consolidated report; as-of.")


@report.callback(invoke_without_command=True)
def report_now(
    context: typer.Context,
    at: AtOption = None,
    by: ByOption = By.RECORDED,
    compare: CompareOption = None,
    today: TodayOption = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """The consolidated report, as things stand or as of an instant."""
    if not context.invoked_subcommand:
        _report(at, by, compare, today, format, lang)


@report.command("as-of")
def report_as_of(
    at: InstantOption,
    by: ByOption = By.RECORDED,
    compare: CompareOption = None,
    today: TodayOption = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """The consolidated report as it would have been at an instant."""
    _report(at, by, compare, today, format, lang)


def _report(
    at: str | None,
    by: By,
    compare: str | None,
    today: str | None,
    format: Format,  # noqa: A002
    lang: Lang | None,
) -> None:
    settings = read_settings()
    language = language_of(settings, lang)
    asked = asked_of(at, by, language)
    earlier = asked_of(compare, by if compare is not None else By.RECORDED, language)
    reported_for = day_of(today, language)

    async def consolidate() -> Report:
        async with looking_at(settings, asked, language) as looked:
            day = reported_for or looked.today
            found = await consolidated_report(settings.congress, looked.views, looked.session.ledger, day)
            if earlier:
                before = await _report_before(looked.session, earlier, language)
                found = found.model_copy(update={"movements": movements(before, found)})
            return found

    found = run(consolidate())
    if format is Format.JSON:
        write(as_json(found.model_dump(mode="json")))
    else:
        printer = Printer(found, language)
        with told_in_words(), as_written():  # all or nothing
            printer.print_on(Console(file=StringIO(), width=out.width))
        printer.print_on(out)


async def _report_before(session: Session, earlier: Asked, lang: Language) -> Report:
    try:
        with progress_bar(translate("Folding", lang)) as on_progress:
            views = await views_as_of(earlier, session.ledger, Snapshots(session.views.database), on_progress)
    except NoSuchInstant as error:
        refuse(error, lang)
    return await consolidated_report(session.settings.congress, views, session.ledger, views.today)


async def consolidated(session: Session, today: date) -> Report:
    return await consolidated_report(session.settings.congress, session.views, session.ledger, today)


def workload(
    at: AtOption = None,
    by: ByOption = By.RECORDED,
    today: TodayOption = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Who carries how much: tasks by collective and by individual in charge."""
    settings = read_settings()
    language = language_of(settings, lang)
    asked, reported_for = asked_of(at, by, language), day_of(today, language)

    async def look() -> Workload:
        async with looking_at(settings, asked, language, head=format) as looked:
            day = reported_for or looked.today
            _, views, _ = await views_at_once(looked.views, ("tasks", "organisations"))
            with as_written():
                return tasks_in_charge(views["tasks"], day, views["organisations"])

    found = run(look())
    if format is Format.JSON:
        write(as_json(found.model_dump(mode="json") | instant_fields(asked)))
    else:
        for table in workload_tables(found, language):
            out.print(table)


@audit.command("replay")
def audit_replay(
    unit: Annotated[str, typer.Option(help="Only events of this service.")] = "",
    entity: Annotated[str, typer.Option(help="Only this entity: 1-03, task/1-03, logistics/1-03, or task.")] = "",
    actor: Annotated[str, typer.Option(help="Only what this actor did.")] = "",
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
    settings = read_settings()
    language = language_of(settings, lang)
    wanted = Filter(unit, entity_named(entity), actor, type, *stretch_of(first, last, by, language), by)

    async def show() -> bool:
        unmasked = may_read_restricted(settings, token)
        with endpoints(settings, with_mongo=False) as servers:
            async with nats_connection(servers.nats_url, "daihoi audit") as connection:
                await check_congress(connection, settings)
                ledger, count = Ledger(connection, settings.congress), 0
                async for line in replay(ledger, wanted, unmasked=unmasked):
                    count += 1
                    if format is Format.JSON:
                        write(_in_one_line(line))
                    else:
                        out.print(terminal.history_line(line, language), soft_wrap=True)
                return count > 0 or await _every_name_is_known(ledger, wanted, language)

    raise typer.Exit(0 if run(show()) else FOUND_WRONG)


def _in_one_line(line: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:  # an event may be nested deeper than it writes
        return json.dumps(line, ensure_ascii=False).encode() + b"\n"


async def _every_name_is_known(ledger: Ledger, wanted: Filter, lang: Language) -> bool:
    """Says why nothing was found."""
    why = await silence(ledger, wanted)
    for line in silence_lines(why, wanted, lang):
        err.print(line, soft_wrap=True)
    return not why.unknown


@audit.command("timeline")
def audit_timeline(
    entity: Annotated[str, typer.Argument(help="1-03, task/1-03, logistics/1-03, or a symbol: 76-KH/TU")],
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """What happened to one entity, and what each event changed."""
    settings = read_settings()

    async def look() -> list[dict[str, Any]]:
        unmasked = may_read_restricted(settings, token)
        async with open_session(settings) as session:
            await session.check_views()
            return await timeline(session.views, session.ledger, entity_named(entity), unmasked=unmasked)

    rows = run(look())
    if not rows:
        err.print(translate("There is no event about {entity}.", language_of(settings, lang), entity=entity))
        raise typer.Exit(FOUND_WRONG)
    if format is Format.JSON:
        for row in rows:
            write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    else:
        for line in terminal.timeline_lines(rows, language_of(settings, lang)):
            out.print(line, soft_wrap=True)


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
    settings = read_settings()
    language = language_of(settings, lang)
    asked = cast("Asked", asked_of(at, by, language))
    if view and view not in COLLECTIONS:
        wrong_use(f"there is no view {view}; there are {', '.join(COLLECTIONS)}")

    async def look() -> dict[str, Any]:
        unmasked = may_read_restricted(settings, token)
        head = Format.JSON if view else format
        async with looking_at(settings, asked, language, head=head) as looked:
            shown = await instant_of(looked.views, looked.session.views, view, unmasked=unmasked)
            return asked.for_programs | shown

    found = run(look())
    if format is Format.JSON:
        write(as_json(found))
    elif view:
        for document in found["documents"]:
            write(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))
    else:
        out.print(terminal.instant_table(found, language))
        out.print(f"{translate('Digest of the views', language)}: {found['digest']}", soft_wrap=True)


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
    settings = read_settings()
    language = language_of(settings, lang)
    earlier = cast("Asked", asked_of(first, by, language))
    later = asked_of(second, by if second is not None else By.RECORDED, language)

    async def look() -> Difference:
        unmasked = may_read_restricted(settings, token)
        async with open_session(settings) as session:
            now = datetime.now(LOCAL_TIME) if by is By.HAPPENED else await session.ledger.last_sequence()
            try:
                with progress_bar(translate("Folding", language)) as on_progress:
                    snapshots = Snapshots(session.views.database)
                    until = later or Asked(now, by)
                    found = await difference(earlier, until, session.ledger, snapshots, on_progress)
            except NoSuchInstant as error:
                refuse(error, language)
        return found if unmasked else masked(found)

    found = run(look())
    if format is Format.JSON:
        write(as_json(found.model_dump(mode="json")))
    else:
        for line in terminal.difference_lines(found, language):
            out.print(line, soft_wrap=True)


@audit.command("verify")
def audit_verify(format: FormatOption = Format.TEXT, lang: LangOption = None) -> None:  # noqa: A002
    """Fold the ledger afresh and compare it with the live views; exit 1 where they differ or events are parked."""
    settings = read_settings()
    language = language_of(settings, lang)

    async def prove() -> tuple[Verdict, list[Finding]]:
        async with open_session(settings) as session:
            await session.check_views()
            with progress_bar(translate("Verifying", language)) as on_progress:
                verdict = await verify(session.ledger, session.views, on_progress)
            return verdict, await loss_findings(session.ledger, await session.views.checkpoint())

    verdict, lost = run(prove())
    if format is Format.JSON:
        found = {"lost": [loss.model_dump(mode="json") for loss in lost]} if lost else {}
        write(as_json({"holds": verdict.holds, **verdict._asdict(), **found}))
    else:
        print_verdict(verdict, language)
        for loss in lost:
            out.print(f"{loss.told(language)} {loss.advised(language)}", soft_wrap=True)
    raise typer.Exit(0 if verdict.nothing_wrong and not lost else FOUND_WRONG)


def rebuild_views(lang: LangOption = None) -> None:
    """Fold all views again from the first event, and put them in place of the live ones."""
    settings = read_settings()
    language = language_of(settings, lang)

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


def print_verdict(verdict: Verdict, lang: Language) -> None:
    for line in terminal.verdict_lines(verdict, lang):
        out.print(line, soft_wrap=True)
