"""The largest that a command may say, made from its JSON Schema: what fits for it fits for all that is smaller."""

from functools import cache
from typing import Any

from shared.domain.decider import Command
from shared.domain.entering import entered
from shared.domain.known_list import KnownList
from shared.values import contact
from shared.values.code_lists import DEFAULTS, DUTY_PATTERN, ENTRY_PATTERN, CodeList, Entry
from shared.values.types import ID_PATTERN, Text
from shared.values.units import UNIT_PATTERN

FACE = "\N{GRINNING FACE}"
"""Four bytes in UTF-8: no letter has more."""
LAST_INSTANT = "2199-12-31T16:59:59.999999Z"
BY_PATTERN = {
    r"^[a-z_]{1,40}$": "x" * 40,
    r"^[^\s/]{1,40}$": FACE * 40,
    ID_PATTERN: "x" * 80,
    UNIT_PATTERN: "propaganda",
    ENTRY_PATTERN: "x" * 40,
    DUTY_PATTERN: "decoration",
    r"^[a-z][a-z-]{0,39}$": "x" * 40,
    r"^[0-9]{1,3}(\.[0-9]{1,4})+$": "999." + "9999." * 14 + "9999",
    r"^(19|20|21)[0-9]{2}-(19|20|21)[0-9]{2}$": "2100-2199",
    r"^https?://[^\s/?#]\S*$": "https://" + FACE * 992,
    r"^[0-9A-Fa-f]{64}$": "f" * 64,
    r"^[0-9a-f]{64}$": "f" * 64,
    r"^[a-z]+/[a-z0-9][a-z0-9.+-]{0,99}$": "application/" + "x" * 100,
    r"^evt\.[^ \t\r\n]+$": "evt." + FACE * 4092,
    contact.PATTERN: "x" * 64 + "@" + ".".join(["x" * 26] * 5),
}
BY_NAME = {
    "symbol": "999999999-KH/" + "Đ" * 56,
    "superseded_by": "999999999-KH/" + "Ê" * 56,
    "basis": ["999999999-KH/" + "Đ" * 56] * 50,
    "title_of_evidence": FACE * 500,
}


CASES = KnownList(entries=(*DEFAULTS[CodeList.CASES], Entry(id="x" * 40, name=Text(vi="x" * 300, en="x" * 300))))
"""A list of cases with one of the longest id and name."""
THE_CASES = {("known-list", "cases"): CASES, ("code-list", "cases"): CASES}
"""As a unit decides with it, and as the sub-committee does."""


@cache
def schema_of(command: type[Command]) -> dict[str, Any]:
    return command.model_json_schema()


def largest_data(command: type[Command], **told: Any) -> dict[str, Any]:
    """Every field at its largest, but for those that are `told`."""
    schema = schema_of(command)
    return _largest(schema, schema.get("$defs", {}), "") | told


def largest[Wish: Command](command: type[Wish], **told: Any) -> Wish:
    """The same, come in by the door."""
    return entered(command, largest_data(command, **told))


def _largest(schema: dict[str, Any], definitions: dict[str, Any], name: str) -> Any:
    if name in BY_NAME:
        return BY_NAME[name]
    match schema:
        case {"$ref": place}:
            return _largest(definitions[place.rpartition("/")[2]], definitions, name)
        case {"anyOf": [first, *_]}:
            return _largest(first, definitions, name)
        case {"enum": choices}:
            return max(choices, key=len)
        case {"const": value}:
            return value
        case {"properties": properties}:
            is_evidence = "sha256" in properties
            named = {each: "title_of_evidence" if is_evidence and each == "title" else each for each in properties}
            return {each: _largest(part, definitions, named[each]) for each, part in properties.items()}
        case {"type": "array", "items": items, "maxItems": most}:
            return [_largest(items, definitions, name)] * most
        case {"type": "integer", "maximum": most}:
            return most
        case {"type": "boolean"}:
            return False
        case {"format": "date", "formatMaximum": last}:
            return last
        case {"format": "date-time"}:
            return LAST_INSTANT
        case {"pattern": pattern}:
            return BY_PATTERN[pattern][: schema.get("maxLength", 10_000)]
        case {"type": "string", "maxLength": most}:
            return FACE * most
        case _:
            raise ValueError(f"{name}: {schema} has no largest value")
