"""What happens to an organisation on the register."""

from enum import StrEnum

from shared.events.base import Event, members
from shared.values.types import Phrase, Text


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


OrganisationEvent = OrganisationRegistered | PositionAdded | PositionRemoved
EVENTS = members(OrganisationEvent)
