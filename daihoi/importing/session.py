"""Importing a catalogue: read a file, compare it with the view, send what changes to the sub-committee's service."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid5

from daihoi.importing.annex import NO_WISHES, Wishes
from daihoi.importing.changes import Change, commands, compare
from daihoi.importing.items import read_file
from daihoi.importing.kept import KeptTask, kept_tasks
from daihoi.importing.opening import content_of, printable
from daihoi.importing.sending import Committed, send_batches
from daihoi.importing.sources import not_listed, with_listed_sources
from daihoi.ops.session import Session
from daihoi.ops.waiting import until_all_in_views
from services.tracker.queries import published_catalogue
from shared.domain.decider import Actor, Refused
from shared.events.catalogue_item import Item
from shared.reports.doubted_names import DoubtedName, doubted_names, names_in
from shared.values.code_lists import CodeList
from shared.values.units import SUBCOMMITTEE
from shared.views.code_lists import entries_by_list

IMPORTS = UUID("0f6d1c0e-59d5-5b5c-8f0a-7d3f0e0b9a41")


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
    doubts: Sequence[DoubtedName] = ()
    """Names that the register of organisations does not know, or has otherwise."""
    kept: Sequence[KeptTask] = ()
    """The open tasks that keep what they were opened with."""
    remarks: tuple[Refused, ...] = ()
    """What the lists of the congress have against it, that is written all the same."""


def read(file: Path, catalogue_id: str, wishes: Wishes = NO_WISHES) -> Source:
    """Raises `Unreadable`."""
    name, content = printable(file.name), content_of(file)
    items, remarks = read_file(content, wishes)
    return Source(name, hashlib.sha256(content).hexdigest(), items, catalogue_id, remarks)


async def preview(session: Session, source: Source) -> Preview:
    """Against the view, once it has all that the sub-committee has written. Raises `PlatformError` where it does not
    get it."""
    await until_all_in_views(session, SUBCOMMITTEE)
    sequence, published = await published_catalogue(session.views)
    sources = entries_by_list(await session.views.documents("code_lists"))[CodeList.FUNDING_SOURCES]
    items = with_listed_sources(source.items, sources)
    change = compare(source.catalogue, items, published)
    notes = [document["note"] for document in published if document["catalogue"] == source.catalogue]
    imported = {"vi": f"Nhập từ tệp {source.name}", "en": f"Imported from the file {source.name}"}
    named = names_in([item.model_dump(mode="json") for item in items])
    doubts = doubted_names(named, await session.views.documents("organisations"))
    kept = kept_tasks(change, published, await session.views.documents("tasks")) if change.changed else ()
    note = notes[0] if notes else imported
    return Preview(change, sequence, note, doubts, kept, tuple(not_listed(items, sources)))


def command_id(source: Source, sequence: int, number: int) -> UUID:
    """The views at one ledger event are always the same, so file, event and number always name the same batch; and a
    file that is imported again after others is not taken for the first time."""
    return uuid5(IMPORTS, f"{source.digest}/{source.catalogue}/{sequence}/{number}")


async def carry_out(
    session: Session, source: Source, planned: Preview, actor: Actor, on_progress: Callable[[int, int], None]
) -> Committed:
    """One command a batch, in order; a batch that is refused ends it. Sending it all again does only the rest."""
    change = planned.change
    batches = commands(change, source.catalogue, planned.note, session.commands.max_body_bytes)
    to_change = len(change.new) + len(change.changed) + len(change.removed)
    numbered = [(command_id(source, planned.sequence, number), data) for number, data in enumerate(batches, start=1)]
    return await send_batches(session, "import-catalogue", numbered, actor, lambda done: on_progress(done, to_change))
