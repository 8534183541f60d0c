"""Coverage by channel and day: what was released where and when, and what still waits."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel

from shared.events.publication import Channel
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


def coverage_of(publications: Iterable[Document]) -> Coverage:
    """Counts `publications`, the documents of that view; rejected ones are left out. Every channel is shown."""
    by_channel: dict[str, list[Document]] = {channel.value: [] for channel in Channel}
    for publication in sorted(publications, key=lambda document: str(document["channel"])):
        by_channel.setdefault(publication["channel"], []).append(publication)
    channels = {name: _channel(documents) for name, documents in by_channel.items()}
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
