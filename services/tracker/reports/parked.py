"""The parking lot for people: what is parked and why, what waits behind it, and what to do about it."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel
from rich.table import Table

from services.tracker.history.repair import Retried
from services.tracker.masking import masked_parked
from services.tracker.projection.parking import BEHIND, holds_up
from shared.i18n import Language, format_minute, translate
from shared.views.view import Document

REASONS = {
    "undecodable": "Its bytes are no event that this version can read.",
    "unknown_type": "This version knows no event of this type.",
    "misplaced": "It says that it is another's than the stream and the subject that hold it.",
    "unfoldable": "It does not fit what is on record of its entity.",
    "not_storable": "It holds a number, a time or a name that no database can keep.",
    "document_too_large": "The views would hold a larger document than a database keeps.",
    "unstorable": "The database refused what it changes.",
    "behind": "It waits behind an earlier event of its entity.",
    "origin_gap": "An event before it is missing from the ledger.",
    "origin_repeat": "The ledger holds it a second time; it was taken in the first time.",
}
_RETRY_OR_DISCARD = (
    "Upgrade to a version that can take it in, then `daihoi parked retry {sequence}`. If it was stored by mistake: "
    "`daihoi parked discard {sequence} --reason …`."
)
_DISCARD = (
    "Find out who wrote it: nobody but the unit can write there. Then go on without it: "
    "`daihoi parked discard {sequence} --reason …`."
)
WHAT_TO_DO = {
    "undecodable": _RETRY_OR_DISCARD,
    "unknown_type": _RETRY_OR_DISCARD,
    "misplaced": _DISCARD,
    "unfoldable": _RETRY_OR_DISCARD,
    "not_storable": _RETRY_OR_DISCARD,
    "document_too_large": _RETRY_OR_DISCARD,
    "unstorable": _RETRY_OR_DISCARD,
    "behind": "Nothing here: see ledger event {waits_for}.",
    "origin_gap": "Find out why events are missing, restore the broker's data, then `daihoi rebuild`.",
    "origin_repeat": "Nothing is lost: `daihoi parked discard {sequence} --reason …` clears it away.",
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
    told = [document for document in documents if document["reason"] != BEHIND]
    return [
        ParkedEvent(
            sequence=document["_id"],
            entity=entity_of(document["subject"]),
            type=document["type"],
            reason=document["reason"],
            since=document.get("recorded"),
            waiting=len(waiting_behind(document, documents)),
        )
        for document in sorted(told, key=lambda each: int(each["_id"]))
    ]


def waiting_behind(document: Document, documents: Iterable[Document]) -> list[int]:
    if not holds_up(document):
        return []
    waiting = (each for each in documents if each["subject"] == document["subject"] and each["reason"] == BEHIND)
    return sorted(each["_id"] for each in waiting)


def parked_event(document: Document, documents: Sequence[Document], *, unmasked: bool) -> dict[str, Any]:
    """All that is known of one parked event."""
    shown = document if unmasked else masked_parked(document)
    kept = {name: value for name, value in shown.items() if name not in ("_id", "recorded")}
    return {
        "sequence": document["_id"],
        "entity": entity_of(document["subject"]),
        "since": document.get("recorded"),
        "waits_for": None,
        **kept,
        "waiting": waiting_behind(document, documents),
    }


def entity_of(subject: str) -> str:
    """`evt.namdinh-xx.logistics.task.1-03` → `logistics/task/1-03`."""
    return "/".join(subject.split(".")[2:])


def names_of_entity(subject: str) -> set[str]:
    """`logistics/task/1-03`, `task/1-03` and `logistics/1-03` all name one."""
    service, _, rest = entity_of(subject).partition("/")
    return {f"{service}/{rest}", rest, f"{service}/{rest.rpartition('/')[2]}"}


# --- for people ---
def parked_table(events: Sequence[ParkedEvent], lang: Language) -> Table:
    table = Table(title=f"{translate('Parked events', lang)}: {len(events)}", title_justify="left")
    for heading in ("Ledger event", "Entity", "Type", "Reason", "Since", "Waiting behind it"):
        table.add_column(translate(heading, lang), overflow="fold")
    for event in events:
        reason = why(event.reason, lang)
        told = (event.entity, event.type or "", reason, _local(event.since), str(event.waiting))
        table.add_row(str(event.sequence), *told)
    return table


def parked_lines(told: dict[str, Any], lang: Language) -> list[str]:
    reason, origin = told["reason"], told["origin"]
    facts = {
        "Ledger event": told["sequence"],
        "Entity": told["entity"],
        "Type": told["type"] or "",
        "Stored in": f"{origin['stream']} {origin['sequence']}",
        "Since": _local(told["since"]),
        "Reason": _why(reason, lang),
        "Detail": told["detail"],
        "Waiting behind it": ", ".join(map(str, told["waiting"])) or "0",
        "Body": told["body"],
        "What to do": translate(
            WHAT_TO_DO.get(reason, _RETRY_OR_DISCARD), lang, sequence=told["sequence"], waits_for=told["waits_for"]
        ),
    }
    return [f"{translate(label, lang)}: {value}" for label, value in facts.items()]


def retried_lines(done: Retried, lang: Language) -> list[str]:
    lines = [
        translate(
            "Tried again at ledger event {sequence}: {taken_in} taken in, {still} still parked.",
            lang,
            sequence=done.sequence,
            taken_in=len(done.taken_in),
            still=len(done.still_parked),
        )
    ]
    if done.came_back:
        came_back = ", ".join(map(str, done.came_back))
        said = translate("Discarded before, readable today and taken in: {came_back}.", lang, came_back=came_back)
        lines.append(said)
    return lines + [
        f"{document['_id']:>6}  {entity_of(document['subject'])}: {_why(document['reason'], lang)}"
        for document in done.still_parked
        if document["reason"] != BEHIND
    ]


def why(reason: str, lang: Language) -> str:
    """In words; a word that this version does not know stands for itself."""
    return translate(REASONS[reason], lang) if reason in REASONS else reason


def _why(reason: str, lang: Language) -> str:
    return f"{why(reason, lang)} ({reason})"


def _local(moment: str | None) -> str:
    return format_minute(moment) if moment else ""
