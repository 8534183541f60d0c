"""What waits for somebody: tasks that are due, late, sent back or to be decided on, each once in the list that says
so."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from pydantic import BaseModel

from shared.domain.decider import Actor
from shared.domain.paper import same
from shared.domain.ranks import Act
from shared.domain.task import CLOSED, TaskStatus
from shared.events.review import Essential
from shared.reports.lines import is_suspended, lacks
from shared.reports.names import Register
from shared.reports.positions import positions_of
from shared.reports.task_list import Reader, TaskRow, TaskSort, in_order, row_of
from shared.views.task_records import is_document_obstructed
from shared.views.view import Document

COMING_DAYS = 7
SENT_BACK = ("returned", "reopened", "cancelled")
LATEST = "9999"
"""After every deadline."""
SHOWN = 8
"""The most rows of each list of `MyWork`."""


class Attention(StrEnum):
    """Why a task wants somebody's eye."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"
    RETURNED = "returned"
    TO_ACCEPT = "to-accept"
    TO_EXTEND = "to-extend"
    WAITING = "waiting"
    OBSTRUCTED = "obstructed"
    UNFUNDED = "unfunded"
    MINE = "mine"


@dataclass(frozen=True)
class Whose:
    """Who looks: `names`, folded, are what they are called, `posts` the positions that they hold on the register, as
    organisation and position."""

    actor: Actor
    names: frozenset[str]
    posts: frozenset[tuple[str, str]]
    register: Register
    _known: dict[tuple[str, str | None], bool] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, actor: Actor, organisations: Sequence[Document], today: date, register: Register) -> "Whose":
        """Where the actor says which person it is, what that person does the work of on the day is theirs too."""
        lines = positions_of(organisations, today) if actor.person else ()
        held = (line for line in lines if line.in_charge and line.in_charge.person_id == actor.person)
        posts = frozenset((line.organisation_id, line.position) for line in held)
        return cls(actor, Reader.of(actor).names, posts, register)

    @property
    def decides(self) -> bool:
        """Whether they lead the unit, or are a deputy."""
        return self.actor.ranks_for(Act.DECIDE)

    def has(self, task: Document) -> bool:
        """Whether the task is put in charge of them."""
        in_charge = task["individual"], task["collective"]
        if in_charge not in self._known:
            self._known[in_charge] = self._is(*in_charge)
        return self._known[in_charge]

    def _is(self, individual: str | None, collective: str | None) -> bool:
        if not individual:
            return False
        if same(individual) in self.names:
            return True
        post = self.register.post(individual, collective) if self.posts else None
        return post is not None and (post.office.id, post.position) in self.posts


class WorkList(BaseModel):
    """`count` of all of them, of which `tasks` are the first, the earliest deadline first."""

    attention: Attention
    count: int
    tasks: list[TaskRow]


class MyWork(BaseModel):
    """`mine` and `unit` count the tasks that are not closed."""

    mine: int
    unit: int
    lists: list[WorkList]


def my_work(
    tasks: Sequence[Document],
    whose: Whose,
    today: date,
    wanted: Iterable[Attention],
    *,
    only_mine: bool = False,
    shown: int = SHOWN,
) -> MyWork:
    live = [task for task in tasks if task["status"] not in CLOSED]
    mine = [task for task in live if whose.has(task)]
    looked_at = mine if only_mine else live
    lists = []
    for attention in wanted:
        waiting = wanting(looked_at, attention, whose, today)
        rows = [row_of(task, whose.register, today) for task in _first(waiting, shown, whose.register)]
        lists.append(WorkList(attention=attention, count=len(waiting), tasks=rows))
    return MyWork(mine=len(mine), unit=len(live), lists=lists)


def _first(tasks: Sequence[Document], count: int, register: Register) -> Sequence[Document]:
    """The tasks that are due first. Only what may be among them is put in order."""
    deadlines = sorted(task["deadline"] or LATEST for task in tasks)[:count]
    if not deadlines:
        return ()
    candidates = [task for task in tasks if (task["deadline"] or LATEST) <= deadlines[-1]]
    return in_order(candidates, TaskSort.DEADLINE, register)[:count]


def wanting(tasks: Iterable[Document], attention: Attention, whose: Whose, today: date) -> list[Document]:
    """The tasks that want this attention of `whose`."""
    check = _CHECKS[attention]
    return [task for task in tasks if check(task, whose, today)]


def is_returned(task: Document) -> bool:
    """Sent back and not handed in since."""
    if task["status"] not in (TaskStatus.IN_PROGRESS, TaskStatus.BLOCKED):
        return False
    setbacks = [entry["what"] for entry in task["history"] if entry["what"] in SENT_BACK]
    return bool(setbacks) and setbacks[-1] == "returned"


def pending_extension(task: Document) -> Document | None:
    """The request for an extension that nobody has decided on."""
    latest: Document | None = task["extensions"][-1] if task["extensions"] else None
    return latest if latest and latest["outcome"] == "pending" and task["status"] not in CLOSED else None


def _returned_to(task: Document, whose: Whose, _: date) -> bool:
    if not is_returned(task):
        return False
    return whose.decides or task["submitted_by"] == whose.actor.id or whose.has(task)


def _to_accept(task: Document, whose: Whose, _: date) -> bool:
    """Nobody accepts their own work."""
    is_submitted = task["status"] == TaskStatus.SUBMITTED and not is_suspended(task)
    return is_submitted and whose.decides and task["submitted_by"] != whose.actor.id


def _to_extend(task: Document, whose: Whose, _: date) -> bool:
    requested = pending_extension(task)
    return requested is not None and whose.decides and requested["requested_by"] != whose.actor.id


def _waits_for(task: Document, whose: Whose, today: date) -> bool:
    return any(check(task, whose, today) for check in (_to_accept, _to_extend, _returned_to))


def _is_to_be_done(task: Document) -> bool:
    return task["deadline"] is not None and task["status"] not in CLOSED and not is_suspended(task)


def _is_due_within(days: int) -> Callable[[Document, Whose, date], bool]:
    """Deadlines are compared as they are written, which is quick: a list looks at every task."""

    def check(task: Document, _: Whose, today: date) -> bool:
        return (
            task["deadline"] is not None
            and str(today) <= task["deadline"] <= str(today + timedelta(days=days))
            and _is_to_be_done(task)
        )

    return check


def _is_late(task: Document, _: Whose, today: date) -> bool:
    return task["deadline"] is not None and task["deadline"] < str(today) and _is_to_be_done(task)


_CHECKS: Mapping[Attention, Callable[[Document, Whose, date], bool]] = {
    Attention.LATE: _is_late,
    Attention.TODAY: _is_due_within(0),
    Attention.WEEK: _is_due_within(COMING_DAYS),
    Attention.RETURNED: _returned_to,
    Attention.TO_ACCEPT: _to_accept,
    Attention.TO_EXTEND: _to_extend,
    Attention.WAITING: _waits_for,
    Attention.OBSTRUCTED: lambda task, *_: task["status"] not in CLOSED and is_document_obstructed(task),
    Attention.UNFUNDED: lambda task, *_: task["status"] not in CLOSED and Essential.FUNDING in lacks(task),
    Attention.MINE: lambda task, whose, _: task["status"] not in CLOSED and whose.has(task),
}
