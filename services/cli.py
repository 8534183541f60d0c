"""`daihoi`: the command line. Exit codes: 0 fine, 1 found something wrong, 2 wrong use."""

import asyncio
import importlib
import json
import os
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn
from uuid import UUID, uuid4

import orjson
import typer
import uvloop
from pydantic import ValidationError
from pymongo.errors import PyMongoError
from rich.table import Table

from services import demo as story
from services.session import Session, err, open_session, out, progress_bar
from services.supervisor import ALL_SERVICES, Supervisor, running_services
from services.tracker.audit import terminal
from services.tracker.audit.replay import BadMoment, Filter, parse_moment, replay
from services.tracker.audit.verify import Verdict, verify
from services.tracker.queries import consolidated_report, timeline
from services.tracker.rebuild import rebuild
from services.tracker.reports.consolidated import Report
from services.tracker.reports.terminal import Printer
from services.tracker.store import FenceLost
from shared.domain.decider import Actor
from shared.domain.values import SERVICES
from shared.eventstore.errors import EventStoreError
from shared.eventstore.ledger import Ledger
from shared.eventstore.streams import provision
from shared.i18n import LOCAL_TIME, Language, translate
from shared.platform.embedded import endpoints
from shared.platform.errors import PlatformError
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.problems import ProblemError
from shared.unit.tokens import make_issuer_keys, mint_token

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Prepares a large official congress.",
)
audit = typer.Typer(no_args_is_help=True, help="The event history: replay, timeline, verify.")
app.add_typer(audit, name="audit")

FOUND_WRONG = 1
WRONG_USE = 2
EXPORTS = Path("out")


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


class Lang(StrEnum):
    VI = "vi"
    EN = "en"


FormatOption = Annotated[Format, typer.Option("--format", help="text for people, json for programs.")]
LangOption = Annotated[Lang | None, typer.Option("--lang", help="vi or en; otherwise DAIHOI_LANG.")]
TodayOption = Annotated[
    datetime | None,
    typer.Option("--today", formats=["%Y-%m-%d"], help="The day to report for; otherwise the calendar's."),
]
FreshOption = Annotated[bool, typer.Option("--fresh", help="Start with empty embedded servers.")]


@app.command()
def up(fresh: FreshOption = False) -> None:
    """Run the servers and all services until Ctrl-C."""
    run(_up(_settings(), fresh))


async def _up(settings: Settings, fresh: bool) -> None:
    async with open_session(settings, fresh=fresh) as session:
        make_keys(settings)
        supervisor = Supervisor(settings, session.servers, err.print)
        try:
            for name in ALL_SERVICES:
                supervisor.start(name)
            await supervisor.wait_until_ready(session.commands)
            out.print(_table_of_services(session, supervisor))
            await _until_told_to_stop(supervisor)
        finally:
            supervisor.stop()


def _table_of_services(session: Session, supervisor: Supervisor) -> Table:
    table = Table(title=f"daihoi · {session.settings.congress}", title_justify="left")
    table.add_column("service")
    table.add_column("process", justify="right")
    table.add_column("commands")
    for name, child in supervisor.children.items():
        subject = f"cmd.{session.settings.congress}.{name}.*" if name in SERVICES else ""
        table.add_row(name, str(child.pid), subject)
    table.caption = f"{session.servers.nats_url} · {session.servers.mongo_url}"
    return table


async def _until_told_to_stop(supervisor: Supervisor) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    watching = asyncio.create_task(supervisor.watch())
    await stop.wait()
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching


@app.command()
def service(name: Annotated[str, typer.Argument(help=", ".join(ALL_SERVICES))]) -> None:
    """Run one service in this process."""
    if name not in ALL_SERVICES:
        wrong_use(f"there is no service {name}; there are {', '.join(ALL_SERVICES)}")
    application = importlib.import_module(f"services.{name}.main").app
    run(application.run())


@app.command()
def demo(
    fresh: FreshOption = False,
    today: TodayOption = None,
    lang: LangOption = None,
) -> None:
    """Tell the sample congress through the real services, report on it and prove the report."""
    settings = _settings()
    holds = run(_demo(settings, fresh, today.date() if today else None, _language(settings, lang)))
    raise typer.Exit(0 if holds else FOUND_WRONG)


async def _demo(settings: Settings, fresh: bool, today: date | None, lang: Language) -> bool:
    sample = story.Sample()
    async with open_session(settings, fresh=fresh) as session:
        make_keys(settings)
        async with running_services(settings, session.servers, session.commands):
            with progress_bar(translate("The sample congress", lang)) as on_progress:
                await story.tell(session, sample, on_progress)
            await story.wait_for_tracker(session)
            report = await _consolidate(session, today or sample.today)
            Printer(report, lang).print_on(out)
            with progress_bar(translate("Verifying", lang)) as on_progress:
                verdict = await verify(session.ledger, session.views, on_progress)
            _print_verdict(verdict, lang)
            await _export(session, report)
    return verdict.nothing_wrong


async def _export(session: Session, report: Report) -> None:
    EXPORTS.mkdir(exist_ok=True)
    (EXPORTS / "report.json").write_bytes(_json(report.model_dump(mode="json")))
    with (EXPORTS / "events.jsonl").open("wb") as file:
        async for line in replay(session.ledger, Filter()):
            file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


@app.command()
def token(
    actor: Annotated[str, typer.Option("--as", help="UNIT.POSITION, such as logistics.lead")],
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 31, help="How long it is valid.")] = 8,
) -> None:
    """Mint a bearer token with the local issuer key."""
    out.print(_mint(_settings(), actor, timedelta(hours=hours)), soft_wrap=True)


def _mint(settings: Settings, actor: str, lasting: timedelta) -> str:
    unit, _, position = actor.partition(".")
    if unit not in SERVICES or not position:
        wrong_use(f"an actor is UNIT.POSITION, and the unit one of {', '.join(SERVICES)}; got {actor!r}")
    make_keys(settings)
    private_key = settings.issuer_private_key_path.read_bytes()
    return mint_token(private_key, settings.congress, Actor(actor, unit), datetime.now(UTC), lasting)


@app.command()
def send(
    service: Annotated[str, typer.Argument(help="The service that decides.")],
    command: Annotated[str, typer.Argument(help="The command, such as assign-task.")],
    data: Annotated[str, typer.Argument(help="Its data, as JSON.")],
    actor: Annotated[str, typer.Option("--as", help="UNIT.POSITION that gives the command.")],
    command_id: Annotated[UUID | None, typer.Option("--id", help="The command's id; a new one otherwise.")] = None,
    happened: Annotated[str | None, typer.Option(help="When it happened, ISO 8601; now otherwise.")] = None,
    lang: LangOption = None,
) -> None:
    """Send one command and print the answer."""
    settings = _settings()
    if service not in SERVICES:
        wrong_use(f"no service {service} takes commands; {', '.join(SERVICES)} do")
    try:
        parsed: dict[str, Any] = json.loads(data)
        when = datetime.fromisoformat(happened) if happened else None
    except ValueError as error:
        wrong_use(str(error))
    bearer = _mint(settings, actor, timedelta(minutes=5))
    when = when.replace(tzinfo=LOCAL_TIME) if when and when.tzinfo is None else when

    async def ask() -> None:
        with endpoints(settings, with_mongo=False) as servers:
            async with nats_connection(servers.nats_url, "daihoi send") as connection:
                client = CommandClient(connection, settings.congress)
                answer = await client.send(
                    service, command, parsed, token=bearer, command_id=command_id or uuid4(), happened=when
                )
        out.print(answer.model_dump_json(indent=2), soft_wrap=True)

    try:
        run(ask())
    except ProblemError as error:
        problem = error.problem
        told = problem.detail_vi if _language(settings, lang) == "vi" else problem.detail
        err.print(f"{problem.code}: {told}", soft_wrap=True)
        raise typer.Exit(FOUND_WRONG) from error


@app.command()
def health(name: Annotated[str, typer.Argument(help=", ".join(ALL_SERVICES))]) -> None:
    """Ask a running service how it is; exit 1 when it is not ready."""
    settings = _settings()

    async def ask() -> bool:
        with endpoints(settings, with_mongo=False) as servers:
            async with nats_connection(servers.nats_url, "daihoi health") as connection:
                answer = await CommandClient(connection, settings.congress).health(name)
        out.print(answer.model_dump_json(), soft_wrap=True)
        return answer.ready

    raise typer.Exit(0 if run(ask()) else FOUND_WRONG)


@app.command()
def keys() -> None:
    """Make the issuer's key pair where there is none: the private half for the directory's owner, the public half
    for everybody."""
    settings = _settings()
    make_keys(settings)
    private = settings.issuer_private_key_path
    owner = private.parent.stat()
    with suppress(PermissionError):
        os.chown(private, owner.st_uid, owner.st_gid)
        settings.issuer_public_key_path.parent.chmod(0o755)
        settings.issuer_public_key_path.chmod(0o644)
    out.print(str(settings.issuer_public_key_path), soft_wrap=True)


@app.command()
def report(today: TodayOption = None, format: FormatOption = Format.TEXT, lang: LangOption = None) -> None:  # noqa: A002
    """The consolidated report."""
    settings = _settings()
    day = today.date() if today else datetime.now(LOCAL_TIME).date()

    async def consolidate() -> Report:
        async with open_session(settings) as session:
            await session.views.prepare()
            return await _consolidate(session, day)

    found = run(consolidate())
    if format is Format.JSON:
        _write(_json(found.model_dump(mode="json")))
    else:
        Printer(found, _language(settings, lang)).print_on(out)


async def _consolidate(session: Session, today: date) -> Report:
    return await consolidated_report(session.settings.congress, session.views, session.ledger, today)


@audit.command("replay")
def audit_replay(
    unit: Annotated[str, typer.Option(help="Only events of this service.")] = "",
    entity: Annotated[str, typer.Option(help="Only this entity: 1-03, task/1-03, logistics/1-03, or task.")] = "",
    actor: Annotated[str, typer.Option(help="Only what this actor did.")] = "",
    type: Annotated[str, typer.Option(help="Only this event type.")] = "",  # noqa: A002
    first: Annotated[str, typer.Option("--from", help="From this sequence or recorded time on.")] = "",
    last: Annotated[str, typer.Option("--to", help="Up to this sequence or recorded time.")] = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Every event as it was recorded, in order, from the ledger itself."""
    settings = _settings()
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
    language = _language(settings, lang)

    async def show() -> None:
        with endpoints(settings, with_mongo=False) as servers:
            async with nats_connection(servers.nats_url, "daihoi audit") as connection:
                await provision(connection, settings.congress)
                async for line in replay(Ledger(connection, settings.congress), wanted):
                    if format is Format.JSON:
                        _write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
                    else:
                        out.print(terminal.history_line(line, language), soft_wrap=True)

    run(show())


@audit.command("timeline")
def audit_timeline(
    entity: Annotated[str, typer.Argument(help="1-03, task/1-03 or logistics/1-03")],
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """What happened to one entity, and what each event changed."""
    settings = _settings()

    async def look() -> list[dict[str, Any]]:
        async with open_session(settings) as session:
            return await timeline(session.views, session.ledger, entity)

    rows = run(look())
    if not rows:
        err.print(translate("There is no event about {entity}.", _language(settings, lang), entity=entity))
        raise typer.Exit(FOUND_WRONG)
    if format is Format.JSON:
        for row in rows:
            _write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    else:
        for line in terminal.timeline_lines(rows, _language(settings, lang)):
            out.print(line, soft_wrap=True)


@audit.command("verify")
def audit_verify(format: FormatOption = Format.TEXT, lang: LangOption = None) -> None:  # noqa: A002
    """Fold the ledger afresh and compare it with the live views; exit 1 where they differ or events are parked."""
    settings = _settings()
    language = _language(settings, lang)

    async def prove() -> Verdict:
        async with open_session(settings) as session:
            await session.views.prepare()
            with progress_bar(translate("Verifying", language)) as on_progress:
                return await verify(session.ledger, session.views, on_progress)

    verdict = run(prove())
    if format is Format.JSON:
        _write(_json({"holds": verdict.holds, **verdict._asdict()}))
    else:
        _print_verdict(verdict, language)
    raise typer.Exit(0 if verdict.nothing_wrong else FOUND_WRONG)


@app.command("rebuild")
def rebuild_views(lang: LangOption = None) -> None:
    """Fold all views again from the first event, and put them in place of the live ones."""
    settings = _settings()
    language = _language(settings, lang)

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
            out.print(translate("{count} events are parked", language, count=done.parked))
        return not done.parked and not done.lost

    raise typer.Exit(0 if run(renew()) else FOUND_WRONG)


def _print_verdict(verdict: Verdict, lang: Language) -> None:
    for line in terminal.verdict_lines(verdict, lang):
        out.print(line, soft_wrap=True)


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        wrong_use("; ".join(f"DAIHOI_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()))


def _language(settings: Settings, lang: Lang | None) -> Language:
    return lang.value if lang else settings.lang


def make_keys(settings: Settings) -> None:
    make_issuer_keys(settings.issuer_private_key_path, settings.issuer_public_key_path)


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _write(text: bytes) -> None:
    sys.stdout.buffer.write(text)


def wrong_use(sentence: str) -> NoReturn:
    err.print(sentence, soft_wrap=True)
    raise typer.Exit(WRONG_USE)


def run[Result](work: Coroutine[Any, Any, Result]) -> Result:
    """Runs `work`; what can go wrong outside becomes a sentence and exit code 1."""
    try:
        return uvloop.run(work)
    except (PlatformError, EventStoreError, FenceLost, TimeoutError) as error:
        err.print(str(error) or type(error).__name__, soft_wrap=True)
    except PyMongoError as error:
        err.print(f"MongoDB: {str(error).partition(', Timeout:')[0]}", soft_wrap=True)
    except KeyboardInterrupt:
        err.print("stopped")
    raise typer.Exit(FOUND_WRONG)


def main() -> None:
    app(prog_name="daihoi")


if __name__ == "__main__":
    main()
