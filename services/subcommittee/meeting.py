"""A meeting of the sub-committee and the conclusion of its chair, in numbered points."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.domain.correcting import BriefText, Correction, Past, Recorders, require_right, require_room, wrong_values
from shared.domain.decider import Actor, Aggregate, Command, Refusal, State, begun, once
from shared.events.base import Event
from shared.events.meeting import (
    EVENTS,
    MeetingConcluded,
    MeetingCorrected,
    MeetingEvent,
    MeetingHeld,
    MeetingValues,
    Participant,
    Point,
)
from shared.values.types import Day, EntityId, Name, Text

MOST_POINTS_CORRECTED = 5


class Meeting(State):
    held: MeetingHeld
    conclusion: MeetingConcluded | None = None
    corrected: MeetingValues = MeetingValues()
    """Of what was held, by field the last correction of it."""
    corrections: int = 0


def evolve(meeting: Meeting | None, event: MeetingEvent) -> Meeting:
    if isinstance(event, MeetingHeld):
        return Meeting(held=event)
    meeting = begun(meeting, event)
    if isinstance(event, MeetingConcluded):
        return meeting.but(conclusion=event)
    after = {name: value for name, value in event.after if value is not None and name != "points"}
    return meeting.but(
        conclusion=meeting.conclusion and _with_points(meeting.conclusion, event.after.points or ()),
        corrected=meeting.corrected.model_copy(update=after),
        corrections=meeting.corrections + 1,
    )


def _with_points(conclusion: MeetingConcluded, corrected: Sequence[Point]) -> MeetingConcluded:
    right = {point.number: point for point in corrected}
    return MeetingConcluded(points=tuple(right.get(point.number, point) for point in conclusion.points))


class MeetingCommand(Command):
    ENTITY = "meeting"
    ID = "meeting_id"
    meeting_id: EntityId


class RecordMeeting(MeetingCommand):
    """Puts a meeting on record: when it was held, who chaired it, who took part."""

    NAME = "record-meeting"
    HAPPENED: ClassVar[frozenset[str]] = frozenset({"held_on"})
    title: Text
    held_on: Day
    chair: Participant
    participants: tuple[Participant, ...] = Field(default=(), max_length=500)


class ConcludeMeeting(MeetingCommand):
    """Records the chair's conclusion; its points are numbered 1, 2, 3 …"""

    NAME = "conclude-meeting"
    points: tuple[Point, ...] = Field(min_length=1, max_length=99)


class CorrectedChair(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    position: Name


class CorrectedPoint(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    number: int = Field(ge=1, le=99)
    text: BriefText


class CorrectMeeting(MeetingCommand, Correction):
    """Puts right what was recorded wrongly: of the meeting, or of points of its conclusion, by their numbers. What
    was concluded is not changed by it, only what was written down of it."""

    NAME = "correct-meeting"
    VALUES = MeetingValues
    HAPPENED: ClassVar[frozenset[str]] = frozenset({"held_on"})
    title: BriefText | None = None
    held_on: Day | None = None
    chair: CorrectedChair | None = None
    points: Annotated[tuple[CorrectedPoint, ...], Field(min_length=1, max_length=MOST_POINTS_CORRECTED)] | None = None

    @model_validator(mode="after")
    def _each_point_once(self) -> Self:
        if self.points and len({point.number for point in self.points}) < len(self.points):
            raise ValueError("each point at most once")
        return self

    @property
    def given(self) -> dict[str, Any]:
        given = super().given
        if self.chair:
            given["chair"] = Participant(**self.chair.model_dump())
        if self.points:
            given["points"] = tuple(Point(**point.model_dump()) for point in self.points)
        return given


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
NO_SUCH_POINT = Refusal("no_such_point", "The conclusion of meeting {meeting_id} has no point {number}.")
RECORDERS = Recorders({MeetingHeld: ("title", "held_on", "chair")})


class PointRecorders(NamedTuple):
    """Which events record the point `number` of the conclusion."""

    number: int

    def says(self, event: Event, name: str) -> bool:
        match event:
            case MeetingConcluded():
                points = event.points
            case MeetingCorrected():
                points = event.after.points or ()
            case _:
                return False
        return name == "points" and any(point.number == self.number for point in points)


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


def correct(
    command: CorrectMeeting, meeting: Meeting | None, actor: Actor, past: Past, _: object
) -> Sequence[MeetingEvent]:
    if meeting is None:
        raise NOT_FOUND(meeting_id=command.meeting_id)
    held = {
        name: getattr(meeting.corrected, name) or getattr(meeting.held, name)
        for name in ("title", "held_on", "chair")
    }
    if meeting.conclusion:
        held["points"] = _points_named(command, meeting.conclusion)
    wrong = wrong_values(command, held)
    if "points" in wrong:
        wrong["points"] = tuple(point for point in wrong["points"] if point not in held["points"])
        numbers = {point.number for point in wrong["points"]}
        held["points"] = tuple(point for point in held["points"] if point.number in numbers)
    if not wrong:
        return ()
    require_right(command, wrong.keys() - {"points"}, actor, past, RECORDERS)
    for point in wrong.get("points", ()):
        require_right(command, ("points",), actor, past, PointRecorders(point.number))
    require_room(command, meeting.corrections)
    before = MeetingValues(**{name: held[name] for name in wrong})
    return (MeetingCorrected(before=before, after=MeetingValues(**wrong), reason=command.reason),)


def _points_named(command: CorrectMeeting, conclusion: MeetingConcluded) -> tuple[Point, ...]:
    """The points that the command names, in its order. Raises a refusal for one that was never concluded."""
    points = {point.number: point for point in conclusion.points}
    for point in command.points or ():
        if point.number not in points:
            raise NO_SUCH_POINT(meeting_id=command.meeting_id, number=point.number)
    return tuple(points[point.number] for point in command.points or ())


AGGREGATE = Aggregate(
    events=EVENTS,
    commands=(RecordMeeting, ConcludeMeeting, CorrectMeeting),
    evolve=evolve,
    decide=decide,
    correct=correct,
)
