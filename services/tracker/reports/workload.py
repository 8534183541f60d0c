"""Who carries how much: open, overdue and completed tasks by collective and by individual in charge. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

from pydantic import BaseModel

from services.tracker.projections.view import Document
from services.tracker.reports.cells import Cells, count


class Load(BaseModel):
    """The cells of everything that one collective or individual is in charge of; `coordinating` counts the tasks to
    which a collective only lends a hand."""

    name: str
    cells: Cells
    coordinating: int = 0

    @property
    def open_tasks(self) -> int:
        return self.cells.open_tasks


class Workload(BaseModel):
    by_collective: list[Load]
    by_individual: list[Load]
    nobody: Cells
    """Tasks that nobody is in charge of yet."""


def workload(tasks: Sequence[Document], today: date) -> Workload:
    """The heaviest load first: by open tasks, then overdue ones, then by name."""
    return Workload(
        by_collective=_heaviest_first(tasks, "collective", today),
        by_individual=_heaviest_first(tasks, "individual", today),
        nobody=count((task for task in tasks if not task["collective"]), today),
    )


def _heaviest_first(tasks: Sequence[Document], name: str, today: date) -> list[Load]:
    in_charge: dict[str, list[Document]] = {}
    for task in tasks:
        if task[name]:
            in_charge.setdefault(task[name], []).append(task)
    lending = _lending_a_hand(tasks) if name == "collective" else {}
    loads = [
        Load(name=who, cells=count(in_charge.get(who, ()), today), coordinating=lending.get(who, 0))
        for who in in_charge.keys() | lending.keys()
    ]
    return sorted(loads, key=lambda load: (-load.open_tasks, -load.cells.open_overdue, load.name))


def _lending_a_hand(tasks: Iterable[Document]) -> dict[str, int]:
    found: dict[str, int] = {}
    for task in tasks:
        for who in task["coordinating"]:
            found[who] = found.get(who, 0) + 1
    return found
