"""The four-point reviews in the consolidated report: how far each unit is, and which open tasks are under one."""

from rich.table import Table

from daihoi.terminal.labels import PHASE_NAMES, add_columns, group_name, share_in_words, table_of
from shared.i18n import Language, format_number, render, title_of_position, translate
from shared.reports.cells import Share
from shared.reports.consolidated import Report
from shared.reports.reviews import DUTIES
from shared.values.units import title_of


def reviews_table(report: Report, lang: Language, *, is_wide: bool) -> Table:
    table = table_of(translate("Four-point reviews", lang), lang, "Unit")
    headings = ("Reviewed", "Gaps at opening", "Fixed", "Appeared", "Explained", "Left")
    add_columns(table, lang, *headings, justify="right", overflow="fold")
    add_columns(table, lang, "Signed by", overflow="fold")
    for line in report.reviews.latest:
        share = Share.of(line.confirmed, line.tasks)
        reviewed = share_in_words(share, lang) if is_wide else f"{share.part}/{share.whole}"
        counts = (line.gaps_at_opening, line.fixed, line.appeared, line.explained, line.left)
        numbers = (format_number(count, lang) for count in counts)
        signer = title_of_position(line.signed_by, lang) if line.signed_by else translate("still open", lang)
        table.add_row(title_of(line.unit, lang), reviewed, *numbers, signer)
    return table


def review_coverage_table(report: Report, lang: Language) -> Table:
    reviews = report.reviews
    table = table_of(translate("Open tasks under review", lang), lang, "")
    add_columns(table, lang, "Under review", justify="right", no_wrap=True)
    add_columns(table, lang, "Gaps now", "Explained", "Left", justify="right")
    groups = {
        group_name(number, report.by_group[number], lang): coverage
        for number, coverage in reviews.by_group.items()
        if number in report.by_group
    }
    if duties := reviews.by_group.get(DUTIES):
        groups[translate("Continuing duties of the localities", lang)] = duties
    phases = {render(PHASE_NAMES[phase], lang): coverage for phase, coverage in reviews.by_phase.items()}
    for rows in (groups, phases):
        table.add_section()
        for name, coverage in rows.items():
            share = share_in_words(Share.of(coverage.reviewed, coverage.tasks), lang)
            counts = (coverage.gaps, coverage.explained, coverage.left)
            table.add_row(name, share, *(format_number(count, lang) for count in counts))
    return table
