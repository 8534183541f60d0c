"""What security is asked for and decides on a clearance."""

from typing import Annotated

from pydantic import Field

from shared.events.base import Event, members
from shared.values.types import ClearanceKind


class ClearanceRequested(Event):
    TYPE = "vn.daihoi.clearance.requested.v1"
    kind: Annotated[str, Field(examples=list(ClearanceKind))]
    holder: str
    purpose: str
    requested_by: str


class ClearanceGranted(Event):
    TYPE = "vn.daihoi.clearance.granted.v1"
    conditions: tuple[str, ...] = ()


class ClearanceRefused(Event):
    TYPE = "vn.daihoi.clearance.refused.v1"
    reason: str


class ClearanceWithdrawn(Event):
    TYPE = "vn.daihoi.clearance.withdrawn.v1"
    reason: str


ClearanceEvent = ClearanceRequested | ClearanceGranted | ClearanceRefused | ClearanceWithdrawn
EVENTS = members(ClearanceEvent)
