"""`daihoi up`: the servers and all services at once."""

import asyncio
import signal
from collections.abc import Mapping
from contextlib import nullcontext, suppress

from daihoi.cli import console
from daihoi.cli.console import FreshOption
from daihoi.cli.language import spoken
from daihoi.ops.congress import title_on_record
from daihoi.ops.listed_units import changes_of_the_list, join_listed
from daihoi.ops.names import take_names_of_the_ledger
from daihoi.ops.session import Session, open_session
from daihoi.ops.supervisor import Supervisor, all_services, only_one_up
from daihoi.sample.sign_ins import sign_ins
from daihoi.terminal.accounts import sign_ins_table
from daihoi.terminal.operation import services_table
from shared.eventstore.errors import EventStoreError
from shared.eventstore.operating import provide_streams
from shared.i18n import translate
from shared.platform.errors import PlatformError
from shared.platform.settings import Settings
from shared.unit.issuer import provide_issuer_keys
from shared.values.units import OPERATOR, SUBCOMMITTEE
from shared.web.addresses import addresses, free_ports
from shared.web.sign_in.setup_code import read_setup_code


def up(fresh: FreshOption = False) -> None:
    """Run the servers and all services until Ctrl-C."""
    settings = console.read_settings()
    with only_one_up(settings):
        console.run(_up(settings, fresh))


async def _up(settings: Settings, fresh: bool) -> None:
    provide_issuer_keys(settings, to_mint=False)
    console.say(translate("Starting the servers …", spoken()))
    async with open_session(settings, OPERATOR, fresh=fresh, begins=True) as session:
        with nullcontext() if settings.http_port == "off" else free_ports(settings) as pages:
            await _run(session, pages)


async def _run(session: Session, pages: int | None) -> None:
    """`pages`: the first port of theirs."""
    settings = session.settings
    supervisor = Supervisor(settings, session.servers, console.err.print, first_http_port=pages)
    try:
        await provide_streams(settings, session.servers)
        await join_listed(session.connection, settings, session.servers)
        with suppress(EventStoreError, LookupError):
            await take_names_of_the_ledger(session.ledger)
        console.say(
            translate(
                "The servers run. Starting {count} services; that may take a minute …",
                spoken(),
                count=len(all_services()),
            )
        )
        for name in all_services():
            supervisor.start(name)
        await supervisor.wait_until_ready(session.commands)
        processes = {name: child.pid for name, child in supervisor.children.items()}
        title = await title_on_record(session.ledger, spoken())
        served = _served(settings, pages)
        console.out.print(services_table(settings.congress, processes, session.servers, spoken(), title, served))
        if pages and pages != settings.http_first_port:
            console.say(
                translate(
                    "The ports from {wanted} on are in use, so the pages are at those from {first} on. So that they "
                    "stay there, give each congress a DAIHOI_HTTP_FIRST_PORT of its own.",
                    spoken(),
                    wanted=settings.http_first_port,
                    first=pages,
                )
            )
        await _say_how_to_begin(session, served)
        console.say(translate("Everything runs now. Ctrl-C ends it.", spoken()))
        following = asyncio.create_task(follow_the_list(session, supervisor, pages))
        try:
            await _until_told_to_stop(supervisor)
        finally:
            following.cancel()
    finally:
        supervisor.stop()


def _served(settings: Settings, first_port: int | None) -> Mapping[str, str]:
    """The addresses of the pages of all services that this process knows by now; none where there are no pages."""
    return addresses(settings.model_copy(update={"http_first_port": first_port})) if first_port else {}


async def _say_how_to_begin(session: Session, served: Mapping[str, str]) -> None:
    """Where nobody has an account yet, and in the sample congress."""
    if not served:
        return
    if code := read_setup_code(session.settings):
        console.say(
            translate(
                "Nobody can sign in yet. Make the first account at {address}; the set-up code is {code}.",
                spoken(),
                address=f"{served[SUBCOMMITTEE]}/first-account",
                code=code,
            )
        )
    elif made := await sign_ins(session.connection, session.settings):
        console.out.print(sign_ins_table(made.accounts, made.password, served, spoken()))


async def follow_the_list(session: Session, supervisor: Supervisor, first_port: int | None = None) -> None:
    """Starts the service of a unit without code when it comes on the list of units."""
    async for _ in changes_of_the_list(session.connection, session.settings.congress):
        try:
            for entry in await join_listed(session.connection, session.settings, session.servers):
                supervisor.start(entry.id)
                await supervisor.wait_until_ready(session.commands, [entry.id])
                name = entry.name.en if spoken() == "en" and entry.name.en else entry.name.vi
                console.say(translate("{unit} takes part now; its service runs.", spoken(), unit=name))
                if address := _served(session.settings, first_port).get(entry.id):
                    console.say(address)
        except (PlatformError, EventStoreError) as error:
            from daihoi.cli.failures import say_expected

            say_expected(error)


async def _until_told_to_stop(supervisor: Supervisor) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    watching, stopping = asyncio.create_task(supervisor.watch()), asyncio.create_task(stop.wait())
    done, pending = await asyncio.wait((watching, stopping), return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    for task in done:
        task.result()
