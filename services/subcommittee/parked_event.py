"""An event that the tracker could not take in, and what people decide about it: it may be discarded, with a reason.

The id is the event's sequence in the ledger. Whether it is parked is not known here: the tracker's fold looks, and a
discard of what is not parked there changes nothing.
"""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from shared.domain.decider import Actor, Aggregate, Command, Refusal, latest, once
from shared.events.parked_event import EVENTS, ParkedEventDiscarded
from shared.values.types import Phrase, Place

Subject = Annotated[str, StringConstraints(strip_whitespace=False, pattern=r"^evt\.[^ \t\r\n]+$", max_length=4096)]
"""Whatever the broker takes for a subject, and as long as it takes one: it may be that of a forged event."""


class DiscardParkedEvent(Command):
    """The views go on without an event that the tracker has parked; what waits behind it is taken in. `sequence` is
    the ledger's; `stored_under` is its subject, `origin_sequence` its place in the stream of its service. `parked_as`
    is why it is parked: with it the service that wrote the event strikes it out too, though it can read it."""

    NAME = "discard-parked-event"
    ENTITY = "parked-event"
    ID = "sequence"
    LETTER_BY_LETTER: ClassVar[frozenset[str]] = frozenset({"stored_under"})
    sequence: Place
    stored_under: Subject
    origin_sequence: Place
    reason: Phrase
    parked_as: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")] | None = None


ALREADY_DISCARDED = Refusal(
    "parked_event_already_discarded",
    "A discard of ledger event {sequence} is already on record with different content.",
)


def decide(
    command: DiscardParkedEvent, discarded: ParkedEventDiscarded | None, actor: Actor
) -> Sequence[ParkedEventDiscarded]:
    return once(ParkedEventDiscarded(**command.content()), discarded, ALREADY_DISCARDED(sequence=command.sequence))


AGGREGATE = Aggregate(events=EVENTS, commands=(DiscardParkedEvent,), evolve=latest, decide=decide)
