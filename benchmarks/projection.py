"""How fast the projector fills the views, against a bare pull and bulk writes of the very same documents."""

from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median
from uuid import uuid4

from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig
from pymongo import InsertOne, ReplaceOne

from benchmarks.measure import Row, seconds
from services.tracker.fold import Checkpoint, Outcome, fold_page, touched_keys
from services.tracker.projector import Projection
from services.tracker.reading import read_event
from services.tracker.store import ViewStore
from shared.domain.decider import Actor, Event
from shared.domain.task import TaskOpened, TaskProgressed
from shared.domain.values import Group, Phase, Scenario, Text
from shared.eventstore.envelope import Cause, encode
from shared.eventstore.ledger import Ledger
from shared.eventstore.store import EventStore, NewEvent
from shared.eventstore.streams import ledger_stream, provision
from shared.platform.embedded import Endpoints
from shared.platform.mongo import Database, mongo_database
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings

EVENTS = 10_000
TASKS = 300
PAGE = 1000
ROUNDS = 3


async def measure(settings: Settings, servers: Endpoints) -> list[Row]:
    congress = "bench-projection"
    async with (
        nats_connection(servers.nats_url, "bench") as connection,
        mongo_database(servers.mongo_url, "daihoi_bench") as database,
    ):
        await provision(connection, congress)
        await _fill(connection, congress)
        ledger = Ledger(connection, congress)
        while await ledger.last_sequence() < EVENTS:
            pass
        outcomes = await _outcomes(ledger)
        ours, bare = [], []
        for number in range(ROUNDS):
            store = ViewStore(database, f"_ours_{number}")
            await store.prepare()
            ours.append(await seconds(lambda store=store: _project(ledger, store)))
            await store.drop()
            ours_name = f"bare_{number}"
            bare.append(await seconds(lambda name=ours_name: _bare(connection, congress, database, name, outcomes)))
    return [Row("projection", EVENTS / median(ours), "events/s", EVENTS / median(bare), "≥ 0.5", EVENTS)]


async def _fill(connection: Client, congress: str) -> None:
    store = EventStore(connection, congress, "logistics")
    group = Group(number=1, name=Text(vi="Văn kiện", en="Papers"))
    facts = {"group": group, "phase": Phase.BEFORE, "scenario": Scenario.BOTH, "planned_vnd": 1_000_000}
    sequences = [0] * TASKS
    for first in range(0, EVENTS, PAGE):
        batch: list[NewEvent] = []
        expected: dict[tuple[str, str], int] = {}
        for number in range(first, first + PAGE):
            task = f"task-{number % TASKS}"
            expected.setdefault(("task", task), sequences[number % TASKS])
            event: Event = (
                TaskOpened(title=Text(vi=f"Việc {number}"), **facts)
                if number < TASKS
                else TaskProgressed(percent=number % 101, note=f"note {number}")
            )
            batch.append(NewEvent("task", task, encode(event, _cause(), "logistics", "task", task, 0)))
            sequences[number % TASKS] = number + 1
        await store.append(batch, expected)


def _cause() -> Cause:
    command_id = uuid4()
    return Cause(
        command_id=command_id,
        actor=Actor("logistics.lead", "logistics"),
        happened=datetime.now(UTC),
        correlation_id=command_id,
        causation_id=command_id,
    )


async def _project(ledger: Ledger, store: ViewStore) -> None:
    projection = Projection(store, Checkpoint())
    async for page in ledger.read():
        await projection.add(page)
    await projection.settle()


async def _outcomes(ledger: Ledger) -> list[Outcome]:
    """What the projection writes, page by page: the floor writes the same."""
    checkpoint, documents, outcomes = Checkpoint(), {"tasks": {}}, []
    async for page in ledger.read():
        events = [read_event(stored) for stored in page]
        assert touched_keys(events)
        outcome = fold_page(page, events, documents, checkpoint)
        documents["tasks"].update(outcome.documents["tasks"])
        checkpoint = outcome.checkpoint
        outcomes.append(outcome)
    return outcomes


async def _bare(
    connection: Client, congress: str, database: Database, name: str, outcomes: Sequence[Outcome]
) -> None:
    config = ConsumerConfig(ack_policy=AckPolicy.NONE)
    pull = await connection.jetstream().pull_subscribe("", stream=ledger_stream(congress), config=config)
    for outcome in outcomes:
        fetched = 0
        while fetched < len(outcome.audit_rows):
            fetched += len(await pull.fetch(len(outcome.audit_rows) - fetched, timeout=5))
        replaced = [ReplaceOne({"_id": key}, doc, upsert=True) for key, doc in outcome.documents["tasks"].items()]
        await database[f"{name}_tasks"].bulk_write(replaced, ordered=False)
        await database[f"{name}_audit"].bulk_write([InsertOne(row) for row in outcome.audit_rows], ordered=False)
    await pull.unsubscribe()
