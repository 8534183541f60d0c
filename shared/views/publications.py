"""`publications`: what does propaganda want to release, may it, and when did it run?"""

from shared.events import publication
from shared.values.local_time import local_date
from shared.views.corrections import corrected_values, with_correction
from shared.views.view import Document, Recorded, View, begun, by_id


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    match event:
        case publication.PublicationProposed():
            proposed = {"_id": recorded.envelope.subject, **event.model_dump(mode="json")}
            return {**proposed, "status": "proposed", "rejection": None, "released_on": None}
        case publication.PublicationApproved():
            return {**begun(document, recorded), "status": "approved"}
        case publication.PublicationRejected():
            return {**begun(document, recorded), "status": "rejected", "rejection": event.reason}
        case publication.PublicationCorrected():
            document = begun(document, recorded)
            return {**document, **corrected_values(recorded), **with_correction(document, recorded)}
        case _:
            released_on = local_date(recorded.envelope.time).isoformat()
            return {**begun(document, recorded), "status": "released", "released_on": released_on}


VIEW = View("publications", publication.EVENTS, by_id, fold)
