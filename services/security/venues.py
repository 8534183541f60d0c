"""The policy that is security's own: a hall or lodging that logistics reserves asks security for clearance.

Who asks is the policy, so any position of security may grant it. What was reserved before the event named its
resource asks for nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from services.security.clearances import RequestClearance
from shared.events.resource import ResourceKind, ResourceReserved
from shared.eventstore.envelope import Envelope
from shared.unit.policies import Policy
from shared.values.local_time import LOCAL_TIME
from shared.values.types import ID_LENGTH, ClearanceKind
from shared.values.units import LOGISTICS

NEEDING_CLEARANCE = frozenset({ResourceKind.HALL, ResourceKind.LODGING})
LONGEST_PURPOSE = 1900
"""Leaves room for the days within what a phrase may hold: a policy never gets past a command it can't make."""


def react(reserved: ResourceReserved, _: Envelope) -> Sequence[RequestClearance]:
    if reserved.resource_kind not in NEEDING_CLEARANCE or reserved.resource_id is None:
        return ()
    starts, ends = map(_in_words, (reserved.starts, reserved.ends))
    return (
        RequestClearance(
            clearance_id=clearance_id(reserved.resource_id, reserved.reservation_id),
            kind=ClearanceKind.PLACE,
            holder=reserved.resource_name.vi if reserved.resource_name else reserved.resource_id,
            purpose=f"{reserved.purpose[:LONGEST_PURPOSE]} ({starts} - {ends})",
        ),
    )


def _in_words(moment: datetime) -> str:
    """In local time; what an earlier version let in at the edge of the calendar has none."""
    try:
        return f"{moment.astimezone(LOCAL_TIME):%d/%m/%Y %H:%M}"
    except OverflowError:
        return moment.isoformat()


def clearance_id(resource_id: str, reservation_id: str) -> str:
    """`clearance-<resource>-<reservation>`; where that is too long for an id, a digest takes the end's place."""
    whole = f"clearance-{resource_id}-{reservation_id}"
    if len(whole) <= ID_LENGTH:
        return whole
    digest = sha256(f"{resource_id}/{reservation_id}".encode()).hexdigest()[:16]
    return f"{whole[: ID_LENGTH - 17]}-{digest}"


CLEARANCE_FOR_VENUES = Policy(
    name="clearance-for-reserved-venues", service=LOGISTICS, events=(ResourceReserved,), react=react
)
