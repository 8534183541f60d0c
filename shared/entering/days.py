"""A day as offices write it: `25/9/2020`, `trước ngày 20/9/2020`. What can be taken in more ways than one, such as
`tháng 9/2020` or `14-16/10/2020`, is proposed and never taken in silence."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta
from typing import NamedTuple

from shared.domain.decider import Refusal
from shared.entering.cells import Value, in_range
from shared.entering.plain import plain
from shared.entering.tables import quoted
from shared.values.types import FIRST_DAY, LAST_DAY

NOT_A_DAY = Refusal("not_a_day", "«{found}» is no day such as 20/09/2020.")
NO_YEAR = Refusal("no_year", "«{found}» names no year; write the day in full, such as 20/09/2020.")
UNCLEAR_DAY = Refusal(
    "unclear_day", "«{found}» names no single day; {proposed} would be taken. Write it so, or accept it."
)
NO_SINGLE_DAY = Refusal(
    "no_single_day", "«{found}» names no day; the task would have no deadline. Empty the cell, or accept it."
)

_BEFORE_A_DAY = re.compile(
    r"^(?:(?:hoan thanh|hoan tat|xong|han cuoi|han|thoi han|cham nhat|muon nhat|truoc|den het|den|toi|het|vao|trong|"
    r"la|ngay)\b[ :,]*)+"
)
_DAY_OF_MONTH = r"(?P<day>\d{1,2})"
_DAY = re.compile(rf"{_DAY_OF_MONTH} ?(?P<sign>[/.-]) ?(?P<month>\d{{1,2}}) ?(?P=sign) ?(?P<year>\d{{4}})")
_DAY_IN_WORDS = re.compile(rf"{_DAY_OF_MONTH},? thang (?P<month>\d{{1,2}}),? nam (?P<year>\d{{4}})")
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})")
_SHORT_YEAR = re.compile(rf"{_DAY_OF_MONTH}([/.-])(?P<month>\d{{1,2}})\2(?P<year>\d{{2}})")
_WITHOUT_YEAR = re.compile(rf"{_DAY_OF_MONTH} ?(?:[/.-]| thang )? ?(?P<month>\d{{1,2}})")
_RANGE = re.compile(
    r"(?:tu )?(?:ngay )?\d{1,2}(?: ?[/.] ?\d{1,2}){0,1}(?: ?[/.] ?\d{4})? ?(?:-|den het|den|toi) ?(?:ngay )?"
    r"(?P<last>\d{1,2} ?[/.] ?\d{1,2}(?: ?[/.] ?\d{4})?)"
)
_MONTH = re.compile(r"(?:cuoi )?(?:thang ?|t)?(?P<month>\d{1,2}) ?(?:[/.-]|nam) ?(?P<year>\d{4})")
_MONTH_ALONE = re.compile(r"(?:cuoi )?(?:thang ?|t)(?P<month>\d{1,2})")
_QUARTER = re.compile(r"(?:cuoi )?quy (?P<quarter>iv|iii|ii|i|[1-4]) ?(?:[/.-]|nam)? ?(?P<year>\d{4})")
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_NO_DEADLINE = {"-", "--", "khong", "khong co", "/"}
_WITHOUT_END = re.compile(r"(thuong xuyen|lien tuc|hang (ngay|tuan|thang)|theo (ke hoach|tien do|thuc te|yeu cau)).*")
_LONGEST = 200
_OPENING = r"(?:ngay |le |ngay le |khi )?khai mac(?: dai hoi)?"
_COUNT = r"(?P<count>\d{1,4}) ?(?P<measure>ngay|tuan|days?|weeks?)"
_FROM_THE_OPENING = (
    re.compile(rf"(?P<side>truoc|sau) {_OPENING}:? ?{_COUNT}"),
    re.compile(rf"{_COUNT} (?P<side>truoc|sau) {_OPENING}"),
    re.compile(rf"{_COUNT} (?P<side>before|after) the opening"),
)
_ON_THE_OPENING = re.compile(r"(?:dung |vao |trong )?(?:ngay |le |ngay le )khai mac(?: dai hoi)?|on the opening day")
_BEFORE_AN_OFFSET = re.compile(
    r"^(?:(?:hoan thanh|hoan tat|xong|han cuoi|han|thoi han|cham nhat|muon nhat|la)\b[ :,]*)+"
)
MOST_OFFSET_DAYS = 3650


class Meant(NamedTuple):
    """What a cell says. Where it is not clear, `day` is what it would be taken for: none where it has no end."""

    day: date | None
    is_clear: bool = True


def offset_in(value: Value) -> int | None:
    """Days from the opening: −10 for `trước khai mạc 10 ngày`; none where the cell counts from no opening. Raises
    `Refused` for what is too far away."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    text = _BEFORE_AN_OFFSET.sub("", plain(value).rstrip(" .;"))
    if _ON_THE_OPENING.fullmatch(text):
        return 0
    match = next(filter(None, (form.fullmatch(text) for form in _FROM_THE_OPENING)), None)
    if match is None:
        return None
    days = int(match["count"]) * (7 if match["measure"].startswith(("tuan", "week")) else 1)
    return in_range(-days if match["side"] in ("truoc", "before") else days, -MOST_OFFSET_DAYS, MOST_OFFSET_DAYS)


def clear_day(value: Value) -> date | None:
    """The day that a cell clearly says. Raises `Refused`."""
    meant = meant_by(value, frozenset())
    if not meant.is_clear:
        raise NOT_A_DAY(found=quoted(value))
    return meant.day


def years_in(values: Iterable[Value | None]) -> frozenset[int]:
    """The years that the days of a column name in full."""
    years = set()
    for value in values:
        if isinstance(value, date):
            years.add(value.year)
        elif isinstance(value, str):
            years |= {int(year) for year in re.findall(r"\b20\d\d\b", value[:_LONGEST])}
    return frozenset(years)


def meant_by(value: Value, years: frozenset[int]) -> Meant:
    """A day without a year is of the one year that the others are of. Raises `Refused`."""
    if isinstance(value, date):
        return Meant(_in_range(value, value))
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise NOT_A_DAY(found=quoted(value))
    text = plain(value).rstrip(" .;")
    if text in _NO_DEADLINE:
        return Meant(None)
    if _WITHOUT_END.fullmatch(text):
        return Meant(None, is_clear=False)
    return _read(value, _BEFORE_A_DAY.sub("", text), years)


def _read(value: str, text: str, years: frozenset[int]) -> Meant:
    for form in (_DAY, _DAY_IN_WORDS, _ISO):
        if match := form.fullmatch(text):
            return Meant(_day(value, match["year"], match["month"], match["day"]))
    if match := _SHORT_YEAR.fullmatch(text):
        return Meant(_day(value, f"20{match['year']}", match["month"], match["day"]), is_clear=False)
    if match := _RANGE.fullmatch(text):
        last = re.sub(" ", "", match["last"])
        return _read(value, last, years)._replace(is_clear=False)
    if match := _MONTH.fullmatch(text):
        return Meant(_last_day(value, match["year"], match["month"]), is_clear=False)
    if match := _QUARTER.fullmatch(text):
        quarter = _QUARTERS.get(match["quarter"]) or int(match["quarter"])
        return Meant(_last_day(value, match["year"], quarter * 3), is_clear=False)
    for form in (_WITHOUT_YEAR, _MONTH_ALONE):
        if match := form.fullmatch(text):
            return Meant(_of_the_only_year(value, match, years), is_clear=False)
    raise NOT_A_DAY(found=quoted(value))


def _of_the_only_year(value: str, match: re.Match[str], years: frozenset[int]) -> date:
    if len(years) != 1:
        raise NO_YEAR(found=quoted(value))
    (year,) = years
    if "day" in match.groupdict():
        return _day(value, year, match["month"], match["day"])
    return _last_day(value, year, match["month"])


def _day(value: str, year: str | int, month: str | int, day: str | int) -> date:
    with suppress(ValueError):  # no calendar has it
        return _in_range(date(int(year), int(month), int(day)), value)
    raise NOT_A_DAY(found=quoted(value))


def _last_day(value: str, year: str | int, month: str | int) -> date:
    in_the_next = _day(value, year, month, 28) + timedelta(days=4)
    return in_the_next - timedelta(days=in_the_next.day)


def _in_range(day: date, value: Value) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise NOT_A_DAY(found=quoted(value))
    return day
