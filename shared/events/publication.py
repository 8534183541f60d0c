"""What happens to a publication of propaganda."""

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.events.base import Event, Values, if_corrected, members
from shared.values.code_lists import CodeList, ids_of
from shared.values.types import Brief, Text


class PublicationProposed(Event):
    TYPE = "vn.daihoi.publication.proposed.v1"
    channel: Annotated[str, Field(examples=list(ids_of(CodeList.CHANNELS)))]
    title: Text
    author: str
    task_id: str | None = None
    planned_on: date | None = None


class PublicationApproved(Event):
    TYPE = "vn.daihoi.publication.approved.v1"


class PublicationRejected(Event):
    TYPE = "vn.daihoi.publication.rejected.v1"
    reason: str


class PublicationReleased(Event):
    TYPE = "vn.daihoi.publication.released.v1"


class PublicationValues(Values):
    """`released_on` is the day on which it ran."""

    channel: Annotated[str | None, Field(examples=list(ids_of(CodeList.CHANNELS)))] = if_corrected()
    title: Text | None = if_corrected()
    task_id: str | None = if_corrected()
    planned_on: date | None = if_corrected()
    released_on: date | None = if_corrected()


class PublicationCorrected(Event):
    TYPE = "vn.daihoi.publication.corrected.v1"
    SENTENCE = "{actor} corrected publication {id}: {after}; recorded before: {before}; reason: {reason}"
    before: PublicationValues
    after: PublicationValues
    reason: Brief


PublicationEvent = (
    PublicationProposed | PublicationApproved | PublicationRejected | PublicationReleased | PublicationCorrected
)
EVENTS = members(PublicationEvent)
