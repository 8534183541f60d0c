"""A small congress to project: events as services would write them, on the real streams or in memory."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from nats.aio.client import Client

from shared.domain.decider import Actor
from shared.events.base import Event
from shared.events.task import (
    TaskAssigned,
    TaskCompleted,
    TaskDeadlineSet,
    TaskFunded,
    TaskOpened,
    TaskProgressed,
    TaskStarted,
    TaskSubmitted,
)
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import Cause, Envelope, as_bytes, encode
from shared.eventstore.ledger import Ledger
from shared.eventstore.store import EventStore, NewEvent
from shared.eventstore.streams import bucket_configs, provision, stream_configs
from shared.platform.embedded import Endpoints
from shared.platform.nats import nats_connection
from shared.values.code_lists import EVERY_CASE
from shared.values.types import Group, Phase, Text
from tests.servers import operator_of
from tests.waiting import until

BEGINNING = datetime(2020, 8, 15, 2, tzinfo=UTC)
IDS = UUID("3f3c2ad1-7f0f-4f0e-9f55-0d6a3c1f7a10")


def life_of_a_task(number: int) -> list[Event]:
    """Everything that happens to a task that goes well."""
    group = Group(number=number % 8 + 1, name=Text(vi=f"Nhóm {number % 8 + 1}"))
    return [
        TaskOpened(
            title=Text(vi=f"Việc số {number}"),
            group=group,
            phase=Phase.BEFORE,
            scenario=EVERY_CASE,
            planned_vnd=1_000_000 * number,
        ),
        TaskAssigned(collective="Sở Y tế", individual="Phó Giám đốc Sở Y tế"),
        TaskDeadlineSet(deadline=(BEGINNING + timedelta(days=number % 30)).date()),
        TaskFunded(secured_vnd=500_000 * number, funding_source="Ngân sách tỉnh"),
        TaskStarted(),
        TaskProgressed(percent=number % 100, note="đang làm"),
        TaskSubmitted(submitted_by="logistics.member"),
        TaskCompleted(),
    ]


def envelope_of(event: Event, service: str, entity: str, entity_id: str, position: int) -> Envelope:
    command_id = uuid5(IDS, f"{service}/{entity}/{entity_id}/{position}")
    cause = Cause(
        command_id=command_id,
        actor=Actor(f"{service}.lead", service),
        happened=BEGINNING + timedelta(hours=position),
        correlation_id=command_id,
        causation_id=command_id,
    )
    return encode(event, cause, service, entity, entity_id, 0)


def every_stream(congress: str) -> list[str]:
    """What is made for a congress, in the order in which it is removed."""
    return [config["name"] for config in (*bucket_configs(congress), *reversed(stream_configs(congress)))]


@asynccontextmanager
async def connected_to_streams(endpoints: Endpoints, congress: str) -> AsyncIterator[Client]:
    """A connection, with the congress's streams made before and removed after."""
    async with nats_connection(endpoints.nats_url, "tests", operator_of(endpoints)) as connection:
        await provision(connection, congress)
        yield connection
        for name in every_stream(congress):
            await connection.request(f"$JS.API.STREAM.DELETE.{name}", timeout=10)


class Writer:
    """Appends the lives of tasks to one service's stream."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def write(self, numbers: Iterable[int]) -> int:
        """The number of events written."""
        written = 0
        for number in numbers:
            task = f"task-{number}"
            events = [
                NewEvent("task", task, envelope_of(event, self._store.service, "task", task, position))
                for position, event in enumerate(life_of_a_task(number))
            ]
            await self._store.append(events, {("task", task): 0})
            written += len(events)
        return written


async def settled(ledger: Ledger, events: int) -> None:
    """Until the ledger has sourced this many events."""

    async def arrived() -> bool:
        return await ledger.last_sequence() >= events

    await until(arrived)


def in_memory(service: str, lives: Iterable[tuple[str, list[Event]]]) -> list[Stored]:
    """A ledger of one service's tasks, as it would be read."""
    told = [(task, position, event) for task, life in lives for position, event in enumerate(life)]
    return [
        Stored(
            sequence=sequence,
            subject=f"evt.memory.{service}.task.{task}",
            recorded=BEGINNING + timedelta(minutes=sequence),
            body=as_bytes(envelope_of(event, service, "task", task, position)),
            source=f"EVENTS_{service.upper()}_memory {sequence} > > evt",
        )
        for sequence, (task, position, event) in enumerate(told, start=1)
    ]
