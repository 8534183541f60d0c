"""The congress itself: what it is called, where and when it is held, and in whose name its papers are issued.

It is put on record once; from then on it is amended, with a reason. Whoever moves the opening or the closing day
leads the sub-committee. Tasks keep their deadlines when the opening day moves, until new ones are confirmed: then
each unit moves those of its own tasks.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.subcommittee.listed import UNITS, check_were_units
from shared.domain.decider import (
    EVENTS_AT_ONCE,
    Actor,
    Aggregate,
    Command,
    Key,
    RankRefusal,
    Refusal,
    State,
    begun,
    once,
    require_rank,
)
from shared.domain.document import Term
from shared.domain.ranks import Act
from shared.events import congress as events
from shared.events.congress import CONGRESS, LetterheadForm, Particulars
from shared.values.types import Brief, Day, EntityId, Name, Phrase, Text, Unit

MOST_AMENDMENTS = 200
MOST_MOVES = 50_000
"""Of all confirmations together."""
TIME_ZONE = "Asia/Ho_Chi_Minh"
DAYS = ("opening_day", "closing_day")


class Language(StrEnum):
    VI = "vi"
    EN = "en"


class Clearable(StrEnum):
    """What an amendment can take off the record: what a congress may be without, and a day no longer decided."""

    OPENING_DAY = "opening_day"
    CLOSING_DAY = "closing_day"
    PLACE = "place"
    PARENT_BODY = "parent_body"
    ORDINAL = "ordinal"
    TERM = "term"


class ShortText(Text):
    """A heading, in both languages: all amendments have to fit into one document."""

    vi: str = Field(min_length=1, max_length=300)
    en: str = Field(default="", max_length=300)


Ordinal = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
IssuerCode = Annotated[str, Field(pattern=r"^[^\s/]{1,40}$")]


class Congress(State):
    """`held` is what holds now; `confirmed` the latest confirmation of deadlines."""

    founded: events.CongressFounded
    held: events.CongressFounded | events.CongressAmended
    amendments: int = 0
    confirmed: events.DeadlinesConfirmed | None = None
    moves: int = 0


def evolve(congress: Congress | None, event: events.CongressEvent) -> Congress:
    if isinstance(event, events.CongressFounded):
        return Congress(founded=event, held=event)
    congress = begun(congress, event)
    if isinstance(event, events.CongressAmended):
        return congress.but(held=event, amendments=congress.amendments + 1)
    return congress.but(confirmed=event, moves=congress.moves + len(event.moves))


class CongressCommand(Command):
    ENTITY = "congress"

    @property
    def entity_id(self) -> str:
        return CONGRESS


class FoundCongress(CongressCommand):
    """Puts the congress on record. `issuer_code` stands in the symbols of its papers: TB, TU. What it has not is left
    out: days that are not decided yet, an ordinal, a term. `form` is the layout of its papers; reports are in
    `language` where nobody names one."""

    NAME = "found-congress"
    title: ShortText
    ordinal: Ordinal | None = None
    term: Term | None = None
    issuing_body: ShortText
    issuer_code: IssuerCode
    parent_body: ShortText | None = None
    place: ShortText | None = None
    opening_day: Day | None = None
    closing_day: Day | None = None
    form: LetterheadForm = LetterheadForm.PARTY
    time_zone: Name = TIME_ZONE
    language: Language = Language.VI


class AmendCongress(CongressCommand):
    """Changes what is given and leaves the rest; `cleared` names what is taken off. To move the opening or the
    closing day is for the sub-committee's lead or a deputy, which the decider sees to; any other change is every
    member's. No task's deadline moves by it."""

    NAME = "amend-congress"
    reason: Brief
    title: ShortText | None = None
    ordinal: Ordinal | None = None
    term: Term | None = None
    issuing_body: ShortText | None = None
    issuer_code: IssuerCode | None = None
    parent_body: ShortText | None = None
    place: ShortText | None = None
    opening_day: Day | None = None
    closing_day: Day | None = None
    form: LetterheadForm | None = None
    time_zone: Name | None = None
    language: Language | None = None
    cleared: tuple[Clearable, ...] = Field(default=(), max_length=len(Clearable))

    @model_validator(mode="after")
    def _nothing_both_given_and_cleared(self) -> Self:
        if any(getattr(self, name) is not None for name in self.cleared):
            raise ValueError("nothing is both given and cleared")
        return self

    def changes(self) -> dict[str, Any]:
        given = self.model_dump(exclude={"reason", "cleared"}, exclude_none=True)
        return given | {name.value: None for name in self.cleared}


class NewDeadline(BaseModel):
    """The deadline of one task: what is agreed now, `replaces`, and what follows from the opening day."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    unit: Unit
    task_id: EntityId
    replaces: Day | None = None
    deadline: Day


class ConfirmDeadlines(CongressCommand):
    """Has the units move the deadlines of these tasks, as the opening day demands; for the sub-committee's lead or a
    deputy. A task whose deadline is no longer what it `replaces` is left alone, on record. `past_because` says why
    some are over already."""

    NAME = "confirm-deadlines"
    GIVEN_BY = Act.DECIDE
    DEADLINE = "earliest_deadline"
    opening_day: Day
    moves: tuple[NewDeadline, ...] = Field(min_length=1, max_length=EVENTS_AT_ONCE)
    past_because: Phrase | None = None

    @model_validator(mode="after")
    def _each_task_once(self) -> Self:
        if len({(move.unit, move.task_id) for move in self.moves}) < len(self.moves):
            raise ValueError("each task at most once")
        return self

    @property
    def earliest_deadline(self) -> date:
        return min(move.deadline for move in self.moves)


Wish = FoundCongress | AmendCongress | ConfirmDeadlines

NOT_FOUNDED = Refusal("congress_not_founded", "The congress is not on record yet; put it there first.")
ALREADY_FOUNDED = Refusal(
    "congress_already_founded", "The congress is already on record with different content; amend it instead."
)
CLOSES_BEFORE_IT_OPENS = Refusal(
    "congress_closes_before_it_opens", "The congress can't close on {closing_day} and open on {opening_day}."
)
OTHER_TIME_ZONE = Refusal(
    "time_zone_not_understood", "The time zone {time_zone} is not understood yet; only {known} is, Vietnam's."
)
NO_RIGHT_TO_MOVE = Refusal(
    "no_right_to_move_days",
    "{actor} can't move the opening or the closing day; the sub-committee's lead or a deputy does.",
)
NO_RIGHT_TO_CONFIRM = RankRefusal(
    "no_right_to_confirm_deadlines", "{actor} can't confirm deadlines; the sub-committee's lead or a deputy does."
)
AMENDMENTS_FULL = Refusal("congress_amendments_full", "The congress has been amended {most} times; that is the most.")
NO_OPENING_DAY = Refusal("no_opening_day", "The opening day is not decided, so no deadline follows from it.")
OTHER_OPENING_DAY = Refusal(
    "other_opening_day", "The congress opens on {opening_day} by now; look again at the deadlines that follow."
)
MOVES_FULL = Refusal(
    "congress_moves_full", "The deadlines of {held} tasks have been confirmed, and {most} can be in all."
)


def reads(command: Wish, congress: Congress | None) -> Sequence[Key]:
    return (UNITS,) if isinstance(command, ConfirmDeadlines) else ()


def decide(
    command: Wish, congress: Congress | None, actor: Actor, seen: Mapping[Key, Any]
) -> Sequence[events.CongressEvent]:
    if isinstance(command, FoundCongress):
        founded = events.CongressFounded(**command.content())
        recorded = once(founded, congress.founded if congress else None, ALREADY_FOUNDED())
        check(founded.opening_day, founded.closing_day, founded.time_zone)
        return recorded
    if congress is None:
        raise NOT_FOUNDED()
    if isinstance(command, AmendCongress):
        return _amend(command, congress, actor)
    return _confirm(command, congress, actor, seen)


def _amend(command: AmendCongress, congress: Congress, actor: Actor) -> Sequence[events.CongressAmended]:
    before = congress.held.model_dump(include=set(Particulars.model_fields))
    amended = events.CongressAmended(**before | command.changes(), reason=command.reason)
    if all(getattr(amended, name) == getattr(congress.held, name) for name in before):
        return ()
    if any(getattr(amended, name) != getattr(congress.held, name) for name in DAYS) and not actor.ranks_for(
        Act.DECIDE
    ):
        raise NO_RIGHT_TO_MOVE(actor=actor.id)
    check(amended.opening_day, amended.closing_day, amended.time_zone)
    if congress.amendments >= MOST_AMENDMENTS:
        raise AMENDMENTS_FULL(most=MOST_AMENDMENTS)
    return (amended,)


def check(opening_day: date | None, closing_day: date | None, time_zone: str) -> None:
    """Raises a refusal where no congress can have these."""
    if opening_day and closing_day and closing_day < opening_day:
        raise CLOSES_BEFORE_IT_OPENS(opening_day=opening_day, closing_day=closing_day)
    if time_zone != TIME_ZONE:
        raise OTHER_TIME_ZONE(time_zone=time_zone, known=TIME_ZONE)


def _confirm(
    command: ConfirmDeadlines, congress: Congress, actor: Actor, seen: Mapping[Key, Any]
) -> Sequence[events.DeadlinesConfirmed]:
    require_rank(command, actor, NO_RIGHT_TO_CONFIRM)
    confirmed = events.DeadlinesConfirmed(**command.content())
    if congress.confirmed == confirmed:
        return ()
    check_were_units((move.unit for move in command.moves), seen)
    _check_opening_day(command.opening_day, congress.held.opening_day)
    if congress.moves + len(command.moves) > MOST_MOVES:
        raise MOVES_FULL(held=congress.moves, most=MOST_MOVES)
    return (confirmed,)


def _check_opening_day(meant: date, opening_day: date | None) -> None:
    if opening_day is None:
        raise NO_OPENING_DAY()
    if meant != opening_day:
        raise OTHER_OPENING_DAY(opening_day=opening_day)


AGGREGATE = Aggregate(
    events=events.EVENTS,
    commands=(FoundCongress, ConfirmDeadlines, AmendCongress),
    evolve=evolve,
    decide=decide,
    reads=reads,
)
