"""`scenarios`: which scenario is in force, how far has each unit followed, and what has it prepared?

One document `current` holds the sub-committee's switches; one for each unit what it has recorded and followed; one
for each variant, `logistics/outbreak`, its adjustments and whether it is prepared.
"""

from collections.abc import Sequence

from shared.events import scenario, unit_scenario, variant
from shared.events.scenario import CURRENT, ScenarioSwitched
from shared.events.unit_scenario import SwitchFollowed, SwitchRecorded
from shared.events.variant import AdjustmentWithdrawn, VariantAdjusted, VariantEvent, VariantPrepared
from shared.views.view import Document, Recorded, Unfoldable, View, begun, instant


def route(recorded: Recorded) -> Sequence[str]:
    envelope = recorded.envelope
    match recorded.event:
        case ScenarioSwitched():
            return (CURRENT,)
        case SwitchRecorded() | SwitchFollowed():
            return (envelope.source,)
        case _:
            return (f"{envelope.source}/{envelope.subject}",)


def fold(document: Document | None, recorded: Recorded) -> Document:
    event, envelope = recorded.event, recorded.envelope
    match event:
        case ScenarioSwitched():
            switched = {**event.model_dump(mode="json"), "at": instant(envelope.time), "by": envelope.actor}
            earlier = document["switches"] if document else []
            return {"_id": CURRENT, "kind": "switches", **switched, "switches": [*earlier, switched]}
        case SwitchRecorded():
            followed = document["followed"] if document else 0
            switch = event.model_dump(mode="json")
            return {"_id": envelope.source, "kind": "unit", "unit": envelope.source, **switch, "followed": followed}
        case SwitchFollowed():
            return {**begun(document, recorded), "followed": event.number}
        case VariantAdjusted() | AdjustmentWithdrawn() | VariantPrepared():
            return _variant(document or _unprepared(recorded), event, recorded)
    raise Unfoldable(envelope.type)


def _unprepared(recorded: Recorded) -> Document:
    envelope = recorded.envelope
    return {
        "_id": f"{envelope.source}/{envelope.subject}",
        "kind": "variant",
        "unit": envelope.source,
        "variant": envelope.subject,
        "adjustments": {},
        "signed_by": None,
        "signed_at": None,
    }


def _variant(document: Document, event: VariantEvent, recorded: Recorded) -> Document:
    if isinstance(event, VariantPrepared):
        return {**document, "signed_by": event.signed_by, "signed_at": instant(recorded.envelope.time)}
    adjustments = {key: other for key, other in document["adjustments"].items() if key != event.task_id}
    if isinstance(event, VariantAdjusted):
        adjustments[event.task_id] = event.model_dump(mode="json")
    return {**document, "adjustments": adjustments, "signed_by": None, "signed_at": None}


VIEW = View("scenarios", (*scenario.EVENTS, *unit_scenario.EVENTS, *variant.EVENTS), route, fold)
