"""`organisations`: which agencies, localities and bodies are there, and which positions answer for work in each?

Positions stand in the order in which they were added; the first answers for the continuing duties of a locality.
"""

from shared.events.organisation import EVENTS, OrganisationRegistered, PositionAdded, PositionRemoved
from shared.values.types import fold_diacritics
from shared.views.view import Document, Recorded, Unfoldable, View, begun, by_id


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    match event:
        case OrganisationRegistered():
            registered = event.model_dump(mode="json")
            search = fold_diacritics(event.name.vi).lower()
            return {"_id": recorded.envelope.subject, **registered, "search": search, "positions": []}
        case PositionAdded():
            document = begun(document, recorded)
            return {**document, "positions": [*document["positions"], event.position]}
        case PositionRemoved():
            document = begun(document, recorded)
            return {**document, "positions": [kept for kept in document["positions"] if kept != event.position]}
    raise Unfoldable(recorded.envelope.type)


VIEW = View("organisations", EVENTS, by_id, fold)
