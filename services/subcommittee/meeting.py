"""A meeting of the sub-committee and the conclusion of its chair, in numbered points."""

from collections.abc import Sequence

from pydantic import Field

from shared.domain.decider import Actor, Aggregate, Command, Refusal, State, begun, once
from shared.events.meeting import EVENTS, MeetingConcluded, MeetingEvent, MeetingHeld, Participant, Point
from shared.values.types import Day, EntityId, Text


class Meeting(State):
    held: MeetingHeld
    conclusion: MeetingConcluded | None = None


def evolve(meeting: Meeting | None, event: MeetingEvent) -> Meeting:
    if isinstance(event, MeetingHeld):
        return Meeting(held=event)
    meeting = begun(meeting, event)
    return meeting.but(conclusion=event)


class MeetingCommand(Command):
    ENTITY = "meeting"
    ID = "meeting_id"
    meeting_id: EntityId


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


def decide(command: RecordMeeting | ConcludeMeeting, meeting: Meeting | None, actor: Actor) -> Sequence[MeetingEvent]:
    if isinstance(command, RecordMeeting):
        held = MeetingHeld(**command.content())
        return once(held, meeting.held if meeting else None, ALREADY_RECORDED(meeting_id=command.meeting_id))
    if meeting is None:
        raise NOT_FOUND(meeting_id=command.meeting_id)
    numbers = [point.number for point in command.points]
    if numbers != list(range(1, len(numbers) + 1)):
        raise POINTS_MISNUMBERED(numbers=", ".join(map(str, numbers)))
    concluded = MeetingConcluded(points=command.points)
    return once(concluded, meeting.conclusion, ALREADY_CONCLUDED(meeting_id=command.meeting_id))


AGGREGATE = Aggregate(events=EVENTS, commands=(RecordMeeting, ConcludeMeeting), evolve=evolve, decide=decide)
