"""`reviews`: which units have reviewed their work, what did they find, and what became of it?"""

from shared.events.review import (
    EVENTS,
    Finding,
    ReviewClosed,
    ReviewGapExplained,
    ReviewItemConfirmed,
    ReviewOpened,
    ReviewTaskEntered,
)
from shared.views.view import Document, Recorded, View, begun, by_service_and_id, instant


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    if isinstance(event, ReviewOpened):
        return _opened(event, recorded)
    document = begun(document, recorded)
    match event:
        case ReviewTaskEntered():
            return {**document, "items": document["items"] | _items((event.finding,), entered_later=True)}
        case ReviewItemConfirmed():
            return {**document, "items": _with_findings(document["items"], (event.finding,), confirmed=True)}
        case ReviewGapExplained():
            item = document["items"][event.task_id]
            explained = {**item["explained"], event.essential.value: event.reason}
            return {**document, "items": {**document["items"], event.task_id: {**item, "explained": explained}}}
        case ReviewClosed():
            closed = {"status": "closed", "signed_by": event.signed_by, "closed_at": instant(recorded.envelope.time)}
            return {**document, **closed, "items": _with_findings(document["items"], event.findings, confirmed=True)}
        case _:
            raise TypeError(f"the reviews view does not know {event!r}")


def _opened(event: ReviewOpened, recorded: Recorded) -> Document:
    return {
        "_id": f"{recorded.envelope.source}/{recorded.envelope.subject}",
        "unit": recorded.envelope.source,
        "review_id": recorded.envelope.subject,
        "directive_id": event.directive_id,
        "due_on": event.due_on.isoformat() if event.due_on else None,
        "past_because": event.past_because,
        "status": "open",
        "opened_at": instant(recorded.envelope.time),
        "closed_at": None,
        "signed_by": None,
        "items": _items(event.findings),
    }


def _items(findings: tuple[Finding, ...], *, entered_later: bool = False) -> Document:
    """`at_opening` is what a task lacked when it came under the review, at its opening or later."""
    later = {"entered_later": True} if entered_later else {}
    return {
        finding.task_id: {
            "at_opening": _names(finding),
            "found": _names(finding),
            "confirmed": False,
            "explained": {},
            **later,
        }
        for finding in findings
    }


def _with_findings(items: Document, findings: tuple[Finding, ...], *, confirmed: bool) -> Document:
    changed = {
        finding.task_id: {**items[finding.task_id], "found": _names(finding), "confirmed": confirmed}
        for finding in findings
    }
    return {**items, **changed}


def _names(finding: Finding) -> list[str]:
    return [essential.value for essential in finding.missing]


VIEW = View("reviews", EVENTS, by_service_and_id, fold)
