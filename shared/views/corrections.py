"""What every view keeps of a correction: who put which values right, when and why, before and after.

A document has `corrections` once something was corrected: all others stay as earlier versions wrote them.
"""

from shared.views.view import Document, Recorded, instant, with_more


def corrected_values(recorded: Recorded) -> Document:
    """The values after the correction that an event records, by field."""
    after: Document = recorded.event.model_dump(mode="json", include={"after"})["after"]
    return after


def with_correction(document: Document, recorded: Recorded, **about: object) -> Document:
    """The field `corrections` with one entry more; `about` says which part of the document it is about."""
    said = recorded.event.model_dump(mode="json", include={"before", "after", "reason"})
    entry = {"at": instant(recorded.envelope.time), "by": recorded.envelope.actor, **about, **said}
    return with_more({"corrections": [], **document}, "corrections", entry)
