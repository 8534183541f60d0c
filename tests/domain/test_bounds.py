"""Whatever a command can say has an end: whoever adds a field that has none hears of it here."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from services.subcommittee.catalogue import AssignItem, PublishItem, ReviseItem, WithdrawItem
from services.subcommittee.duty import HandOutToLocality
from services.subcommittee.organisation import RegisterOrganisations
from shared.domain.decider import EVENTS_AT_ONCE, Command
from shared.domain.entering import EVENT_BYTES, entered
from shared.values.types import EARLIEST, FIRST_DAY, LAST_DAY, LATEST
from tests.domain.largest import largest_data, schema_of
from tests.domain.scenario import AGGREGATES

COMMANDS = [
    *chain.from_iterable(aggregate.commands for aggregate in AGGREGATES),
    *(PublishItem, AssignItem, ReviseItem, WithdrawItem, HandOutToLocality),
]
every_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.NAME)
MESSAGE_BYTES = 1024 * 1024
"""What nats-server lets through."""
INT64 = range(-(2**63), 2**63)
DAYS = (FIRST_DAY.isoformat(), LAST_DAY.isoformat())
INSTANTS = (EARLIEST.isoformat(), LATEST.isoformat())
_WITHOUT_END = re.compile(r"[*+]|\{\d+,\}")


def unbounded(schema: dict[str, Any], definitions: dict[str, Any], path: str = "") -> Iterator[str]:
    """The paths of all values that have no end."""
    match schema:
        case {"$ref": place}:
            yield from unbounded(definitions[place.rpartition("/")[2]], definitions, path)
        case {"anyOf": choices}:
            for choice in choices:
                yield from unbounded(choice, definitions, path)
        case {"enum": _} | {"const": _} | {"type": "boolean" | "null"}:
            return
        case {"type": "object", "properties": properties, "additionalProperties": False}:
            for name, part in properties.items():
                yield from unbounded(part, definitions, f"{path}.{name}")
        case {"type": "object", "additionalProperties": False}:
            return
        case {"type": "array", "items": items, "maxItems": int()}:
            yield from unbounded(items, definitions, f"{path}[]")
        case _:
            if not _ends(schema):
                yield f"{path}: {schema}"


def _ends(schema: dict[str, Any]) -> bool:
    match schema:
        case {"type": "integer", "minimum": least, "maximum": most} | {
            "type": "integer",
            "exclusiveMinimum": least,
            "maximum": most,
        }:
            return least in INT64 and most in INT64
        case {"format": "date", "formatMinimum": first, "formatMaximum": last}:
            return (first, last) == DAYS
        case {"format": "date-time", "formatMinimum": first, "formatExclusiveMaximum": last}:
            return (first, last) == INSTANTS
        case {"type": "string", "maxLength": int()}:
            return True
        case {"type": "string", "pattern": pattern}:
            return not _WITHOUT_END.search(pattern)
        case _:
            return False


@every_command
def test_every_number_text_list_day_and_time_of_a_command_has_bounds(command):
    schema = schema_of(command)
    assert list(unbounded(schema, schema.get("$defs", {}))) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": "string", "pattern": "^a+$"},
        {"type": "integer", "minimum": 0},
        {"type": "integer", "minimum": 0, "maximum": 2**63},
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "string", "format": "date"},
        {"type": "string", "format": "date-time"},
        {"type": "array", "items": {"type": "boolean"}},
        {"type": "object", "additionalProperties": {"type": "boolean"}},
        {},
    ],
)
def test_a_value_without_bounds_would_be_found(schema):
    assert len(list(unbounded(schema, {}))) == 1


def hardly_a_message(data: dict[str, Any]) -> dict[str, Any]:
    """Of long lists no more than is too large for a message already."""
    shortened = {}
    for name, value in data.items():
        if isinstance(value, list) and value:
            entries = MESSAGE_BYTES // len(orjson.dumps(value[0])) + 1
            shortened[name] = value[:entries]
    return data | shortened


@every_command
def test_the_largest_that_a_command_can_say_is_accepted_or_too_much_at_once(command):
    """And where it is accepted, each of its events has room for its envelope and what a decision adds."""
    data = hardly_a_message(largest_data(command))
    codes = what_is_wrong(command, data)
    assert codes <= {"too_much_at_once", "too_many_at_once", "value_error"}  # lists name each item at most once
    parts = () if codes else entered(command, data).parts()
    assert len(parts) <= EVENTS_AT_ONCE
    assert all(len(orjson.dumps(part.model_dump(mode="json"))) <= EVENT_BYTES * 3 // 4 for part in parts)


def what_is_wrong(command: type[Command], data: dict[str, Any]) -> set[str]:
    try:
        entered(command, data)
    except ValidationError as refused:
        return {error["type"] for error in refused.errors()}
    return set()


def test_a_register_of_1400_events_is_refused_as_a_whole():
    """The broker takes a thousand in one batch; more would be told as «try again» for ever."""
    positions = [f"Chức danh {number}" for number in range(6)]
    entries = [
        {"organisation_id": f"xa-{number}", "kind": "locality", "name": {"vi": "Xã"}, "positions": positions}
        for number in range(200)
    ]
    assert what_is_wrong(RegisterOrganisations, {"entries": entries}) == {"too_many_at_once"}
    assert len(entered(RegisterOrganisations, {"entries": entries[:142]}).parts()) == 142 * 7
