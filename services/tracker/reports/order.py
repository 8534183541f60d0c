"""The order in which every report lists things: units and phases as they follow each other, numbers as numbers."""

from collections.abc import Iterable

from shared.values.ordering import NaturalKey, natural
from shared.values.types import DutyKind, Phase
from shared.values.units import support_unit_ids
from shared.views.view import Document

PHASES = tuple(phase.value for phase in Phase)
DUTIES = tuple(duty.value for duty in DutyKind)

type DutyKey = tuple[NaturalKey, int, int]


def place(name: str, order: tuple[str, ...]) -> tuple[int, str]:
    """Where `name` stands in `order`; what is not in it comes last, by name."""
    return (order.index(name), "") if name in order else (len(order), name)


def in_order_of_id(documents: Iterable[Document]) -> list[Document]:
    return sorted(documents, key=lambda document: natural(str(document["_id"])))


def unit_order(units: Iterable[str]) -> list[str]:
    """Every support unit, then those of `units` that this process does not know, by name."""
    order = support_unit_ids()
    return sorted({*order, *units}, key=lambda unit: place(unit, order))


def duty_order(duty: Document) -> DutyKey:
    """Locality by locality: duty by duty, before, during and after the congress."""
    return natural(duty["locality"]), place(duty["duty"], DUTIES)[0], place(duty["phase"], PHASES)[0]


def task_order(task: Document) -> tuple[int, DutyKey, NaturalKey, tuple[int, str]]:
    """By task group and number; a continuing duty by locality, duty and phase; earlier tasks don't say."""
    group = task.get("group") or {"number": 0}
    by_duty = duty_order(task) if task.get("duty") and task.get("locality") else ((), 0, 0)
    return group["number"], by_duty, natural(task["task_id"]), place(task["unit"], support_unit_ids())
