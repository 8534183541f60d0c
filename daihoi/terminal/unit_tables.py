"""Tables of what only one unit has: publications, accounts, clearances, incidents."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group
from rich.table import Table
from rich.text import Text

from daihoi.terminal.fields import masked_in_words
from daihoi.terminal.labels import CLEARANCE_STATUSES, add_columns, counted, in_language, named, table_of
from shared.i18n import Language, format_date, format_number, render, translate
from shared.reports.clearances import ClearanceLine
from shared.reports.coverage import Coverage
from shared.reports.expenses import FLAG_NAMES, Account, NotEstimated
from shared.values.code_lists import CodeList, name_of, units_to_choose
from shared.values.local_time import LOCAL_TIME
from shared.values.message import Message
from shared.values.units import title_of
from shared.views.view import Document

CLEARANCE_KINDS = named("place", "person", "vehicle")
SEVERITIES = named("low", "medium", "high", "critical")
INCIDENT_STATUSES = named("reported", "assessed", "resolved", "reopened")


def coverage_table(coverage: Coverage, lang: Language) -> Table:
    """A row a day, a column a channel: how many were released, and in brackets how many are planned."""
    table = table_of(translate("Publications released (planned)", lang), lang, "Day")
    channels = coverage.channels.values()
    for name in coverage.channels:
        table.add_column(name_of(CodeList.CHANNELS, name, lang), justify="right")
    for day in coverage.days:
        cells = [(channel.by_day.get(day, 0), channel.planned.get(day, 0)) for channel in channels]
        counts = (f"{released or ''}{f' ({planned})' if planned else ''}".strip() for released, planned in cells)
        table.add_row(format_date(day), *counts)
    table.add_section()
    table.add_row(translate("Total", lang), *(str(channel.released) for channel in channels))
    table.add_row(translate("Not released yet", lang), *(str(channel.pending) for channel in channels))
    return table


FUNDING = {
    "Estimated": "estimated_vnd",
    "Guaranteed": "guaranteed_vnd",
    "Still to be secured": "unsecured_vnd",
    "Left over": "surplus_vnd",
}
SPENDING = {"Advanced": "advanced_vnd", "Spent": "spent_vnd", "Left": "left_vnd", "Overspent": "overspent_vnd"}


def expenses_tables(accounts: list[Account], lang: Language, not_estimated: Sequence[NotEstimated] = ()) -> Group:
    """What is guaranteed of the estimates, and what was spent of that; beneath it what somebody has to look at, and
    the tasks that nobody has estimated."""
    tables = _estimated_tables(accounts, lang) if accounts or not not_estimated else ()
    return Group(*tables, *([_not_estimated_table(not_estimated, lang)] if not_estimated else []))


def _not_estimated_table(lines: Sequence[NotEstimated], lang: Language) -> Table:
    title = counted(translate("With money, and no estimate on record yet, VND", lang), lines, lang)
    table = table_of(title, lang, "Task", "Unit", "Title")
    add_columns(table, lang, "Planned", "Guaranteed", justify="right", overflow="fold")
    for line in lines:
        sums = (format_number(line.planned_vnd, lang), format_number(line.secured_vnd, lang))
        table.add_row(
            line.id, title_of(line.unit, lang), Text(in_language(line.title_vi, line.title_en, lang)), *sums
        )
    table.add_section()
    planned, secured = sum(line.planned_vnd for line in lines), sum(line.secured_vnd for line in lines)
    table.add_row(translate("Total", lang), "", "", format_number(planned, lang), format_number(secured, lang))
    return table


def _estimated_tables(accounts: list[Account], lang: Language) -> Sequence[Table]:
    funding = _sums("Guaranteed funding by task, VND", FUNDING, accounts, lang)
    spending = _sums("Expenses by task, VND", SPENDING, accounts, lang)
    notes = [f"{account.task_id}: {note}" for account in accounts for note in _notes(account, lang)]
    if notes:
        spending.caption = Text("\n".join((f"{translate('To look at', lang)}:", *notes)))
    return funding, spending


def _sums(title: str, columns: dict[str, str], accounts: list[Account], lang: Language) -> Table:
    table = table_of(translate(title, lang), lang, "Task")
    table.caption_justify = "left"
    add_columns(table, lang, *columns, justify="right", overflow="fold")
    rows = [(account.task_id, [getattr(account, field) for field in columns.values()]) for account in accounts]
    total = [sum(amounts) for amounts in zip(*(amounts for _, amounts in rows), strict=True)]
    for name, amounts in [*rows, (translate("Total", lang), total)] if rows else []:
        if amounts is total:
            table.add_section()
        table.add_row(name, *(format_number(amount, lang) for amount in amounts))
    return table


def _notes(account: Account, lang: Language) -> list[str]:
    warnings = (f"⚠ {in_language(warning.vi, warning.en, lang)}" for warning in account.warnings)
    return [*(_flag(name, account, lang) for name in account.flags), *account.reasons, *warnings]


def _flag(name: str, account: Account, lang: Language) -> str:
    amount = {"to_return": account.to_return_vnd, "still_due": account.still_due_vnd}.get(name)
    label = _named(FLAG_NAMES, name, lang)
    return f"{label}: {format_number(amount, lang)}" if amount else label


def clearances_table(clearances: list[ClearanceLine], lang: Language) -> Table:
    headings = ("Clearance", "Kind", "Holder", "Status", "Needed by", "Units informed", "Conditions or reason")
    table = table_of(translate("Clearances", lang), lang, *headings)
    taking_part = [entry.id for entry in units_to_choose()]
    for line in clearances:
        table.add_row(
            line.id,
            _named(CLEARANCE_KINDS, line.kind or "", lang),
            line.holder or "",
            _named(CLEARANCE_STATUSES, line.status, lang),
            "\n".join(line.needed_by),
            f"{len(line.informed)}/{len({*taking_part, *line.known_to})}" if line.known_to else "",
            line.reason or "\n".join(line.conditions),
        )
    return table


def incidents_table(incidents: list[Document], lang: Language) -> Table:
    """`incidents` as the reader may see them: what is masked is printed masked."""
    headings = ("Incident", "Reported on", "Kind", "Severity", "Status", "Place", "Details, outcome, lessons")
    table = table_of(translate("Incidents", lang), lang, *headings)
    table.columns[1].no_wrap = True
    for incident in incidents:
        reported = datetime.fromisoformat(incident["reported_at"]).astimezone(LOCAL_TIME)
        texts = filter(None, map(incident["restricted"].get, ("details", "outcome", "lessons")))
        table.add_row(
            incident["_id"],
            format_date(reported.date()),
            name_of(CodeList.INCIDENT_KINDS, incident["kind"], lang),
            _named(SEVERITIES, incident["severity"] or "", lang),
            _named(INCIDENT_STATUSES, incident["status"], lang),
            incident["place"],
            "\n".join(masked_in_words(text, lang) for text in texts),
        )
    return table


def _named(names: dict[str, Message], code: str, lang: Language) -> str:
    return render(names[code], lang) if code in names else code
