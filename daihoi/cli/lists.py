"""Lists of what is on record: tasks, bookings, publications, meetings, who holds which position, and names that the
register does not have."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Annotated

import typer

from daihoi.cli import console
from daihoi.cli.console import TokenOption
from daihoi.cli.issuing import bearer_of
from daihoi.cli.view_selection import Selection, day_option, of_views, selecting, show_report
from daihoi.ops.reading import may_read_restricted, reader_of
from daihoi.ops.session import TOKEN_LASTS
from daihoi.terminal import lists as terminal
from daihoi.terminal.rules_table import rules_table
from shared.domain.decider import Actor, Refusal
from shared.domain.known_list import ENTRY_UNKNOWN, ids_for
from shared.domain.task import TaskStatus
from shared.events.resource import ResourceKind
from shared.reports.lists_in_use import units_in_use
from shared.reports.masking import masked_documents
from shared.reports.positions import PositionLine, positions_of
from shared.reports.task_list import MOST_SHOWN, Reader, TaskCell, TaskFilter, TaskList, TaskSort, task_list
from shared.reports.unit_lists import (
    MeetingLine,
    PublicationLine,
    PublicationStatus,
    ResourceLine,
    meeting_list,
    publication_list,
    resource_list,
)
from shared.reports.unit_named import unit_meant, units_meant
from shared.reports.unit_rules import rules_of
from shared.reports.unregistered import unregistered_names
from shared.values.code_lists import LIST_NAMES, CodeList, Entries
from shared.values.types import Phase
from shared.values.units import support_unit_ids
from shared.views.code_lists import entries_by_list
from shared.views.view import Document

type Views = dict[str, list[Document]]

MINE_NEEDS_TOKEN = Refusal(
    "mine_needs_token",
    "--mine has to know who asks: DAIHOI_AS or --as where the issuer's private key is, elsewhere a token in "
    "DAIHOI_TOKEN or --token.",
)
AskingOption = Annotated[
    str, typer.Option("--as", envvar="DAIHOI_AS", show_envvar=False, help="UNIT.POSITION that asks, for --mine.")
]
NO_SUCH_ORGANISATION = Refusal("no_such_organisation", "There is no organisation {organisation} on the register.")
UnitOption = Annotated[str, typer.Option(help="Only this unit, by its id or its name.")]
TextOption = Annotated[
    str, typer.Option("--text", help="Only what has these words; marks, đ and capitals may be left out.")
]
LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, max=MOST_SHOWN, help="Show so many at most; all otherwise.")
]


@partial(selecting, also=("today",))
def tasks(
    selection: Selection,
    unit: UnitOption = "",
    status: Annotated[TaskStatus | None, typer.Option(help="Only those that people have brought so far.")] = None,
    cell: Annotated[TaskCell | None, typer.Option(help="Only those that stand so by the calendar.")] = None,
    phase: Annotated[Phase | None, typer.Option(help="Only work of this phase.")] = None,
    group: Annotated[int | None, typer.Option(min=1, max=99, help="Only this task group, by its number.")] = None,
    collective: Annotated[str, typer.Option(help="Only tasks that this collective is in charge of.")] = "",
    individual: Annotated[str, typer.Option(help="Only tasks that this position is in charge of.")] = "",
    text: TextOption = "",
    mine: Annotated[
        bool, typer.Option("--mine", help="Only those of one's own unit, and those that one's position carries.")
    ] = False,
    sort: Annotated[TaskSort, typer.Option(help="What they are ordered by.")] = TaskSort.NUMBER,
    descending: Annotated[bool, typer.Option("--descending", help="In the reverse order.")] = False,
    limit: LimitOption = None,
    token: Annotated[
        str, typer.Option("--token", envvar="DAIHOI_TOKEN", show_envvar=False, help="Says who asks, for --mine.")
    ] = "",
    actor: AskingOption = "",
) -> None:
    """Tasks: which, how each stands, who is in charge, until when."""
    reader = _reader(token, actor) if mine else None

    def report(views: Views, today: date) -> TaskList:
        named = checked_unit(unit, views["tasks"], units_in_use(views))
        own = Reader.of(reader) if reader else None
        criteria = TaskFilter(named, status, cell, phase, group, collective, individual, text, own)
        return task_list(
            views["tasks"],
            views["organisations"],
            today,
            criteria,
            sort=sort,
            descending=descending,
            limit=limit,
            listed=units_in_use(views),
        )

    question = of_views(("tasks", "organisations", "code_lists"), report)
    show_report(selection, question, terminal.tasks_table)


def _reader(token: str, actor: str) -> Actor:
    """Proved as for a command: by a token, or by the key that mints one."""
    settings = console.read_settings()
    if not token and not actor:
        console.refuse(MINE_NEEDS_TOKEN())
    return console.run(reader_of(settings, token or bearer_of(settings, actor, TOKEN_LASTS)))


def checked_unit(name: str, documents: Iterable[Document], listed: Entries = ()) -> str:
    """The id of the unit that is meant, by its id or its name. Ends the program as wrong use where there is no such
    unit: neither on the congress's list nor on record."""
    if not name:
        return ""
    units = units_meant(listed, documents)
    unit = unit_meant(name, listed, units)
    if unit is None and name not in support_unit_ids():
        console.check_service(name, units)
    return unit or name


@partial(selecting, also=("today",))
def resources(
    selection: Selection,
    kind: Annotated[ResourceKind | None, typer.Option(help="Only this kind.")] = None,
    text: TextOption = "",
    on: Annotated[
        str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="Show the bookings of this day alone.")
    ] = None,
) -> None:
    """Halls, rooms, lodging and vehicles, with the bookings that are not over."""
    day = day_option(on)

    def report(views: Views, today: date) -> list[ResourceLine]:
        return resource_list(views["resources"], today, kind=kind or "", text=text, on=day)

    show_report(selection, of_views(("resources",), report), terminal.resources_table)


@selecting
def publications(
    selection: Selection,
    channel: Annotated[str | None, typer.Option(help="Only this channel, by its id on the code list.")] = None,
    status: Annotated[PublicationStatus | None, typer.Option(help="Only those that have come so far.")] = None,
    text: TextOption = "",
    limit: LimitOption = None,
) -> None:
    """Publications: proposed, approved or rejected, released, by the day on which they run."""

    def report(views: Views, _: date) -> Sequence[PublicationLine]:
        _check_channel(channel, views)
        return publication_list(views["publications"], channel=channel, status=status, text=text)[:limit]

    show_report(selection, of_views(("publications", "code_lists"), report), terminal.publications_table)


def _check_channel(channel: str | None, views: Views) -> None:
    """Ends the program as wrong use where no publication can have this channel. A retired one may be asked for."""
    entries = entries_by_list(views["code_lists"])[CodeList.CHANNELS]
    known = {entry.id for entry in entries} | {document["channel"] for document in views["publications"]}
    if channel is not None and channel not in known:
        ids = ids_for(channel, entries)
        console.refuse(ENTRY_UNKNOWN(id=channel, list=LIST_NAMES[CodeList.CHANNELS], ids=ids))


@selecting
def meetings(selection: Selection, text: TextOption = "", limit: LimitOption = None) -> None:
    """Meetings of the sub-committee and what was concluded, the latest first."""

    def report(views: Views, _: date) -> Sequence[MeetingLine]:
        return meeting_list(views["meetings"], text=text)[:limit]

    show_report(selection, of_views(("meetings",), report), terminal.meetings_table)


@partial(selecting, also=("today",))
def positions(
    selection: Selection,
    organisation: Annotated[str, typer.Option(help="Only this organisation, by its id on the register.")] = "",
    text: TextOption = "",
    history: Annotated[bool, typer.Option("--history", help="With who held each before.")] = False,
    token: TokenOption = "",
) -> None:
    """The positions on the register: who holds each, since when, who acts, who deputises."""
    unmasked = console.run(may_read_restricted(console.read_settings(), token))

    def report(views: Views, today: date) -> list[PositionLine]:
        documents = views["organisations"]
        if organisation and organisation not in {document["_id"] for document in documents}:
            console.refuse(NO_SUCH_ORGANISATION(organisation=organisation))
        shown = documents if unmasked else masked_documents("organisations", documents)
        return positions_of(shown, today, organisation=organisation, text=text)

    draw = partial(terminal.positions_table, with_history=history)
    show_report(selection, of_views(("organisations",), report), draw)


@selecting
def unit_rules(selection: Selection) -> None:
    """What each unit's lead demands of its work: whether it is handed in with evidence only."""
    question = of_views(
        ("unit_rules", "code_lists"), lambda views, _: rules_of(views["unit_rules"], units_in_use(views))
    )
    show_report(selection, question, rules_table)


@selecting
def names(selection: Selection) -> None:
    """Names in tasks that are not on the register, where they are used, and what is like them."""
    question = of_views(
        ("tasks", "organisations"), lambda views, _: unregistered_names(views["tasks"], views["organisations"])
    )
    show_report(selection, question, terminal.names_tables)
