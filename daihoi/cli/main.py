"""`daihoi`: the command line. Composes the services' own commands with those that run them."""

import asyncio
import importlib
import math
import os
import signal
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import typer
from rich.table import Table

from daihoi.cli import orders
from daihoi.cli import reports as tracker
from daihoi.cli import unit_reports as unit_cli
from daihoi.cli.arguments import json_object
from daihoi.cli.asyncapi import asyncapi
from daihoi.cli.catalogue import catalogue
from daihoi.cli.console import (
    FOUND_WRONG,
    FreshOption,
    LangOption,
    TodayOption,
    as_json,
    err,
    language_of,
    out,
    progress_bar,
    read_settings,
    refuse,
    run,
    told_in_words,
    wrong_use,
)
from daihoi.cli.doctor import doctor
from daihoi.cli.parked import parked
from daihoi.cli.policies import policies
from daihoi.cli.scenario import scenario
from daihoi.cli.sending import PatienceOption, mint, send_and_print
from daihoi.cli.shell import run_in_shell
from daihoi.cli.streams import streams
from daihoi.cli.view import view
from daihoi.cli.view_selection import day_of
from daihoi.ops.charters import service_named
from daihoi.ops.session import Session, open_session
from daihoi.ops.supervisor import Supervisor, all_services, running_services
from daihoi.ops.waiting import PATIENCE_S, until_level
from daihoi.sample import story
from daihoi.terminal.report import Printer
from services.tracker.history.moments import parse_time
from services.tracker.history.replay import Filter, replay
from services.tracker.history.verify import verify
from services.tracker.reports.consolidated import Report
from shared.domain.decider import Refused
from shared.eventstore.canonical import json_line
from shared.i18n import Language, translate
from shared.platform.embedded import endpoints
from shared.platform.files import OPEN_FILE, OPEN_FOLDER, OWN_FOLDER
from shared.platform.memory import collect_rarely
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.issuer import provide_issuer_keys
from shared.values.units import has_code, services

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Prepares a large official congress.",
)
EXPORTS = Path("out")
NAME_HELP = "subcommittee, tracker, or the id of a support unit"


@app.command()
def up(fresh: FreshOption = False) -> None:
    """Run the servers and all services until Ctrl-C."""
    run(_up(read_settings(), fresh))


async def _up(settings: Settings, fresh: bool) -> None:
    provide_issuer_keys(settings, to_mint=False)
    async with open_session(settings, fresh=fresh, begins=True) as session:
        supervisor = Supervisor(settings, session.servers, err.print)
        try:
            for name in all_services():
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
        subject = f"cmd.{session.settings.congress}.{name}.*" if name in services() else ""
        table.add_row(name, str(child.pid), subject)
    table.caption = f"{session.servers.nats_url} · {session.servers.mongo_url}"
    return table


async def _until_told_to_stop(supervisor: Supervisor) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    watching, stopping = asyncio.create_task(supervisor.watch()), asyncio.create_task(stop.wait())
    done, others = await asyncio.wait((watching, stopping), return_when=asyncio.FIRST_COMPLETED)
    for other in others:
        other.cancel()
    for first in done:
        first.result()


@app.command()
def service(name: Annotated[str, typer.Argument(help=NAME_HELP)]) -> None:
    """Run one service in this process."""
    read_settings()
    if name not in all_services():
        wrong_use(f"there is no service {name}; there are {', '.join(all_services())}")
    own = importlib.import_module(f"services.{name}.main").app if has_code(name) else service_named(name).app()
    run(own.run())


@app.command()
def demo(
    fresh: FreshOption = False,
    today: TodayOption = None,
    lang: LangOption = None,
) -> None:
    """Tell the sample congress through the real services, report on it and prove the report."""
    settings = read_settings()
    language = language_of(settings, lang)
    holds = run(_demo(settings, fresh, day_of(today, language), language))
    raise typer.Exit(0 if holds else FOUND_WRONG)


async def _demo(settings: Settings, fresh: bool, today: date | None, lang: Language) -> bool:
    sample = story.Sample()
    EXPORTS.mkdir(exist_ok=True)  # what can't be written should be known before the story is told
    async with open_session(settings, fresh=fresh, begins=True) as session:
        await story.check_nothing_else_is_told(session, sample)
        provide_issuer_keys(settings)
        async with running_services(settings, session.servers, session.commands):
            with progress_bar(translate("The sample congress", lang)) as on_progress:
                await story.tell(session, sample, on_progress)
            await until_level(session)
            report = await tracker.consolidated(session, today or sample.today)
            Printer(report, lang).print_on(out)
            with progress_bar(translate("Verifying", lang)) as on_progress:
                verdict = await verify(session.ledger, session.views, on_progress)
            tracker.print_verdict(verdict, lang)
            await _export(session, report)
    return verdict.nothing_wrong


async def _export(session: Session, report: Report) -> None:
    (EXPORTS / "report.json").write_bytes(as_json(report.model_dump(mode="json")))
    with (EXPORTS / "events.jsonl").open("wb") as file:
        async for line in replay(session.ledger, Filter()):
            file.write(json_line(line))


@app.command()
def token(
    actor: Annotated[str, typer.Option("--as", help="UNIT.POSITION: logistics.lead; auditor.… to read only")],
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 31, help="How long it is valid.")] = 8,
) -> None:
    """Mint a bearer token with the local issuer key."""
    settings = read_settings()
    if math.isnan(hours):
        wrong_use("--hours is a number of hours")
    with told_in_words():
        out.print(mint(settings, actor, timedelta(hours=hours)), soft_wrap=True)


@app.command()
def send(
    service: Annotated[str, typer.Argument(help="The service that decides.")],
    command: Annotated[str, typer.Argument(help="The command, such as assign-task.")],
    data: Annotated[str, typer.Argument(help="Its data, as JSON.")],
    actor: Annotated[str, typer.Option("--as", help="UNIT.POSITION that gives the command.")],
    command_id: Annotated[UUID | None, typer.Option("--id", help="The command's id; a new one otherwise.")] = None,
    happened: Annotated[
        str | None,
        typer.Option(help="When it happened, Vietnamese time where it names no zone; now otherwise."),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Until what it wrote is in the views; exit 1 if not.")] = False,
    patience: PatienceOption = PATIENCE_S,
    lang: LangOption = None,
) -> None:
    """Send one command and print the answer."""
    settings = read_settings()
    if service not in services():
        wrong_use(f"no service {service} takes commands; {', '.join(services())} do")
    parsed = json_object(data)
    language = language_of(settings, lang)
    try:
        when = None if happened is None else parse_time(happened)
    except Refused as refused:
        refuse(refused, language)
    send_and_print(
        settings,
        language,
        service,
        command,
        parsed,
        actor=actor,
        command_id=command_id or uuid4(),
        happened=when,
        patience_s=patience if wait else None,
    )


@app.command()
def health(
    name: Annotated[str, typer.Argument(help=NAME_HELP)],
    own: Annotated[bool, typer.Option("--own", help="Only the instance of DAIHOI_INSTANCE or this host.")] = False,
) -> None:
    """Ask a running service how it is; exit 1 when it is not ready."""
    settings = read_settings()
    if name not in all_services():
        wrong_use(f"there is no service {name}; there are {', '.join(all_services())}")

    async def ask() -> bool:
        with endpoints(settings, with_mongo=False) as servers:
            async with nats_connection(servers.nats_url, "daihoi health") as connection:
                instance = settings.instance_name if own else ""
                answer = await CommandClient(connection, settings.congress).health(name, instance)
        out.print(answer.model_dump_json(), soft_wrap=True)
        return answer.ready

    raise typer.Exit(0 if run(ask()) else FOUND_WRONG)


@app.command()
def keys() -> None:
    """Make the issuer's key pair where there is none: the private half for the directory's owner, the public half
    for everybody."""
    settings = read_settings()
    with told_in_words():
        provide_issuer_keys(settings)
    _hand_over(settings.issuer_private_key_path, settings.issuer_public_key_path)
    out.print(str(settings.issuer_public_key_path), soft_wrap=True)


def _hand_over(private: Path, public: Path) -> None:
    """In a container another user makes the keys than the one who is to have them."""
    owner = private.parent.stat()
    with suppress(PermissionError):
        os.chown(private, owner.st_uid, owner.st_gid)
        if private.parent != public.parent:
            private.parent.chmod(OWN_FOLDER)
            public.parent.chmod(OPEN_FOLDER)
        public.chmod(OPEN_FILE)


app.command()(doctor)
app.add_typer(tracker.report, name="report")
app.command()(tracker.workload)
app.command()(unit_cli.coverage)
app.command()(unit_cli.expenses)
app.command()(unit_cli.clearances)
app.command()(unit_cli.incidents)
app.command()(view)
app.command()(asyncapi)
app.command("rebuild")(tracker.rebuild_views)
app.command("trace")(orders.trace_order)
app.command()(orders.duties)
app.add_typer(orders.documents, name="documents")
app.add_typer(tracker.audit, name="audit")
app.add_typer(catalogue, name="catalogue")
app.add_typer(scenario, name="scenario")
app.add_typer(parked, name="parked")
app.add_typer(policies, name="policies")
app.add_typer(streams, name="streams")


def main() -> None:
    collect_rarely()
    run_in_shell(lambda: app(prog_name="daihoi"))


if __name__ == "__main__":
    main()
