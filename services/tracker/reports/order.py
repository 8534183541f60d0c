"""The order in which every report lists things: units and phases as they follow each other, numbers as numbers."""

from collections.abc import Callable, Iterable

from shared.values.code_lists import Entries, registered_units
from shared.values.ordering import NaturalKey, natural
from shared.values.types import DutyKind, Phase
from shared.values.units import support_unit_ids
from shared.views.view import Document

PHASES = tuple(phase.value for phase in Phase)
DUTIES = tuple(duty.value for duty in DutyKind)

type DutyKey = tuple[NaturalKey, int, int]
type TaskKey = tuple[int, DutyKey, NaturalKey, tuple[int, str]]


def place(name: str, order: tuple[str, ...]) -> tuple[int, str]:
    """Where `name` stands in `order`; what is not in it comes last, by name."""
    return (order.index(name), "") if name in order else (len(order), name)


def in_order_of_id(documents: Iterable[Document]) -> list[Document]:
    return sorted(documents, key=lambda document: natural(str(document["_id"])))


def unit_order(units: Iterable[str], listed: Entries | None = None) -> list[str]:
    """Every unit that takes part, in the order of the congress's list, and those of `units`: retired ones in their
    place, those on no list last, by name. Without a list there are the units that this process knows."""
    order = listed_units(listed)
    taking_part = (entry.id for entry in _or_registered(listed) if not entry.retired)
    return sorted({*taking_part, *units}, key=lambda unit: place(unit, order))


def listed_units(listed: Entries | None) -> tuple[str, ...]:
    return tuple(entry.id for entry in _or_registered(listed))


def _or_registered(listed: Entries | None) -> Entries:
    return registered_units() if listed is None else listed


def duty_order(duty: Document) -> DutyKey:
    """Locality by locality: duty by duty, before, during and after the congress."""
    return natural(duty["locality"]), place(duty["duty"], DUTIES)[0], place(duty["phase"], PHASES)[0]


def task_order(task: Document) -> TaskKey:
    """By task group and number; a continuing duty by locality, duty and phase; earlier tasks don't say."""
    return _task_key(task, support_unit_ids())


def task_order_among(listed: Entries) -> Callable[[Document], TaskKey]:
    """The same, and tasks of one number in the order of the congress's units."""
    units = listed_units(listed)
    return lambda task: _task_key(task, units)


def _task_key(task: Document, units: tuple[str, ...]) -> TaskKey:
    group = task.get("group") or {"number": 0}
    by_duty = duty_order(task) if task.get("duty") and task.get("locality") else ((), 0, 0)
    return group["number"], by_duty, natural(task["task_id"]), place(task["unit"], units)
