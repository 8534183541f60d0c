"""The sections of the report that stand beside its numbers: conditions, obstacles, and what is late, stopped or
coming."""

from rich.table import Table
from rich.text import Text

from daihoi.terminal import labels
from daihoi.terminal.task_lists import number_of
from shared.i18n import Language, format_date, format_number, title_of_position, translate
from shared.reports.conditions import Conditions
from shared.reports.consolidated import Report
from shared.reports.lines import NamedTask
from shared.reports.obstacles import ObstacleLine
from shared.reports.schedule import InCharge, LateLine
from shared.reports.stopped import StoppedLine
from shared.values.units import title_of

STATE_NAMES = {
    "not_begun": "Not begun",
    "under_way": "Under way",
    "obstructed": "Obstructed",
    "submitted": "Submitted",
    "completed": "Completed",
    "cancelled": "Cancelled",
    "suspended": "Suspended",
}


def conditions_table(report: Report, lang: Language) -> Table:
    """The open tasks of each unit by what people have made of them."""
    table = labels.table_of(translate("Tasks still to be done", lang), lang, "")
    headings = [STATE_NAMES[name] for name in Conditions.model_fields]
    labels.add_columns(table, lang, "Tasks", *headings, justify="right", overflow="fold")
    conditions = report.conditions
    for unit, counted in conditions.by_unit.items():
        table.add_row(title_of(unit, lang), *_counts(counted, lang))
    table.add_section()
    table.add_row(translate("Total", lang), *_counts(conditions.totals, lang))
    return table


def _counts(counted: Conditions, lang: Language) -> list[str]:
    numbers = (counted.total, *(getattr(counted, name) for name in Conditions.model_fields))
    return [format_number(number, lang) for number in numbers]


def obstacles_table(report: Report, lang: Language) -> Table:
    obstacles = report.obstacles
    title = translate(
        "Obstacles: {unresolved} open, {resolved} resolved",
        lang,
        unresolved=format_number(obstacles.unresolved, lang),
        resolved=format_number(obstacles.resolved, lang),
    )
    table = labels.table_of(title, lang, "Task", "Unit", "Obstacle or why it is blocked", "Cause", "Proposal")
    for line in obstacles.lines:
        what = Text(line.what)
        if line.resolved_on:
            resolved = translate("resolved on {day}", lang, day=format_date(line.resolved_on))
            what.append(f"\n✓ {resolved}: {line.resolution}")
        table.add_row(line.id, title_of(line.unit, lang), what, Text(line.cause or ""), Text(_proposal(line)))
    return table


def _proposal(line: ObstacleLine) -> str:
    return f"→ {line.proposed_to}: {line.proposal}" if line.proposed_to else line.proposal or ""


def late_table(report: Report, lang: Language) -> Table:
    """What is overdue, and what was completed late."""
    title = labels.counted(translate("Late", lang), report.late, lang)
    table = labels.table_of(title, lang, "Task", "Title", "In charge", "Deadline", "Status")
    labels.add_columns(table, lang, "Days late", justify="right")
    number = number_of(report)
    for line in report.late:
        status = translate(labels.CELLS[line.cell][0], lang)
        if line.completed_on:
            status += f" ({format_date(line.completed_on)})"
        days = format_number(line.days_late, lang)
        table.add_row(number(line), _title(line, lang), in_charge(line, lang), _deadline(line, lang), status, days)
    return table


def _deadline(line: LateLine, lang: Language) -> Text:
    """The deadline, with the original one where it was moved, and why it was over when it was set."""
    return Text(labels.moved_deadline(line.deadline, line.original_deadline, line.past_because, lang))


def stopped_table(report: Report, lang: Language) -> Table:
    title = labels.counted(translate("Cancelled and suspended", lang), report.stopped, lang)
    table = labels.table_of(title, lang, "Task", "Unit", "Title", "Status", "Reason")
    for line in report.stopped:
        status = translate(STATE_NAMES[line.state], lang)
        since, reason = _since(line, status, lang), Text(line.reason or "")
        table.add_row(line.id, title_of(line.unit, lang), _title(line, lang), since, reason)
    return table


def _since(line: StoppedLine, status: str, lang: Language) -> str:
    if not line.on:
        return status
    by = f", {title_of_position(line.by, lang)}" if line.by else ""
    return f"{status} ({format_date(line.on)}{by})"


def coming_table(report: Report, lang: Language) -> Table:
    coming = report.coming
    title = translate(
        "Coming period, {days} days until {until}", lang, days=coming.days, until=format_date(coming.until)
    )
    headings = ("Task", "Title", "In charge", "Deadline", "Status", "Product")
    table = labels.table_of(labels.counted(title, coming.lines, lang), lang, *headings)
    number = number_of(report)
    for line in coming.lines:
        status = translate(STATE_NAMES[line.state], lang)
        deadline, product = format_date(line.deadline), Text(line.product or "")
        table.add_row(number(line), _title(line, lang), in_charge(line, lang), deadline, status, product)
    return table


def _title(line: NamedTask, lang: Language) -> Text:
    return Text(labels.in_language(line.title_vi, line.title_en, lang))


def in_charge(line: InCharge, lang: Language) -> Text:
    """The collective, the individual and who directs, a line each."""
    named = [name for name in (line.collective, line.individual) if name]
    if line.directing_leader:
        named.append(translate("directed by {leader}", lang, leader=line.directing_leader))
    return Text("\n".join(named) or translate("Nobody yet", lang))
