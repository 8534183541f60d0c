"""How each field of an annex is read."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from services.subcommittee.importing.layout import Layout
from services.subcommittee.importing.vocabulary import case_of, phase_of, unit_of
from shared.domain.decider import Refused
from shared.entering.cells import BRIEF_LENGTH, NAME_LENGTH, Value, listed, text_of, whole_number
from shared.entering.days import NO_SINGLE_DAY, UNCLEAR_DAY, meant_by, offset_in
from shared.entering.money import amount_of, measure_of
from shared.entering.tables import quoted
from shared.events.catalogue_item import DETAILS

DETAIL_FIELDS = (*DETAILS, "due_offset_days")


class Reader(NamedTuple):
    """`read` gives what a cell means, and where it is not clear, why. Raises `Refused`."""

    read: Callable[[Value], tuple[Any, Refused | None]]
    is_needed: bool = False
    empty: Any = None


def readers_for(layout: Layout, years: frozenset[int], measure_above: int) -> Mapping[str, Reader]:
    """Days without a year are of the one of `years`; money is counted as its heading says, or the line above."""

    def money(field: str) -> Reader:
        heading = layout.headings.get(field, "")
        measure = measure_of(heading) or measure_above
        return clear(lambda value: amount_of(value, measure))

    return _READERS | {
        "deadline": Reader(lambda value: day(value, years)),
        "budget_vnd": money("budget_vnd")._replace(empty=0),
        "secured_vnd": money("secured_vnd"),
    }


def clear(read: Callable[[Value], Any], *, is_needed: bool = False) -> Reader:
    """What has one meaning, or none."""
    return Reader(lambda value: (read(value), None), is_needed)


def brief(most: int, *, is_needed: bool = False) -> Reader:
    """Numbers are text here: a product «2» is as good as any."""
    read = text_of(most)
    return clear(lambda value: read(str(value) if isinstance(value, int) else value), is_needed=is_needed)


class FromTheOpening(NamedTuple):
    """A deadline that is so many days from the opening."""

    days: int


def day(value: Value, years: frozenset[int]) -> tuple[Any, Refused | None]:
    """A day, or `FromTheOpening`."""
    if (offset := offset_in(value)) is not None:
        return FromTheOpening(offset), None
    meant = meant_by(value, years)
    if meant.is_clear:
        return meant.day, None
    if meant.day is None:
        return None, NO_SINGLE_DAY(found=quoted(value))
    return meant.day, UNCLEAR_DAY(found=quoted(value), proposed=meant.day)


_READERS = {
    "title_vi": brief(2000, is_needed=True),
    "title_en": brief(2000)._replace(empty=""),
    "group_vi": brief(2000),
    "unit": clear(unit_of, is_needed=True),
    "phase": clear(phase_of, is_needed=True),
    "scenario": clear(case_of, is_needed=True),
    "collective": brief(BRIEF_LENGTH),
    "individual": brief(BRIEF_LENGTH),
    "directing_leader": brief(NAME_LENGTH),
    "coordinating": clear(listed),
    "due_offset_days": clear(whole_number(-3650, 3650)),
    "product": brief(BRIEF_LENGTH),
    "funding_source": brief(BRIEF_LENGTH),
    "remark": brief(2000),
}
