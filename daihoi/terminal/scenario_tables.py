"""Scenarios for people, on a terminal: what is in force, and the two variants side by side."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from daihoi.terminal.labels import add_columns, in_language, offset_in_words, table_of
from services.tracker.reports import scenarios
from shared.events.duty import DUTY_GROUP
from shared.i18n import Language, format_date, format_number, title_of_position, translate
from shared.values.code_lists import NO_EPIDEMIC, OUTBREAK, CodeList, name_of
from shared.values.local_time import local_date
from shared.values.units import title_of

CASES = (NO_EPIDEMIC, OUTBREAK)
"""In the order of the columns."""


def scenario_line(scenario: scenarios.InForce, lang: Language) -> str:
    """Which scenario is in force since when and why, and which units have yet to follow."""
    line = translate(
        "Scenario in force: {scenario} (switch {number}, {day}): {reason}",
        lang,
        scenario=name_of(CodeList.CASES, scenario.scenario, lang),
        number=scenario.number,
        day=format_date(local_date(scenario.at)),
        reason=scenario.reason,
    )
    if scenario.behind:
        line += f"\n{translate('Not followed yet: {units}', lang, units=_named_units(scenario.behind, lang))}"
    if scenario.unprepared:
        line += f"\n{unprepared_line(scenario.unprepared, lang)}"
    return line


def unprepared_line(units: Iterable[str], lang: Language) -> str:
    return translate("Without a prepared variant for this scenario: {units}", lang, units=_named_units(units, lang))


def _named_units(units: Iterable[str], lang: Language) -> str:
    return ", ".join(title_of(unit, lang) for unit in units)


def standing_tables(report: scenarios.Standing, lang: Language) -> Iterable[Text | Table]:
    """What is in force, how far each unit has followed, and every switch."""
    nothing_yet = translate("No scenario is in force yet; every task is live.", lang)
    yield Text(scenario_line(report.in_force, lang) if report.in_force else nothing_yet)
    yield _units(report, lang)
    if report.switches:
        yield _switches(report, lang)


def _units(report: scenarios.Standing, lang: Language) -> Table:
    table = table_of(translate("Units and their variants", lang), lang, "Unit")
    add_columns(table, lang, "Recorded", "Followed", "Suspended", justify="right", overflow="fold")
    _add_cases(table, lang, overflow="fold")
    for unit in report.units:
        variants = [_prepared(variant, lang) for variant in report.variants if variant.unit == unit.unit]
        counts = (str(number) for number in (unit.recorded, unit.followed, unit.suspended))
        table.add_row(title_of(unit.unit, lang), *counts, *variants)
    return table


def _add_cases(table: Table, lang: Language, **options: Any) -> None:
    for case in CASES:
        table.add_column(name_of(CodeList.CASES, case, lang), **options)


def _prepared(variant: scenarios.VariantStanding, lang: Language) -> str:
    count = translate("{count} adjustments", lang, count=variant.adjustments)
    if variant.signed_by is None or variant.signed_at is None:
        return f"{count}\n{translate('not prepared', lang)}"
    day = format_date(local_date(variant.signed_at))
    signer = title_of_position(variant.signed_by, lang)
    return f"{count}\n{translate('signed by {who}, {day}', lang, who=signer, day=day)}"


def _switches(report: scenarios.Standing, lang: Language) -> Table:
    table = table_of(translate("Switches", lang), lang, "Switch", "Day", "Scenario", "By", "Reason")
    for switch in report.switches:
        name = name_of(CodeList.CASES, switch.scenario, lang)
        day = format_date(local_date(switch.at))
        table.add_row(str(switch.number), day, name, title_of_position(switch.by, lang), Text(switch.reason))
    return table


def comparison_tables(report: scenarios.Comparison, lang: Language) -> Iterable[Table]:
    """Tasks and money by unit and by group, then every task that differs."""
    units = [(title_of(name, lang), row) for name, row in report.by_unit.items()]
    groups = [(_group_name(number, row, lang), row) for number, row in report.by_group.items()]
    yield _amounts("Variants by unit: tasks that apply, and VND planned", units, report.total, lang)
    yield _amounts("Variants by task group: tasks that apply, and VND planned", groups, report.total, lang)
    yield _differing(report.differing, lang)
    yield _variants(report.variants, lang)


def _group_name(number: str, row: scenarios.GroupRow, lang: Language) -> str:
    name = in_language(row.name_vi, row.name_en, lang)
    return name if number == str(DUTY_GROUP.number) else f"{number}. {name}"


def _amounts(title: str, rows: Sequence[tuple[str, scenarios.Row]], total: scenarios.Row, lang: Language) -> Table:
    table = table_of(translate(title, lang), lang, "")
    _add_cases(table, lang, justify="right", no_wrap=True)
    add_columns(table, lang, "Difference", justify="right", no_wrap=True)
    for name, row in rows:
        table.add_row(name, *_row(row, lang))
    if len(rows) > 1:
        table.add_section()
        table.add_row(translate("Total", lang), *_row(total, lang))
    return table


def _row(row: scenarios.Row, lang: Language) -> list[str]:
    """Each cell: how many tasks, and beneath it the money."""

    def cell(amount: scenarios.Amount, sign: str = "") -> str:
        numbers = (amount.tasks, amount.planned_vnd)
        return "\n".join(f"{sign if number > 0 else ''}{format_number(number, lang)}" for number in numbers)

    return [cell(row.none), cell(row.outbreak), cell(row.difference, "+")]


def _differing(lines: Sequence[scenarios.Difference], lang: Language) -> Table:
    table = table_of(f"{translate('Tasks that differ', lang)}: {len(lines)}", lang, "Task", "Title")
    _add_cases(table, lang, justify="right", no_wrap=True)
    add_columns(table, lang, "Reason")
    for line in lines:
        title = in_language(line.title_vi, line.title_en, lang)
        sides = (_side(side, lang) for side in (line.none, line.outbreak))
        title = f"{title}\n({title_of(line.unit, lang)})"
        table.add_row(line.id, title, *sides, Text(_reasons(line, lang)))
    return table


def _side(side: scenarios.Side, lang: Language) -> str:
    if not side.applies:
        return translate("does not apply", lang)
    due = format_date(side.deadline) if side.deadline else translate("No deadline", lang)
    if side.due_offset_days is not None:
        due = offset_in_words(side.due_offset_days, lang)
    return f"{format_number(side.planned_vnd, lang)}\n{due}"


def _reasons(line: scenarios.Difference, lang: Language) -> str:
    sides = zip(CASES, (line.none, line.outbreak), strict=True)
    reasons = [f"{name_of(CodeList.CASES, case, lang)}: {side.reason}" for case, side in sides if side.reason]
    return "\n".join(reasons) or translate("planned for one scenario only", lang)


def _variants(variants: Sequence[scenarios.VariantStanding], lang: Language) -> Table:
    table = table_of(translate("Preparation of the variants", lang), lang, "Unit", "Scenario", "Prepared")
    for variant in variants:
        prepared = _prepared(variant, lang).replace("\n", ", ")
        unit = title_of(variant.unit, lang)
        table.add_row(unit, name_of(CodeList.CASES, variant.variant, lang), prepared)
    return table
