"""Values as people type them, read by what the command's field holds, and as an office's workbook is read:
`30/12/2026`, `12.000.000`, `đúng`, `20/12/2026 08:00`. A field of text gets its text untouched."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from shared.domain.decider import Refusal, Refused
from shared.entering.cells import integer
from shared.entering.days import NOT_A_DAY, clear_day
from shared.entering.moments import A_TIME, parse_time
from shared.entering.money import amount_of
from shared.entering.plain import plain
from shared.entering.tables import quoted
from shared.unit.field_errors import field_label

NOT_READ = Refusal("field_not_read", "{field}: {reason}")
NO_YES = Refusal("no_yes_or_no", "«{found}» is neither true nor false; write true or false.")
NO_LOCAL_INSTANT = Refusal("no_local_instant", "«{found}» is no day with a time of day, such as 20/12/2026 08:00.")
NO_NUMBERED_TEXT = Refusal("no_numbered_text", "«{found}» is no number with a name, such as «2. Hội trường».")
NO_PARTS = Refusal("no_parts", "«{found}» has several parts: {parts}. Write them as {example}.")

YES, NO = {"true", "dung", "co", "yes"}, {"false", "sai", "khong", "no"}
_CLOCK = r"(?P<hour>\d{1,2}) ?(?:[:h]|gio) ?(?P<minute>\d{2})?(?: ?phut)?"
_LOCAL_DAY = r"(?:ngay )?(?P<day>\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2})"
_INSTANTS = tuple(map(re.compile, (rf"{_LOCAL_DAY},? {_CLOCK}", rf"{_CLOCK},? {_LOCAL_DAY}")))
_NUMBERED = re.compile(r"([0-9]{1,2})[.):]?\s+(\S.*)", re.DOTALL)

type Schema = Mapping[str, Any]


class Kind(NamedTuple):
    """What a field holds: its name in `KIND_NAMES` of the terminal, an example, and how text is read."""

    name: str
    example: str
    read: Callable[[str, Schema], Any]


def kind_of(name: str, schema: Schema) -> Kind:
    """The kind of a field, by its schema; sums are known by the end of the field's name."""
    match schema:
        case {"enum": [first, *_]} | {"const": first}:
            return Kind("choice", str(first), _untouched)
        case {"type": "integer" | "number"}:
            return SUM if name.endswith("_vnd") else NUMBER
        case {"type": "boolean"}:
            return YES_OR_NO
        case {"type": "string", "format": "date"}:
            return DAY
        case {"type": "string", "format": "date-time"}:
            return INSTANT
        case {"type": "array", "items": items}:
            return ID_LIST if is_id(items) else LIST
        case {"type": "object", "properties": properties}:
            return _object(properties, schema.get("required", ()))
        case _:
            return ID if is_id(schema) else TEXT


def is_id(schema: Schema) -> bool:
    """Whether it is a name without blanks, or one of several words of the program."""
    return "enum" in schema or schema.get("pattern", "").startswith(("^[a-z", "^[A-Z"))


def as_meant(value: Any, name: str, schema: Schema) -> Any:
    """`value`, given as text or as JSON, in the form that the field takes. Raises a refusal that names the field."""
    match value, schema:
        case str(), _:
            try:
                return kind_of(name, schema).read(value, schema)
            except Refused as why:
                raise NOT_READ(field=field_label(name), reason=why.message) from None
        case list(), {"items": items}:
            return [as_meant(item, name, items) for item in value]
        case dict(), {"properties": properties}:
            return {part: as_meant(held, part, properties.get(part, {})) for part, held in value.items()}
        case _:
            return value


def schema_at(schema: Schema, path: tuple[str, ...]) -> Schema:
    """That of a field within; an empty one where there is none."""
    for part in path:
        schema = schema.get("properties", {}).get(part, {})
    return schema


def _untouched(text: str, _: Schema) -> str:
    return text


def _yes_or_no(text: str, _: Schema) -> bool:
    if (word := plain(text)) not in YES | NO:
        raise NO_YES(found=quoted(text))
    return word in YES


def _day(text: str, _: Schema) -> str:
    if (day := clear_day(text)) is None:
        raise NOT_A_DAY(found=quoted(text))
    return str(day)


def _instant(text: str, _: Schema) -> str:
    """Local time where no zone is given; an instant with its zone stays letter by letter, so that a file that was
    given before is the same command again."""
    if match := A_TIME.fullmatch(text):
        return text if match[3] else parse_time(text).isoformat()
    for form in _INSTANTS:
        if match := form.fullmatch(plain(text)):
            return _at(text, match)
    raise NO_LOCAL_INSTANT(found=quoted(text))


def _at(text: str, match: re.Match[str]) -> str:
    day = clear_day(match["day"])
    clock = f"{int(match['hour']):02}:{match['minute'] or '00'}"
    try:
        return parse_time(f"{day}T{clock}").isoformat()
    except Refused:
        raise NO_LOCAL_INSTANT(found=quoted(text)) from None


def _list(text: str, schema: Schema) -> Any:
    """Ids with commas between; anything else is the only one of the list."""
    items = schema["items"]
    parts = [part.strip() for part in text.split(",")] if is_id(items) else [text]
    return [as_meant(part, "", items) for part in parts if part]


def _object(properties: Schema, required: Any) -> Kind:
    names = tuple(required)
    if len(names) == 1 and properties[names[0]].get("type") == "string":
        return Kind("text", "…", lambda text, _: {names[0]: text})
    if len(names) == 2 and properties[names[0]].get("type") == "integer":
        return Kind("numbered", '"2. …"', lambda text, schema: _numbered(text, names, schema["properties"]))
    return Kind("parts", "{…}", lambda text, schema: _refuse_parts(text, schema))


def _numbered(text: str, names: tuple[str, ...], properties: Schema) -> dict[str, Any]:
    if not (match := _NUMBERED.fullmatch(text.strip())):
        raise NO_NUMBERED_TEXT(found=quoted(text))
    number, named = names
    return {number: int(match[1]), named: as_meant(match[2], named, properties[named])}


def _refuse_parts(text: str, schema: Schema) -> Any:
    parts = tuple(schema["properties"])
    example = "{" + ", ".join(f'"{part}": …' for part in parts[:2]) + "}"
    raise NO_PARTS(found=quoted(text), parts=", ".join(parts), example=example)


TEXT = Kind("text", "…", _untouched)
ID = Kind("id", "a-1", _untouched)
NUMBER = Kind("number", "40", lambda text, _: integer(text))
SUM = Kind("sum", "12.000.000", lambda text, _: amount_of(text))
YES_OR_NO = Kind("yes_or_no", "true", _yes_or_no)
DAY = Kind("day", "30/12/2026", _day)
INSTANT = Kind("instant", '"20/12/2026 08:00"', _instant)
LIST = Kind("list", "[…]", _list)
ID_LIST = Kind("id_list", "a,b", _list)
