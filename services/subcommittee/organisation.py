"""The register of organisations: agencies, localities and bodies, each with the positions that answer for work, who
holds them (`holding.py`), and under which other names it is known (`naming.py`)."""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.subcommittee import correcting_holders, holding, naming
from services.subcommittee.correcting_holders import CorrectHolder
from shared.domain.correcting import BriefText, Correction, Past, Recorders, require_right, require_room, wrong_values
from shared.domain.decider import Actor, Aggregate, Command, Key, Refusal, State, begun, commands_of, once
from shared.domain.paper import same
from shared.events import organisation as events
from shared.values.message import Message
from shared.values.types import Brief, EntityId, Phrase, Text

MOST_POSITIONS = 200
MOST_OF_AN_ENTRY = 50
"""As many positions, holders and deputies as one line of a register has."""


class Organisation(State):
    """`positions` stand in the order in which they were added; the first answers for the continuing duties."""

    registered: events.OrganisationRegistered
    positions: tuple[str, ...] = ()
    holdings: holding.Holdings = holding.Holdings()
    names: naming.Names = naming.Names()
    corrected: events.OrganisationValues = events.OrganisationValues()
    """By field the last correction of it."""
    corrections: int = 0

    @property
    def kind(self) -> events.OrganisationKind:
        return self.corrected.kind or self.registered.kind

    @property
    def name(self) -> Text:
        return self.corrected.name or self.registered.name


def evolve(organisation: Organisation | None, event: events.OrganisationEvent) -> Organisation:
    if isinstance(event, events.OrganisationRegistered):
        return Organisation(registered=event)
    organisation = begun(organisation, event)
    match event:
        case events.PositionAdded():
            return organisation.but(positions=(*organisation.positions, event.position))
        case events.PositionRemoved():
            kept = tuple(position for position in organisation.positions if position != event.position)
            return organisation.but(positions=kept, holdings=organisation.holdings.without(event.position))
        case events.NameMerged() | events.NameSeparated():
            return organisation.but(names=naming.evolve(organisation.names, event))
        case events.OrganisationCorrected():
            after = {name: value for name, value in event.after if value is not None}
            corrected = organisation.corrected.model_copy(update=after)
            return organisation.but(corrected=corrected, corrections=organisation.corrections + 1)
        case events.PositionCorrected():
            return _position_put_right(organisation, event.position, event.after.position or event.position)
        case events.HolderCorrected():
            holdings = correcting_holders.evolve(organisation.holdings, event)
            return organisation.but(holdings=holdings, corrections=organisation.corrections + 1)
        case _:
            return organisation.but(holdings=holding.evolve(organisation.holdings, event))


def _position_put_right(organisation: Organisation, position: str, name: str) -> Organisation:
    return organisation.but(
        positions=tuple(name if stored == position else stored for stored in organisation.positions),
        holdings=organisation.holdings.renamed(position, name),
        names=organisation.names.renamed(position, name),
        corrections=organisation.corrections + 1,
    )


class OrganisationCommand(Command):
    ENTITY = "organisation"
    ID = "organisation_id"
    organisation_id: EntityId


class RegisterOrganisation(OrganisationCommand):
    NAME = "register-organisation"
    kind: events.OrganisationKind
    name: Text


class AddPosition(OrganisationCommand):
    """Adds a position that may be put in charge of work; never a person's name."""

    NAME = "add-position"
    position: Phrase


class RemovePosition(OrganisationCommand):
    NAME = "remove-position"
    position: Phrase


class Entry(BaseModel):
    """One line of a register: an organisation as it is to be registered, with who holds which of its positions, and
    which of them deputises for which. One that is registered already is given with the same kind and name."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    organisation_id: EntityId
    kind: events.OrganisationKind
    name: Text
    positions: tuple[Phrase, ...] = Field(default=(), max_length=MOST_OF_AN_ENTRY)
    holders: tuple[holding.HolderEntry, ...] = Field(default=(), max_length=MOST_OF_AN_ENTRY)
    deputies: tuple[holding.DeputyEntry, ...] = Field(default=(), max_length=MOST_OF_AN_ENTRY)


class RegisterOrganisations(Command):
    """Registers many organisations, their positions, and who holds these, at once: all or none."""

    NAME = "register-organisations"
    ENTITY = "organisation"
    entries: tuple[Entry, ...] = Field(min_length=1, max_length=200)

    def parts(self) -> Sequence[Command]:
        return tuple(part for entry in self.entries for part in _parts_of(entry))


def _parts_of(entry: Entry) -> Sequence[Command]:
    organisation_id = entry.organisation_id
    positions = (AddPosition(organisation_id=organisation_id, position=position) for position in entry.positions)
    return (
        RegisterOrganisation(organisation_id=organisation_id, kind=entry.kind, name=entry.name),
        *positions,
        *(holder.on(organisation_id) for holder in entry.holders),
        *(deputy.on(organisation_id) for deputy in entry.deputies),
    )


class CorrectOrganisation(OrganisationCommand, Correction):
    """Puts right a name or a kind that was registered wrongly. Tasks keep the names that they were given; merge the
    wrong one, so that reports still know it."""

    NAME = "correct-organisation"
    VALUES = events.OrganisationValues
    kind: events.OrganisationKind | None = None
    name: BriefText | None = None


class CorrectPosition(OrganisationCommand, Correction):
    """Puts right the name under which a position was added; who holds it holds it under the right one. Tasks keep the
    names that they were given."""

    NAME = "correct-position"
    VALUES = events.PositionValues
    position: Phrase
    right_name: Brief

    @property
    def given(self) -> dict[str, Any]:
        return {"position": self.right_name}


Corrections = CorrectOrganisation | CorrectPosition | CorrectHolder
Wish = RegisterOrganisation | AddPosition | holding.Wish | naming.Wish | RemovePosition

NOT_FOUND = Refusal("organisation_not_found", "There is no organisation {organisation_id}.")
ALREADY_REGISTERED = Refusal(
    "organisation_already_registered", "Organisation {organisation_id} is already registered with different content."
)
POSITIONS_FULL = Refusal(
    "organisation_positions_full", "Organisation {organisation_id} has {most} positions; it can't have more."
)


USES = (
    Message("position_held", "somebody holds it"),
    Message("position_has_deputy", "another position deputises for it"),
    Message("position_has_names", "names are merged into it"),
)
IN_USE = Refusal(
    "position_in_use", "The position {position} of organisation {organisation_id} can't be removed: {uses}."
)


def reads(command: Wish | Corrections, _: Organisation | None) -> Sequence[Key]:
    """Whoever holds two positions, and a name that is merged twice, are found in all organisations."""
    is_exclusive = isinstance(command, holding.HoldPosition | holding.HandOverPosition) and command.exclusive
    return (("organisation", "*"),) if is_exclusive or isinstance(command, naming.MergeName | CorrectHolder) else ()


def decide(
    command: Wish, organisation: Organisation | None, actor: Actor, seen: Mapping[Key, Organisation]
) -> Sequence[events.OrganisationEvent]:
    if isinstance(command, RegisterOrganisation):
        registered = events.OrganisationRegistered(kind=command.kind, name=command.name)
        already = ALREADY_REGISTERED(organisation_id=command.organisation_id)
        return once(registered, organisation.registered if organisation else None, already)
    if organisation is None:
        raise NOT_FOUND(organisation_id=command.organisation_id)
    everywhere = {key[1]: other for key, other in seen.items()} | {command.organisation_id: organisation}
    match command:
        case AddPosition():
            return _add(command, organisation)
        case RemovePosition():
            return _remove(command, organisation)
        case naming.MergeName() | naming.SeparateName():
            named = {name: _registered(other) for name, other in everywhere.items()}
            return naming.decide(_on_the_register(command, organisation), organisation.names, named)
        case _:
            holdings = {name: other.holdings for name, other in everywhere.items()}
            return holding.decide(_on_the_register(command, organisation), organisation.holdings, holdings)


def _add(command: AddPosition, organisation: Organisation) -> Sequence[events.OrganisationEvent]:
    if _as_stored(command.position, organisation):
        return ()
    if len(organisation.positions) >= MOST_POSITIONS:
        raise POSITIONS_FULL(organisation_id=command.organisation_id, most=MOST_POSITIONS)
    return (events.PositionAdded(position=command.position),)


def _remove(command: RemovePosition, organisation: Organisation) -> Sequence[events.OrganisationEvent]:
    stored = _as_stored(command.position, organisation)
    if stored is None:
        return ()
    in_use = (
        stored in organisation.holdings.holders,
        stored in organisation.holdings.deputies.values(),
        any(name.position == stored for name in organisation.names.merged.values()),
    )
    if uses := tuple(use for use, is_so in zip(USES, in_use, strict=True) if is_so):
        raise IN_USE(position=stored, organisation_id=command.organisation_id, uses=uses)
    return (events.PositionRemoved(position=stored),)


_folded = lru_cache(1024)(same)
"""Every name of the register is compared with each that is merged."""


def _registered(organisation: Organisation) -> naming.Registered:
    name = organisation.name
    own = (*filter(None, (name.vi, name.en)), *organisation.positions)
    return naming.Registered(taken=frozenset(map(_folded, own)), names=organisation.names)


def _on_the_register[Named: Command](command: Named, organisation: Organisation) -> Named:
    """The entry, with the positions that it names as the register has them, however they are spelled."""
    named = {field: getattr(command, field, None) for field in ("position", "deputises_for")}
    return command.model_copy(
        update={field: _picked(position, command, organisation) for field, position in named.items() if position}
    )


def _picked(position: str, command: Command, organisation: Organisation) -> str:
    """The position as it is stored, or the only one that differs in marks, case and blanks alone. Raises a
    refusal."""
    if stored := _as_stored(position, organisation):
        return stored
    alike = [stored for stored in organisation.positions if same(stored) == same(position)]
    if len(alike) != 1:
        raise holding.NO_POSITION(organisation_id=command.entity_id, position=position)
    return alike[0]


def _as_stored(position: str, organisation: Organisation) -> str | None:
    """Commands come in composed; earlier versions stored letters and marks apart where somebody typed them so."""
    composed = (held for held in organisation.positions if unicodedata.normalize("NFC", held) == position)
    return next(composed, None)


ALREADY_A_POSITION = Refusal(
    "position_already_there", "Organisation {organisation_id} has the position {position} already."
)


def correct(
    command: Corrections,
    organisation: Organisation | None,
    actor: Actor,
    past: Past,
    seen: Mapping[Key, Organisation],
) -> Sequence[events.OrganisationEvent]:
    if organisation is None:
        raise NOT_FOUND(organisation_id=command.organisation_id)
    if isinstance(command, CorrectPosition):
        return _correct_position(command, organisation, actor, past)
    if isinstance(command, CorrectHolder):
        return _correct_holder(command, organisation, actor, past, seen)
    held = {"kind": organisation.kind, "name": organisation.name}
    wrong = wrong_values(command, held)
    if not wrong:
        return ()
    require_right(command, wrong, actor, past, Recorders({events.OrganisationRegistered: tuple(held)}))
    require_room(command, organisation.corrections)
    before = events.OrganisationValues(**{name: held[name] for name in wrong})
    after = events.OrganisationValues(**wrong)
    return (events.OrganisationCorrected(before=before, after=after, reason=command.reason),)


def _correct_position(
    command: CorrectPosition, organisation: Organisation, actor: Actor, past: Past
) -> Sequence[events.OrganisationEvent]:
    stored, name = _as_stored(command.position, organisation), command.right_name
    there = _as_stored(name, organisation)
    if there and stored in (None, there):
        return ()
    if there:
        raise ALREADY_A_POSITION(organisation_id=command.organisation_id, position=name)
    if stored is None:
        raise holding.NO_POSITION(organisation_id=command.organisation_id, position=command.position)
    recorders = Recorders({events.PositionAdded: ("position",)}, ("position", stored))
    require_right(command, ("position",), actor, past, recorders)
    require_room(command, organisation.corrections)
    before, after = events.PositionValues(position=stored), events.PositionValues(position=name)
    return (events.PositionCorrected(position=stored, before=before, after=after, reason=command.reason),)


def _correct_holder(
    command: CorrectHolder, organisation: Organisation, actor: Actor, past: Past, seen: Mapping[Key, Organisation]
) -> Sequence[events.OrganisationEvent]:
    everywhere = {key[1]: other.holdings for key, other in seen.items()}
    everywhere[command.organisation_id] = organisation.holdings
    named = _on_the_register(command, organisation)
    corrected = correcting_holders.correct(named, organisation.holdings, everywhere, actor, past)
    if corrected is None:
        return ()
    require_room(command, organisation.corrections)
    return (corrected,)


COMMANDS = commands_of(RegisterOrganisations | Wish | Corrections)
AGGREGATE = Aggregate(
    events=events.EVENTS, commands=COMMANDS, evolve=evolve, decide=decide, reads=reads, correct=correct
)
