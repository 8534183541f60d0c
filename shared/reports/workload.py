"""Who carries how much. A name is one name however it is spelled or merged, and is shown as the register has it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from pydantic import BaseModel

from shared.domain.paper import same
from shared.reports.cells import Cells, count
from shared.reports.names import Register
from shared.values.ordering import natural
from shared.views.view import Document


class Load(BaseModel):
    """`coordinating` counts tasks to which a collective only lends a hand; `spellings` are other ones of the name;
    `organisation_id` says whose it is on the register."""

    name: str
    cells: Cells
    coordinating: int = 0
    spellings: list[str] = []
    on_the_register: bool = True
    organisation_id: str | None = None


class Workload(BaseModel):
    by_collective: list[Load]
    by_individual: list[Load]
    nobody: Cells
    """Tasks that nobody is in charge of yet."""


class Carrier(NamedTuple):
    """Somebody who carries tasks: what tells them from others, and the name on the register, where they are on it."""

    key: tuple[str, str]
    name: str | None = None

    @property
    def organisation_id(self) -> str | None:
        return self.key[0] or None


type Look = Callable[[str, Document], Carrier]
"""Who a name is, in a task."""


def workload(tasks: Sequence[Document], today: date, organisations: Sequence[Document] = ()) -> Workload:
    """The heaviest load first: by open tasks, then overdue ones, then by name."""
    register = Register(organisations)
    return Workload(
        by_collective=_heaviest_first(tasks, "collective", today, _offices(register)),
        by_individual=_heaviest_first(tasks, "individual", today, _posts(register)),
        nobody=count((task for task in tasks if not task["collective"]), today),
    )


def _offices(register: Register) -> Look:
    def look(name: str, _: Document) -> Carrier:
        office = register.office(name)
        return Carrier((office.id, ""), office.name) if office else Carrier(("", same(name)))

    return look


def _posts(register: Register) -> Look:
    """A position that several organisations have is one load where the task does not say whose it is."""

    def look(name: str, task: Document) -> Carrier:
        posts = register.posts(name, task["collective"])
        if not posts:
            return Carrier(("", same(name)))
        post = posts[0]
        if len(posts) > 1:
            return Carrier(("", same(post.position)), post.position)
        return Carrier((post.office.id, same(post.position)), register.title(post))

    return look


def _heaviest_first(tasks: Sequence[Document], name: str, today: date, look: Look) -> list[Load]:
    in_charge: dict[Carrier, list[Document]] = {}
    spelled: dict[Carrier, Counter[str]] = {}
    lending: Counter[Carrier] = Counter()
    for task, text, leads in _named(tasks, name):
        carrier = look(text, task)
        spelled.setdefault(carrier, Counter())[text] += 1
        if leads:
            in_charge.setdefault(carrier, []).append(task)
        else:
            lending[carrier] += 1
    loads = [
        _load(carrier, spellings, count(in_charge.get(carrier, ()), today), lending[carrier])
        for carrier, spellings in spelled.items()
    ]
    return sorted(loads, key=lambda load: (-load.cells.open_tasks, -load.cells.open_overdue, natural(load.name)))


def _named(tasks: Sequence[Document], name: str) -> Iterator[tuple[Document, str, bool]]:
    """Each task with whom it names under `name`, and whether they are in charge; others only lend a hand."""
    for task in tasks:
        if task[name]:
            yield task, task[name], True
    for task in tasks if name == "collective" else ():
        for who in task["coordinating"]:
            yield task, who, False


def _load(carrier: Carrier, spellings: Counter[str], cells: Cells, coordinating: int) -> Load:
    """The load of one name. Without an entry on the register the spelling that most tasks have is the name."""
    name = carrier.name or min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
    return Load(
        name=name,
        cells=cells,
        coordinating=coordinating,
        spellings=sorted(spellings.keys() - {name}),
        on_the_register=carrier.name is not None,
        organisation_id=carrier.organisation_id,
    )
