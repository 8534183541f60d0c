"""What can go wrong between a decision and the ledger."""

from shared.values.message import Message


class EventStoreError(Exception):
    """Root of the event store's errors."""


class Conflict(EventStoreError):
    """Somebody else wrote to the aggregate after it was read; nothing of the append was stored."""


class Duplicate(EventStoreError):
    """These event ids are already stored: the append was done before, by an earlier try of the same command."""


class Unavailable(EventStoreError):
    """The broker did not answer in time; what was asked may or may not have happened, so ask again."""


class NotPermitted(Unavailable):
    """The broker does not let this identity publish to `subject`; with other credentials it can be done."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"publishing to {subject} is not permitted")
        self.subject = subject


class NoStream(Unavailable):
    """The broker answers, and has no such stream."""


class Rejected(EventStoreError):
    """The broker turned an append down and always will; nothing was stored."""


class TooLarge(Rejected):
    """An event is larger than the broker accepts; nothing was stored."""


class TooManyEvents(Rejected):
    """More events than one batch may hold; nothing was sent."""

    def __init__(self, count: int, most: int) -> None:
        super().__init__(f"{count} events are more than the {most} of one batch")
        self.count, self.most = count, most


class Undecodable(EventStoreError):
    """Stored bytes that are no event this code can read."""


class StreamMismatch(EventStoreError):
    """A stream exists with another configuration than the design's; `message` says which."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class StreamLost(EventStoreError):
    """A service's stream no longer holds every event that it held: nothing may be decided or stored on top of it.
    `last_good` is the last event before the first that is missing, `last_known` the last that there is known to be;
    `service` is empty for the ledger."""

    def __init__(self, stream: str, last_good: int, last_known: int, service: str = "") -> None:
        super().__init__(f"{stream} has lost events: the last good one is {last_good} of {last_known}")
        self.stream, self.last_good, self.last_known, self.service = stream, last_good, last_known, service


class LedgerBroken(EventStoreError):
    """The ledger does not hold what it must: a hole in its sequence, or an end before the reader's checkpoint."""


class LedgerGone(LedgerBroken):
    """There is no ledger."""

    def __init__(self, stream: str) -> None:
        super().__init__(f"there is no stream {stream}: the broker has lost it, or is another one")
        self.stream = stream


class LedgerShort(LedgerBroken):
    """The ledger ends before what was read from it earlier."""

    def __init__(self, end: int, checkpoint: int) -> None:
        super().__init__(f"the ledger ends at {end}, before the checkpoint {checkpoint}")
        self.end, self.checkpoint = end, checkpoint


class LedgerOther(LedgerBroken):
    """The ledger holds another event at the sequence that was read last."""

    def __init__(self, sequence: int) -> None:
        super().__init__(f"ledger event {sequence} is not the one that was read before: this is another ledger")
        self.sequence = sequence
