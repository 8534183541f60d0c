"""`congress`: what is on record of the congress itself, what was amended and why, and which deadlines were confirmed.

Its one document is kept under the event's id. Each amendment names the fields that it changed, before and after.
"""

from shared.events.congress import EVENTS, CongressAmended, CongressFounded, DeadlinesConfirmed, Particulars
from shared.views.view import Document, Recorded, Unfoldable, View, begun, by_id, instant, with_more

FIELDS = tuple(Particulars.model_fields)


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    signed = {"at": instant(recorded.envelope.time), "by": recorded.envelope.actor}
    match event:
        case CongressFounded():
            founded = {"founded_at": signed["at"], "founded_by": signed["by"], "amendments": [], "confirmations": []}
            return {"_id": recorded.envelope.subject, **event.model_dump(mode="json"), **founded}
        case CongressAmended():
            document = begun(document, recorded)
            held = event.model_dump(mode="json", include=set(FIELDS))
            amendment = {**signed, "reason": event.reason, "changes": _changes(document, held)}
            return {**document, **held, **with_more(document, "amendments", amendment)}
        case DeadlinesConfirmed():
            document = begun(document, recorded)
            fields = event.model_dump(mode="json", include={"opening_day", "past_because"})
            return {
                **document,
                **with_more(document, "confirmations", {**signed, **fields, "tasks": len(event.moves)}),
            }
    raise Unfoldable(recorded.envelope.type)


def _changes(before: Document, after: Document) -> Document:
    return {name: {"before": before[name], "after": after[name]} for name in FIELDS if before[name] != after[name]}


VIEW = View("congress", EVENTS, by_id, fold)
