"""The views in memory, as the ledger says they must be."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.tracker.projection.fold import Checkpoint, Outcome, Touched, fold_page
from services.tracker.projection.parking import Lot, update
from shared.eventstore.direct import Stored
from shared.history.decoding import Decoder, LeftOut, RefusingDecoder, Unreadable, decode_event
from shared.history.parked_rows import UNSTORABLE
from shared.views.all_views import VIEWS
from shared.views.view import Document, Recorded, instant


@dataclass
class Folded:
    """Documents are never changed in place, so a copy of the dictionaries is a copy of it all. Only what happened
    until `happened_upto` is folded, if that is given, and the rest counted as `left_out`. `latest_happened` is when
    the latest of it happened, as text."""

    happened_upto: datetime | None = None
    checkpoint: Checkpoint = field(default_factory=Checkpoint)
    views: Touched = field(default_factory=lambda: {view.name: {} for view in VIEWS})
    lot: Lot = field(default_factory=dict)
    latest_happened: str = ""
    left_out: int = 0
    decode: Decoder = decode_event

    @property
    def parked(self) -> dict[int, Document]:
        return {sequence: document for queue in self.lot.values() for sequence, document in queue.items()}

    def take(self, page: Sequence[Stored], *, audited: bool = True) -> Outcome:
        """Without `audited` the outcome has no audit rows."""
        decoded = [self.decode(stored) for stored in page]
        events = [self._kept(event) for event in decoded] if self.happened_upto else decoded
        outcome = fold_page(page, events, self.views, self.checkpoint, self.lot, self.decode, audited=audited)
        for name, documents in outcome.documents.items():
            self.views[name].update(documents)
        update(self.lot, outcome.parked, outcome.left)
        self.checkpoint = outcome.checkpoint
        if times := [event.envelope.time for event in events if isinstance(event, Recorded)]:
            self.latest_happened = max(self.latest_happened, instant(max(times)))
        if self.happened_upto:
            self.left_out += sum(isinstance(event, LeftOut) for event in events)
        return outcome

    def heed(self, live: Checkpoint) -> bool:
        """From now on refuses what the database refused. False where what is folded has not: it is of no use then."""
        self.decode = RefusingDecoder({sequence: (UNSTORABLE, detail) for sequence, detail in live.refused})
        return self.checkpoint.refused == live.refused_upto(self.checkpoint.sequence)

    def goes_on_to(self, live: Checkpoint) -> bool:
        """Whether it can be folded on to where the live views are, refusing what the database refused."""
        return self.heed(live) and self.checkpoint.sequence <= live.sequence

    def copy(self) -> "Folded":
        views = {name: dict(documents) for name, documents in self.views.items()}
        return replace(self, views=views, lot={subject: dict(queue) for subject, queue in self.lot.items()})

    def _kept(self, event: Recorded | Unreadable) -> Recorded | Unreadable | LeftOut:
        if self.happened_upto and isinstance(event, Recorded) and event.envelope.time > self.happened_upto:
            return LeftOut(event.origin)
        return event
