"""What happens in a four-point review of one unit."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from shared.events.base import Event, members
from shared.values.types import EntityId, Phrase


class Essential(StrEnum):
    """The four things that the chair wants of every work item."""

    COLLECTIVE = "collective"
    INDIVIDUAL = "individual"
    DEADLINE = "deadline"
    FUNDING = "funding"


class Finding(BaseModel):
    """What a review found of one task."""

    model_config = ConfigDict(frozen=True)
    task_id: EntityId
    missing: tuple[Essential, ...] = ()


class ReviewOpened(Event):
    TYPE = "vn.daihoi.review.opened.v1"
    directive_id: EntityId
    due_on: date | None = None
    findings: tuple[Finding, ...]
    past_because: Phrase | None = None


class ReviewTaskEntered(Event):
    """A task came under a review that was open already."""

    TYPE = "vn.daihoi.review.task-entered.v1"
    finding: Finding


class ReviewItemConfirmed(Event):
    TYPE = "vn.daihoi.review.item-confirmed.v1"
    finding: Finding


class ReviewGapExplained(Event):
    TYPE = "vn.daihoi.review.gap-explained.v1"
    task_id: EntityId
    essential: Essential
    reason: Phrase


class ReviewClosed(Event):
    TYPE = "vn.daihoi.review.closed.v1"
    signed_by: str
    findings: tuple[Finding, ...]


ReviewEvent = ReviewOpened | ReviewTaskEntered | ReviewItemConfirmed | ReviewGapExplained | ReviewClosed
EVENTS = members(ReviewEvent)
