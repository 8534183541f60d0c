"""A meeting of the sub-committee and the conclusion of its chair, in numbered points."""

from collections.abc import Sequence
from typing import ClassVar, assert_never

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.decider import Actor, Aggregate, Command, Refusal
from shared.events.meeting import EVENTS, MeetingConcluded, MeetingEvent, MeetingHeld, Participant, Point
from shared.values.types import Day, EntityId, Text


# --- state ---
class Meeting(BaseModel):
    model_config = ConfigDict(frozen=True)
    held: MeetingHeld
    conclusion: MeetingConcluded | None = None


# --- evolve ---
def evolve(meeting: Meeting | None, event: MeetingEvent) -> Meeting:
    if isinstance(event, MeetingHeld):
        return Meeting(held=event)
    if meeting is None:
        raise LookupError(f"{event.TYPE} before the meeting was held")
    match event:
        case MeetingConcluded():
            return meeting.model_copy(update={"conclusion": event})
        case _:
            assert_never(event)


# --- commands ---
class MeetingCommand(Command):
    ENTITY: ClassVar[str] = "meeting"
    meeting_id: EntityId

    @property
    def entity_id(self) -> str:
        return self.meeting_id


class RecordMeeting(MeetingCommand):
    """Puts a meeting on record: when it was held, who chaired it, who took part."""

    NAME = "record-meeting"
    title: Text
    held_on: Day
    chair: Participant
    participants: tuple[Participant, ...] = Field(default=(), max_length=500)


class ConcludeMeeting(MeetingCommand):
    """Records the chair's conclusion; its points are numbered 1, 2, 3 …"""

    NAME = "conclude-meeting"
    points: tuple[Point, ...] = Field(min_length=1, max_length=99)


# --- decide ---
NOT_FOUND = Refusal("meeting_not_found", "There is no meeting {meeting_id}.")
ALREADY_RECORDED = Refusal(
    "meeting_already_recorded", "Meeting {meeting_id} is already on record with different content."
)
ALREADY_CONCLUDED = Refusal(
    "meeting_already_concluded", "Meeting {meeting_id} already has a conclusion; it is not rewritten."
)
POINTS_MISNUMBERED = Refusal(
    "points_misnumbered", "The points of a conclusion are numbered 1, 2, 3 …; got {numbers}."
)


def decide(command: MeetingCommand, meeting: Meeting | None, actor: Actor) -> Sequence[MeetingEvent]:
    if isinstance(command, RecordMeeting):
        return _record(command, meeting)
    if meeting is None:
        raise NOT_FOUND(meeting_id=command.meeting_id)
    match command:
        case ConcludeMeeting():
            return _conclude(command, meeting)
        case _:
            raise TypeError(f"{type(command).__name__} is no command on a meeting")


def _record(command: RecordMeeting, meeting: Meeting | None) -> Sequence[MeetingEvent]:
    held = MeetingHeld(**command.model_dump(exclude={"meeting_id"}))
    if meeting is None:
        return (held,)
    if meeting.held == held:
        return ()
    raise ALREADY_RECORDED(meeting_id=command.meeting_id)


def _conclude(command: ConcludeMeeting, meeting: Meeting) -> Sequence[MeetingEvent]:
    numbers = [point.number for point in command.points]
    if numbers != list(range(1, len(numbers) + 1)):
        raise POINTS_MISNUMBERED(numbers=", ".join(map(str, numbers)))
    concluded = MeetingConcluded(points=command.points)
    if meeting.conclusion is None:
        return (concluded,)
    if meeting.conclusion == concluded:
        return ()
    raise ALREADY_CONCLUDED(meeting_id=command.meeting_id)


AGGREGATE = Aggregate(
    entity="meeting",
    events=EVENTS,
    commands=(RecordMeeting, ConcludeMeeting),
    evolve=evolve,
    decide=decide,
)
