"""The tracker's commands: the consolidated report, the audit of the event history, and the rebuild of the views."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, cast

import orjson
import typer

from services.console import (
    FOUND_WRONG,
    Format,
    FormatOption,
    Lang,
    LangOption,
    TodayOption,
    as_json,
    err,
    language_of,
    out,
    progress_bar,
    read_settings,
    run,
    write,
    wrong_use,
)
from services.session import Session, open_session
from services.tracker.audit import terminal
from services.tracker.audit.replay import BadMoment, Filter, parse_moment, replay
from services.tracker.audit.verify import Verdict, verify
from services.tracker.looking import AtOption, ByOption, asked_of, looking_at
from services.tracker.past.as_of import Asked, By, NoSuchInstant, views_as_of
from services.tracker.past.diff import Difference, difference, masked
from services.tracker.past.snapshots import Snapshots
from services.tracker.queries import consolidated_report, instant_of, timeline, views_at_once
from services.tracker.readers import TokenOption, may_read_restricted
from services.tracker.rebuild import rebuild
from services.tracker.reports.consolidated import Report
from services.tracker.reports.movements import movements
from services.tracker.reports.terminal import Printer, workload_tables
from services.tracker.reports.workload import Workload
from services.tracker.reports.workload import workload as tasks_in_charge
from services.tracker.store import COLLECTIONS
from shared.eventstore.ledger import Ledger
from shared.eventstore.streams import provision
from shared.i18n import Language, translate
from shared.platform.embedded import endpoints
from shared.platform.nats import nats_connection

CompareOption = Annotated[
    str, typer.Option("--compare", help="Shows what moved since this ledger sequence or ISO 8601 time.")
]
audit = typer.Typer(no_args_is_help=True, help="The event history: replay, timeline, as-of, diff, verify.")


report = typer.Typer(help="The consolidated report; as-of.")


@report.callback(invoke_without_command=True)
def report_now(
    context: typer.Context,
    at: AtOption = "",
    by: ByOption = By.RECORDED,
    compare: CompareOption = "",
    today: TodayOption = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """The consolidated report, as things stand or as of an instant."""
    if not context.invoked_subcommand:
        _report(at, by, compare, today, format, lang)


@report.command("as-of")
def report_as_of(
    at: Annotated[str, typer.Option(help="A ledger sequence, or an ISO 8601 time.")],
    by: ByOption = By.RECORDED,
    compare: CompareOption = "",
    today: TodayOption = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """The consolidated report as it would have been at an instant."""
    _report(at, by, compare, today, format, lang)


def _report(at: str, by: By, compare: str, today: datetime | None, format: Format, lang: Lang | None) -> None:  # noqa: A002
    settings = read_settings()
    language = language_of(settings, lang)
    asked, earlier = asked_of(at, by), asked_of(compare, by if compare else By.RECORDED)

    async def consolidate() -> Report:
        async with looking_at(settings, asked, language) as looked:
            day = today.date() if today else looked.today
            found = await consolidated_report(settings.congress, looked.views, looked.session.ledger, day)
            if earlier:
                before = await _report_before(looked.session, earlier, language)
                found = found.model_copy(update={"movements": movements(before, found)})
            return found

    found = run(consolidate())
    if format is Format.JSON:
        write(as_json(found.model_dump(mode="json")))
    else:
        Printer(found, language).print_on(out)


async def _report_before(session: Session, earlier: Asked, lang: Language) -> Report:
    try:
        with progress_bar(translate("Folding", lang)) as on_progress:
            views = await views_as_of(earlier, session.ledger, Snapshots(session.views.database), on_progress)
    except NoSuchInstant as error:
        wrong_use(str(error))
    return await consolidated_report(session.settings.congress, views, session.ledger, views.today)


async def consolidated(session: Session, today: date) -> Report:
    return await consolidated_report(session.settings.congress, session.views, session.ledger, today)


def workload(
    at: AtOption = "",
    by: ByOption = By.RECORDED,
    today: TodayOption = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Who carries how much: tasks by collective and by individual in charge."""
    settings = read_settings()
    language = language_of(settings, lang)
    asked = asked_of(at, by)

    async def look() -> Workload:
        async with looking_at(settings, asked, language) as looked:
            day = today.date() if today else looked.today
            _, views, _ = await views_at_once(looked.views)
            return tasks_in_charge(views["tasks"], day, views["organisations"])

    found = run(look())
    if format is Format.JSON:
        write(as_json(found.model_dump(mode="json")))
    else:
        for table in workload_tables(found, language):
            out.print(table)


@audit.command("replay")
def audit_replay(
    unit: Annotated[str, typer.Option(help="Only events of this service.")] = "",
    entity: Annotated[str, typer.Option(help="Only this entity: 1-03, task/1-03, logistics/1-03, or task.")] = "",
    actor: Annotated[str, typer.Option(help="Only what this actor did.")] = "",
    type: Annotated[str, typer.Option(help="Only this event type.")] = "",  # noqa: A002
    first: Annotated[str, typer.Option("--from", help="From this sequence or recorded time on.")] = "",
    last: Annotated[str, typer.Option("--to", help="Up to this sequence or recorded time.")] = "",
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Every event as it was recorded, in order, from the ledger itself."""
    settings = read_settings()
    try:
        wanted = Filter(
            unit,
            entity,
            actor,
            type,
            parse_moment(first) if first else None,
            parse_moment(last) if last else None,
        )
    except BadMoment as error:
        wrong_use(str(error))
    language = language_of(settings, lang)

    async def show() -> None:
        unmasked = may_read_restricted(settings, token)
        with endpoints(settings, with_mongo=False) as servers:
            async with nats_connection(servers.nats_url, "daihoi audit") as connection:
                await provision(connection, settings.congress, settings.nats_replicas)
                async for line in replay(Ledger(connection, settings.congress), wanted, unmasked=unmasked):
                    if format is Format.JSON:
                        write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
                    else:
                        out.print(terminal.history_line(line, language), soft_wrap=True)

    run(show())


@audit.command("timeline")
def audit_timeline(
    entity: Annotated[str, typer.Argument(help="1-03, task/1-03 or logistics/1-03")],
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """What happened to one entity, and what each event changed."""
    settings = read_settings()

    async def look() -> list[dict[str, Any]]:
        unmasked = may_read_restricted(settings, token)
        async with open_session(settings) as session:
            return await timeline(session.views, session.ledger, entity, unmasked=unmasked)

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
    at: Annotated[str, typer.Option(help="A ledger sequence, or an ISO 8601 time.")],
    by: ByOption = By.RECORDED,
    view: Annotated[str, typer.Option(help="Show the documents of this view.")] = "",
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Every view as it was at an instant: how many documents, their digest; or the documents of one view."""
    settings = read_settings()
    language = language_of(settings, lang)
    asked = asked_of(at, by)
    if view and view not in COLLECTIONS:
        wrong_use(f"there is no view {view}; there are {', '.join(COLLECTIONS)}")

    async def look() -> dict[str, Any]:
        unmasked = may_read_restricted(settings, token)
        async with looking_at(settings, asked, language) as looked:
            return await instant_of(looked.views, looked.session.views, view, unmasked=unmasked)

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
    first: Annotated[str, typer.Argument(metavar="A", help="A ledger sequence, or an ISO 8601 time.")],
    second: Annotated[str, typer.Argument(metavar="B", help="A later one; otherwise the end of the ledger.")] = "",
    by: ByOption = By.RECORDED,
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Every document and field that differs between two instants, and the events that changed them."""
    settings = read_settings()
    language = language_of(settings, lang)
    earlier, later = asked_of(first, by), asked_of(second, by if second else By.RECORDED)

    async def look() -> Difference:
        unmasked = may_read_restricted(settings, token)
        async with open_session(settings) as session:
            end = later or Asked(datetime.now(UTC) if by is By.HAPPENED else await session.ledger.last_sequence(), by)
            try:
                with progress_bar(translate("Folding", language)) as on_progress:
                    snapshots = Snapshots(session.views.database)
                    found = await difference(cast("Asked", earlier), end, session.ledger, snapshots, on_progress)
            except NoSuchInstant as error:
                wrong_use(str(error))
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

    async def prove() -> Verdict:
        async with open_session(settings) as session:
            await session.views.prepare()
            with progress_bar(translate("Verifying", language)) as on_progress:
                return await verify(session.ledger, session.views, on_progress)

    verdict = run(prove())
    if format is Format.JSON:
        write(as_json({"holds": verdict.holds, **verdict._asdict()}))
    else:
        print_verdict(verdict, language)
    raise typer.Exit(0 if verdict.nothing_wrong else FOUND_WRONG)


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
