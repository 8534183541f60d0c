"""`unit_rules`: what does each unit's lead demand of its work? A unit that is not here has said nothing."""

from collections.abc import Sequence

from shared.events.unit_rules import EVENTS
from shared.views.view import Document, Recorded, View, instant


def route(recorded: Recorded) -> Sequence[str]:
    return (recorded.envelope.source,)


def fold(_: Document | None, recorded: Recorded) -> Document:
    envelope = recorded.envelope
    return {
        "_id": envelope.source,
        "unit": envelope.source,
        **recorded.event.model_dump(mode="json"),
        "set_at": instant(envelope.time),
        "set_by": envelope.actor,
    }


VIEW = View("unit_rules", EVENTS, route, fold)
