"""`documents`: which official documents are on file, and which are in force?"""

from shared.events.document import (
    EVENTS,
    DocumentCorrected,
    DocumentIssued,
    DocumentSuperseded,
    DocumentWithdrawn,
)
from shared.values.symbol import DocumentSymbol
from shared.values.types import fold_diacritics
from shared.views.corrections import corrected_values, with_correction
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
        case DocumentCorrected():
            return _put_right(begun(document, recorded), recorded)
    raise Unfoldable(recorded.envelope.type)


def _issued(event: DocumentIssued, recorded: Recorded) -> Document:
    return {
        "_id": f"{recorded.envelope.source}/{recorded.envelope.subject}",
        "unit": recorded.envelope.source,
        "document_id": recorded.envelope.subject,
        **event.model_dump(mode="json"),
        "search": fold_diacritics(event.title.vi).lower(),
        **_of_symbol(event.symbol),
        "status": "in_force",
        "superseded_by": None,
        "withdrawn_because": None,
        "filed_at": instant(recorded.envelope.time),
    }


def _of_symbol(text: str) -> Document:
    symbol = DocumentSymbol.parse(text)
    return {"form": symbol.form.value, "number": symbol.number, "kind_code": symbol.kind}


def _put_right(document: Document, recorded: Recorded) -> Document:
    after = corrected_values(recorded)
    if title := after.get("title"):
        after["search"] = fold_diacritics(title["vi"]).lower()
    if symbol := after.get("symbol"):
        after |= _of_symbol(symbol)
    return {**document, **after, **with_correction(document, recorded)}


VIEW = View("documents", EVENTS, by_service_and_id, fold)
