"""The sub-committee issues a directive."""

from datetime import date
from enum import StrEnum

from shared.events.base import Event
from shared.values.types import EntityId, Phrase, Text, Unit


class DirectiveKind(StrEnum):
    """What a directive asks for: a four-point review, scenarios, or plain work."""

    REVIEW = "review"
    SCENARIOS = "scenarios"
    WORK = "work"


class DirectiveIssued(Event):
    TYPE = "vn.daihoi.directive.issued.v1"
    kind: DirectiveKind
    text: Text
    units: tuple[Unit, ...]
    meeting_id: EntityId | None = None
    point: int | None = None
    due_on: date | None = None
    past_because: Phrase | None = None


EVENTS = (DirectiveIssued,)
