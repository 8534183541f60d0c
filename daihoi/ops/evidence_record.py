"""The evidence on record of a congress: what the units keep is compared with its checksums, what is kept elsewhere is
named. Read from the ledger and the object stores; nothing is changed."""

import hashlib
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NamedTuple

from nats.aio.client import Client

from shared.domain.decider import Refused
from shared.events.base import Event
from shared.events.evidence import EvidenceFiled
from shared.events.task import TaskSubmitted
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import check_place, decode, decode_data
from shared.eventstore.errors import NoStream, Undecodable
from shared.eventstore.ledger import Ledger, origin_of
from shared.eventstore.objects import EvidenceStore
from shared.unit.fetching_files import EvidenceFetcher
from shared.unit.handing_out import DIFFERS, NOT_IN_STORE
from shared.unit.problems import ProblemError

_READ = {event.TYPE: event for event in (EvidenceFiled, TaskSubmitted)}
_TYPES = tuple(f'"{name}"'.encode() for name in _READ)

type Write = Callable[[bytes], object]


class Standing(StrEnum):
    THERE = "there"
    MISSING = "missing"
    DIFFERS = "differs"
    ELSEWHERE = "elsewhere"


class Piece(NamedTuple):
    """A piece of evidence. One that is kept elsewhere has a link, and the task that it was shown for."""

    unit: str
    sha256: str
    title: str
    size_bytes: int
    link: str | None = None
    task_id: str | None = None


class Checked(NamedTuple):
    piece: Piece
    standing: Standing

    @property
    def is_lost(self) -> bool:
        return self.standing in (Standing.MISSING, Standing.DIFFERS)


_LOST = {NOT_IN_STORE.code: Standing.MISSING, DIFFERS.code: Standing.DIFFERS}


async def on_record(connection: Client, congress: str) -> list[Piece]:
    """Every piece once, in the order in which they came. Raises `LedgerBroken`, `Unavailable`."""
    pieces: dict[Piece, None] = {}
    async for page in Ledger(connection, congress).read():
        for stored in page:
            pieces |= dict.fromkeys(_pieces_in(stored))
    return list(pieces)


def _pieces_in(stored: Stored) -> Iterator[Piece]:
    """What can't be read is parked, and told there."""
    if not any(name in stored.body for name in _TYPES):
        return
    try:
        envelope = decode(stored.body)
        check_place(envelope, stored.subject, origin_of(stored).stream)
        event: Event = decode_data(envelope, _READ[envelope.type])
    except (Undecodable, KeyError):
        return
    unit, of = envelope.source, envelope.subject
    if isinstance(event, EvidenceFiled):
        yield Piece(unit, of, event.file_name, event.size_bytes)
    elif isinstance(event, TaskSubmitted):
        for shown in event.evidence:
            if not shown.kept:
                yield Piece(unit, shown.sha256, shown.title, shown.size_bytes, shown.link, of)


async def checked(connection: Client, congress: str, piece: Piece) -> Checked:
    """Raises `Unavailable`."""
    if piece.link is not None:
        return Checked(piece, Standing.ELSEWHERE)
    try:
        size = await _read(connection, congress, piece.unit, piece.sha256, lambda _: None)
    except NoStream:
        return Checked(piece, Standing.MISSING)
    if size is None:
        return Checked(piece, Standing.MISSING)
    return Checked(piece, Standing.THERE if size == piece.size_bytes else Standing.DIFFERS)


async def on_record_of(fetcher: EvidenceFetcher) -> list[Piece]:
    """The files that a unit keeps, as its service says; not what is kept elsewhere. Raises `ProblemError`."""
    return [Piece(fetcher.unit, kept.sha256, kept.file_name, kept.size_bytes) async for kept in fetcher.on_record()]


async def checked_through(fetcher: EvidenceFetcher, piece: Piece) -> Checked:
    """Checks a file as it comes from the unit's service. Raises `ProblemError`."""
    try:
        size = await fetcher.fetch(piece.sha256, lambda _: None)
    except Refused:
        return Checked(piece, Standing.DIFFERS)
    except ProblemError as error:
        if error.problem.code not in _LOST:
            raise
        return Checked(piece, _LOST[error.problem.code])
    return Checked(piece, Standing.THERE if size == piece.size_bytes else Standing.DIFFERS)


async def fetch(connection: Client, congress: str, unit: str, sha256: str, write: Write) -> int:
    """Hands the content over part by part; how many bytes it has. Raises the refusal that it is not there, or is
    another one than it was, which shows at its end; `Unavailable`."""
    try:
        size = await _read(connection, congress, unit, sha256, write)
    except NoStream:
        size = None
    if size is None:
        raise NOT_IN_STORE(unit=unit, sha256=sha256)
    if size < 0:
        raise DIFFERS(unit=unit, sha256=sha256)
    return size


async def _read(connection: Client, congress: str, unit: str, sha256: str, write: Write) -> int | None:
    """The size of the content; nothing where there is none, -1 where it does not have this checksum."""
    store = EvidenceStore(connection, congress, unit)
    whole = await store.whole(sha256)
    if whole is None:
        return None
    digest, size = hashlib.sha256(), 0
    async for part in store.parts(whole.upload):
        digest.update(part)
        size += len(part)
        if size > whole.size_bytes:
            return -1
        write(part)
    if not size:
        return None
    return size if digest.hexdigest() == sha256 else -1
