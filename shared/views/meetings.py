"""`meetings`: who met, and what did the chair conclude?"""

from shared.events.meeting import EVENTS, MeetingCorrected, MeetingHeld
from shared.views.corrections import corrected_values, with_correction
from shared.views.view import Document, Recorded, View, begun, by_id


def fold(document: Document | None, recorded: Recorded) -> Document:
    if isinstance(recorded.event, MeetingCorrected):
        return _put_right(begun(document, recorded), recorded)
    fields = recorded.event.model_dump(mode="json")
    if isinstance(recorded.event, MeetingHeld):
        return {"_id": recorded.envelope.subject, **fields, "points": []}
    return {**begun(document, recorded), **fields}


def _put_right(document: Document, recorded: Recorded) -> Document:
    after = corrected_values(recorded)
    right = {point["number"]: point for point in after.pop("points", ())}
    points = [right.get(point["number"], point) for point in document["points"]]
    return {**document, **after, "points": points, **with_correction(document, recorded)}


VIEW = View("meetings", EVENTS, by_id, fold)
