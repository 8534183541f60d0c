"""The parking lot: what could not be taken in, and what waits behind it. The fold works on it, the store keeps it.

An event that can't be read or folded holds up its entity: whatever comes later under the same subject waits behind
it, in order. Everyone else moves on. What stands out of line in its origin holds nobody up: the origin does that.
"""

from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from msgspec.structs import asdict

from shared.events.parked_event import ParkedEventDiscarded
from shared.eventstore.direct import Stored
from shared.history.decoding import Unreadable, decode_event
from shared.history.parked_rows import (
    BEHIND,
    OUT_OF_LINE,
)
from shared.views.view import Document, Recorded, instant

SHOWN_CHARACTERS = 10_000
"""Of a body that is no text: so much of it is shown, and all of it is kept."""
DETAIL_CHARACTERS = 500
"""Of anything that an error or an event says of itself."""

type Lot = dict[str, dict[int, Document]]
"""What is parked: by subject, then by ledger sequence in order."""


class Problem(NamedTuple):
    """Why an event is parked: a stable word, and words for people; `waits_for` is what it waits behind."""

    reason: str
    detail: str
    waits_for: int | None = None


def parked_document(stored: Stored, event: Recorded | Unreadable, problem: Problem) -> Document:
    return {
        "_id": stored.sequence,
        "subject": stored.subject,
        "type": event.envelope.type[:DETAIL_CHARACTERS] if event.envelope else None,
        "origin": asdict(event.origin),
        "recorded": instant(stored.recorded),
        **problem._asdict(),
        "detail": briefly(problem.detail),
        **_bytes_kept(stored.body),
    }


def _bytes_kept(body: bytes) -> Document:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        excerpt = body[:SHOWN_CHARACTERS].decode(errors="backslashreplace")
        return {"body": excerpt, "body_base64": b64encode(body).decode("ascii")}


def briefly(text: str) -> str:
    """No longer than people read, and without half characters, which no store keeps."""
    short = text if len(text) <= DETAIL_CHARACTERS else text[:DETAIL_CHARACTERS] + "…"
    return short.encode(errors="backslashreplace").decode()


def stored_again(document: Document) -> Stored:
    """The ledger's message, byte for byte."""
    origin, packed = document["origin"], document.get("body_base64")
    return Stored(
        sequence=document["_id"],
        subject=document["subject"],
        recorded=datetime.fromisoformat(document["recorded"]),
        body=document["body"].encode() if packed is None else b64decode(packed),
        source=f"{origin['stream']} {origin['sequence']}",
    )


class Parking:
    """A lot that one page of events changes; the lot that it began with stays as it was."""

    def __init__(self, lot: Lot) -> None:
        self._lot = lot
        self._changed: Lot = {}

    def queue(self, subject: str) -> dict[int, Document]:
        return self._changed[subject] if subject in self._changed else self._lot.get(subject, {})

    def first(self, subject: str) -> Document | None:
        """The event that is next to be taken in, or that all others of its entity wait behind."""
        queue = self.queue(subject)
        return _first(queue) if queue else None

    def put(self, document: Document) -> None:
        self._own(document["subject"])[document["_id"]] = document

    def take_out(self, document: Document) -> None:
        self._own(document["subject"]).pop(document["_id"], None)

    def put_all_behind(self, document: Document) -> None:
        """`document` has become the one that the rest of its entity waits for."""
        for waiting in self.queue(document["subject"]).values():
            if waiting["reason"] == BEHIND:
                self.put(waiting | behind(document["_id"])._asdict())

    def changes(self) -> tuple[list[Document], list[Document]]:
        """What is parked anew or for another reason, and what has left."""
        pairs = [(self._lot.get(subject, {}), queue) for subject, queue in self._changed.items()]
        parked = [now for before, after in pairs for key, now in after.items() if before.get(key) != now]
        left = [gone for before, after in pairs for key, gone in before.items() if key not in after]
        return sorted(parked, key=itemgetter("_id")), sorted(left, key=itemgetter("_id"))

    def newly_held(self) -> int:
        """How many more entities are held up than before; fewer if negative."""
        return sum(
            (_first(queue) is not None) - (_first(self._lot.get(subject, {})) is not None)
            for subject, queue in self._changed.items()
        )

    def _own(self, subject: str) -> dict[int, Document]:
        if subject not in self._changed:
            self._changed[subject] = dict(self._lot.get(subject, {}))
        return self._changed[subject]


def behind(sequence: int) -> Problem:
    return Problem(BEHIND, f"waits for ledger event {sequence}", sequence)


def _first(queue: dict[int, Document]) -> Document | None:
    return next((document for document in queue.values() if document["reason"] not in OUT_OF_LINE), None)


def lot_of(documents: Iterable[Document]) -> Lot:
    lot: Lot = {}
    update(lot, sorted(documents, key=itemgetter("_id")), ())
    return lot


def update(lot: Lot, parked: Iterable[Document], left: Iterable[Document]) -> None:
    """Changes `lot` by what a page has parked and let go."""
    for document in left:
        del lot[document["subject"]][document["_id"]]
    for document in parked:
        lot.setdefault(document["subject"], {})[document["_id"]] = document


# --- what a page needs of a lot that is kept elsewhere ---
async def lot_for(
    page: Sequence[Stored],
    events: Sequence[Recorded | Unreadable],
    held: int,
    fetch: Callable[[set[str]], Awaitable[Lot]],
) -> tuple[Lot, list[Recorded | Unreadable]]:
    """What folding `page` may change of the lot, and let go. Fetches nothing if nothing is held up or discarded."""
    lot: Lot = {}
    if held:
        lot |= await fetch({stored.subject for stored in page})
    let_go: list[Recorded | Unreadable] = []
    freed: set[str] = set()
    wanted = set(_discarded_from(events))
    while wanted:
        if missing := wanted - lot.keys():
            lot |= {subject: {} for subject in missing} | await fetch(missing)
        freed |= wanted
        decoded = [decode_event(stored_again(parked)) for subject in wanted for parked in lot[subject].values()]
        let_go += decoded
        wanted = set(_discarded_from(decoded)) - freed
    return lot, let_go


def _discarded_from(events: Iterable[Recorded | Unreadable]) -> Iterator[str]:
    for event in events:
        if isinstance(event, Recorded) and isinstance(event.event, ParkedEventDiscarded):
            yield event.event.stored_under
