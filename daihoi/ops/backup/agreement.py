"""Whether the ledger of a backup and the streams of the services hold the same events."""

import hashlib
from typing import NamedTuple

from shared.eventstore.names import ledger_stream, service_of
from shared.eventstore.rows import Row

DIGEST_BYTES = 32


class Place(NamedTuple):
    """An event in the stream of a service."""

    stream: str
    sequence: int


class Agreement:
    """Is shown every row, the ledger's first."""

    def __init__(self, congress: str) -> None:
        self._congress, self._ledger = congress, ledger_stream(congress)
        self._copies: dict[str, bytearray] = {}

    def first_at_odds(self, stream: str, row: Row) -> Place | None:
        """The event that ledger and stream don't agree about; nothing where they do. Each must hold the events of a
        service from the first on without a gap. What the ledger holds a second time says nothing new."""
        if stream == self._ledger:
            return self._of_the_ledger(row)
        if not service_of(self._congress, stream):
            return None
        at = (row.sequence - 1) * DIGEST_BYTES
        copy = self._copies.get(stream, b"")[at : at + DIGEST_BYTES]
        return None if copy == _digest(row) else Place(stream, row.sequence)

    def _of_the_ledger(self, row: Row) -> Place | None:
        stream, sequence = row.origin
        if sequence == self.count(stream) + 1:
            self._copies.setdefault(stream, bytearray()).extend(_digest(row))
        elif not stream or sequence > self.count(stream):
            return Place(stream or self._ledger, self.count(stream) + 1)
        return None

    def count(self, stream: str) -> int:
        """So many events of the stream the ledger has."""
        return len(self._copies.get(stream, b"")) // DIGEST_BYTES

    @property
    def streams(self) -> list[str]:
        """The streams of which the ledger has events."""
        return list(self._copies)


def _digest(row: Row) -> bytes:
    return hashlib.sha256(row.subject + b"\0" + row.body).digest()
