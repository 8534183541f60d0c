"""The policy with which security requests the clearances that tasks of the other units need.

A task that only names a clearance asks for nothing. Security's own tasks don't either: somebody there requests the
clearance by hand, so that who needs it is not who grants it.
"""

from collections.abc import Sequence

from services.security.clearances import RequestClearance
from shared.events.task import ClearanceRequired
from shared.eventstore.envelope import Envelope
from shared.unit.policies import ANY_SERVICE, Policy
from shared.values.units import SECURITY


def react(required: ClearanceRequired, envelope: Envelope) -> Sequence[RequestClearance]:
    if envelope.source == SECURITY or not (required.kind and required.holder and required.purpose):
        return ()
    return (RequestClearance(**required.model_dump()),)


CLEARANCE_FOR_TASKS = Policy(
    name="clearance-for-tasks", service=ANY_SERVICE, events=(ClearanceRequired,), react=react
)
