"""`reviews`: which units have reviewed their work, what did they find, and what became of it?"""

from shared.events import review
from shared.views.view import Document, Recorded, Unfoldable, View, begun, by_service_and_id, instant


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    if isinstance(event, review.ReviewOpened):
        return _opened(event, recorded)
    document = begun(document, recorded)
    match event:
        case review.ReviewTaskEntered():
            return {**document, "items": document["items"] | _items((event.finding,), entered_later=True)}
        case review.ReviewItemConfirmed():
            return {**document, "items": _confirmed(document["items"], event.finding)}
        case review.ReviewGapExplained():
            item = document["items"][event.task_id]
            explained = {**item["explained"], event.essential.value: event.reason}
            return {**document, "items": {**document["items"], event.task_id: {**item, "explained": explained}}}
        case review.ReviewClosed():
            closed = {"status": "closed", "signed_by": event.signed_by, "closed_at": instant(recorded.envelope.time)}
            return {**document, **closed, "items": _confirmed(document["items"], *event.findings)}
    raise Unfoldable(recorded.envelope.type)


def _opened(event: review.ReviewOpened, recorded: Recorded) -> Document:
    return {
        "_id": f"{recorded.envelope.source}/{recorded.envelope.subject}",
        "unit": recorded.envelope.source,
        "review_id": recorded.envelope.subject,
        **event.model_dump(mode="json", exclude={"findings"}),
        "status": "open",
        "opened_at": instant(recorded.envelope.time),
        "closed_at": None,
        "signed_by": None,
        "items": _items(event.findings),
    }


def _items(findings: tuple[review.Finding, ...], *, entered_later: bool = False) -> Document:
    """`at_opening` is what a task lacked when it came under the review, at its opening or later."""
    later = {"entered_later": True} if entered_later else {}
    begun_with = {"confirmed": False, "explained": {}, **later}
    return {
        finding.task_id: {"at_opening": _names(finding), "found": _names(finding), **begun_with}
        for finding in findings
    }


def _confirmed(items: Document, *findings: review.Finding) -> Document:
    confirmed = {
        finding.task_id: {**items[finding.task_id], "found": _names(finding), "confirmed": True}
        for finding in findings
    }
    return {**items, **confirmed}


def _names(finding: review.Finding) -> list[str]:
    return [essential.value for essential in finding.missing]


VIEW = View("reviews", review.EVENTS, by_service_and_id, fold)
