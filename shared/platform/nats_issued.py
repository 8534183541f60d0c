"""The record of all credentials that were made from a folder's NATS keys: who is on it can be revoked by name.

A line each, written before the credentials are: so one that is broken off is of credentials that nobody has, unless
the file was damaged otherwise. A number beside it says how many there are to be, or nobody would miss what is gone.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

from shared.platform.files import OWN_FILE, append_line, write_over

ISSUED, COUNT = "issued.jsonl", "issued.count"


class Issued(NamedTuple):
    """Credentials that were made once, of the identity `name`."""

    name: str
    user: str


class Record(NamedTuple):
    """The oldest first, how many lines say nothing, and whether there were more credentials than these."""

    issued: tuple[Issued, ...] = ()
    unreadable: int = 0
    is_short: bool = False

    def users_of(self, name: str) -> set[str]:
        return {credentials.user for credentials in self.issued if credentials.name == name}


def begin_record(folder: Path) -> None:
    """For a new key of the account: whatever was lost before is of an older one. Raises `OSError`."""
    _write_count(folder, len(read_record(folder).issued))


def put_on_record(folder: Path, credentials: Issued) -> None:
    """Raises `OSError`."""
    before = read_record(folder)
    append_line(folder / ISSUED, json.dumps(credentials._asdict()).encode())
    _write_count(folder, max(_count(folder, before.issued), len(before.issued)) + 1)


def read_record(folder: Path) -> Record:
    """Earlier versions wrote a line at the end of one that was broken off: both are looked at. Raises `OSError`."""
    path = folder / ISSUED
    lines = re.split(rb'\n|(?=\{"name")', path.read_bytes()) if path.exists() else []
    lines = [line for line in lines if line.strip()]
    issued = tuple(filter(None, map(_said_by, lines)))
    return Record(issued, len(lines) - len(issued), len(issued) < _count(folder, issued))


def _count(folder: Path, issued: tuple[Issued, ...]) -> int:
    """Earlier versions wrote none; but there are no keys for long without credentials, if only the keeper's."""
    try:
        return int((folder / COUNT).read_bytes())
    except (FileNotFoundError, ValueError):
        return max(1, len(issued))


def _write_count(folder: Path, count: int) -> None:
    write_over(folder / COUNT, b"%d\n" % count, OWN_FILE)


def _said_by(line: bytes) -> Issued | None:
    try:
        content = json.loads(line)
        return Issued(str(content["name"]), str(content["user"]))
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
