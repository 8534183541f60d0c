"""A continuing duty of a locality, such as decoration or environmental sanitation, in one phase.

The sub-committee hands a duty out to many localities at once: all or none. Each locality, duty and phase is an
aggregate of its own. The decision needs to see the locality on the register of organisations, and the code list of
duties: the task is called as the duty is called there when it is handed out.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.subcommittee.catalogue import ITEMS_AT_ONCE
from services.subcommittee.listed import UNITS, check_named, check_units, entries_in, key_of
from services.subcommittee.ordered import check_directive, directive_read
from services.subcommittee.organisation import NOT_FOUND
from shared.domain.decider import Actor, Aggregate, Command, Key, Refusal, latest
from shared.events.duty import EVENTS, DutyHandedOut
from shared.events.organisation import OrganisationKind
from shared.values.code_lists import CodeList, DutyId
from shared.values.message import word
from shared.values.types import ID_LENGTH, TEXT_LENGTH, Day, EntityId, Phase, Phrase, Text, Unit, Vnd

PHASE_NAMES = {
    Phase.BEFORE: Text(vi="trước Đại hội", en="before the congress"),
    Phase.DURING: Text(vi="trong Đại hội", en="during the congress"),
    Phase.AFTER: Text(vi="sau Đại hội", en="after the congress"),
}


def duty_id(locality: str, duty: str, phase: Phase) -> str:
    """The id of the aggregate, and of its task: `giao-thuy-decoration-before`."""
    return f"{locality}-{duty}-{phase.value}"


LocalityId = Annotated[EntityId, Field(max_length=ID_LENGTH - len("-decoration-before"))]
"""The id of an organisation, with room for the rest of a duty's id; a duty of a longer name needs a shorter one."""


class DutyPhase(BaseModel):
    """A phase in which a duty is to be done, and until when; `past_because` says why that is over already."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    phase: Phase
    deadline: Day | None = None
    past_because: Phrase | None = None


class HandOutToLocality(Command):
    NAME = "hand-out-to-locality"
    DEADLINE = "deadline"
    ENTITY = "duty"
    unit: Unit
    duty: DutyId
    phase: Phase
    locality: LocalityId
    planned_vnd: Vnd = 0
    deadline: Day | None = None
    directive_id: EntityId | None = None
    past_because: Phrase | None = None

    @property
    def entity_id(self) -> str:
        return duty_id(self.locality, self.duty, self.phase)


class HandOutDuty(Command):
    """Hands a duty out to localities on the register, for one phase or more. Each locality and phase opens as a task
    in the unit, in charge of the locality's first position; `planned_vnd` is for each of them. `directive_id` names
    the order that they carry out."""

    NAME = "hand-out-duty"
    ENTITY = "duty"
    unit: Unit
    duty: DutyId
    phases: tuple[DutyPhase, ...] = Field(min_length=1, max_length=len(Phase))
    localities: tuple[LocalityId, ...] = Field(min_length=1, max_length=ITEMS_AT_ONCE)
    planned_vnd: Vnd = 0
    directive_id: EntityId | None = None

    @model_validator(mode="after")
    def _one_batch_with_each_locality_and_phase_once(self) -> Self:
        count = len(self.localities) * len(self.phases)
        if count > ITEMS_AT_ONCE:
            raise ValueError("at most 1000 localities and phases at once")
        duty_ids = {part.entity_id for part in self.parts()}
        if len(duty_ids) < count:
            raise ValueError("each locality and each phase at most once")
        if max(map(len, duty_ids)) > ID_LENGTH:
            raise ValueError("the ids of the locality and of the duty are too long together")
        return self

    def parts(self) -> Sequence[Command]:
        common = self.model_dump(exclude={"phases", "localities"})
        return tuple(
            HandOutToLocality(locality=locality, **common, **dict(phase))
            for locality in self.localities
            for phase in self.phases
        )


NO_LOCALITY = Refusal(
    "organisation_not_a_locality",
    "Organisation {organisation_id} is not a locality ({kind}); duties are handed out to localities.",
)
NOBODY_RESPONSIBLE = Refusal(
    "locality_without_position",
    "Locality {organisation_id} has no position on the register that could answer for a duty; add one first.",
)
ALREADY_HANDED_OUT = Refusal(
    "duty_already_handed_out", "Duty {duty_id} is already handed out to {unit} with different content."
)


def reads(command: HandOutToLocality, duty: DutyHandedOut | None) -> Sequence[Key]:
    if duty is not None:
        return ()
    looked_up = ("organisation", command.locality), key_of(CodeList.DUTIES), UNITS
    return (*looked_up, *directive_read(command.directive_id))


def decide(
    command: HandOutToLocality, duty: DutyHandedOut | None, actor: Actor, seen: Mapping[Key, Any]
) -> Sequence[DutyHandedOut]:
    """What was handed out stays as it was: a repeat does not look at the register again."""
    if duty is not None:
        if all(getattr(duty, name) == value for name, value in command):
            return ()
        raise ALREADY_HANDED_OUT(duty_id=command.entity_id, unit=duty.unit)
    check_units([command.unit], seen)
    check_named(CodeList.DUTIES, command.duty, seen)
    check_directive(command.directive_id, seen)
    locality = seen.get(("organisation", command.locality))
    if locality is None:
        raise NOT_FOUND(organisation_id=command.locality)
    if locality.kind is not OrganisationKind.LOCALITY:
        raise NO_LOCALITY(organisation_id=command.locality, kind=word(locality.kind))
    if not locality.positions:
        raise NOBODY_RESPONSIBLE(organisation_id=command.locality)
    name = locality.name
    return (
        DutyHandedOut(
            **dict(command),
            locality_name=name,
            responsible=locality.positions[0],
            title=_title(_called(command.duty, seen), command.phase, name),
        ),
    )


def _called(duty: str, seen: Mapping[Key, Any]) -> Text:
    """What the list calls it now."""
    names = {entry.id: entry.name for entry in entries_in(CodeList.DUTIES, seen)}
    return names.get(duty, Text(vi=duty))


def _title(duty: Text, phase: Phase, locality: Text) -> Text:
    """The end of a name that is too long for a title is left out."""
    vi = f"{duty.vi} {PHASE_NAMES[phase].vi}: {locality.vi}"
    en = f"{duty.en or duty.vi} {PHASE_NAMES[phase].en}: {locality.en or locality.vi}"
    return Text(vi=vi[:TEXT_LENGTH], en=en[:TEXT_LENGTH])


AGGREGATE = Aggregate(
    events=EVENTS,
    commands=(HandOutDuty,),
    evolve=latest,
    decide=decide,
    reads=reads,
    holds_while_nothing_else_is_written=True,
)
