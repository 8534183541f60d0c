"""A directive of the sub-committee: what a point of a conclusion orders, and which units it addresses."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from services.subcommittee.listed import UNITS, check_units
from shared.domain.decider import Actor, Aggregate, Command, Key, Refusal, latest, once
from shared.events.directive import EVENTS, DirectiveIssued, DirectiveKind
from shared.values.types import Day, EntityId, Phrase, Text, Unit
from shared.values.units import MOST_UNITS


class IssueDirective(Command):
    """Addresses units with an order; `meeting_id` and `point` name the sentence that it carries out.
    `past_because` says why `due_on` is over already."""

    NAME = "issue-directive"
    DEADLINE = "due_on"
    ENTITY = "directive"
    ID = "directive_id"
    directive_id: EntityId
    kind: DirectiveKind
    text: Text
    units: tuple[Unit, ...] = Field(min_length=1, max_length=MOST_UNITS)
    meeting_id: EntityId | None = None
    point: int | None = Field(default=None, ge=1, le=99)
    due_on: Day | None = None
    past_because: Phrase | None = None


ALREADY_ISSUED = Refusal(
    "directive_already_issued", "Directive {directive_id} is already issued with different content."
)
POINT_WITHOUT_MEETING = Refusal(
    "point_without_meeting", "A point belongs to a meeting: say which meeting concluded point {point}."
)


def reads(command: IssueDirective, directive: DirectiveIssued | None) -> Sequence[Key]:
    return (UNITS,) if directive is None else ()


def decide(
    command: IssueDirective, directive: DirectiveIssued | None, actor: Actor, seen: Mapping[Key, Any]
) -> Sequence[DirectiveIssued]:
    if directive is None and command.point is not None and command.meeting_id is None:
        raise POINT_WITHOUT_MEETING(point=command.point)
    if directive is None:
        check_units(command.units, seen)
    issued = DirectiveIssued(**command.content())
    return once(issued, directive, ALREADY_ISSUED(directive_id=command.directive_id))


AGGREGATE = Aggregate(
    events=EVENTS,
    commands=(IssueDirective,),
    evolve=latest,
    decide=decide,
    reads=reads,
    holds_while_nothing_else_is_written=True,
)
