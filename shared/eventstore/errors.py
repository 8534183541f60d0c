"""What can go wrong between a decision and the ledger."""


class EventStoreError(Exception):
    """Root of the event store's errors."""


class Conflict(EventStoreError):
    """Somebody else wrote to the aggregate after it was read; nothing of the append was stored."""


class Duplicate(EventStoreError):
    """These event ids are already stored: the append was done before, by an earlier try of the same command."""


class Unavailable(EventStoreError):
    """The broker did not answer in time; what was asked may or may not have happened, so ask again."""


class TooLarge(EventStoreError):
    """An event is larger than the broker accepts; nothing was stored."""


class Undecodable(EventStoreError):
    """Stored bytes that are no event this code can read."""


class StreamMismatch(EventStoreError):
    """A stream exists with another configuration than the design's."""


class LedgerBroken(EventStoreError):
    """The ledger does not hold what it must: a hole in its sequence, or an end before the reader's checkpoint."""
