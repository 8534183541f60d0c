"""Reports that were handed up, on a terminal: as a list, and what stands above one."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from daihoi.terminal.labels import table_of
from shared.i18n import Language, format_date, format_number, translate
from shared.reports.issued_reports import IssuedReport


def issued_table(reports: Sequence[IssuedReport], lang: Language) -> Table:
    title = f"{translate('Issued reports', lang)}: {format_number(len(reports), lang)}"
    table = table_of(title, lang, "Symbol", "Issued on", "Signed by", "Period", "Ledger event")
    for report in reports:
        day, period = format_date(report.issued_on), _period(report, lang)
        table.add_row(Text(report.symbol), day, Text(report.signature), period, format_number(report.sequence, lang))
    return table


def issued_line(report: IssuedReport, lang: Language) -> str:
    """Under which symbol it was handed up, when, by whom and for which period."""
    return translate(
        "Issued as {symbol} on {day}, signed by {signer}, for the period {period}",
        lang,
        symbol=report.symbol,
        day=format_date(report.issued_on),
        signer=report.signature,
        period=_period(report, lang),
    )


def _period(report: IssuedReport, lang: Language) -> str:
    first, last = format_date(report.period_from), format_date(report.period_to)
    return translate("{first} to {last}", lang, first=first, last=last)
