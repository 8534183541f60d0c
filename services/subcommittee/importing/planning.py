"""What a catalogue in a file would change: read, compared with what is on record, cut into commands. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from services.subcommittee.importing.annex import NO_WISHES, Wishes
from services.subcommittee.importing.changes import Change, commands, compare
from services.subcommittee.importing.group_names import NAMED_OTHERWISE, NamedOtherwise, named_otherwise
from services.subcommittee.importing.items import read_file
from services.subcommittee.importing.kept import KeptTask, kept_tasks
from services.subcommittee.importing.opening import printable
from services.subcommittee.importing.sources import not_listed, with_listed_sources
from shared.domain.decider import Refused
from shared.events.catalogue_item import Item
from shared.reports.doubted_names import DoubtedName, doubted_names, names_in
from shared.values.code_lists import CodeList
from shared.views.code_lists import entries_by_list
from shared.views.view import Document

IMPORTS = UUID("0f6d1c0e-59d5-5b5c-8f0a-7d3f0e0b9a41")
READ = ("catalogue", "code_lists", "organisations", "tasks")
"""The views that `planned` reads."""


class Source(NamedTuple):
    """A file that was read without error, and the catalogue it is for; `remarks` is what to know before taking it."""

    name: str
    digest: str
    items: tuple[Item, ...]
    catalogue: str
    remarks: tuple[Refused, ...] = ()


class Preview(NamedTuple):
    """What would change, and the event at which that was found out."""

    change: Change
    sequence: int
    note: Mapping[str, str]
    doubts: Sequence[DoubtedName] = ()
    """Names that the register of organisations does not know, or has otherwise."""
    kept: Sequence[KeptTask] = ()
    """The open tasks that keep what they were opened with."""
    remarks: tuple[Refused, ...] = ()
    """What the lists of the congress have against it, that is written all the same."""
    groups: Sequence[NamedOtherwise] = ()


def source_of(name: str, content: bytes, catalogue: str, wishes: Wishes = NO_WISHES) -> Source:
    """Raises `Unreadable`."""
    items, remarks = read_file(content, wishes)
    return Source(printable(name), hashlib.sha256(content).hexdigest(), items, catalogue, remarks)


def planned(source: Source, views: Mapping[str, Sequence[Document]], sequence: int) -> Preview:
    """`views` are those in `READ` as they were at the event `sequence`."""
    lists = entries_by_list(views["code_lists"])
    sources = lists[CodeList.FUNDING_SOURCES]
    items = with_listed_sources(source.items, sources)
    published = views["catalogue"]
    change = compare(source.catalogue, items, published)
    notes = [document["note"] for document in published if document["catalogue"] == source.catalogue]
    imported = {"vi": f"Nhập từ tệp {source.name}", "en": f"Imported from the file {source.name}"}
    named = names_in([item.model_dump(mode="json") for item in items])
    doubts = doubted_names(named, views["organisations"])
    kept = kept_tasks(change, published, views["tasks"]) if change.changed else ()
    note = notes[0] if notes else imported
    groups = tuple(named_otherwise(items, lists[CodeList.GROUPS]))
    remarks = (*not_listed(items, sources), *(NAMED_OTHERWISE(**group._asdict()) for group in groups))
    return Preview(change, sequence, note, doubts, kept, remarks, groups)


def command_id(source: Source, sequence: int, number: int) -> UUID:
    """The views at one event are always the same, so file, event and number always name the same batch; and a file
    that is imported again after others is not taken for the first time."""
    return uuid5(IMPORTS, f"{source.digest}/{source.catalogue}/{sequence}/{number}")


def numbered_commands(source: Source, planned: Preview, max_bytes: int) -> list[tuple[UUID, dict[str, Any]]]:
    """The data of the commands that bring the change about, each with its id."""
    batches = commands(planned.change, source.catalogue, planned.note, max_bytes)
    return [(command_id(source, planned.sequence, number), data) for number, data in enumerate(batches, start=1)]
