"""Scenarios for people, on a terminal: what is in force, and the variants of the cases side by side, or one beneath
the other where there are more than two."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from daihoi.terminal.labels import add_columns, in_language, table_of
from shared.events.duty import DUTY_GROUP
from shared.i18n import Language, format_date, format_number, offset_in_words, title_of_position, translate
from shared.reports import scenarios
from shared.values.code_lists import CodeList, name_of
from shared.values.local_time import local_date
from shared.values.units import title_of

SIDE_BY_SIDE = 2
"""So many cases have room beside each other on a terminal of 80 columns."""


def scenario_line(scenario: scenarios.InForce, lang: Language) -> str:
    """Which scenario is in force since when and why, and which units have yet to follow."""
    line = translate(
        "Scenario in force: {scenario} (switch {number}, {day}): {reason}",
        lang,
        scenario=_case(scenario.scenario, lang),
        number=scenario.number,
        day=format_date(local_date(scenario.at)),
        reason=scenario.reason,
    )
    if scenario.behind:
        line += f"\n{translate('Not followed yet: {units}', lang, units=_named_units(scenario.behind, lang))}"
    if scenario.unprepared:
        line += f"\n{unprepared_line(scenario.unprepared, lang)}"
    return line


def following_line(behind: Sequence[str], lang: Language) -> str:
    if not behind:
        return translate("Every unit has followed.", lang)
    return translate("Not followed yet: {units}", lang, units=_named_units(behind, lang))


def unprepared_line(units: Iterable[str], lang: Language) -> str:
    return translate("Without a prepared variant for this scenario: {units}", lang, units=_named_units(units, lang))


def _named_units(units: Iterable[str], lang: Language) -> str:
    return ", ".join(title_of(unit, lang) for unit in units)


# --- what is in force ---
def standing_tables(report: scenarios.Standing, lang: Language) -> Iterable[Text | Table]:
    """What is in force, how far each unit has followed, and every switch."""
    nothing_yet = translate("No scenario is in force yet; every task is live.", lang)
    yield Text(scenario_line(report.in_force, lang) if report.in_force else nothing_yet)
    yield _units(report, lang)
    if len(report.cases) > SIDE_BY_SIDE:
        yield _variants(report.variants, lang)
    if report.switches:
        yield _switches(report, lang)


def _units(report: scenarios.Standing, lang: Language) -> Table:
    beside = report.cases if len(report.cases) <= SIDE_BY_SIDE else []
    title = "Units and their variants" if beside else "Units"
    table = table_of(translate(title, lang), lang, "Unit")
    add_columns(table, lang, "Recorded", "Followed", "Suspended", justify="right", overflow="fold")
    _add_cases(table, beside, lang, overflow="fold")
    for unit in report.units:
        variants = [_prepared(variant, lang) for variant in report.variants if variant.unit == unit.unit]
        counts = (str(number) for number in (unit.recorded, unit.followed, unit.suspended))
        table.add_row(title_of(unit.unit, lang), *counts, *(variants if beside else ()))
    return table


def _case(case_id: str, lang: Language) -> str:
    return name_of(CodeList.CASES, case_id, lang)


def _add_cases(table: Table, cases: Iterable[str], lang: Language, **options: Any) -> None:
    for case in cases:
        table.add_column(Text(_case(case, lang)), **options)


def _prepared(variant: scenarios.VariantStanding, lang: Language) -> str:
    count = translate("{count} adjustments", lang, count=variant.adjustments)
    if variant.signed_by is None or variant.signed_at is None:
        return f"{count}\n{translate('not prepared', lang)}"
    day = format_date(local_date(variant.signed_at))
    signer = title_of_position(variant.signed_by, lang)
    return f"{count}\n{translate('signed by {who}, {day}', lang, who=signer, day=day)}"


def _variants(variants: Sequence[scenarios.VariantStanding], lang: Language) -> Table:
    table = table_of(translate("Preparation of the variants", lang), lang, "Unit", "Scenario", "Prepared")
    for variant in variants:
        prepared = _prepared(variant, lang).replace("\n", ", ")
        table.add_row(title_of(variant.unit, lang), Text(_case(variant.variant, lang)), prepared)
    return table


def _switches(report: scenarios.Standing, lang: Language) -> Table:
    table = table_of(translate("Switches", lang), lang, "Switch", "Day", "Scenario", "By", "Reason")
    for switch in report.switches:
        name = Text(_case(switch.scenario, lang))
        day = format_date(local_date(switch.at))
        table.add_row(str(switch.number), day, name, title_of_position(switch.by, lang), Text(switch.reason))
    return table


# --- the variants compared ---
def comparison_tables(report: scenarios.Comparison, lang: Language) -> Iterable[Table]:
    """Tasks and money by unit and by group, then every task that differs."""
    units = [(title_of(name, lang), row) for name, row in report.by_unit.items()]
    groups = [(_group_name(number, row, lang), row) for number, row in report.by_group.items()]
    amounts = _amounts if len(report.cases) <= SIDE_BY_SIDE else _amounts_by_case
    yield amounts("Variants by unit: tasks that apply, and VND planned", units, report, lang)
    yield amounts("Variants by task group: tasks that apply, and VND planned", groups, report, lang)
    yield _differing(report, lang) if len(report.cases) <= SIDE_BY_SIDE else _differing_by_case(report, lang)
    yield _variants(report.variants, lang)


def _group_name(number: str, row: scenarios.GroupRow, lang: Language) -> str:
    name = in_language(row.name_vi, row.name_en, lang)
    return name if number == str(DUTY_GROUP.number) else f"{number}. {name}"


type NamedRows = Sequence[tuple[str, scenarios.Row]]


def _amounts(title: str, rows: NamedRows, report: scenarios.Comparison, lang: Language) -> Table:
    """Each cell: how many tasks, and beneath it the money."""
    table = table_of(translate(title, lang), lang, "")
    _add_cases(table, report.cases, lang, justify="right", no_wrap=True)
    others = list(report.total.differences)
    add_columns(table, lang, *("Difference" for _ in others), justify="right", no_wrap=True)
    for name, row in (*rows, *_total(rows, report, lang)):
        amounts = (_amount(row.amounts[case], lang) for case in report.cases)
        table.add_row(name, *amounts, *(_difference(row.differences[case], lang) for case in others))
    return table


def _amounts_by_case(title: str, rows: NamedRows, report: scenarios.Comparison, lang: Language) -> Table:
    """One line a case; the differences from «none» beside the number of tasks and at the end."""
    table = table_of(translate(title, lang), lang, "", "Scenario")
    add_columns(table, lang, "Tasks", "Planned", "Difference", justify="right", no_wrap=True)
    for name, row in (*rows, *_total(rows, report, lang)):
        table.add_section()
        for position, case in enumerate(report.cases):
            amount, more = row.amounts[case], row.differences.get(case) or scenarios.Amount()
            tasks = format_number(amount.tasks, lang) + (f" ({_signed(more.tasks, lang)})" if more.tasks else "")
            money = (
                format_number(amount.planned_vnd, lang),
                _signed(more.planned_vnd, lang) if case in row.differences else "",
            )
            table.add_row("" if position else name, Text(_case(case, lang)), tasks, *money)
    return table


def _signed(number: int, lang: Language) -> str:
    return f"{'+' if number > 0 else ''}{format_number(number, lang)}"


def _total(rows: NamedRows, report: scenarios.Comparison, lang: Language) -> NamedRows:
    return [(translate("Total", lang), report.total)] if len(rows) > 1 else []


def _amount(amount: scenarios.Amount, lang: Language) -> str:
    return f"{format_number(amount.tasks, lang)}\n{format_number(amount.planned_vnd, lang)}"


def _difference(amount: scenarios.Amount, lang: Language) -> str:
    return f"{_signed(amount.tasks, lang)}\n{_signed(amount.planned_vnd, lang)}"


def _differing(report: scenarios.Comparison, lang: Language) -> Table:
    lines = report.differing
    table = table_of(f"{translate('Tasks that differ', lang)}: {len(lines)}", lang, "Task", "Title")
    _add_cases(table, report.cases, lang, justify="right", no_wrap=True)
    add_columns(table, lang, "Reason")
    for line in lines:
        sides = (_side(line.sides[case], lang) for case in report.cases)
        table.add_row(line.id, _title(line, lang), *sides, Text(_reasons(line, report.cases, lang)))
    return table


def _differing_by_case(report: scenarios.Comparison, lang: Language) -> Table:
    lines = report.differing
    table = table_of(f"{translate('Tasks that differ', lang)}: {len(lines)}", lang, "Task", "Title", "Scenario")
    add_columns(table, lang, "Planned", justify="right", no_wrap=True)
    add_columns(table, lang, "Reason")
    for line in lines:
        table.add_section()
        for position, case in enumerate(report.cases):
            side = line.sides[case]
            first = ("", "") if position else (line.id, _title(line, lang))
            table.add_row(*first, Text(_case(case, lang)), _side(side, lang), Text(side.reason))
    return table


def _title(line: scenarios.Difference, lang: Language) -> str:
    return f"{in_language(line.title_vi, line.title_en, lang)}\n({title_of(line.unit, lang)})"


def _side(side: scenarios.Side, lang: Language) -> str:
    if not side.applies:
        return translate("does not apply", lang)
    due = format_date(side.deadline) if side.deadline else translate("No deadline", lang)
    if side.due_offset_days is not None:
        due = offset_in_words(side.due_offset_days, lang)
    return f"{format_number(side.planned_vnd, lang)}\n{due}"


def _reasons(line: scenarios.Difference, cases: Sequence[str], lang: Language) -> str:
    sides = [(_case(case, lang), line.sides[case]) for case in cases]
    reasons = [f"{name}: {side.reason}" for name, side in sides if side.reason]
    return "\n".join(reasons) or translate("planned for one scenario only", lang)
