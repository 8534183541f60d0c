"""What people type after a command, read strictly: JSON that says what it seems to say."""

import json
import math
import re
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from daihoi.cli.console import refuse
from shared.domain.decider import Refusal, Refused
from shared.unit.field_errors import MESSAGES
from shared.values.brief import brief_text
from shared.values.text import Unclean, cleaned
from shared.values.types import ID_PATTERN

NOT_JSON = Refusal("not_json", "The data can't be read as JSON: line {line}, column {column}.")
FIELD_NOT_JSON = Refusal(
    "not_json", "The value of {field} can't be read as JSON: line {line}, column {column} of {shown}"
)
NOT_MEANT = Refusal("data_not_meant", "The data can't be meant as it stands: {reason}.")
NO_OBJECT = Refusal("no_json_object", "The data is no JSON object, such as {example}: {shown}")
NO_NUMBER = Refusal("no_number", "The data can't be meant as it stands: {shown} is no number.")
TOO_LARGE_A_NUMBER = Refusal("too_large_a_number", "The number {shown} is too large.")
NO_FIELD = Refusal("no_field", "A field is written with its value, such as {example}; not {shown}.")
NO_REASON = Refusal("no_reason", "--reason can't be empty.")
THERE_ALREADY = Refusal("there_already", "{path} exists already.")
FIELD_EXAMPLE = "percent=40"
TASK_ID = "task_id"
EXAMPLE = '{"task_id": "1-03"}'
MOST_SHOWN = 61
MOST_BITS = 64


def json_object(text: str) -> dict[str, Any]:
    """The object that `text` is as JSON. Ends the program as wrong use where it is none or can't be meant."""
    value = _json(text, lambda line, column: NOT_JSON(line=line, column=column))
    if not isinstance(value, dict):
        refuse(NO_OBJECT(example=EXAMPLE, shown=brief_text(text, MOST_SHOWN)))
    return value


def _json(text: str, otherwise: Callable[[int, int], Refused]) -> Any:
    """`otherwise` is given the line and the column where it stops being JSON."""
    try:
        return cleaned(json.loads(text, parse_constant=_no_number, parse_int=_integer, parse_float=_decimal))
    except json.JSONDecodeError as error:
        refuse(otherwise(error.lineno, error.colno))
    except (Unclean, RecursionError) as error:
        code = error.code if isinstance(error, Unclean) else "too_deep"
        refuse(NOT_MEANT(reason=MESSAGES[code]))


def guessed(path: tuple[str, ...], text: str) -> Any:
    """Digits are a number, what begins with a quotation mark or a bracket is JSON, all else is text."""
    return json_value(path, text) if re.fullmatch(r"[0-9]+", text) or text.startswith(("{", "[", '"')) else text


def named_fields(
    texts: Iterable[str], front: str = TASK_ID, value_of: Callable[[tuple[str, ...], str], Any] = guessed
) -> dict[str, Any]:
    """`percent=40` and `text.vi=…` as fields; an id alone comes first, and stands for the field `front`. A value is
    read by the place of its field. Ends the program as wrong use where one is no such field."""
    fields: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if is_front := not fields and re.fullmatch(ID_PATTERN, text) is not None:
            name, equals, value = front, "=", text
        if not equals or not name.strip(". "):
            refuse(NO_FIELD(example=FIELD_EXAMPLE, shown=brief_text(text, MOST_SHOWN)))
        *outer, last = name.strip().split(".")
        within = fields
        for part in outer:
            within = within.setdefault(part, {})
            if not isinstance(within, dict):
                refuse(NO_FIELD(example=FIELD_EXAMPLE, shown=brief_text(text, MOST_SHOWN)))
        within[last] = value if is_front else value_of((*outer, last), value)
    return fields


def json_value(path: tuple[str, ...], text: str) -> Any:
    """What `text` is as JSON, the value of the field at `path`. Ends the program as wrong use where it is none."""
    shown = {"field": brief_text(".".join(path), MOST_SHOWN), "shown": brief_text(text, MOST_SHOWN)}
    return _json(text, lambda line, column: FIELD_NOT_JSON(line=line, column=column, **shown))


def _no_number(text: str) -> NoReturn:
    refuse(NO_NUMBER(shown=text))


def _integer(text: str) -> int:
    if len(text) > MOST_BITS or (number := int(text)).bit_length() >= MOST_BITS:
        refuse(TOO_LARGE_A_NUMBER(shown=brief_text(text, MOST_SHOWN)))
    return number


def _decimal(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        refuse(TOO_LARGE_A_NUMBER(shown=brief_text(text, MOST_SHOWN)))
    return number
