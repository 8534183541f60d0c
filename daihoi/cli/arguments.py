"""What people type after a command, read strictly: JSON that says what it seems to say."""

import json
import math
from typing import Any, NoReturn

from daihoi.cli.console import wrong_use
from shared.values.text import Unclean, cleaned

LONGEST_SHOWN = 60
MOST_BITS = 64


def json_object(text: str) -> dict[str, Any]:
    """The object that `text` is as JSON. Ends the program as wrong use where it is none, or where something in it
    can't be meant: numbers without end, half a character, lists a thousand deep in each other."""
    try:
        value = cleaned(json.loads(text, parse_constant=_no_number, parse_int=_integer, parse_float=_decimal))
    except (Unclean, ValueError) as error:
        wrong_use(f"the data can't be read as JSON: {error}")
    except RecursionError:
        wrong_use("the data can't be read as JSON: lists or objects nested too deep")
    if not isinstance(value, dict):
        wrong_use(f'the data is no JSON object, such as {{"task_id": "1-03"}}: {_shown(text)}')
    return value


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _integer(text: str) -> int:
    if len(text) > MOST_BITS or (number := int(text)).bit_length() >= MOST_BITS:
        raise ValueError(f"the number {_shown(text)} is too large")
    return number


def _decimal(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {_shown(text)} is too large")
    return number


def _shown(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
