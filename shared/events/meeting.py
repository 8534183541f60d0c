"""What happens to a meeting: it is held, and its chair concludes."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from shared.events.base import Event, members
from shared.values.types import Phrase, Text


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


MeetingEvent = MeetingHeld | MeetingConcluded
EVENTS = members(MeetingEvent)
