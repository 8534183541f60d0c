"""`daihoi doctor`: what is wrong, and what to do."""

import typer
from rich.table import Table

from daihoi.cli.console import (
    FOUND_WRONG,
    Format,
    FormatOption,
    LangOption,
    as_json,
    language_of,
    out,
    read_settings,
    run,
    write,
)
from daihoi.ops.doctor import examine
from shared.i18n import Language, translate
from shared.unit.findings import Finding, Severity

MARKS = {Severity.OK: "✓", Severity.INFO: "·", Severity.WARNING: "!", Severity.ERROR: "✗"}


def doctor(format: FormatOption = Format.TEXT, lang: LangOption = None) -> None:  # noqa: A002
    """Look at everything that has to work, and say what is wrong and what to do; exit 1 where somebody has to act."""
    settings = read_settings()
    findings = run(examine(settings))
    healthy = all(each.is_healthy for each in findings)
    if format is Format.JSON:
        write(as_json({"healthy": healthy, "findings": [each.model_dump(mode="json") for each in findings]}))
    else:
        out.print(table_of(findings, language_of(settings, lang)))
    raise typer.Exit(0 if healthy else FOUND_WRONG)


def table_of(findings: list[Finding], lang: Language) -> Table:
    table = Table()
    for heading in ("", translate("What", lang), translate("How it is", lang), translate("What to do", lang)):
        table.add_column(heading, overflow="fold")
    for each in findings:
        table.add_row(MARKS[each.severity], each.about, each.told(lang), each.advised(lang))
    return table
