"""Other names under which people write an organisation or one of its positions. A part of the organisation
(`organisation.py`): events keep what was written, and reports show one office once."""

from collections.abc import Mapping, Sequence

from shared.domain.decider import Command, Refusal, State
from shared.domain.paper import same
from shared.events import organisation as events
from shared.values.types import Brief, EntityId, Phrase

MOST_NAMES = 100


class Names(State):
    """`merged`, by their folded form: two spellings that differ in marks and case only are one name."""

    merged: Mapping[str, events.NameMerged] = {}

    def renamed(self, position: str, name: str) -> "Names":
        """The same, with what is merged into a position under its right name."""
        return self.but(
            merged={
                folded: merged.model_copy(update={"position": name}) if merged.position == position else merged
                for folded, merged in self.merged.items()
            }
        )


def evolve(names: Names, event: events.NamingEvent) -> Names:
    kept = {folded: name for folded, name in names.merged.items() if folded != same(event.alias)}
    return names.but(merged={**kept, same(event.alias): event} if isinstance(event, events.NameMerged) else kept)


class NameCommand(Command):
    ENTITY = "organisation"
    ID = "organisation_id"
    organisation_id: EntityId
    alias: Brief


class MergeName(NameCommand):
    """Says that a name, as tasks have it, means this organisation, or a position of it. Reports then count both as
    one; what was written stays as it is."""

    NAME = "merge-name"
    position: Phrase | None = None


class SeparateName(NameCommand):
    """Takes back that a name means this organisation."""

    NAME = "separate-name"


Wish = MergeName | SeparateName

MERGED_ALREADY = Refusal(
    "name_already_merged", "The name «{alias}» is merged into organisation {organisation_id}; separate it first."
)
ON_THE_REGISTER = Refusal(
    "name_on_the_register", "«{alias}» stands on the register itself, as organisation {organisation_id} has it."
)
NAMES_FULL = Refusal(
    "organisation_names_full",
    "{most} names are merged into organisation {organisation_id}; it can't have more. Separate some.",
)


class Registered(State):
    """What the register says of one organisation, as far as names go: `taken` are its own in their folded form."""

    taken: frozenset[str]
    names: Names


def decide(command: Wish, names: Names, everywhere: Mapping[str, Registered]) -> Sequence[events.NamingEvent]:
    """`command` names a position as the register has it. `everywhere`: all organisations by id, this one too."""
    folded = same(command.alias)
    merged = names.merged.get(folded)
    if isinstance(command, SeparateName):
        return (events.NameSeparated(alias=merged.alias),) if merged else ()
    if merged and merged.position == command.position:
        return ()
    if merged:
        raise MERGED_ALREADY(alias=command.alias, organisation_id=command.organisation_id)
    for organisation_id, registered in everywhere.items():
        if folded in registered.taken:
            raise ON_THE_REGISTER(alias=command.alias, organisation_id=organisation_id)
        if folded in registered.names.merged:
            raise MERGED_ALREADY(alias=command.alias, organisation_id=organisation_id)
    if len(names.merged) >= MOST_NAMES:
        raise NAMES_FULL(organisation_id=command.organisation_id, most=MOST_NAMES)
    return (events.NameMerged(alias=command.alias, position=command.position),)
