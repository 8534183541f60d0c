"""What people can type, paste or forge into a command: per field the values at and beyond its bounds.

A command's fields come from its JSON schema, so that a new command is tried without anybody thinking of it.
"""

import json
from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import pairwise
from typing import Any, NamedTuple

from shared.domain.decider import Command
from tests.properties.ways import examples, with_mark

type Path = tuple[str | int, ...]
type Schema = dict[str, Any]
type Labelled = dict[str, Any]

LARGEST_BYTES = 900_000
"""A body this large still goes through the broker."""
VERY_MANY = 20_000
GONE = object()
"""In place of a value: the field is not sent."""
WIDE = {"code": 4, "sequence": 18}

SOMETHING_ELSE: Labelled = {
    "null": None,
    "nothing": "",
    "a list": [],
    "an object": {},
    "true": True,
    "NaN": float("nan"),
    "nested 200 deep": json.loads("[" * 200 + "]" * 200),
}
INTEGERS: Labelled = {
    "0": 0,
    "-1": -1,
    "2^31": 2**31,
    "2^53": 2**53,
    "2^63-1": 2**63 - 1,
    "2^63": 2**63,
    "-2^63-1": -(2**63) - 1,
    "2^64": 2**64,
    "10^400": 10**400,
    "1.0": 1.0,
    "1.5": 1.5,
    "text 50": "50",
}
DAYS: Labelled = {
    day: day
    for day in (
        "0001-01-01", "1999-12-31", "2000-01-01", "2199-12-31", "2200-01-01", "9999-12-31", "10000-01-01",
        "2020-02-30", "2020-9-1", "2020-09-01T00:00:00", "2020-09-01T10:00:00+07:00", "2020-W36-2",
    )
} | {"a number": 0, "a number of seconds": 1_600_000_000}  # fmt: skip
INSTANTS: Labelled = {
    when: when
    for when in (
        "0001-01-01T00:00:00+07:00", "0001-01-01T00:00:00+14:00", "1999-12-31T23:59:59Z", "2000-01-01T00:00:00Z",
        "2000-01-01T00:00:00+14:00", "2199-12-31T23:59:59-14:00", "2200-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-06:00", "9999-12-31T23:59:59-14:00", "2020-09-25T08:00:00+07:06:30",
        "2020-09-25T08:00:00", "2020-09-25", "2020-09-25T24:00:00Z", "2020-09-25T08:00:00.123456789Z",
    )
} | {"a number": 0, "a large number": 2**63}  # fmt: skip
TEXTS: Labelled = {
    "blanks": " \t\u00a0 ",
    "NUL": "a\0b",
    "escape": "\x1b[2J\x1b]0;x\x07",
    "bidi override": "a\u202eb",
    "zero width only": "\u200b",
    "joiner only": "\u200d\u2060",
    "half an emoji": "\ud83d",
    "the other half": "\ude00 a",
    "NFD": "Tie\u0302\u0309u ban ho\u0323p",
    "emoji": "👩\u200d🚀 🇻🇳",
    "lines": "a\r\nb\nc",
    "a number": 5,
    "2^63": str(2**63),
    "symbol beyond 2^63": "20201014000000000001/QĐ-UBND",
    "symbol of a large year": "1/9999/QĐ-UBND",
    "dots": "1." + "9" * 20,
    "field of a template": "{0} {task_id} %s $x",
    "operators": "$where",
    "900 kB": "x" * LARGEST_BYTES,
}
NAMES: Labelled = {
    "80 characters": "a" * 80,
    "81 characters": "a" * 81,
    "đ": "đ-1",
    "with a dot": "a.b",
    "with a blank": "a b",
    "wildcard": "*",
    "all": ">",
    "CRLF": "a\r\nPUB x 0\r\n",
    "ends with LF": "a\n",
    "begins with a dash": "-a",
    "Arabic digits": "٣",
}
NO_JSON: Labelled = {"nested 5000 deep": "NESTED", "infinity": float("inf")}
COMMAND_IDS: Labelled = {
    "nil": "00000000-0000-0000-0000-000000000000",
    "max": "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "braces": "{6f0b1c1e-8d0f-4d53-9a52-2d1f1c7a0e54}",
    "urn": "urn:uuid:6f0b1c1e-8d0f-4d53-9a52-2d1f1c7a0e55",
    "bare": "6F0B1C1E8D0F4D539A522D1F1C7A0E56",
    "number": 2**127,
    "text": "one",
    "gone": GONE,
}
REQUESTS = {
    "happened": INSTANTS | SOMETHING_ELSE,
    "command_id": COMMAND_IDS | SOMETHING_ELSE,
    "data": SOMETHING_ELSE | NO_JSON,
}


class Hostile(NamedTuple):
    """One value in one place of a request. `path` begins with `data`, `happened` or `command_id`."""

    path: Path
    label: str
    value: Any

    def put_into(self, request: dict[str, Any]) -> dict[str, Any]:
        """A request with this value in it; the one given stays as it is. Where another hostile value is in the way,
        it stays alone."""
        changed: dict[str, Any] = deepcopy(request)
        into: Any = changed
        for step, following in pairwise(self.path):
            into = _entered(into, step, [] if isinstance(following, int) else {})
        last = self.path[-1]
        match into:
            case list() if self.value is GONE:
                into[:1] = []
            case list():
                into[:1] = [self.value]
            case dict() if self.value is GONE:
                into.pop(last, None)
            case dict():
                into[last] = self.value
        return changed

    def __str__(self) -> str:
        where = ".".join(map(str, self.path))
        return f"{where} = {self.label}"


def _entered(into: Any, step: str | int, empty: Any) -> Any:
    match into:
        case list():
            into[:] = into or [empty]
            return into[0]
        case dict():
            if into.get(step) is None:
                into[step] = empty
            return into[step]
        case _:
            return None


def as_body(request: dict[str, Any]) -> bytes:
    """As a client would write it that checks nothing."""
    return json.dumps(request).replace('"NESTED"', "[" * 5000 + "]" * 5000).encode()


def hostile_to(command: type[Command]) -> list[Hostile]:
    """Every boundary value of every field, one at a time, in a fixed order."""
    schema = command.model_json_schema(mode="validation")
    found = list(_of_schema(("data",), schema, schema, examples(command)[0].model_dump(mode="json")))
    for name, values in REQUESTS.items():
        found += [Hostile((name,), label, value) for label, value in values.items()]
    return found


def _of_schema(path: Path, schema: Schema, whole: Schema, base: Any) -> Iterator[Hostile]:
    for branch in _branches(schema, whole):
        for label, value in (_values(str(path[-1]), branch) | SOMETHING_ELSE).items():
            if len(path) > 1:
                yield Hostile(path, label, value)
        match branch.get("type"):
            case "object":
                yield from _of_object(path, branch, whole, base if isinstance(base, dict) else {})
            case "array":
                yield from _of_array(path, branch, whole, base if isinstance(base, list) else [])


def _branches(schema: Schema, whole: Schema) -> list[Schema]:
    """The types that a place takes, beside null."""
    if "$ref" in schema:
        return _branches(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return [found for each in schema[several] for found in _branches(each, whole)]
    return [] if schema.get("type") == "null" else [schema]


def _of_object(path: Path, schema: Schema, whole: Schema, base: dict[str, Any]) -> Iterator[Hostile]:
    yield Hostile((*path, "nobody_knows_this"), "an unknown field", 1)
    for name, field in schema.get("properties", {}).items():
        yield Hostile((*path, name), "missing", GONE)
        yield from _of_schema((*path, name), field, whole, base.get(name))


def _of_array(path: Path, schema: Schema, whole: Schema, base: list[Any]) -> Iterator[Hostile]:
    one = base[0] if base else "x"
    yield Hostile(path, "twice the same", [one, one])
    yield Hostile(path, "very many", _so_many(str(path[-1]), one, VERY_MANY))
    if most := schema.get("maxItems"):
        yield Hostile(path, "as many as may be", _so_many(str(path[-1]), one, most))
        yield Hostile(path, "one too many", _so_many(str(path[-1]), one, most + 1))
    yield from _of_schema((*path, 0), schema.get("items", {}), whole, one)


def _so_many(name: str, one: Any, count: int) -> list[Any]:
    """As many as fit into a message, each with names of its own."""
    fitting = LARGEST_BYTES // (len(json.dumps(one)) + 8)
    return [with_mark(one, str(number), name) for number in range(min(count, fitting))]


def _values(name: str, schema: Schema) -> Labelled:
    match schema.get("type"), schema.get("format"):
        case _ if "enum" in schema or "const" in schema:
            return {"unknown": "of_tomorrow", "upper case": "BOTH", "a number": 0, "blank at the end": "none "}
        case "integer" | "number", _:
            return INTEGERS | _around(schema)
        case "string", "date":
            return DAYS
        case "string", "date-time":
            return INSTANTS
        case "string", _:
            names = NAMES if "pattern" in schema or name.endswith(("_id", "symbol", "code")) else {}
            return TEXTS | names | _lengths(schema)
        case "boolean", _:
            return {"text": "true", "1": 1, "0": 0, "2": 2}
        case _:
            return {"text": "x", "a number": 0}


def _around(schema: Schema) -> Labelled:
    bounds = (schema.get(name) for name in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"))
    near = {int(bound) + step for bound in bounds if bound is not None for step in (-1, 0, 1)}
    return {str(value): value for value in sorted(near)}


def _lengths(schema: Schema) -> Labelled:
    if "maxLength" not in schema:
        return {}
    most = schema["maxLength"]
    return {"as long as may be": "ệ" * most, "one too long": "a" * (most + 1), "as long, in emoji": "👩" * most}


def everything_full(command: type[Command], data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The valid `data` with every list as long as it may be, and with every text as well, as far as one message
    takes it."""
    schema = command.model_json_schema(mode="validation")
    for label, texts in (("all lists full", False), ("all lists and texts full", True)):
        filled = _filled(schema, schema, data, "", texts)
        if filled != data and len(json.dumps(filled, ensure_ascii=False).encode()) < LARGEST_BYTES:
            yield label, filled


def _filled(schema: Schema, whole: Schema, value: Any, name: str, texts: bool) -> Any:
    branch = next(iter(_branches(schema, whole)), {})
    match value:
        case dict():
            fields = branch.get("properties", {})
            return {field: _filled(fields.get(field, {}), whole, each, field, texts) for field, each in value.items()}
        case [first, *_]:
            one = _filled(branch.get("items", {}), whole, first, name, texts)
            return _so_many(name, one, branch.get("maxItems", len(value)))
        case str() if texts and "maxLength" in branch and "pattern" not in branch and "format" not in branch:
            return value + "ệ" * (branch["maxLength"] - len(value))
        case _:
            return value


def fitting(combination: Sequence[Hostile]) -> list[Hostile]:
    """Without those for which the message has no room beside the ones before them: the broker takes a mebibyte."""
    kept, room = [], LARGEST_BYTES + 50_000
    for hostile in combination:
        size = len(json.dumps(hostile.value, default=str))
        if size <= room:
            kept.append(hostile)
            room -= size
    return kept


def labels_of(combination: Sequence[Hostile]) -> str:
    return " and ".join(map(str, combination))
