"""Rows of a register that tell of the same position, as one: what one of them leaves out, another may say. Pure."""

from collections.abc import Callable, Sequence
from functools import reduce

from services.subcommittee.importing.register import Line
from shared.domain.decider import Refusal, Refused
from shared.domain.paper import same
from shared.entering.tables import quoted
from shared.i18n import format_date

OTHERWISE = Refusal("said_otherwise_above", "Row {row} says otherwise of the same: «{value}».")
_SAID = ("person", "since", "contact", "deputises_for")
_OF_THE_OFFICE = ("organisation_id", "kind")

type Note = Callable[[Line, str, Refused], None]


def united(lines: Sequence[Line], key_of: Callable[[str], str], note: Note) -> list[Line]:
    """`lines` of one organisation, one for each position by `key_of`, in their order; `note` is told of each field in
    which a row contradicts another."""
    by_position: dict[str, list[Line]] = {}
    for line in lines:
        by_position.setdefault(key_of(line.position) if line.position else "", []).append(line)
    for field in _OF_THE_OFFICE:
        _check(lines, field, note)
    for rows in by_position.values():
        for field in _SAID:
            _check(rows, field, note)
    return [reduce(_filled_in, rows) for rows in by_position.values()]


def _check(lines: Sequence[Line], field: str, note: Note) -> None:
    saying = [line for line in lines if getattr(line, field)]
    for line in saying[1:]:
        if _comparable(line, field) != _comparable(saying[0], field):
            note(line, field, OTHERWISE(row=saying[0].row, value=_shown(saying[0], field)))


def _comparable(line: Line, field: str) -> str:
    return same(str(getattr(line, field)))


def _shown(line: Line, field: str) -> str:
    return format_date(line.since) if field == "since" and line.since else quoted(getattr(line, field))


def _filled_in(line: Line, other: Line) -> Line:
    return line._replace(**{field: getattr(line, field) or getattr(other, field) for field in _SAID})
