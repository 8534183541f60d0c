"""Importing a catalogue: read a file, compare it with the view, send what changes to the sub-committee's service."""

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid5

from daihoi.importing.annex import NO_WISHES, Wishes
from daihoi.importing.changes import Change, commands, compare
from daihoi.importing.items import read_file
from daihoi.importing.tables import MAX_FILE_BYTES, unreadable
from daihoi.ops.session import Session
from daihoi.ops.waiting import Write, until_all_in_views
from services.tracker.queries import published_catalogue
from shared.domain.decider import Actor, Refusal, Refused
from shared.events.catalogue_item import Item
from shared.platform.files import why_not
from shared.unit.problems import Problem, ProblemError
from shared.values.units import SUBCOMMITTEE

IMPORTS = UUID("0f6d1c0e-59d5-5b5c-8f0a-7d3f0e0b9a41")
LONGEST_NAME = 100

NOT_A_FILE = Refusal("not_a_file", "{name} is no ordinary file: save the table on the disk, and name that file.")
FILE_UNREADABLE = Refusal("file_unreadable", "{name} can't be read: {reason}.")


class Source(NamedTuple):
    """A file that was read without error, and the catalogue it is for; `remarks` is what to know before taking it."""

    name: str
    digest: str
    items: tuple[Item, ...]
    catalogue: str
    remarks: tuple[Refused, ...] = ()


class Preview(NamedTuple):
    """What would change, and the ledger event at which that was found out."""

    change: Change
    sequence: int
    note: Mapping[str, str]


class Committed(NamedTuple):
    """How far the change got: a problem comes after the batches that are stored. `write` is that of all of them;
    `why_not_shown` says why the views don't show it."""

    batches: int
    stored: int
    events: int
    problem: Problem | None = None
    write: Write | None = None
    why_not_shown: Refused | None = None


def read(file: Path, catalogue_id: str, wishes: Wishes = NO_WISHES) -> Source:
    """Raises `Unreadable`."""
    name = _printable(file.name)
    content = _content(file, name)
    items, remarks = read_file(content, wishes)
    return Source(name, hashlib.sha256(content).hexdigest(), items, catalogue_id, remarks)


def _content(file: Path, name: str) -> bytes:
    """Of an ordinary file, and a byte more than there may be at most; nothing else is waited for."""
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as opened:
            if stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                return opened.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise unreadable(FILE_UNREADABLE(name=name, reason=why_not(error))) from error
    raise unreadable(NOT_A_FILE(name=name))


def _printable(name: str) -> str:
    """A file's name as it goes on record. The disk takes any bytes for a name."""
    text = unicodedata.normalize("NFC", os.fsencode(name).decode(errors="replace"))
    return re.sub("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", "\ufffd", text)[:LONGEST_NAME]


async def preview(session: Session, source: Source) -> Preview:
    """Against the view, once it has all that the sub-committee has written. Raises `PlatformError` where it does not
    get it."""
    await until_all_in_views(session, SUBCOMMITTEE)
    sequence, published = await published_catalogue(session.views)
    change = compare(source.catalogue, source.items, published)
    notes = [document["note"] for document in published if document["catalogue"] == source.catalogue]
    imported = {"vi": f"Nhập từ tệp {source.name}", "en": f"Imported from the file {source.name}"}
    return Preview(change, sequence, notes[0] if notes else imported)


def command_id(source: Source, sequence: int, number: int) -> UUID:
    """The views at one ledger event are always the same, so file, event and number always name the same batch; and a
    file that is imported again after others is not taken for the first time."""
    return uuid5(IMPORTS, f"{source.digest}/{source.catalogue}/{sequence}/{number}")


async def carry_out(
    session: Session, source: Source, planned: Preview, actor: Actor, on_progress: Callable[[int, int], None]
) -> Committed:
    """One command a batch, in order; a batch that is refused ends it. Sending it all again does only the rest."""
    change, events = planned.change, 0
    batches = commands(change, source.catalogue, planned.note, session.commands.max_body_bytes)
    write: Write | None = None
    to_change = len(change.new) + len(change.changed) + len(change.removed)
    for number, data in enumerate(batches, start=1):
        token = session.token(actor)
        id_ = command_id(source, planned.sequence, number)
        try:
            answer = await session.commands.send(SUBCOMMITTEE, "import-catalogue", data, token=token, command_id=id_)
        except ProblemError as error:
            return Committed(len(batches), number - 1, events, error.problem, write)
        events += len(answer.events)
        its_write = Write.of(session.settings.congress, SUBCOMMITTEE, answer)
        write = write.and_then(its_write) if write else its_write
        on_progress(events, to_change)
    return Committed(len(batches), len(batches), events, write=write)
