"""The code of each task of an annex, from the number that is printed beside it: the third in group II is `2.3`."""

import re
from collections import defaultdict
from collections.abc import Sequence

from services.subcommittee.importing.lines import Line, is_number
from shared.domain.decider import Refused
from shared.entering.cells import CODE, NOT_A_CODE, NOT_TEXT, in_range, within
from shared.entering.tables import quoted
from shared.values.types import ID_LENGTH, TEXT_LENGTH

MOST_GROUPS = 99
_DOTTED = re.compile(CODE)
_ROMAN_IN_FRONT = re.compile(r"^[IVX]+[.\-]\s*")


class Numbering:
    """Numbers such as `1.2` in group 1 are codes already, where all are so; else the group's number goes before each.
    What has no number gets the next after the greatest of its group."""

    def __init__(self, tasks: Sequence[Line]) -> None:
        self._are_codes = all(_is_code_of(line) for line in tasks)
        self._greatest: defaultdict[int, int] = defaultdict(int)
        for line in tasks:
            if is_number(number := _number(line)):
                self._greatest[line.group.number] = max(self._greatest[line.group.number], int(number))

    def code(self, line: Line) -> str:
        """Raises `Refused`, also where its group can't be."""
        in_range(line.group.number, 1, MOST_GROUPS)
        within(line.group.name, TEXT_LENGTH)
        printed = line.cells.get("code")
        if isinstance(printed, float) and not printed.is_integer():
            raise NOT_TEXT(found=printed)
        number = _number(line)
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)*", number):
            number = self._next(line) if _is_a_bullet(number) or isinstance(printed, Refused) else number
        code = number if self._are_codes else f"{line.group.number}.{number}"
        if not _DOTTED.fullmatch(code) or len(code) > ID_LENGTH:
            raise NOT_A_CODE(found=quoted(line.number))
        return code

    def _next(self, line: Line) -> str:
        self._greatest[line.group.number] += 1
        return str(self._greatest[line.group.number])


def _number(line: Line) -> str:
    """`I.03.` → `03` → `3`; `1.03` stays."""
    number = _ROMAN_IN_FRONT.sub("", line.number).rstrip(".) ")
    return str(int(number)) if is_number(number) else number


def _is_code_of(line: Line) -> bool:
    number = _number(line)
    is_of_its_group = not line.group.row or number.partition(".")[0] == str(line.group.number)
    return bool(_DOTTED.fullmatch(number)) and is_of_its_group


def _is_a_bullet(number: str) -> bool:
    return bool(re.fullmatch(r"[-+*•–]*|[a-zđ][.)]?", number))
