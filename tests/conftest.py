"""Fixtures on the real servers. Every test gets a congress of its own, so none sees another's events."""

import secrets
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nats.aio.client import Client

from services.tracker.projection.store import ViewStore
from shared.domain.decider import Actor
from shared.eventstore.ledger import Ledger
from shared.eventstore.streams import provision, stream_configs
from shared.platform.embedded import Endpoints
from shared.platform.mongo import Database, mongo_database
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.tokens import make_issuer_keys, mint_token
from tests.properties.effort import LONGER
from tests.servers import a_stream_that_stays, choice, servers

pytest.register_assert_rewrite("tests.domain.scenario")

KIND, WHY = choice()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """A longer look for properties begins somewhere else on every run, unless `--hypothesis-seed` says where."""
    if LONGER and config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(secrets.randbits(32))


def pytest_report_header(config: pytest.Config) -> list[str]:
    told = [f"servers: {KIND} ({WHY})"]
    if LONGER:
        told.append(
            f"properties: {LONGER} times as long; again with --hypothesis-seed={config.option.hypothesis_seed}"
        )
    return told


@pytest.fixture(scope="session")
def endpoints() -> Iterator[Endpoints]:
    with servers(KIND) as found, a_stream_that_stays(found.nats_url):
        yield found


@pytest.fixture
def congress() -> str:
    return f"t-{uuid.uuid4().hex[:12]}"


@pytest.fixture
async def connection(endpoints: Endpoints, congress: str) -> AsyncIterator[Client]:
    """A connection, with the congress's streams made before and removed after."""
    async with nats_connection(endpoints.nats_url, "tests") as connected:
        await provision(connected, congress)
        yield connected
        for config in reversed(stream_configs(congress)):
            await connected.request(f"$JS.API.STREAM.DELETE.{config['name']}", timeout=10)


@pytest.fixture
def ledger(connection: Client, congress: str) -> Ledger:
    return Ledger(connection, congress)


@pytest.fixture
async def database(endpoints: Endpoints, congress: str) -> AsyncIterator[Database]:
    async with mongo_database(endpoints.mongo_url, f"daihoi_{congress}") as found:
        yield found
        await found.client.drop_database(found.name)


@pytest.fixture
async def views(database: Database) -> ViewStore:
    store = ViewStore(database)
    await store.prepare()
    return store


@pytest.fixture
def settings(endpoints: Endpoints, congress: str, tmp_path: Path) -> Settings:
    """The settings of a process that serves the test's congress."""
    found = Settings(
        congress=congress, nats_url=endpoints.nats_url, mongo_url=endpoints.mongo_url, data_dir=tmp_path, lang="en"
    )
    make_issuer_keys(found.issuer_private_key_path, found.issuer_public_key_path)
    return found


def token_for(settings: Settings, actor: str, lasting: timedelta = timedelta(hours=1)) -> str:
    """A bearer token for `logistics.lead` and the like, signed by the test's issuer."""
    private_key = settings.issuer_private_key_path.read_bytes()
    who = Actor(actor, actor.partition(".")[0])
    return mint_token(private_key, settings.congress, who, datetime.now(UTC), lasting)
