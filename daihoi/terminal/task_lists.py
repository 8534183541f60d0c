"""The lists beneath the numbers of the consolidated report: tasks that somebody has to see to, extensions, papers."""

from collections import Counter
from collections.abc import Callable

from rich.table import Table
from rich.text import Text

from daihoi.terminal import labels
from shared.events.review import Essential
from shared.i18n import Language, format_date, offset_in_words, render, title_of_position, translate
from shared.reports.cells import Share
from shared.reports.clearances import WaitingLine
from shared.reports.consolidated import Extensions, Report
from shared.reports.lines import ESSENTIALS, NamedTask, TaskLine
from shared.values.units import title_of

EXTENSION_OUTCOMES = {"granted": "Granted", "refused": "Refused", "lapsed": "Lapsed", "pending": "Pending"}


def missing_table(report: Report, lang: Language) -> Table:
    table = labels.table_of(translate("Tasks that lack an essential", lang), lang, "Essential")
    labels.add_columns(table, lang, "Missing", justify="right")
    labels.add_columns(table, lang, "Tasks", overflow="fold")
    number = number_of(report)
    for name in ESSENTIALS:
        ids = [number(line) for line in report.lacking if name in line.missing]
        share = labels.share_in_words(Share.of(len(ids), report.totals.tasks), lang)
        tasks = _undated(report, lang) if name == Essential.DEADLINE else ", ".join(ids)
        table.add_row(translate(labels.ESSENTIAL_NAMES[name], lang), share, tasks)
    return table


def number_of(report: Report) -> Callable[[NamedTask], str]:
    """A task by its number, with its unit where several units have one of that number."""
    counted = Counter(row.id for section in report.annex.sections for row in section.rows)
    return lambda line: f"{line.unit}/{line.id}" if counted[line.id] > 1 else line.id


def _undated(report: Report, lang: Language) -> str:
    """The tasks without a deadline; those that are due from the opening day, which is not set yet, day by day."""
    undated = [line for line in report.lacking if Essential.DEADLINE in line.missing]
    number = number_of(report)
    by_offset: dict[int | None, list[str]] = {}
    for line in undated:
        by_offset.setdefault(line.due_offset_days, []).append(number(line))
    never = [", ".join(by_offset.pop(None))] if None in by_offset else []
    counted = sorted((days, ids) for days, ids in by_offset.items() if days is not None)
    return "\n".join([*never, *(f"{offset_in_words(days, lang)}: {', '.join(ids)}" for days, ids in counted)])


def tasks_table(title: str, lines: list[TaskLine], lang: Language) -> Table:
    table = labels.table_of(labels.counted(title, lines, lang), lang, "Task", "Unit", "Title", "Deadline")
    for line in lines:
        title = labels.in_language(line.title_vi, line.title_en, lang)
        table.add_row(line.id, title_of(line.unit, lang), title, _deadline(line, lang))
    return table


def _deadline(line: TaskLine, lang: Language) -> str:
    """The deadline, with the original one where it was extended."""
    if line.due_offset_days is not None:
        return offset_in_words(line.due_offset_days, lang)
    return labels.moved_deadline(line.deadline, line.original_deadline, line.past_because, lang)


def waiting_table(lines: list[WaitingLine], lang: Language) -> Table:
    title = labels.counted(translate("Waiting for a clearance", lang), lines, lang)
    table = labels.table_of(title, lang, "Task", "Unit", "Title", "Clearance", "Status")
    for line in lines:
        name = labels.in_language(line.title_vi, line.title_en, lang)
        clearance = f"{line.clearance_id} ({line.holder})" if line.holder else line.clearance_id
        status = render(labels.CLEARANCE_STATUSES[line.status], lang) + (f": {line.reason}" if line.reason else "")
        table.add_row(line.id, title_of(line.unit, lang), name, Text(clearance), Text(status))
    return table


def extensions_table(extensions: Extensions, lang: Language) -> Table:
    title = translate(
        "Extensions of deadlines: {asked} asked for, {granted} granted, {refused} refused, {lapsed} lapsed, "
        "{pending} pending",
        lang,
        **extensions.model_dump(exclude={"lines"}),
    )
    table = labels.table_of(title, lang, "Task", "Unit", "Deadline", "Reason", "Outcome")
    for line in extensions.lines:
        moved = f"{format_date(line.replaces)} → {format_date(line.deadline)}"
        outcome = translate(EXTENSION_OUTCOMES[line.outcome], lang)
        outcome += f" ({title_of_position(line.decided_by, lang)})" if line.decided_by else ""
        outcome += f": {line.refused_because}" if line.refused_because else ""
        reason = line.reason
        if line.past_because:
            reason += f"\n{translate('asked for when it was over: {reason}', lang, reason=line.past_because)}"
        table.add_row(line.id, title_of(line.unit, lang), moved, Text(reason), Text(outcome))
    return table


def filed_table(report: Report, lang: Language) -> Table:
    title = labels.counted(translate("Documents on file", lang), report.documents, lang)
    table = labels.table_of(title, lang, "Symbol", "Unit", "Subject")
    for document in report.documents:
        title = labels.in_language(document.title_vi, document.title_en, lang)
        table.add_row(document.symbol, title_of(document.unit, lang), title)
    return table
