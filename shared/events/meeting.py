"""What happens to a meeting: it is held, and its chair concludes."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from shared.events.base import Event, Values, if_corrected, members
from shared.values.types import Brief, Phrase, Text


class Participant(BaseModel):
    """Somebody at a meeting: the name may be left out, the position never."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(default="", max_length=200)
    position: Phrase


class Point(BaseModel):
    """One numbered point of a conclusion."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: int = Field(ge=1, le=99)
    text: Text


class MeetingHeld(Event):
    TYPE = "vn.daihoi.meeting.held.v1"
    title: Text
    held_on: date
    chair: Participant
    participants: tuple[Participant, ...] = ()


class MeetingConcluded(Event):
    TYPE = "vn.daihoi.meeting.concluded.v1"
    points: tuple[Point, ...]


class MeetingValues(Values):
    """The points of the conclusion that are corrected."""

    title: Text | None = if_corrected()
    held_on: date | None = if_corrected()
    chair: Participant | None = if_corrected()
    points: tuple[Point, ...] | None = if_corrected()


class MeetingCorrected(Event):
    TYPE = "vn.daihoi.meeting.corrected.v1"
    SENTENCE = "{actor} corrected meeting {id}: {after}; recorded before: {before}; reason: {reason}"
    before: MeetingValues
    after: MeetingValues
    reason: Brief


MeetingEvent = MeetingHeld | MeetingConcluded | MeetingCorrected
EVENTS = members(MeetingEvent)
