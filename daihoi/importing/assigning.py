"""Handing the work of a catalogue to the units that it names: what is published and not assigned yet."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import uuid4

from daihoi.ops.session import Session
from daihoi.ops.waiting import LOOK_EVERY_S, Write, shortfall, until_all_in_views
from services.subcommittee.catalogue import ITEMS_AT_ONCE, AssignItems
from services.tracker.queries import published_catalogue
from shared.domain.decider import Actor, Refusal
from shared.values.units import SUBCOMMITTEE
from shared.views.view import Document

NOT_OPENED = Refusal(
    "tasks_not_opened",
    "The items are assigned, but after {seconds} s {count} tasks are not open: {units}. `daihoi doctor` says what "
    "their services lack.",
)


class Assignment(NamedTuple):
    """The items that go to one unit in one command."""

    unit: str
    item_ids: tuple[str, ...]
    directive_id: str = ""

    @property
    def data(self) -> dict[str, Any]:
        under = {"directive_id": self.directive_id} if self.directive_id else {}
        return {"unit": self.unit, "item_ids": list(self.item_ids), **under}


async def assignments(session: Session, catalogue: str, unit: str = "", directive_id: str = "") -> list[Assignment]:
    """Of a catalogue as it is by now, of all units or of one. Raises `PlatformError`."""
    await until_all_in_views(session, SUBCOMMITTEE)
    _, published = await published_catalogue(session.views)
    waiting = [document for document in published if document["catalogue"] == catalogue and _waits(document)]
    return [*_by_unit([document for document in waiting if unit in ("", document["unit"])], directive_id)]


async def carry_out(session: Session, work: Sequence[Assignment], actor: Actor, patience_s: float) -> None:
    """Assigns it, and returns when the units have opened the tasks and the views show them. Raises `ProblemError`
    where the sub-committee refuses, and a refusal where the tasks don't open."""
    for assignment in work:
        answer = await session.commands.send(
            SUBCOMMITTEE, AssignItems.NAME, assignment.data, token=session.token(actor), command_id=uuid4()
        )
        write = Write.of(session.settings.congress, SUBCOMMITTEE, answer)
        if why_not_shown := await shortfall(session, write, patience_s):
            raise why_not_shown
    await _until_open(session, {f"{one.unit}/{item_id}" for one in work for item_id in one.item_ids}, patience_s)


async def _until_open(session: Session, task_ids: set[str], patience_s: float) -> None:
    deadline = time.monotonic() + patience_s
    while missing := task_ids - {task["_id"] for task in await session.views.documents("tasks")}:
        if time.monotonic() > deadline:
            units = ", ".join(sorted({task_id.partition("/")[0] for task_id in missing}))
            raise NOT_OPENED(seconds=f"{patience_s:g}", count=len(missing), units=units)
        await asyncio.sleep(LOOK_EVERY_S)


def _waits(document: Document) -> bool:
    return document["assigned_to"] is None and not document.get("withdrawn")


def _by_unit(documents: Sequence[Document], directive_id: str) -> Iterator[Assignment]:
    units = dict.fromkeys(document["unit"] for document in documents)
    for unit in units:
        item_ids = [document["_id"] for document in documents if document["unit"] == unit]
        for first in range(0, len(item_ids), ITEMS_AT_ONCE):
            yield Assignment(unit, tuple(item_ids[first : first + ITEMS_AT_ONCE]), directive_id)
