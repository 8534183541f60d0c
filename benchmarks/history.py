"""The workload: tasks that are opened and then report progress, the same facts for this project and for the peers."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import uuid4

from nats.aio.client import Client

from shared.domain.decider import Actor
from shared.events.base import Event
from shared.events.task import TaskOpened, TaskProgressed
from shared.eventstore.envelope import Cause, encode
from shared.eventstore.ledger import Ledger
from shared.eventstore.store import EventStore, NewEvent
from shared.eventstore.streams import provision
from shared.values.code_lists import EVERY_CASE
from shared.values.types import Group, Phase, Text

MOST_TASKS = 10_000
UNDER_WAY = 300
BATCH = 1000
ACTOR = "logistics.lead"
GROUP = {"number": 1, "name": {"vi": "Văn kiện", "en": "Papers"}}


class Step(NamedTuple):
    """What happens to the task `task`; `opens` says that it is its first event."""

    number: int
    task: int
    opens: bool

    @property
    def percent(self) -> int:
        return self.number % 101

    @property
    def title(self) -> str:
        return f"Việc {self.number}"

    @property
    def note(self) -> str:
        return f"note {self.number}"


def tasks_of(events: int) -> int:
    return min(MOST_TASKS, events // 10)


def history(events: int) -> Iterator[Step]:
    """Some hundred tasks are under way at a time and take turns; when they are done, the next ones begin."""
    tasks = tasks_of(events)
    number = 0
    for first in range(0, tasks, UNDER_WAY):
        for turn in range(events // tasks):
            for task in range(first, min(first + UNDER_WAY, tasks)):
                yield Step(number, task, opens=turn == 0)
                number += 1


def batches(events: int) -> Iterator[list[Step]]:
    steps = history(events)
    while batch := [step for _, step in zip(range(BATCH), steps, strict=False)]:
        yield batch


async def record(connection: Client, congress: str, events: int) -> None:
    """The history in the stream of logistics and in the ledger."""
    await provision(connection, congress)
    store = EventStore(connection, congress, "logistics")
    last: dict[int, int] = {}
    for batch in batches(events):
        expected: dict[tuple[str, str], int] = {}
        for step in batch:
            expected.setdefault(("task", f"task-{step.task}"), last.get(step.task, 0))
            last[step.task] = step.number + 1
        await store.append([new_event(step) for step in batch], expected)
    ledger = Ledger(connection, congress)
    while await ledger.last_sequence() < events:
        await asyncio.sleep(0.01)


def new_event(step: Step) -> NewEvent:
    """As a service would append it."""
    task_id, command_id = f"task-{step.task}", uuid4()
    cause = Cause(
        command_id=command_id,
        actor=Actor(ACTOR, "logistics"),
        happened=datetime.now(UTC),
        correlation_id=command_id,
        causation_id=command_id,
    )
    return NewEvent("task", task_id, encode(_event(step), cause, "logistics", "task", task_id, 0))


def _event(step: Step) -> Event:
    if not step.opens:
        return TaskProgressed(percent=step.percent, note=step.note)
    return TaskOpened(
        title=Text(vi=step.title),
        group=Group.model_validate(GROUP),
        phase=Phase.BEFORE,
        scenario=EVERY_CASE,
        planned_vnd=1_000_000,
    )
