"""Coverage by channel and day: what was released where and when, and what still waits."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from pydantic import BaseModel

from shared.reports.order import listed
from shared.values.code_lists import CodeList
from shared.views.code_lists import entries_by_list
from shared.views.view import Document

PENDING = ("proposed", "approved")


class ChannelCoverage(BaseModel):
    """`by_day` counts what was released; `pending` is proposed or approved, some of it with a planned day."""

    released: int
    by_day: dict[date, int]
    pending: int
    planned: dict[date, int]


class Coverage(BaseModel):
    days: list[date]
    """Every day on which something was released or is planned."""
    channels: dict[str, ChannelCoverage]


def coverage_of(publications: Sequence[Document], code_lists: Iterable[Document] = ()) -> Coverage:
    """Counts `publications`, the documents of that view; rejected ones are left out. Every channel on the code list
    is shown, in its order; `code_lists` are documents of that view."""
    names = listed(entries_by_list(code_lists)[CodeList.CHANNELS], (document["channel"] for document in publications))
    channels = {name: _channel([each for each in publications if each["channel"] == name]) for name in names}
    days = {day for channel in channels.values() for day in (*channel.by_day, *channel.planned)}
    return Coverage(days=sorted(days), channels=channels)


def _channel(publications: list[Document]) -> ChannelCoverage:
    released = [document for document in publications if document["status"] == "released"]
    pending = [document for document in publications if document["status"] in PENDING]
    return ChannelCoverage(
        released=len(released),
        by_day=_by_day(document["released_on"] for document in released),
        pending=len(pending),
        planned=_by_day(document["planned_on"] for document in pending if document["planned_on"]),
    )


def _by_day(days: Iterable[str]) -> dict[date, int]:
    return {date.fromisoformat(day): count for day, count in sorted(Counter(days).items())}
