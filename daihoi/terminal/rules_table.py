"""What each unit's lead demands of its work, on a terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from daihoi.terminal.labels import table_of
from shared.history.sentences import evidence_in_words
from shared.i18n import Language, format_minute, render, title_of_position, translate
from shared.reports.unit_rules import RuleLine
from shared.values.units import title_of


def rules_table(lines: Sequence[RuleLine], lang: Language) -> Table:
    headings = ("Unit", "Evidence when work is handed in", "Set on", "Set by", "Reason")
    table = table_of(translate("Rules of the units", lang), lang, *headings)
    for line in lines:
        need = render(evidence_in_words(line.evidence_required), lang)
        when = format_minute(line.set_at) if line.set_at else translate("by default", lang)
        by = title_of_position(line.set_by, lang) if line.set_by else ""
        table.add_row(title_of(line.unit, lang), need, when, Text(by), Text(line.reason or ""))
    return table
