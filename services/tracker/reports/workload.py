"""Who carries how much. A name is one name however it is spelled, and is shown as the register has it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from pydantic import BaseModel

from services.tracker.reports.cells import Cells, count
from shared.domain.paper import same
from shared.values.ordering import natural
from shared.views.view import Document


class Load(BaseModel):
    """`coordinating` counts tasks to which a collective only lends a hand; `spellings` are other ones of the name."""

    name: str
    cells: Cells
    coordinating: int = 0
    spellings: list[str] = []
    on_the_register: bool = True


class Workload(BaseModel):
    by_collective: list[Load]
    by_individual: list[Load]
    nobody: Cells
    """Tasks that nobody is in charge of yet."""


def workload(tasks: Sequence[Document], today: date, organisations: Sequence[Document] = ()) -> Workload:
    """The heaviest load first: by open tasks, then overdue ones, then by name."""
    bodies = _spelled(name for body in organisations for name in (body["name"].get("en", ""), body["name"]["vi"]))
    positions = _spelled(position for body in organisations for position in body["positions"])
    return Workload(
        by_collective=_heaviest_first(tasks, "collective", today, bodies),
        by_individual=_heaviest_first(tasks, "individual", today, positions),
        nobody=count((task for task in tasks if not task["collective"]), today),
    )


def _spelled(names: Iterable[str]) -> dict[str, str]:
    """Names as they are to be shown, by their folded form."""
    return {same(name): name for name in names if name}


def _heaviest_first(tasks: Sequence[Document], name: str, today: date, registered: dict[str, str]) -> list[Load]:
    in_charge: dict[str, list[Document]] = {}
    spelled: dict[str, Counter[str]] = {}
    for task in tasks:
        if task[name]:
            in_charge.setdefault(same(task[name]), []).append(task)
            spelled.setdefault(same(task[name]), Counter())[task[name]] += 1
    lending: Counter[str] = Counter()
    for who in (who for task in tasks for who in task["coordinating"] if name == "collective"):
        lending[same(who)] += 1
        spelled.setdefault(same(who), Counter())[who] += 1
    loads = [
        _load(registered.get(who), spellings, count(in_charge.get(who, ()), today), lending[who])
        for who, spellings in spelled.items()
    ]
    return sorted(loads, key=lambda load: (-load.cells.open_tasks, -load.cells.open_overdue, natural(load.name)))


def _load(registered: str | None, spellings: Counter[str], cells: Cells, coordinating: int) -> Load:
    """Without an entry on the register the spelling that most tasks have is the name."""
    name = registered or min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
    return Load(
        name=name,
        cells=cells,
        coordinating=coordinating,
        spellings=sorted(spellings.keys() - {name}),
        on_the_register=registered is not None,
    )
