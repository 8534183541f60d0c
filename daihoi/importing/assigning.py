"""Handing the work of a catalogue to the units that it names: what is published and not assigned yet."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, NamedTuple
from uuid import uuid4

from daihoi.ops.session import Session
from daihoi.ops.waiting import LOOK_EVERY_S, Write, shortfall, until_all_in_views
from services.subcommittee.catalogue import ITEMS_AT_ONCE, AssignItems
from services.tracker.queries import published_catalogue
from shared.domain.decider import Actor, Refusal
from shared.domain.known_list import check_on_list
from shared.reports.lists_in_use import units_in_use
from shared.unit.problems import NOT_FOUND, REFUSED_BY_A_RULE, Problem, ProblemError
from shared.values.brief import brief_text
from shared.values.code_lists import CodeList
from shared.values.units import SUBCOMMITTEE
from shared.views.view import Document

MOST_SHOWN = 60
NO_CATALOGUE = Refusal(
    "no_catalogue_published", "No item of a catalogue {catalogue} is published; catalogues on record: {names}."
)
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


class Refusing(NamedTuple):
    """What the sub-committee refuses to assign, and why: the items wait."""

    assignment: Assignment
    problem: Problem


class HandedOut(NamedTuple):
    done: Sequence[Assignment]
    waiting: Sequence[Refusing] = ()


async def assignments(session: Session, catalogue: str, unit: str = "", directive_id: str = "") -> list[Assignment]:
    """The assignments of a catalogue as it is by now, of all units or of one. Raises `PlatformError`, and a refusal
    where there is no such catalogue, or the congress never had the unit."""
    await until_all_in_views(session, SUBCOMMITTEE)
    if unit:
        check_unit(unit, await session.views.documents("code_lists"))
    _, published = await published_catalogue(session.views)
    waiting = [document for document in items_of(catalogue, published) if _waits(document)]
    return [*_by_unit([document for document in waiting if unit in ("", document["unit"])], directive_id)]


def items_of(catalogue: str, published: Sequence[Document]) -> Sequence[Document]:
    """Raises a refusal where there are none."""
    items = [document for document in published if document["catalogue"] == catalogue]
    if not items:
        names = ", ".join(sorted({document["catalogue"] for document in published})) or "–"
        raise NO_CATALOGUE(catalogue=brief_text(catalogue, MOST_SHOWN), names=names)
    return items


def check_unit(unit: str, code_lists: Sequence[Document]) -> None:
    """Raises the refusal `entry_unknown`; one that is retired may have items that wait."""
    entries = units_in_use({"code_lists": code_lists})
    check_on_list(CodeList.UNITS, unit, tuple(entry.model_copy(update={"retired": False}) for entry in entries))


async def carry_out(session: Session, work: Sequence[Assignment], actor: Actor, patience_s: float) -> HandedOut:
    """Assigns it, and returns when the units have opened the tasks and the views show them. Raises `ProblemError`
    where nothing can be assigned, and a refusal where the tasks don't open."""

    async def give(assignment: Assignment) -> None:
        answer = await session.commands.send(
            SUBCOMMITTEE, AssignItems.NAME, assignment.data, token=session.token(actor), command_id=uuid4()
        )
        write = Write.of(session.settings.congress, SUBCOMMITTEE, answer)
        if why_not_shown := await shortfall(session, write, patience_s):
            raise why_not_shown

    handed = await in_turn(work, give)
    task_ids = {f"{one.unit}/{item_id}" for one in handed.done for item_id in one.item_ids}
    await _until_open(session, task_ids, patience_s)
    return handed


async def in_turn(work: Sequence[Assignment], give: Callable[[Assignment], Awaitable[None]]) -> HandedOut:
    """What a rule forbids for one unit does not keep the others waiting. Raises any other `ProblemError`."""
    done, waiting = list[Assignment](), list[Refusing]()
    for assignment in work:
        try:
            await give(assignment)
        except ProblemError as error:
            if error.problem.status not in (REFUSED_BY_A_RULE, NOT_FOUND):
                raise
            waiting.append(Refusing(assignment, error.problem))
        else:
            done.append(assignment)
    return HandedOut(done, waiting)


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
