"""What every view keeps of a correction: who put which values right, when and why, before and after.

A document has `corrections` once something was corrected: all others stay as earlier versions wrote them. The newest
stay, and long texts in them are cut: a document must not grow with what the ledger has whole.
"""

from typing import Any

from shared.values.brief import brief
from shared.views.view import Document, Recorded, instant

MOST_KEPT = 5
CHARACTERS = 100


def corrected_values(recorded: Recorded) -> Document:
    """The values after the correction that an event records, by field."""
    after: Document = recorded.event.model_dump(mode="json", include={"after"})["after"]
    return after


def with_correction(document: Document, recorded: Recorded, **about: str) -> Document:
    """The field `corrections` with one entry more; `about` says which part of the document it is about."""
    values = recorded.event.model_dump(mode="json", include={"before", "after"})
    signed = {"at": instant(recorded.envelope.time), "by": recorded.envelope.actor}
    reason: str = getattr(recorded.event, "reason", "")
    entry = {**signed, **about, **_short(values), "reason": reason}
    return {"corrections": [*document.get("corrections", ()), entry][-MOST_KEPT:]}


def _short(value: Any) -> Any:
    match value:
        case dict():
            return {name: _short(inner) for name, inner in value.items()}
        case list():
            return [_short(inner) for inner in value]
        case str():
            return brief(value, CHARACTERS)
        case _:
            return value
