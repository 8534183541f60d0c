"""What a command takes, field by field, and how each is asked for."""

from functools import cache
from typing import NamedTuple, cast

from shared.domain.decider import Command
from shared.entering.fields import Schema, schema_of
from shared.entering.typed import kind_of
from shared.i18n import LANGUAGES, LISTED
from shared.values.code_lists import CodeList
from shared.web.forms.fields import MOST_FIELDS, Control

TEXTAREAS = frozenset(
    (
        *("reason", "note", "text", "details", "outcome", "lessons", "remark", "resolution", "cause", "proposal"),
        *("what", "purpose"),
    )
)
"""Fields in which people write sentences, beside those that say because of what."""
OF_A_FILE = frozenset(("sha256", "size_bytes", "media_type", "kept"))
"""Parts of a piece of evidence that whoever keeps the file fills in."""
NOBODY_TYPES = frozenset(("media_type", "kept"))
"""Those of them that a file which is kept elsewhere does without."""
FILE = "file"
GROUP = "group"
NUMBERED = ("conclude-meeting", "points")
"""Rows that are numbered in turn where nobody numbers them."""
BESIDE_ROWS = 100
"""Fields that a form may have besides those of its rows."""


LIST_NAMES = {**LISTED, "units": CodeList.UNITS}
"""Fields that name entries of a code list."""


class Spec(NamedTuple):
    """One field of a command, made ready: `parts` are those of an object, or of each row of a list of objects.
    `control` is none for an object, of which only the parts are shown."""

    command: str
    name: str
    schema: Schema
    control: Control | None
    required: bool
    parts: tuple["Spec", ...] = ()

    @property
    def most_rows(self) -> int:
        """How many rows there can be: as many as the command takes and one form can be sent with."""
        in_one_form = (MOST_FIELDS - BESIDE_ROWS) // max(self._fields_of_one, 1)
        return int(min(self.schema.get("maxItems", in_one_form), in_one_form))

    @property
    def _fields_of_one(self) -> int:
        return sum(part._fields_of_one if part.parts else 1 for part in self.parts)


@cache
def specs_of(command: type[Command]) -> tuple[Spec, ...]:
    """The fields of a command in its order, those that have to be given first."""
    schema = schema_of(command)
    required = frozenset(schema.get("required", ()))
    specs = [
        _spec(command.NAME, name, part, required=name in required) for name, part in schema["properties"].items()
    ]
    return tuple(sorted(specs, key=lambda spec: (spec.name == "reason", not spec.required)))


def _spec(command: str, name: str, schema: Schema, *, required: bool, above: str = "") -> Spec:
    match schema:
        case {"type": "array", "items": {"properties": _} as items}:
            parts = _parts(command, items)
            if (command, name) == NUMBERED:
                parts = tuple(part._replace(required=part.required and part.name != "number") for part in parts)
            kept = {part.name for part in parts} >= OF_A_FILE
            file = (Spec(command, FILE, {"type": "string"}, "file", required=False),) if kept else ()
            return Spec(command, name, schema, "rows", required, (*parts, *file))
        case {"type": "array", "items": items}:
            return Spec(command, name, schema, "choices" if "enum" in items or name == "units" else "lines", required)
        case {"properties": _}:
            return Spec(command, name, schema, None, required, _parts(command, schema, above=name))
        case _:
            return Spec(command, name, schema, _control(above if name in LANGUAGES else name, schema), required)


def _parts(command: str, schema: Schema, above: str = "") -> tuple[Spec, ...]:
    required = frozenset(schema.get("required", ()))
    return tuple(
        _spec(command, name, part, required=name in required, above=above)
        for name, part in schema["properties"].items()
    )


def _control(name: str, schema: Schema) -> Control:
    if name in NOBODY_TYPES:
        return "hidden"
    match kind_of(name, schema).name:
        case "yes_or_no":
            return "yes-no"
        case "choice" | "day" | "instant" | "number" | "sum" as same:
            return cast(Control, same)
        case _:
            is_long = name.endswith("because") or (name in TEXTAREAS and "format" not in schema)
            return "textarea" if is_long else "text"
