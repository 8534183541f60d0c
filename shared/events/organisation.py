"""What happens to an organisation on the register."""

from datetime import date
from enum import StrEnum

from shared.events.base import Event, Values, if_corrected, members
from shared.values.types import Brief, EntityId, Name, Phrase, Text


class OrganisationKind(StrEnum):
    """Ngành, địa phương, đơn vị."""

    AGENCY = "agency"
    LOCALITY = "locality"
    BODY = "body"


class OrganisationRegistered(Event):
    TYPE = "vn.daihoi.organisation.registered.v1"
    kind: OrganisationKind
    name: Text


class PositionAdded(Event):
    TYPE = "vn.daihoi.organisation.position-added.v1"
    position: Phrase


class PositionRemoved(Event):
    TYPE = "vn.daihoi.organisation.position-removed.v1"
    position: Phrase


class PositionHeld(Event):
    """`person` holds the position from `since` on. `exclusive`: beside no other position that is so too."""

    TYPE = "vn.daihoi.organisation.position-held.v1"
    SENTENCE = "{actor} recorded that {person} holds the position {position} of organisation {id} from {since} on"
    position: Phrase
    person: Name
    since: date
    person_id: EntityId | None = None
    contact: str | None = None
    exclusive: bool = False


class PositionVacated(Event):
    TYPE = "vn.daihoi.organisation.position-vacated.v1"
    SENTENCE = "{actor} recorded that {person} held the position {position} of organisation {id} until {until}"
    position: Phrase
    person: Name
    until: date


class ActingAppointed(Event):
    """`person` does the work of the position from `since` to `until`, whoever holds it."""

    TYPE = "vn.daihoi.organisation.acting-appointed.v1"
    SENTENCE = (
        "{actor} recorded that {person} acts in the position {position} of organisation {id} from {since} to {until}"
    )
    position: Phrase
    person: Name
    since: date
    until: date
    person_id: EntityId | None = None
    contact: str | None = None


class DeputyNamed(Event):
    TYPE = "vn.daihoi.organisation.deputy-named.v1"
    SENTENCE = "{actor} recorded that {position} deputises for {deputises_for} in organisation {id}"
    position: Phrase
    deputises_for: Phrase


class DeputyDismissed(Event):
    TYPE = "vn.daihoi.organisation.deputy-dismissed.v1"
    SENTENCE = "{actor} recorded that {position} deputises for nobody in organisation {id} any more"
    position: Phrase


class NameMerged(Event):
    """Who writes `alias` means this organisation, or its `position`."""

    TYPE = "vn.daihoi.organisation.name-merged.v1"
    SENTENCE = "{actor} merged the name «{alias}» into organisation {id}"
    alias: Phrase
    position: Phrase | None = None


class NameSeparated(Event):
    TYPE = "vn.daihoi.organisation.name-separated.v1"
    SENTENCE = "{actor} separated the name «{alias}» from organisation {id}"
    alias: Phrase


class OrganisationValues(Values):
    kind: OrganisationKind | None = if_corrected()
    name: Text | None = if_corrected()


class OrganisationCorrected(Event):
    TYPE = "vn.daihoi.organisation.corrected.v1"
    SENTENCE = "{actor} corrected organisation {id}: {after}; recorded before: {before}; reason: {reason}"
    before: OrganisationValues
    after: OrganisationValues
    reason: Brief


class PositionValues(Values):
    position: Phrase | None = if_corrected()


class PositionCorrected(Event):
    """`position` is on the register under its right name from now on, for whoever holds it too."""

    TYPE = "vn.daihoi.organisation.position-corrected.v1"
    SENTENCE = (
        "{actor} corrected a position of organisation {id}: {after}; recorded before: {before}; reason: {reason}"
    )
    position: Phrase
    before: PositionValues
    after: PositionValues
    reason: Brief


class HolderValues(Values):
    person: Name | None = if_corrected()
    since: date | None = if_corrected()


class HolderCorrected(Event):
    TYPE = "vn.daihoi.organisation.holder-corrected.v1"
    SENTENCE = (
        "{actor} corrected who holds the position {position} of organisation {id}: {after}; "
        "recorded before: {before}; reason: {reason}"
    )
    position: Phrase
    before: HolderValues
    after: HolderValues
    reason: Brief


HoldingEvent = PositionHeld | PositionVacated | ActingAppointed | DeputyNamed | DeputyDismissed
NamingEvent = NameMerged | NameSeparated
OrganisationEvent = (
    OrganisationRegistered | PositionAdded | PositionRemoved
    | PositionHeld | PositionVacated | ActingAppointed | DeputyNamed | DeputyDismissed
    | NameMerged | NameSeparated | OrganisationCorrected | PositionCorrected | HolderCorrected
)  # fmt: skip
EVENTS = members(OrganisationEvent)
