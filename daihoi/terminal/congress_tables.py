"""The congress itself on a terminal: what is on record, what was amended and why, and the deadlines that follow from
its opening day."""

from collections.abc import Iterator
from typing import Any

from rich.console import Group
from rich.table import Table

from daihoi.terminal.fields import field_in_words, value_in_words
from daihoi.terminal.labels import add_columns, in_language, table_of
from shared.events.congress import Particulars
from shared.i18n import Language, format_date, format_minute, offset_in_words, render, title_of_position, translate
from shared.reports.congress import CongressOnRecord
from shared.reports.deadlines import DeadlineLine, Deadlines
from shared.reports.deadlines import Standing as DeadlineStanding
from shared.values.choice_words import FORMS, LANGUAGES
from shared.values.message import Message
from shared.values.units import title_of

STANDINGS = {
    DeadlineStanding.MOVES: Message("moves", "moves with the opening day"),
    DeadlineStanding.SETS: Message("sets", "is set"),
    DeadlineStanding.BY_HAND: Message("by_hand", "agreed otherwise: left alone, unless --all"),
    DeadlineStanding.OUT_OF_RANGE: Message("out_of_range", "lies outside the calendar"),
}
TITLE = Message("title", "Name of the congress")
CODES = {
    "form": FORMS,
    "language": LANGUAGES,
}
BY_HAND_PROPOSED = Message("by_hand_proposed", "agreed otherwise: moves all the same")


def congress_tables(congress: CongressOnRecord, lang: Language) -> Group:
    title = in_language(congress.title.vi, congress.title.en, lang)
    table = table_of(title, lang, "Particular", "On record")
    for name, value in congress.model_dump(mode="json", include=set(Particulars.model_fields)).items():
        table.add_row(_field(name, lang), _value(name, value, lang))
    parts = [table]
    if congress.amendments:
        parts.append(_amendments(congress, lang))
    if congress.confirmations:
        parts.append(_confirmations(congress, lang))
    return Group(*parts)


def _amendments(congress: CongressOnRecord, lang: Language) -> Table:
    table = table_of(translate("Amendments", lang), lang, "When", "Who", "What changed", "Why")
    for amendment in congress.amendments:
        changes = (
            f"{_field(name, lang)}: {_value(name, change.before, lang)} → {_value(name, change.after, lang)}"
            for name, change in amendment.changes.items()
        )
        who = title_of_position(amendment.by, lang)
        table.add_row(format_minute(amendment.at), who, "\n".join(changes), amendment.reason)
    return table


def _confirmations(congress: CongressOnRecord, lang: Language) -> Table:
    table = table_of(translate("Deadlines confirmed", lang), lang, "When", "Who", "Opening day")
    add_columns(table, lang, "Tasks", justify="right")
    for confirmed in congress.confirmations:
        who, opening_day = title_of_position(confirmed.by, lang), format_date(confirmed.opening_day)
        table.add_row(format_minute(confirmed.at), who, opening_day, str(confirmed.tasks))
    return table


def _field(name: str, lang: Language) -> str:
    return render(TITLE, lang) if name == "title" else field_in_words(name, lang)


def _value(name: str, value: Any, lang: Language) -> str:
    """A text in the reader's language."""
    if isinstance(value, dict):
        return in_language(value["vi"], value["en"], lang)
    if name in CODES and value in CODES[name]:
        return render(CODES[name][value], lang)
    return value_in_words(name, value, lang)


def deadlines_parts(deadlines: Deadlines, lang: Language) -> list[Table | str]:
    """The deadline of each task before and after; nothing is moved by looking."""
    if deadlines.opening_day is None:
        return [translate("The opening day is not decided, so no deadline follows from it.", lang)]
    title = translate("Deadlines, with the opening on {day}", lang, day=format_date(deadlines.opening_day))
    table = table_of(title, lang, "Task", "Unit", "Title", "Due", "Deadline today", "Deadline to come", "Note")
    for line in deadlines.lines:
        name = in_language(line.title_vi, line.title_en, lang)
        due, today = offset_in_words(line.due_offset_days, lang), _today(line, lang)
        note = _note(line, lang)
        table.add_row(line.id, title_of(line.unit, lang), name, due, today, format_date(line.follows), note)
    counts = translate(
        "{proposed} to be moved, {by_hand} agreed otherwise, {same} as they follow.",
        lang,
        proposed=deadlines.proposed,
        by_hand=deadlines.by_hand,
        same=deadlines.same,
    )
    counting = bool(deadlines.lines or deadlines.same or not deadlines.fixed)
    return [*([table] if deadlines.lines else ()), *([counts] if counting else ()), *_fixed(deadlines, lang)]


def _fixed(deadlines: Deadlines, lang: Language) -> Iterator[Table | str]:
    """What moves with no opening day, and which of it no longer fits its phase."""
    if deadlines.fixed:
        yield translate(
            "{count} tasks have a fixed date, which does not count from the opening day and stays.",
            lang,
            count=deadlines.fixed,
        )
    if deadlines.wrong_side:
        title = translate("On the wrong side of the opening for their phase", lang)
        table = table_of(title, lang, "Task", "Unit", "Title", "Phase", "Deadline today")
        for line in deadlines.wrong_side:
            name, phase = in_language(line.title_vi, line.title_en, lang), value_in_words("phase", line.phase, lang)
            table.add_row(line.id, title_of(line.unit, lang), name, phase, format_date(line.deadline))
        yield table
        yield translate(
            "To move one of them: `daihoi do request-extension` or `shorten-deadline`; `correct-task` where the day "
            "was wrong from the beginning.",
            lang,
        )


def _today(line: DeadlineLine, lang: Language) -> str:
    """The agreed deadline, with the one that the scenario in force demands where that is another."""
    agreed = format_date(line.deadline) if line.deadline else "–"
    if line.in_force is None or line.in_force == line.deadline:
        return agreed
    in_force = format_date(line.in_force)
    return translate("{agreed} (by the scenario: {in_force})", lang, agreed=agreed, in_force=in_force)


def _note(line: DeadlineLine, lang: Language) -> str:
    by_hand = line.standing is DeadlineStanding.BY_HAND
    return render(BY_HAND_PROPOSED if by_hand and line.proposed else STANDINGS[line.standing], lang)
