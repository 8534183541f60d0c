"""What only one unit keeps, as lists: bookings, publications, meetings. Each can be searched, and shows what is there
in an order that people expect."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from shared.events.resource import ResourceKind
from shared.reports.order import in_order_of_id
from shared.reports.searching import has_words, words_of
from shared.values.local_time import local_date
from shared.values.ordering import natural
from shared.views.view import Document

KINDS = tuple(kind.value for kind in ResourceKind)


class Booking(BaseModel):
    reservation_id: str
    starts: datetime
    ends: datetime
    purpose: str


class ResourceLine(BaseModel):
    """`bookings` by when they start: those that are not over, or those of the day that was asked for."""

    id: str
    kind: str
    name_vi: str
    name_en: str
    capacity: int
    bookings: list[Booking]
    over: int
    """Bookings that are not shown, for they are over or on other days."""


def resource_list(
    resources: Iterable[Document], today: date, *, kind: str = "", text: str = "", on: date | None = None
) -> list[ResourceLine]:
    words = words_of(text)
    return [
        _resource(document, today, on)
        for document in in_order_of_id(resources)
        if kind in ("", document["kind"]) and has_words(words, "", _said_of_resource(document))
    ]


def _said_of_resource(document: Document) -> Sequence[str | None]:
    purposes = (booking["purpose"] for booking in document["reservations"])
    return (document["_id"], document["name"]["vi"], document["name"].get("en"), *purposes)


def _resource(document: Document, today: date, on: date | None) -> ResourceLine:
    bookings = [Booking(**booking) for booking in document["reservations"]]
    shown = [booking for booking in bookings if _is_shown(booking, today, on)]
    return ResourceLine(
        id=document["_id"],
        kind=document["kind"],
        **_names(document["name"], "name"),
        capacity=document["capacity"],
        bookings=sorted(shown, key=lambda booking: (booking.starts, booking.reservation_id)),
        over=len(bookings) - len(shown),
    )


def _is_shown(booking: Booking, today: date, on: date | None) -> bool:
    first, last = local_date(booking.starts), local_date(booking.ends)
    return last >= today if on is None else first <= on <= last


class PublicationStatus(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    RELEASED = "released"


class PublicationLine(BaseModel):
    id: str
    channel: str
    title_vi: str
    title_en: str
    status: str
    author: str
    task_id: str | None
    planned_on: date | None
    released_on: date | None
    rejection: str | None


def publication_list(
    publications: Iterable[Document],
    *,
    channel: str | None = None,
    status: PublicationStatus | None = None,
    text: str = "",
) -> list[PublicationLine]:
    """The publications by the day on which they ran, or are to; those without one come last."""
    words = words_of(text)
    lines = [
        PublicationLine(
            id=document["_id"],
            **_names(document["title"], "title"),
            **{name: document[name] for name in PublicationLine.model_fields.keys() & document.keys()},
        )
        for document in publications
        if channel in (None, document["channel"]) and status in (None, document["status"])
    ]
    matching = [line for line in lines if has_words(words, "", (line.id, line.title_vi, line.title_en, line.task_id))]
    return sorted(matching, key=lambda line: (line.released_on or line.planned_on or date.max, natural(line.id)))


class MeetingLine(BaseModel):
    """`points` are those of the conclusion; none where there is no conclusion yet."""

    id: str
    title_vi: str
    title_en: str
    held_on: date
    chair: str
    participants: int
    points: list[dict[str, Any]]


def meeting_list(meetings: Iterable[Document], *, text: str = "") -> list[MeetingLine]:
    """The latest first; `text` is looked for in titles and in what was concluded."""
    words = words_of(text)
    lines = [_meeting(document) for document in meetings if has_words(words, "", _said_at(document))]
    return sorted(lines, key=lambda line: (line.held_on, natural(line.id)), reverse=True)


def _said_at(document: Document) -> Sequence[str | None]:
    points = (point["text"]["vi"] for point in document["points"])
    return (document["_id"], document["title"]["vi"], document["title"].get("en"), *points)


def _meeting(document: Document) -> MeetingLine:
    chair = document["chair"]
    return MeetingLine(
        id=document["_id"],
        **_names(document["title"], "title"),
        held_on=document["held_on"],
        chair=", ".join(filter(None, (chair.get("name"), chair["position"]))),
        participants=len(document["participants"]),
        points=document["points"],
    )


def _names(text: Document, name: str) -> dict[str, str]:
    return {f"{name}_vi": text["vi"], f"{name}_en": text.get("en", "")}
