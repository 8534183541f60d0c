"""What the doctor has found, as a table."""

from rich.table import Table

from shared.i18n import Language, translate
from shared.unit.findings import Finding, Severity

MARKS = {Severity.OK: "✓", Severity.INFO: "·", Severity.WARNING: "!", Severity.ERROR: "✗"}


def findings_table(findings: list[Finding], lang: Language) -> Table:
    table = Table()
    for heading in ("", translate("What", lang), translate("How it is", lang), translate("What to do", lang)):
        table.add_column(heading, overflow="fold")
    for each in findings:
        table.add_row(MARKS[each.severity], each.about, each.detail_in(lang), each.advice_in(lang))
    return table
