"""The names and signs in which every report speaks on a terminal, and the tables that they stand in."""

from collections.abc import Sized
from datetime import date, datetime
from typing import Any

from rich.table import Table

from daihoi.terminal.fitted import FittedTable
from shared.entering.moments import moment_in_words
from shared.i18n import Language, format_date, format_number, translate
from shared.reports.cells import Share
from shared.reports.consolidated import GroupCells
from shared.values.message import Message


def named(*codes: str, **others: str) -> dict[str, Message]:
    """What people read for each code: the code itself, or, where that would say too little, another name."""
    names = {code: code.removesuffix("_vnd").removesuffix("_id").replace("_", " ").capitalize() for code in codes}
    return {code: Message(code, name) for code, name in (names | others).items()}


CELLS = {
    "completed_on_time": ("Completed on time", "█", "green"),
    "completed_late": ("Completed late", "▓", "yellow"),
    "open_in_time": ("Not completed, in time", "▒", "blue"),
    "open_overdue": ("Not completed, overdue", "╳", "red"),
    "no_deadline": ("No deadline", "░", "bright_black"),
    "suspended": ("Suspended", "‖", "magenta"),
}
"""Each cell's name, and its sign in bars and headings: told apart without colour too."""
PHASE_NAMES = named(before="Before the congress", during="During the congress", after="After the congress")
ESSENTIAL_NAMES = {
    "collective": "Collective in charge",
    "individual": "Individual in charge",
    "deadline": "Completion time",
    "funding": "Guaranteed funding",
}
CLEARANCE_STATUSES = named(
    *("not_requested", "requested", "withdrawn"), granted="Clearance granted", refused="Clearance refused"
)
TASK_STATUSES = named("in_progress", "blocked", "submitted", "completed", "cancelled", open="Not started")
WIDE = 100
"""Columns of a terminal from which on there is room for bars; what is narrower does without."""


def table_of(title: str, lang: Language, *headings: str) -> Table:
    """An empty table under a title that is translated already; what is too long for a column goes on beneath."""
    table = FittedTable(title=title, title_justify="left")
    add_columns(table, lang, *headings, overflow="fold")
    return table


def add_columns(table: Table, lang: Language, *headings: str, **options: Any) -> None:
    for heading in headings:
        table.add_column(heading and translate(heading, lang), **options)


def share_in_words(share: Share, lang: Language) -> str:
    """Always with its denominator: `12/54 (22,22%)`."""
    if share.percent is None:
        return fraction_in_words(share, lang)
    return f"{fraction_in_words(share, lang)} ({percent_in_words(share, lang)})"


def percent_in_words(share: Share, lang: Language) -> str:
    """Where its two parts stand beside it."""
    percent = f"{share.percent or 0:.2f}"
    return f"{percent.replace('.', ',') if lang == 'vi' else percent}%"


def fraction_in_words(share: Share, lang: Language) -> str:
    return f"{format_number(share.part, lang)}/{format_number(share.whole, lang)}"


def in_language(vi: str, en: str, lang: Language) -> str:
    """The Vietnamese where there is no English."""
    return en if lang == "en" and en else vi


def group_name(number: str, cells: GroupCells, lang: Language) -> str:
    return f"{number}. {in_language(cells.name_vi, cells.name_en, lang)}"


def moved_deadline(deadline: date | None, original: date | None, past_because: str | None, lang: Language) -> str:
    """A deadline, with the original one where it was moved, and why it was over when it was set; nothing for none."""
    if not deadline or not original:
        return format_date(deadline) if deadline else ""
    written, first = format_date(deadline), format_date(original)
    if written != first:
        written = translate("{deadline} (originally {original})", lang, deadline=written, original=first)
    if not past_because:
        return written
    return f"{written}\n{translate('set when it was over: {reason}', lang, reason=past_because)}"


def counted(title: str, lines: Sized, lang: Language) -> str:
    return f"{title}: {format_number(len(lines), lang)}"


def instant_in_words(at: str, lang: Language) -> str:
    """A ledger sequence or a time, as people read it."""
    return moment_in_words(int(at) if at.isdigit() else datetime.fromisoformat(at), lang)


def as_it_was(by: str, at: str, left_out: int, lang: Language) -> str:
    """Which instant is meant, and by which of an event's two times; `at` in words."""
    if by == "happened":
        sentence = "As it was by what had happened until {at}; {count} events on record happened later"
        return translate(sentence, lang, at=at, count=left_out)
    return translate("As it was by what was recorded until {at}", lang, at=at)
