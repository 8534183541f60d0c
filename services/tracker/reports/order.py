"""The order in which every report lists things: units and phases as they follow each other, numbers as numbers."""

from collections.abc import Iterable

from shared.values.code_lists import CodeList, Entries, ids_of
from shared.values.ordering import NaturalKey, natural
from shared.values.types import Phase
from shared.values.units import support_unit_ids
from shared.views.view import Document

PHASES = tuple(phase.value for phase in Phase)
DUTIES = ids_of(CodeList.DUTIES)

type DutyKey = tuple[NaturalKey, tuple[int, str], int]


NO_DUTY: DutyKey = ((), (0, ""), 0)


def place(name: str, order: tuple[str, ...]) -> tuple[int, str]:
    """Where `name` stands in `order`; what is not in it comes last, by name."""
    return (order.index(name), "") if name in order else (len(order), name)


def listed(entries: Entries, occurring: Iterable[str]) -> tuple[str, ...]:
    """The ids of a code list in its order, retired ones only where they occur; then those that occur and that the
    list has not, by name."""
    occur = set(occurring)
    on_the_list = [entry.id for entry in entries if not entry.retired or entry.id in occur]
    return (*on_the_list, *sorted(occur.difference(on_the_list)))


def in_order_of_id(documents: Iterable[Document]) -> list[Document]:
    return sorted(documents, key=lambda document: natural(str(document["_id"])))


def unit_order(units: Iterable[str]) -> list[str]:
    """Every support unit, then those of `units` that this process does not know, by name."""
    order = support_unit_ids()
    return sorted({*order, *units}, key=lambda unit: place(unit, order))


def duty_order(duty: Document, duties: tuple[str, ...] = DUTIES) -> DutyKey:
    """Locality by locality: duty by duty, as `duties` has them, before, during and after the congress."""
    return natural(duty["locality"]), place(duty["duty"], duties), place(duty["phase"], PHASES)[0]


def task_order(task: Document, duties: tuple[str, ...] = DUTIES) -> tuple[int, DutyKey, NaturalKey, tuple[int, str]]:
    """By task group and number; a continuing duty by locality, duty and phase; earlier tasks don't say."""
    group = task.get("group") or {"number": 0}
    by_duty = duty_order(task, duties) if task.get("duty") and task.get("locality") else NO_DUTY
    return group["number"], by_duty, natural(task["task_id"]), place(task["unit"], support_unit_ids())
