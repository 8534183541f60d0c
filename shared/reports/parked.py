"""The parking lot: what is parked and why, what waits behind it, and what to do about it."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel

from shared.history.parked_rows import BEHIND, holds_up
from shared.reports.masking import masked_parked
from shared.values.message import Message
from shared.views.view import Document

REASONS = {
    message.code: message
    for message in (
        Message("undecodable", "Its bytes are no event that this version can read."),
        Message("unknown_type", "This version knows no event of this type."),
        Message("misplaced", "It says that it is another's than the stream and the subject that hold it."),
        Message("unfoldable", "It does not fit what is on record of its entity."),
        Message("not_storable", "It holds a number, a time or a name that no database can keep."),
        Message("document_too_large", "The views would hold a larger document than a database keeps."),
        Message("unstorable", "The database refused what it changes."),
        Message("behind", "It waits behind an earlier event of its entity."),
        Message("origin_gap", "An event before it is missing from the ledger."),
        Message("origin_repeat", "The ledger holds it a second time; it was taken in the first time."),
    )
}
RETRY_OR_DISCARD = Message(
    "retry_or_discard",
    "Upgrade to a version that can take it in, then `daihoi parked retry {sequence}`. If it was stored by mistake: "
    "`daihoi parked discard {sequence} --reason …`.",
)
WHAT_TO_DO = dict.fromkeys(REASONS, RETRY_OR_DISCARD) | {
    "misplaced": Message(
        "discard",
        "Find out who wrote it: nobody but the unit can write there. Then go on without it: "
        "`daihoi parked discard {sequence} --reason …`.",
    ),
    "behind": Message("wait", "Nothing here: see ledger event {waits_for}."),
    "origin_gap": Message(
        "restore", "Find out why events are missing, restore the broker's data, then `daihoi rebuild`."
    ),
    "origin_repeat": Message(
        "clear_away", "Nothing is lost: `daihoi parked discard {sequence} --reason …` clears it away."
    ),
}


class ParkedEvent(BaseModel):
    """One line of the list. `since` is when the ledger recorded it."""

    sequence: int
    entity: str
    type: str | None
    reason: str
    since: str | None
    waiting: int


def parked_events(documents: Sequence[Document]) -> list[ParkedEvent]:
    """Everything but what only waits, in the order of the ledger."""
    return [
        ParkedEvent(
            sequence=document["_id"],
            entity=entity_of(document["subject"]),
            type=document["type"],
            reason=document["reason"],
            since=document.get("recorded"),
            waiting=len(waiting_behind(document, documents)),
        )
        for document in sorted(documents, key=lambda document: int(document["_id"]))
        if document["reason"] != BEHIND
    ]


def waiting_behind(document: Document, documents: Iterable[Document]) -> list[int]:
    if not holds_up(document):
        return []
    same_subject = (other for other in documents if other["subject"] == document["subject"])
    return sorted(other["_id"] for other in same_subject if other["reason"] == BEHIND)


def parked_event(document: Document, documents: Sequence[Document], *, unmasked: bool) -> dict[str, Any]:
    readable = document if unmasked else masked_parked(document)
    fields = {name: value for name, value in readable.items() if name not in ("_id", "recorded")}
    return {
        "sequence": document["_id"],
        "entity": entity_of(document["subject"]),
        "since": document.get("recorded"),
        "waits_for": None,
        **fields,
        "waiting": waiting_behind(document, documents),
    }


def entity_of(subject: str) -> str:
    """`evt.namdinh-xx.logistics.task.1-03` → `logistics/task/1-03`."""
    return "/".join(subject.split(".")[2:])


def names_of_entity(subject: str) -> set[str]:
    """`logistics/task/1-03`, `task/1-03` and `logistics/1-03` all name one."""
    service, _, rest = entity_of(subject).partition("/")
    return {f"{service}/{rest}", rest, f"{service}/{rest.rpartition('/')[2]}"}


def why(reason: str) -> Message:
    """A reason that this version does not know stands for itself."""
    return REASONS.get(reason, Message(reason, reason))
