"""`daihoi doctor`: what is wrong, and what to do."""

import typer

from daihoi.cli import console
from daihoi.cli.console import Format, FormatOption, LangOption
from daihoi.ops.doctor import examine
from daihoi.terminal.operation import findings_table


def doctor(format: FormatOption = Format.TEXT, lang: LangOption = None) -> None:  # noqa: A002
    """Look at everything that has to work, and say what is wrong and what to do; exit 1 where somebody has to act."""
    settings, language = console.begin(lang)
    findings = console.run(examine(settings))
    healthy = all(finding.is_healthy for finding in findings)
    content = {"healthy": healthy, "findings": [finding.model_dump(mode="json") for finding in findings]}
    console.show(format, content, lambda: findings_table(findings, language))
    raise typer.Exit(0 if healthy else console.FOUND_WRONG)
