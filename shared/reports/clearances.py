"""Clearances and the tasks that need them. One that a task names and nobody requested is `not_requested`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pydantic import BaseModel

from shared.domain.task import CLOSED
from shared.reports.lines import NamedTask, name_of
from shared.reports.order import task_order
from shared.values.ordering import natural
from shared.views.view import Document

GRANTED = "granted"
NOT_REQUESTED = "not_requested"


class WaitingLine(NamedTask):
    """A task that can't be completed yet, and the clearance that it lacks. `status` is what security says of it."""

    clearance_id: str
    holder: str | None
    status: str
    reason: str | None


class ClearanceLine(BaseModel):
    """A clearance: `needed_by` are tasks that name it, `known_to` what units have heard of security's decision."""

    id: str
    kind: str | None
    holder: str | None
    purpose: str | None
    requested_by: str | None
    status: str
    conditions: list[str]
    reason: str | None
    needed_by: list[str]
    known_to: dict[str, str]

    @property
    def informed(self) -> list[str]:
        """The units that have heard how it stands now."""
        return [unit for unit, decision in self.known_to.items() if decision == self.status]


def waiting(tasks: Iterable[Document], clearances: Iterable[Document]) -> list[WaitingLine]:
    """One line for each clearance that an open task still lacks, in the tasks' order."""
    by_id = {clearance["_id"]: clearance for clearance in clearances}
    return [
        WaitingLine(
            **name_of(task),
            clearance_id=name,
            holder=by_id.get(name, need).get("holder"),
            status=_status(name, by_id),
            reason=by_id.get(name, {}).get("reason"),
        )
        for task in tasks
        if task["status"] not in CLOSED
        for name, need in _needs(task)
        if _status(name, by_id) != GRANTED
    ]


def clearance_lines(
    clearances: Sequence[Document], tasks: Sequence[Document], known_clearances: Sequence[Document]
) -> list[ClearanceLine]:
    """Every clearance by its id, those too that tasks name and nobody requested."""
    by_id = {clearance["_id"]: clearance for clearance in clearances}
    needed: dict[str, list[str]] = defaultdict(list)
    described: dict[str, Document] = {}
    for task in sorted(tasks, key=task_order):
        for name, need in _needs(task):
            needed[name].append(task["_id"])
            described.setdefault(name, need)
    heard: dict[str, dict[str, str]] = defaultdict(dict)
    for note in sorted(known_clearances, key=lambda document: str(document["_id"])):
        heard[note["clearance_id"]][note["unit"]] = note["decision"]
    return [
        ClearanceLine(
            id=name,
            **{part: by_id.get(name, described.get(name, {})).get(part) for part in ("kind", "holder", "purpose")},
            requested_by=by_id.get(name, {}).get("requested_by"),
            status=_status(name, by_id),
            conditions=by_id.get(name, {}).get("conditions", []),
            reason=by_id.get(name, {}).get("reason"),
            needed_by=needed[name],
            known_to=heard[name],
        )
        for name in sorted(by_id.keys() | needed.keys(), key=natural)
    ]


def _needs(task: Document) -> Iterator[tuple[str, Document]]:
    for need in task.get("clearances") or ():
        yield need["clearance_id"], need


def _status(name: str, by_id: dict[str, Document]) -> str:
    return str(by_id[name]["status"]) if name in by_id else NOT_REQUESTED
