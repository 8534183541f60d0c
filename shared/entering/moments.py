"""Instants as people name them. What names no zone is Vietnamese local time, on whichever machine."""

import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from shared.domain.decider import Refusal
from shared.i18n import Language, format_instant, translate
from shared.values.local_time import LOCAL_TIME
from shared.values.types import MAX_SEQUENCE

type Moment = int | datetime
"""A place in the history: a ledger sequence, or a time in Asia/Ho_Chi_Minh."""

FIRST_YEAR, LAST_YEAR = 2000, 2199
SHOWN = 60
"""Letters of wrong input that are repeated to whoever typed it."""
A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
A_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}(:?\d{2}){0,2})?", re.ASCII)

NO_MOMENT = Refusal(
    "no_moment",
    "{text} is neither a ledger sequence nor a time such as 2020-08-13, 2020-08-13T09:00 or 2020-08-13T09:00+07:00.",
)
NO_TIME = Refusal("no_time", "{text} is no time such as 2020-08-13, 2020-08-13T09:00 or 2020-08-13T09:00+07:00.")
NO_DAY = Refusal("no_day", "{text} is no day such as 2020-08-13.")
TIME_OUT_OF_RANGE = Refusal("time_out_of_range", "{text} is outside the years {first} to {last}.")
SEQUENCE_OUT_OF_RANGE = Refusal(
    "sequence_out_of_range", "{text} is beyond the last possible ledger sequence, {last}."
)


def parse_moment(text: str, *, begins: bool = False, now: datetime | None = None) -> Moment:
    """`1234`, `2020-08-13`, `2020-08-13T09:00` or `2020-08-13T09:00:00+07:00`. A day is its last microsecond, or its
    first where something `begins` with it; the day that is not over yet is `now`, where that is given. Raises a
    refusal."""
    if text.isascii() and text.isdigit():
        return _sequence(text)
    return _time(text, NO_MOMENT, begins=begins, now=now)


def parse_time(text: str) -> datetime:
    """Reads what `parse_moment` does, but no ledger sequence; a day is its beginning. Raises a refusal."""
    return _time(text, NO_TIME, begins=True)


def parse_day(text: str) -> date:
    """`2020-08-13`. Raises a refusal."""
    if not A_DAY.fullmatch(text):
        raise NO_DAY(text=_repeated(text))
    return _time(text, NO_DAY, begins=True).date()


def moment_as_text(moment: Moment) -> str:
    """For programs: a sequence's digits, or ISO 8601 with its offset."""
    return moment.isoformat() if isinstance(moment, datetime) else str(moment)


def moment_in_words(moment: Moment, lang: Language) -> str:
    """For people: `ledger event 300`, or `23:59:59 on 13/08/2020`."""
    if isinstance(moment, datetime):
        return format_instant(moment, lang)
    return translate("ledger event {sequence}", lang, sequence=moment)


def _sequence(text: str) -> int:
    digits = text.lstrip("0") or "0"
    if len(digits) > len(str(MAX_SEQUENCE)) or int(digits) > MAX_SEQUENCE:
        raise SEQUENCE_OUT_OF_RANGE(text=_repeated(text), last=MAX_SEQUENCE)
    return int(digits)


def _time(text: str, refusal: Refusal, *, begins: bool, now: datetime | None = None) -> datetime:
    is_day = A_DAY.fullmatch(text) is not None
    if not is_day and not A_TIME.fullmatch(text):
        raise refusal(text=_repeated(text))
    try:
        written = datetime.fromisoformat(text)
    except ValueError as error:
        raise refusal(text=_repeated(text)) from error
    local = _in_range(written, text)
    return local if begins or not is_day else _end_of(local, now)


def _in_range(written: datetime, text: str) -> datetime:
    """In local time."""
    with suppress(OverflowError):
        local = written.astimezone(LOCAL_TIME) if written.tzinfo else written.replace(tzinfo=LOCAL_TIME)
        if FIRST_YEAR <= local.year <= LAST_YEAR:
            return local
    raise TIME_OUT_OF_RANGE(text=_repeated(text), first=FIRST_YEAR, last=LAST_YEAR)


def _end_of(midnight: datetime, now: datetime | None) -> datetime:
    end = datetime.combine(midnight.date() + timedelta(days=1), time(), LOCAL_TIME) - timedelta(microseconds=1)
    return now.astimezone(LOCAL_TIME) if now and midnight <= now <= end else end


def _repeated(text: str) -> str:
    """What was typed, without whatever a terminal would obey."""
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")
