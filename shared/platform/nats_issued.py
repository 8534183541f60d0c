"""The record of all credentials that were made from a folder's NATS keys: who is on it can be revoked by name.

A line each, written before the credentials are: so one that is broken off is of credentials that nobody has, unless
the file was damaged otherwise.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

from shared.platform.files import append_line


class Issued(NamedTuple):
    """Credentials that were made once, of the identity `name`."""

    name: str
    user: str


class Record(NamedTuple):
    """The oldest first, and how many lines say nothing."""

    issued: tuple[Issued, ...] = ()
    unreadable: int = 0

    def users_of(self, name: str) -> set[str]:
        return {credentials.user for credentials in self.issued if credentials.name == name}


def put_on_record(path: Path, credentials: Issued) -> None:
    """Raises `OSError`."""
    append_line(path, json.dumps(credentials._asdict()).encode())


def read_record(path: Path) -> Record:
    """Earlier versions wrote a line at the end of one that was broken off: both are looked at. Raises `OSError`."""
    lines = re.split(rb'\n|(?=\{"name")', path.read_bytes()) if path.exists() else []
    lines = [line for line in lines if line.strip()]
    issued = tuple(filter(None, map(_said_by, lines)))
    return Record(issued, len(lines) - len(issued))


def _said_by(line: bytes) -> Issued | None:
    try:
        content = json.loads(line)
        return Issued(str(content["name"]), str(content["user"]))
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
