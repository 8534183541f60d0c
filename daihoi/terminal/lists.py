"""Lists for people, on a terminal: tasks, bookings, publications, meetings, who holds which position, and names that
the register does not have."""

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from daihoi.terminal import labels
from daihoi.terminal.fields import masked_in_words
from daihoi.terminal.labels import in_language, named, table_of
from shared.i18n import (
    Language,
    format_date,
    format_minute,
    format_number,
    offset_in_words,
    render,
    title_of_position,
    translate,
)
from shared.reports.cells import DUE_SOON
from shared.reports.positions import Holding, PositionLine
from shared.reports.task_list import TaskList, TaskRow
from shared.reports.unit_lists import Booking, MeetingLine, PublicationLine, ResourceLine
from shared.reports.unregistered import Alike, UnregisteredName, UnregisteredNames
from shared.values.code_lists import CodeList, name_of
from shared.values.message import Message
from shared.values.units import title_of

RESOURCE_KINDS = named("hall", "room", "lodging", "vehicle")
PUBLICATION_STATUSES = named("proposed", "approved", "rejected", "released")
ROLE_NAMES = named(
    "coordinating", "directing_leader", collective="Collective in charge", individual="Individual in charge"
)


# --- tasks ---
def tasks_table(report: TaskList, lang: Language) -> Table:
    title = f"{translate('Tasks', lang)}: {_counted(report, lang)}"
    table = table_of(title, lang, "Task", "Unit", "Title", "In charge", "Deadline", "Status")
    table.columns[0].no_wrap = True
    for row in report.tasks:
        table.add_row(
            row.id,
            title_of(row.unit, lang),
            in_language(row.title_vi, row.title_en, lang),
            "\n".join(filter(None, (row.collective, row.individual))),
            deadline_in_words(row, lang),
            status_in_words(row, lang),
        )
    return table


def _counted(report: TaskList, lang: Language) -> str:
    matching = format_number(report.matching, lang)
    if len(report.tasks) == report.matching:
        return matching
    shown = format_number(len(report.tasks), lang)
    return translate("{shown} shown of {matching}", lang, shown=shown, matching=matching)


def deadline_in_words(row: TaskRow, lang: Language) -> str:
    """The deadline, with how many days are left where these are few, or it is over, of what is to be done."""
    if row.due_offset_days is not None:
        return offset_in_words(row.due_offset_days, lang)
    if row.deadline is None:
        return translate("No deadline", lang)
    day = format_date(row.deadline)
    if row.days is None or row.days > DUE_SOON.days:
        return day
    return f"{day}\n{_days_in_words(row.days, lang)}"


def _days_in_words(left: int, lang: Language) -> str:
    match left:
        case 0:
            return translate("due today", lang)
        case 1:
            return translate("1 day left", lang)
        case -1:
            return translate("1 day over", lang)
        case _ if left < 0:
            return translate("{days} days over", lang, days=-left)
        case _:
            return translate("{days} days left", lang, days=left)


def status_in_words(row: TaskRow, lang: Language) -> Text:
    """The sign of its cell, what people have brought, and how much of it."""
    status = render(labels.TASK_STATUSES[row.status], lang) if row.status in labels.TASK_STATUSES else row.status
    _, sign, colour = labels.CELLS.get(row.cell, ("", "✗", "bright_black"))
    return Text.assemble((f"{sign} ", colour), status, f" {row.percent}%" if 0 < row.percent < 100 else "")


# --- what only one unit keeps ---
def resources_table(resources: Sequence[ResourceLine], lang: Language) -> Table:
    title = f"{translate('Resources', lang)}: {len(resources)}"
    table = table_of(title, lang, "Resource", "Kind", "Name", "Capacity", "Reservations")
    for line in resources:
        over = [translate("{count} others are not shown", lang, count=line.over)] if line.over else []
        table.add_row(
            line.id,
            _word(RESOURCE_KINDS, line.kind, lang),
            in_language(line.name_vi, line.name_en, lang),
            format_number(line.capacity, lang),
            "\n".join([*map(_booking, line.bookings), *over]),
        )
    return table


def _booking(booking: Booking) -> str:
    return f"{format_minute(booking.starts)} – {format_minute(booking.ends)}: {booking.purpose}"


def publications_table(publications: Sequence[PublicationLine], lang: Language) -> Table:
    headings = ("Publication", "Channel", "Title", "Status", "Planned on", "Released on", "Author")
    table = table_of(f"{translate('Publications', lang)}: {len(publications)}", lang, *headings)
    for line in publications:
        status = _word(PUBLICATION_STATUSES, line.status, lang)
        table.add_row(
            line.id,
            name_of(CodeList.CHANNELS, line.channel, lang),
            in_language(line.title_vi, line.title_en, lang),
            f"{status}: {line.rejection}" if line.rejection else status,
            format_date(line.planned_on) if line.planned_on else "",
            format_date(line.released_on) if line.released_on else "",
            title_of_position(line.author, lang),
        )
    return table


def meetings_table(meetings: Sequence[MeetingLine], lang: Language) -> Table:
    headings = ("Meeting", "Held on", "Title", "Chair", "Points of the conclusion")
    table = table_of(f"{translate('Meetings', lang)}: {len(meetings)}", lang, *headings)
    for line in meetings:
        points = (
            f"{point['number']}. {in_language(point['text']['vi'], point['text'].get('en', ''), lang)}"
            for point in line.points
        )
        title = in_language(line.title_vi, line.title_en, lang)
        table.add_row(line.id, format_date(line.held_on), title, line.chair, "\n".join(points))
    return table


# --- people ---
def positions_table(positions: Sequence[PositionLine], lang: Language, *, with_history: bool = False) -> Table:
    headings = ("Organisation", "Position", "Held by", "Contact", "To know")
    table = table_of(f"{translate('Positions', lang)}: {len(positions)}", lang, *headings)
    for line in positions:
        contact = line.in_charge.contact if line.in_charge else None
        table.add_row(
            in_language(line.organisation_vi, line.organisation_en, lang),
            line.position,
            holding_in_words(line.holder, lang),
            masked_in_words(contact, lang) if contact else "",
            "\n".join(_to_know(line, lang, with_history=with_history)),
        )
    return table


def _to_know(line: PositionLine, lang: Language, *, with_history: bool) -> Iterator[str]:
    if line.acting:
        yield f"{translate('Acting', lang)}: {holding_in_words(line.acting, lang)}"
    elif line.holder is None and line.in_charge:
        yield f"{translate('Done by a deputy', lang)}: {holding_in_words(line.in_charge, lang)}"
    if line.deputises_for:
        yield f"{translate('Deputises for', lang)}: {line.deputises_for}"
    if line.deputies:
        yield f"{translate('Deputies', lang)}: {'; '.join(line.deputies)}"
    for held in line.former if with_history else ():
        label = translate("Acted before", lang) if held.acting else translate("Held before", lang)
        yield f"{label}: {holding_in_words(held, lang)}"


def holding_in_words(holding: Holding | None, lang: Language) -> str:
    """Who, and from when to when."""
    if holding is None:
        return translate("Nobody on record", lang)
    since = format_date(holding.since) if holding.since else "…"
    if holding.until:
        return f"{holding.person} ({since} – {format_date(holding.until)})"
    return translate("{person} (since {since})", lang, person=holding.person, since=since)


def names_tables(report: UnregisteredNames, lang: Language) -> Iterator[Table]:
    title = f"{translate('Names that are not on the register', lang)}: {len(report.names)}"
    table = table_of(title, lang, "Name", "Tasks", "Used as", "Like it on the register")
    for name in report.names:
        alike = "\n".join(map(_alike, name.alike))
        table.add_row("\n".join(name.spellings), format_number(name.tasks, lang), _used_as(name, lang), alike)
    yield table
    if report.ambiguous:
        title = translate("Positions that several organisations have", lang)
        table = table_of(title, lang, "Position", "Organisations", "Tasks")
        for row in report.ambiguous:
            table.add_row(row.name, "\n".join(row.organisations), ", ".join(row.used_in))
        yield table


def _used_as(name: UnregisteredName, lang: Language) -> str:
    return "\n".join(f"{render(ROLE_NAMES[role], lang)}: {', '.join(used)}" for role, used in name.used_in.items())


def _alike(name: Alike) -> str:
    whole = f"{name.position}, {name.organisation}" if name.position else name.organisation
    return f"{whole} ({name.organisation_id})"


def _word(names: dict[str, Message], code: str, lang: Language) -> str:
    return render(names[code], lang) if code in names else code
