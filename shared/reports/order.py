"""The order in which every report lists things: units and phases as they follow each other, numbers as numbers."""

from collections.abc import Callable, Iterable

from shared.values.code_lists import CodeList, Entries, ids_of, registered_units
from shared.values.ordering import NaturalKey, natural
from shared.values.types import Phase
from shared.values.units import support_unit_ids
from shared.views.view import Document

PHASES = tuple(phase.value for phase in Phase)
DUTIES = ids_of(CodeList.DUTIES)

type DutyKey = tuple[NaturalKey, tuple[int, str], int]
type TaskKey = tuple[int, DutyKey, NaturalKey, tuple[int, str]]


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


def unit_order(occurring: Iterable[str], units: Entries | None = None) -> list[str]:
    """Every unit that takes part, and those that occur. Without `units`, the congress's list, there are those that
    this process knows."""
    return list(listed(_or_registered(units), occurring))


def listed_units(units: Entries | None) -> tuple[str, ...]:
    return tuple(entry.id for entry in _or_registered(units))


def _or_registered(units: Entries | None) -> Entries:
    return registered_units() if units is None else units


def duty_order(duty: Document, duties: tuple[str, ...] = DUTIES) -> DutyKey:
    """Locality by locality: duty by duty, as `duties` has them, before, during and after the congress."""
    return natural(duty["locality"]), place(duty["duty"], duties), place(duty["phase"], PHASES)[0]


def task_order(task: Document, duties: tuple[str, ...] = DUTIES) -> TaskKey:
    """Orders tasks by group and number; a continuing duty by locality, duty and phase; earlier tasks don't say."""
    return _task_key(task, duties, support_unit_ids())


def task_order_among(units: Entries) -> Callable[[Document], TaskKey]:
    """The same, and tasks of one number in the order of the congress's units."""
    order = listed_units(units)
    return lambda task: _task_key(task, DUTIES, order)


def _task_key(task: Document, duties: tuple[str, ...], units: tuple[str, ...]) -> TaskKey:
    group = task.get("group") or {"number": 0}
    by_duty = duty_order(task, duties) if task.get("duty") and task.get("locality") else NO_DUTY
    return group["number"], by_duty, natural(task["task_id"]), place(task["unit"], units)
