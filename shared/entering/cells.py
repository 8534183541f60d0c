"""What one cell says: a text, a code, a number or one of several choices; or why it says none. Raises `Refused`."""

import re
from collections.abc import Callable, Collection
from datetime import date

from shared.domain.decider import Refusal, Refused
from shared.entering import tables
from shared.entering.tables import Cell
from shared.events.catalogue_item import MOST_COORDINATING
from shared.values.text import Unclean, clean
from shared.values.types import TEXT_LENGTH

type Value = str | int | float | date
BRIEF_LENGTH, NAME_LENGTH = 500, 200
"""Of `Brief` and `Name` in shared.values.types."""
CODE = r"[0-9]{1,3}(\.[0-9]{1,4})+"

NO_VALUE = Refusal("no_value", "There has to be a value.")
NOT_TEXT = Refusal("not_text", "{found} is a number; format the cell as text, so that 1.10 does not turn into 1.1.")
TOO_LONG = Refusal("too_long", "The text has {length} characters; at most {most} are allowed.")
DAMAGED_TEXT = Refusal("damaged_text", "The text has characters that an earlier conversion has damaged ({found!r}).")
CONTROL = Refusal("control_character", "The text holds a control character, which nobody can see; type it again.")
OVERRIDE = Refusal(
    "bidi_override", "The text holds a sign that turns the direction of writing and misleads readers; type it again."
)
HALF = Refusal("lone_surrogate", "The text holds half a character; type it again.")
UNSEEN = Refusal("nothing_to_see", "There is something in the cell that nobody can see; empty it or write a value.")
_UNCLEAN = {refusal.code: refusal for refusal in (CONTROL, OVERRIDE, HALF, UNSEEN)}
NOT_A_CODE = Refusal("not_a_code", "«{found}» is no code: numbers with dots between, such as 1.03.")
NOT_A_NUMBER = Refusal("not_a_number", "«{found}» is no whole number.")
AMBIGUOUS_NUMBER = Refusal(
    "ambiguous_number", "«{found}» can be read in two ways; write the number without separators."
)
OUT_OF_RANGE = Refusal("out_of_range", "{found} is not between {least} and {most}.")
TOO_MANY_NAMES = Refusal("too_many_names", "{count} names are listed; at most {most} may be.")
NOT_ONE_OF = Refusal("not_one_of", "«{found}» is none of {choices}.")


def written(cell: Cell) -> Value | None:
    """What stands there, one letter in one form; nothing where it is empty."""
    if isinstance(cell, Refused):
        raise cell
    return _cleaned(cell) or None if isinstance(cell, str) else cell


def _cleaned(text: str) -> str:
    """The cell's text, in which one letter has one form, whoever typed it: macOS writes letters and marks apart."""
    try:
        return clean(text)
    except Unclean as why:
        raise _UNCLEAN[why.code]() from why


def text_of(most: int = TEXT_LENGTH) -> Callable[[Value], str]:
    def read(value: Value) -> str:
        if isinstance(value, date):
            raise tables.NOT_A_VALUE(found=tables.quoted(value))
        if not isinstance(value, str):
            raise NOT_TEXT(found=value)
        return within(value, most)

    return read


def within(text: str, most: int) -> str:
    """`text`, which is no longer than it may be."""
    if "\ufffd" in text:
        raise DAMAGED_TEXT(found="\ufffd")
    if len(text) > most:
        raise TOO_LONG(length=len(text), most=most)
    return text


def code(value: Value) -> str:
    text = text_of()(value)
    if not re.fullmatch(CODE, text):
        raise NOT_A_CODE(found=tables.quoted(text))
    return text


def choice(choices: Callable[[], Collection[str]]) -> Callable[[Value], str]:
    def read(value: Value) -> str:
        text = str(value).casefold()
        if text not in choices():
            raise NOT_ONE_OF(found=tables.quoted(value), choices=", ".join(choices()))
        return text

    return read


def whole_number(least: int, most: int) -> Callable[[Value], int]:
    def read(value: Value) -> int:
        return in_range(integer(value), least, most)

    return read


def in_range(number: int, least: int, most: int) -> int:
    if not least <= number <= most:
        raise OUT_OF_RANGE(found=number, least=least, most=most)
    return number


def integer(value: Value) -> int:
    """Thousands may be set apart by dots, commas or blanks, where that can't be a decimal sign."""
    if isinstance(value, date):
        raise tables.NOT_A_VALUE(found=tables.quoted(value))
    if isinstance(value, float) and value.is_integer():
        return int(value)
    text = re.sub(r"[\u00a0\u202f]", " ", str(value)).replace("−", "-")
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return int(text)
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,3}[.,][0-9]{3}", text):
        raise AMBIGUOUS_NUMBER(found=tables.quoted(text))
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,3}([., ])[0-9]{3}(\1[0-9]{3}){0,4}", text):
        return int(re.sub(r"[., ]", "", text))
    raise NOT_A_NUMBER(found=tables.quoted(value))


def listed(value: Value) -> tuple[str, ...]:
    """Names that stand one a line or with semicolons between; with commas too where there is neither."""
    text = text_of(MOST_COORDINATING * (NAME_LENGTH + 2))(value)
    separators = "[;\n]" if re.search("[;\n]", text) else ","
    names = [name.strip(" \t-–+•.") for name in re.split(separators, text)]
    names = list(dict.fromkeys(filter(None, names)))
    if len(names) > MOST_COORDINATING:
        raise TOO_MANY_NAMES(count=len(names), most=MOST_COORDINATING)
    return tuple(within(name, NAME_LENGTH) for name in names)
