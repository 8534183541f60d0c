"""The register of organisations: agencies, localities and bodies, each with the positions that answer for work."""

import unicodedata
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.decider import Actor, Aggregate, Command, Refusal, State, begun, commands_of, once
from shared.events import organisation as events
from shared.values.types import EntityId, Phrase, Text

MOST_POSITIONS = 200


class Organisation(State):
    """`positions` stand in the order in which they were added; the first answers for the continuing duties."""

    registered: events.OrganisationRegistered
    positions: tuple[str, ...] = ()


def evolve(organisation: Organisation | None, event: events.OrganisationEvent) -> Organisation:
    if isinstance(event, events.OrganisationRegistered):
        return Organisation(registered=event)
    organisation = begun(organisation, event)
    match event:
        case events.PositionAdded():
            return organisation.but(positions=(*organisation.positions, event.position))
        case events.PositionRemoved():
            kept = tuple(position for position in organisation.positions if position != event.position)
            return organisation.but(positions=kept)


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
    """One line of a register: an organisation as it is to be registered."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    organisation_id: EntityId
    kind: events.OrganisationKind
    name: Text
    positions: tuple[Phrase, ...] = Field(default=(), max_length=50)


class RegisterOrganisations(Command):
    """Registers many organisations and their positions at once: all or none."""

    NAME = "register-organisations"
    ENTITY = "organisation"
    entries: tuple[Entry, ...] = Field(min_length=1, max_length=200)

    def parts(self) -> Sequence[Command]:
        return tuple(part for entry in self.entries for part in _parts_of(entry))


def _parts_of(entry: Entry) -> Sequence[Command]:
    organisation_id = entry.organisation_id
    positions = (AddPosition(organisation_id=organisation_id, position=position) for position in entry.positions)
    return (RegisterOrganisation(organisation_id=organisation_id, kind=entry.kind, name=entry.name), *positions)


Wish = RegisterOrganisation | AddPosition | RemovePosition

NOT_FOUND = Refusal("organisation_not_found", "There is no organisation {organisation_id}.")
ALREADY_REGISTERED = Refusal(
    "organisation_already_registered", "Organisation {organisation_id} is already registered with different content."
)
POSITIONS_FULL = Refusal(
    "organisation_positions_full", "Organisation {organisation_id} has {most} positions; it can't have more."
)


def decide(command: Wish, organisation: Organisation | None, actor: Actor) -> Sequence[events.OrganisationEvent]:
    if isinstance(command, RegisterOrganisation):
        registered = events.OrganisationRegistered(kind=command.kind, name=command.name)
        already = ALREADY_REGISTERED(organisation_id=command.organisation_id)
        return once(registered, organisation.registered if organisation else None, already)
    if organisation is None:
        raise NOT_FOUND(organisation_id=command.organisation_id)
    match command:
        case AddPosition():
            if _as_stored(command.position, organisation):
                return ()
            if len(organisation.positions) >= MOST_POSITIONS:
                raise POSITIONS_FULL(organisation_id=command.organisation_id, most=MOST_POSITIONS)
            return (events.PositionAdded(position=command.position),)
        case RemovePosition():
            stored = _as_stored(command.position, organisation)
            return (events.PositionRemoved(position=stored),) if stored else ()


def _as_stored(position: str, organisation: Organisation) -> str | None:
    """Commands come in composed; earlier versions stored letters and marks apart where somebody typed them so."""
    composed = (held for held in organisation.positions if unicodedata.normalize("NFC", held) == position)
    return next(composed, None)


COMMANDS = commands_of(Wish | RegisterOrganisations)
AGGREGATE = Aggregate(events=events.EVENTS, commands=COMMANDS, evolve=evolve, decide=decide)
