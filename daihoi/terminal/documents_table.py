"""The documents on file for people, on a terminal: what each is based on, what it replaces, and what looks odd."""

from collections.abc import Sequence

from rich.table import Table

from daihoi.terminal.labels import in_language, named, table_of
from shared.i18n import Language, render, translate
from shared.reports.document_register import Filed, NextNumber
from shared.values.units import title_of

URGENCY_NAMES = named(
    "urgent", "very_urgent", "express", normal="Ordinary", express_timed="Express, at a stated time"
)
STATUS_NAMES = named("in_force", "superseded", "withdrawn")


def documents_table(documents: Sequence[Filed], lang: Language) -> Table:
    headings = ("Symbol", "Kind", "Unit", "Subject", "Urgency", "Status", "To know")
    table = table_of(f"{translate('Documents on file', lang)}: {len(documents)}", lang, *headings)
    for document in documents:
        table.add_row(
            document.symbol,
            document.kind,
            title_of(document.unit, lang),
            in_language(document.title_vi, document.title_en, lang),
            render(URGENCY_NAMES[document.urgency], lang),
            render(STATUS_NAMES[document.status], lang),
            "\n".join(_to_know(document, lang)),
        )
    return table


def _to_know(document: Filed, lang: Language) -> list[str]:
    relations = {
        "Issuer": [document.issuer],
        "Advised by": [document.advised_by] if document.advised_by else [],
        "Term": [document.term] if document.term else [],
        "Based on": document.basis,
        "Basis of": document.basis_of,
        "Supersedes": document.supersedes,
        "Superseded by": [document.superseded_by] if document.superseded_by else [],
    }
    lines = [f"{translate(label, lang)}: {', '.join(names)}" for label, names in relations.items() if names]
    return [*lines, *(f"⚠ {in_language(warning.vi, warning.en, lang)}" for warning in document.warnings)]


def next_number_line(report: NextNumber, lang: Language) -> str:
    sentence = "The next number of {issuer} for {kind} is {number} ({counted} on file):"
    if report.term:
        sentence = "The next number of {issuer} for {kind} in the term {term} is {number} ({counted} on file):"
    return f"{translate(sentence, lang, **report.model_dump())} {report.party} · {report.state}"
