"""The four-point reviews in the consolidated report: how far each unit is, and which open tasks are under one."""

from rich.table import Table

from daihoi.terminal.labels import PHASE_NAMES, group_name, share_in_words
from services.tracker.reports.cells import Share
from services.tracker.reports.consolidated import Report
from services.tracker.reports.reviews import DUTIES
from shared.i18n import Language, format_number, title_of_position, translate
from shared.values.units import title_of


def reviews_table(report: Report, lang: Language, *, is_wide: bool) -> Table:
    table = Table(title=translate("Four-point reviews", lang), title_justify="left")
    table.add_column(translate("Unit", lang), overflow="fold")
    for heading in ("Reviewed", "Gaps at opening", "Fixed", "Appeared", "Explained", "Left"):
        table.add_column(translate(heading, lang), justify="right", overflow="fold")
    table.add_column(translate("Signed by", lang), overflow="fold")
    for line in report.reviews.latest:
        share = Share.of(line.confirmed, line.tasks)
        reviewed = share_in_words(share, lang) if is_wide else f"{share.part}/{share.whole}"
        counts = (line.gaps_at_opening, line.fixed, line.appeared, line.explained, line.left)
        signed = title_of_position(line.signed_by, lang) if line.signed_by else translate("still open", lang)
        table.add_row(
            title_of(line.unit, lang),
            reviewed,
            *(format_number(count, lang) for count in counts),
            signed,
        )
    return table


def review_coverage_table(report: Report, lang: Language) -> Table:
    reviews = report.reviews
    table = Table(title=translate("Open tasks under review", lang), title_justify="left")
    table.add_column("")
    table.add_column(translate("Under review", lang), justify="right", no_wrap=True)
    for heading in ("Gaps now", "Explained", "Left"):
        table.add_column(translate(heading, lang), justify="right")
    groups = {
        group_name(number, report.by_group[number], lang): coverage
        for number, coverage in reviews.by_group.items()
        if number in report.by_group
    }
    if duties := reviews.by_group.get(DUTIES):
        groups[translate("Continuing duties of the localities", lang)] = duties
    phases = {translate(PHASE_NAMES[phase], lang): coverage for phase, coverage in reviews.by_phase.items()}
    for rows in (groups, phases):
        table.add_section()
        for name, coverage in rows.items():
            share = share_in_words(Share.of(coverage.reviewed, coverage.tasks), lang)
            counts = (coverage.gaps, coverage.explained, coverage.left)
            table.add_row(name, share, *(format_number(count, lang) for count in counts))
    return table
