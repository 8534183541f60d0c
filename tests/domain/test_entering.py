"""The door: wrong types, unclean text, numbers, days and times out of bounds are refused, and the field is named."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from services.logistics.resources import ReserveResource
from services.security.incidents import ReportIncident
from shared.domain.entering import entered
from shared.domain.task import AssignTask, ReportProgress
from tests.domain.largest import largest_data, schema_of
from tests.domain.test_bounds import every_command

type Path = tuple[str | int, ...]

NO_NUMBER = [True, "1", 1.0, 1.5, "50%", 2**63, -(2**63) - 1, float("inf"), float("nan"), [1]]
NO_TRUTH = [0, 1, "yes", "true", "", 1.0]
NO_TEXT = [5, 5.0, True, ["x"], {"vi": "x"}, "a\x00b", "a\u202eb", "\ud83d", "\u200b", "\x1b[31m"]
NO_LIST = ["x", 1, {"0": "x"}, True]
NO_DAY = [
    *(0, 1600000000, 1600000000.0, True, "0", "1600000000", "2020-08-13T00:00:00", "2020-08-13T00:00:00Z"),
    *("13/08/2020", "2020-8-13", "2020-02-30", "1999-12-31", "2200-01-01", "0001-01-01", "9999-12-31"),
]
NO_INSTANT = [
    *(0, 1600000000, 1600000000.5, True, "1600000000", "2020-08-13", "2020-08-13T09:00:00", "2020-02-30T09:00:00Z"),
    *("1999-12-31T23:59:59+07:00", "1999-12-31T16:59:59Z", "2200-01-01T00:00:00+07:00", "2199-12-31T17:00:00Z"),
    *("2199-12-31T23:59:59-12:00", "9999-12-31T23:59:59-06:00", "0001-01-01T00:00:00+07:00"),
    *("0001-01-01T00:00:00+07:06:30", "2020-08-13T09:00:00+24:00", "2020-08-13T09:00:00+07:06:99"),
]
TOO_DEEP: list[Any] = []
for _ in range(100):
    TOO_DEEP = [TOO_DEEP]


NO_SUBJECT = [5, True, ["x"], "task.1-03", "evt.a b", "evt.a\n", "evt.\ud83d", "evt." + "x" * 4093]
"""Text that is not cleaned."""


def wrongs(schema: dict[str, Any], definitions: dict[str, Any], path: Path = ()) -> Iterator[tuple[Path, list[Any]]]:
    """What is wrong in each field of a command, and where the field is."""
    match schema:
        case {"$ref": place}:
            yield from wrongs(definitions[place.rpartition("/")[2]], definitions, path)
        case {"anyOf": [first, *_]}:
            yield from wrongs(first, definitions, path)
        case {"properties": properties}:
            yield from ((path, ["x", 1, ["x"]]) for _ in path[:1])
            for name, part in properties.items():
                yield from wrongs(part, definitions, (*path, name))
        case {"type": "array", "items": items}:
            yield path, [*NO_LIST, TOO_DEEP]
            yield from wrongs(items, definitions, (*path, 0))
        case {"type": "integer"}:
            yield path, NO_NUMBER
        case {"type": "boolean"}:
            yield path, NO_TRUTH
        case {"format": "date"}:
            yield path, NO_DAY
        case {"format": "date-time"}:
            yield path, NO_INSTANT
        case {"maxLength": 4096}:
            yield path, NO_SUBJECT
        case _:
            yield path, NO_TEXT


def with_one(value: Any) -> Any:
    """`value`, each list in it cut to its first."""
    match value:
        case dict():
            return {name: with_one(each) for name, each in value.items()}
        case [first, *_]:
            return [with_one(first)]
        case _:
            return value


def put(data: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    changed: Any = deepcopy(data)
    place = changed
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return changed


def where_wrong(command: type, data: dict[str, Any]) -> list[Path]:
    with pytest.raises(ValidationError) as refused:
        entered(command, data)
    return [error["loc"] for error in refused.value.errors()]


@every_command
def test_what_has_the_wrong_type_or_is_out_of_bounds_is_refused_and_its_field_named(command):
    schema, data = schema_of(command), with_one(largest_data(command))
    for path, values in wrongs(schema, schema.get("$defs", {})):
        for value in values:
            named = where_wrong(command, put(data, path, value))
            assert any(each[: len(path)] == path for each in named), (path, value, named)


@every_command
def test_a_field_of_no_command_is_refused_however_it_is_hidden(command):
    data = with_one(largest_data(command))
    assert ("surprise",) in where_wrong(command, data | {"surprise": 1})
    name = next(iter(data))
    assert where_wrong(command, data | {f"{name}\u200b": data[name]}) == [()]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Sở Y tế \u00a0", "Sở Y tế"),
        ("So\u031b\u0309 Y te\u0302\u0301", "Sở Y tế"),  # letters and marks apart, as macOS writes them
        ("\ufeffSở\u200b Y tế\u200d", "Sở Y tế"),
        ("\u2003\u200d Sở Y tế \u2003\u200d", "Sở Y tế"),
        ("e\u200b\u0302\u0301", "ế"),
        ("Sở\r\nY tế\r", "Sở\nY tế"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_text_comes_in_clean_and_is_clean_then(typed, kept):
    told = {"task_id": "1-03", "collective": typed, "individual": "x", "coordinating": [typed]}
    command = entered(AssignTask, told)
    assert (command.collective, command.coordinating) == (kept, (kept,))
    assert entered(AssignTask, told | {"collective": kept, "coordinating": [kept]}) == command


def test_a_long_text_of_blanks_is_cleaned_at_once():
    told = {"task_id": "1-03", "percent": 1, "note": f"x{' ' * 100_000}\u200bx"}
    assert where_wrong(ReportProgress, told) == [("note",)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2020-08-13T09:00:00+07:06:30", datetime(2020, 8, 13, 1, 53, 30, tzinfo=UTC)),
        ("2020-08-13T09:00:00.123456789+0700", datetime(2020, 8, 13, 2, 0, 0, 123456, tzinfo=UTC)),
        ("2020-08-13 09:00Z", datetime(2020, 8, 13, 9, tzinfo=UTC)),
        ("2199-12-31T23:59:59+07:00", datetime(2199, 12, 31, 16, 59, 59, tzinfo=UTC)),
        ("2000-01-01T00:00:00+07:00", datetime(1999, 12, 31, 17, tzinfo=UTC)),
    ],
)
def test_a_time_is_taken_as_it_is_written_and_kept_as_json_can_write_it(written, meant):
    told = {"incident_id": "i1", "place": "Cổng", "kind": "fire", "details": "Khói", "happened_at": written}
    reported = entered(ReportIncident, told)
    assert reported.happened_at == meant
    assert ReportIncident.model_validate_json(reported.model_dump_json()) == reported


def test_a_reservation_to_the_end_of_the_calendar_is_refused_for_its_end():
    told = {"resource_id": "hall", "reservation_id": "r1", "starts": "2020-09-25T08:00:00+07:00", "purpose": "Họp"}
    assert where_wrong(ReserveResource, told | {"ends": "9999-12-31T23:59:59-06:00"}) == [("ends",)]
