"""What happens to a publication of propaganda."""

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.events.base import Event, members
from shared.values.code_lists import CodeList, ids_of
from shared.values.types import Text


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


PublicationEvent = PublicationProposed | PublicationApproved | PublicationRejected | PublicationReleased
EVENTS = members(PublicationEvent)
