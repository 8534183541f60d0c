"""What a kind of workbook is, and what taking one over would do."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from services.subcommittee.importing.group_names import NamedOtherwise
from services.subcommittee.importing.kept import KeptTask
from services.subcommittee.importing.layout import Fields
from services.subcommittee.pages.uploads import Upload
from shared.domain.decider import Command
from shared.entering.tables import Wrong
from shared.eventstore.canonical import canonical
from shared.unit.problems import Problem
from shared.values.message import Message
from shared.views.view import Document
from shared.web.visit import Visit

MOST_BATCH_BYTES = 512 * 1024

type Views = Mapping[str, Sequence[Document]]


class Line(NamedTuple):
    """What would change of one item or position."""

    kind: str
    code: str
    title: str
    details: Sequence[tuple[str, str, str]]


class Plan(NamedTuple):
    """What confirming would do: the commands, and all that is shown of them. `digest` says which they are."""

    commands: Sequence[dict[str, Any]]
    counts: Mapping[str, int]
    lines: Sequence[Line]
    remarks: Sequence[str] = ()
    refused: Sequence[Wrong] = ()
    doubts: Sequence[Any] = ()
    kept: Sequence[KeptTask] = ()
    groups: Sequence[NamedOtherwise] = ()

    @property
    def digest(self) -> str:
        return hashlib.sha256(canonical(list(self.commands))).hexdigest()


@dataclass(frozen=True)
class Kind:
    """A kind of workbook. `wishes_of` reads what was said in the form beside the file."""

    name: str
    path: str
    back: str
    title: str
    lead: Message
    known: Fields
    command: type[Command]
    template: Callable[[], bytes]
    file_name: str
    wishes_of: Callable[[Mapping[str, Sequence[str]], Any], Any]
    read: Callable[[Visit, Upload, Any], Any]
    views: Sequence[str]
    plan: Callable[[Visit, Any, Views], Plan]
    also: Callable[[Visit, Plan, Mapping[str, Sequence[str]], UUID], Awaitable[Problem | None]] | None = None
    """What was ticked beside, once the file is taken over."""
