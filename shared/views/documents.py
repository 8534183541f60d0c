"""`documents`: which official documents are on file, and which are in force?"""

from shared.events.document import EVENTS, DocumentIssued, DocumentSuperseded, DocumentWithdrawn
from shared.values.symbol import DocumentSymbol
from shared.values.types import fold_diacritics
from shared.views.view import Document, Recorded, Unfoldable, View, begun, by_service_and_id, instant


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    match event:
        case DocumentIssued():
            return _issued(event, recorded)
        case DocumentSuperseded():
            return {**begun(document, recorded), "status": "superseded", "superseded_by": event.superseded_by}
        case DocumentWithdrawn():
            return {**begun(document, recorded), "status": "withdrawn", "withdrawn_because": event.reason}
    raise Unfoldable(recorded.envelope.type)


def _issued(event: DocumentIssued, recorded: Recorded) -> Document:
    symbol = DocumentSymbol.parse(event.symbol)
    return {
        "_id": f"{recorded.envelope.source}/{recorded.envelope.subject}",
        "unit": recorded.envelope.source,
        "document_id": recorded.envelope.subject,
        **event.model_dump(mode="json"),
        "search": fold_diacritics(event.title.vi).lower(),
        "form": symbol.form.value,
        "number": symbol.number,
        "kind_code": symbol.kind,
        "status": "in_force",
        "superseded_by": None,
        "withdrawn_because": None,
        "filed_at": instant(recorded.envelope.time),
    }


VIEW = View("documents", EVENTS, by_service_and_id, fold)
