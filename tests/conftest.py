"""Fixtures on the real servers. Every test gets a congress of its own, so none sees another's events."""

import asyncio
import gc
import os
import secrets
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import uvloop
from nats.aio.client import Client

from services.tracker.projection.store import ViewStore
from shared.domain.decider import Actor
from shared.eventstore.ledger import Ledger
from shared.eventstore.rights import STORE
from shared.platform.embedded import Endpoints
from shared.platform.keeper import nats_server
from shared.platform.memory import collect_rarely
from shared.platform.mongo import Database, mongo_database
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.issuer import make_issuer_keys
from shared.unit.tokens import mint_token
from shared.values.names_in_use import NONE_IN_USE, use_names
from shared.values.units import OPERATOR, SETTING
from tests.congress import connected_to_streams
from tests.forked import fork_children
from tests.in_memory import keep_temporary_files_in_memory
from tests.own_servers import OwnServer
from tests.properties.effort import LONGER
from tests.scheduling import FilesAndLongTests, places_in_line
from tests.servers import (
    a_stream_that_stays,
    choice,
    database_of,
    drop_database,
    one_pair_for_all,
    operator_of,
    servers,
    shared_servers,
)

pytest.register_assert_rewrite("tests.domain.scenario")

UNITS_OF_THE_RUN = os.environ.get(SETTING)
PAIR = pytest.StashKey[Mapping[str, str]]()


class Broker(NamedTuple):
    connection: Client
    """The operator's."""
    within: Client
    """In the account of the streams."""
    url: str
    keys: str


type MakeBroker = Callable[[str], Awaitable[Broker]]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """A longer look for properties begins somewhere else on every run, unless `--hypothesis-seed` says where."""
    keep_temporary_files_in_memory()
    os.environ.setdefault("DAIHOI_HTTP_PORT", "off")  # a service has pages only where they are looked at
    fork_children()
    if LONGER and config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(secrets.randbits(32))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Whoever controls several workers keeps one pair of servers for them, until the run is over or broken off."""
    config: pytest.Config = node.config
    if PAIR not in config.stash:
        kept = ExitStack()
        config.add_cleanup(kept.close)
        config.stash[PAIR] = kept.enter_context(one_pair_for_all(choice()[0]))
    node.workerinput["servers"] = dict(config.stash[PAIR])


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Tests run on the loop that services and the command line run on."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = places_in_line(item.path for item in items)
    items.sort(key=lambda item: places[item.path])


def pytest_collection_finish() -> None:
    """Nobody looks for garbage among what was collected, which stays to the end."""
    collect_rarely()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FilesAndLongTests | None:
    return FilesAndLongTests(config, log) if config.option.dist == "loadfile" else None


def pytest_report_header(config: pytest.Config) -> list[str]:
    kind, why = choice()
    locked = kind != "given" or "DAIHOI_NATS_CREDENTIALS" in os.environ
    locks = "NATS with locks" if locked else "NATS without locks: everybody may do everything"
    place = "memory" if kind == "containers" else tempfile.gettempdir()
    told = [
        f"servers: {kind} ({why}), {locks}, their data in {place}",
        f"database: {database_of(kind)}",
    ]
    if LONGER:
        told.append(
            f"properties: {LONGER} times as long; again with --hypothesis-seed={config.option.hypothesis_seed}"
        )
    return told


@pytest.fixture(autouse=True)
def no_language_is_left_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins as a process does: the language is that of the environment until something is said."""
    monkeypatch.setattr("daihoi.cli.language._spoken", ContextVar("spoken"))


@pytest.fixture(autouse=True)
def no_names_are_left_over() -> Iterator[None]:
    """Nor what another congress calls its units."""
    use_names(NONE_IN_USE)
    yield
    use_names(NONE_IN_USE)


@pytest.fixture(autouse=True)
def no_units_are_left_over() -> Iterator[None]:
    """Nor the units that a command, run in this process, came to know from its congress."""
    _know_the_units_of_the_run()
    yield
    _know_the_units_of_the_run()


def _know_the_units_of_the_run() -> None:
    os.environ.pop(SETTING, None)
    if UNITS_OF_THE_RUN is not None:
        os.environ[SETTING] = UNITS_OF_THE_RUN


@pytest.fixture(scope="session")
def endpoints(pytestconfig: pytest.Config) -> Iterator[Endpoints]:
    """Whatever a test starts finds its credentials by the environment."""
    pair = getattr(pytestconfig, "workerinput", {}).get("servers")
    with (
        shared_servers(pair) if pair else servers(choice()[0]) as found,
        a_stream_that_stays(found),
        pytest.MonkeyPatch.context() as patch,
    ):
        if found.nats_credentials:
            patch.setenv("DAIHOI_NATS_CREDENTIALS", found.nats_credentials)
        yield found


@pytest.fixture
def congress() -> str:
    return f"t-{uuid.uuid4().hex[:12]}"


@pytest.fixture
async def connection(endpoints: Endpoints, congress: str) -> AsyncIterator[Client]:
    async with connected_to_streams(endpoints, congress) as connection:
        yield connection


@pytest.fixture
def ledger(connection: Client, congress: str) -> Ledger:
    return Ledger(connection, congress)


@pytest.fixture
async def database(endpoints: Endpoints, congress: str) -> AsyncIterator[Database]:
    async with mongo_database(endpoints.mongo_url, f"daihoi_{congress}") as found:
        yield found
    await drop_database(endpoints.mongo_url, f"daihoi_{congress}")


@pytest.fixture
async def views(database: Database) -> ViewStore:
    store = ViewStore(database)
    await store.prepare()
    return store


@pytest.fixture
async def make_broker(tmp_path: Path) -> AsyncIterator[MakeBroker]:
    """Makes empty brokers of the test's own, each with connections to it."""
    async with AsyncExitStack() as stack:

        async def make(name: str) -> Broker:
            (tmp_path / name).mkdir()
            server = OwnServer(nats_server, "nats", tmp_path / name)
            await server.start()
            stack.callback(server.end_here)
            place = Endpoints(server.url, "", server.keys)
            operator, within = [
                await stack.enter_async_context(nats_connection(server.url, "tests", operator_of(place, identity)))
                for identity in (OPERATOR, STORE)
            ]
            return Broker(operator, within, server.url, server.keys)

        yield make


@pytest.fixture
def settings(endpoints: Endpoints, congress: str, tmp_path: Path) -> Settings:
    """The settings of a process that serves the test's congress."""
    found = Settings(
        congress=congress, nats_url=endpoints.nats_url, mongo_url=endpoints.mongo_url, data_dir=tmp_path, lang="en"
    )
    make_issuer_keys(found.issuer_private_key_path, found.issuer_public_key_path)
    return found


def token_for(settings: Settings, actor: str, lasting: timedelta = timedelta(hours=1), person: str = "") -> str:
    """A bearer token for `logistics.lead` and the like, signed by the test's issuer."""
    private_key = settings.issuer_private_key_path.read_bytes()
    who = Actor(actor, actor.partition(".")[0], person)
    return mint_token(private_key, settings.congress, who, datetime.now(UTC), lasting)
