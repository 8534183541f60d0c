"""What a register of organisations in a file would change: read, compared with what is on record, cut into commands.
Pure."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from services.subcommittee.importing.opening import printable
from services.subcommittee.importing.planning import IMPORTS
from services.subcommittee.importing.register import NO_WISHES, Listed, RegisterWishes, read_register
from services.subcommittee.importing.register_changes import RegisterChange, commands, compare
from shared.views.view import Document


class RegisterSource(NamedTuple):
    """A file that was read without error, and what is said beside it: the kind of new organisations, and since when
    positions are newly held."""

    name: str
    digest: str
    listed: Listed
    kind: str = ""
    since: date | None = None


class RegisterPreview(NamedTuple):
    """What would change, and the event at which that was found out."""

    change: RegisterChange
    sequence: int


def source_of(name: str, content: bytes, wishes: RegisterWishes = NO_WISHES) -> RegisterSource:
    """Raises `Unreadable`."""
    listed = read_register(content, wishes)
    return RegisterSource(printable(name), hashlib.sha256(content).hexdigest(), listed, wishes.kind, wishes.since)


def planned(source: RegisterSource, organisations: Sequence[Document], sequence: int) -> RegisterPreview:
    """Against the register as it was at the event `sequence`."""
    return RegisterPreview(compare(source.listed, organisations, source.kind, source.since), sequence)


def numbered_commands(
    source: RegisterSource, planned: RegisterPreview, max_bytes: int
) -> list[tuple[UUID, dict[str, Any]]]:
    """The commands and their ids, as of a catalogue: the same file compared at the same event gives the same."""
    named = f"{source.digest}/register/{source.kind}/{source.since}/{planned.sequence}"
    batches = commands(planned.change, max_bytes)
    return [(uuid5(IMPORTS, f"{named}/{number}"), data) for number, data in enumerate(batches, start=1)]
