"""`daihoi doctor`: what is wrong, and what to do."""

import typer

from daihoi.cli.console import (
    FOUND_WRONG,
    Format,
    FormatOption,
    LangOption,
    language_of,
    read_settings,
    run,
    show,
)
from daihoi.ops.doctor import examine
from daihoi.terminal.findings import findings_table


def doctor(format: FormatOption = Format.TEXT, lang: LangOption = None) -> None:  # noqa: A002
    """Look at everything that has to work, and say what is wrong and what to do; exit 1 where somebody has to act."""
    settings = read_settings()
    language = language_of(lang)
    findings = run(examine(settings))
    healthy = all(finding.is_healthy for finding in findings)
    content = {"healthy": healthy, "findings": [finding.model_dump(mode="json") for finding in findings]}
    show(format, content, lambda: findings_table(findings, language))
    raise typer.Exit(0 if healthy else FOUND_WRONG)
