"""Which of the documents on file are looked for: by unit, kind, issuer, term, whether in force, and by words."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from shared.domain.paper import KINDS, same
from shared.reports.document_register import Filed
from shared.reports.searching import has_words, words_of
from shared.values.symbol import Citation, DocumentSymbol
from shared.views.view import Document


class DocumentStatus(StrEnum):
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class DocumentFilter(NamedTuple):
    """What is empty lets every document through. `kind` is a code or spelled out, `issuer` a name or the code in
    symbols."""

    unit: str = ""
    kind: str = ""
    issuer: str = ""
    term: str = ""
    status: DocumentStatus | None = None
    text: str = ""

    def lets_through(self, document: Filed) -> bool:
        symbol = DocumentSymbol.parse(document.symbol)
        return (
            self.unit in ("", document.unit)
            and self.term in ("", document.term)
            and self.status in (None, document.status)
            and (not self.kind or same(document.kind) in _kinds(self.kind))
            and (not self.issuer or same(self.issuer) in (same(document.issuer), same(symbol.issuer or "")))
            and has_words(words_of(self.text), "", (document.symbol, document.title_vi, document.title_en))
        )


def _kinds(kind: str) -> set[str]:
    """What a code stands for; a kind that is spelled out stands for itself."""
    return {same(name) for name in (kind, *KINDS.get(kind, ()))}


def document_list(documents: Iterable[Filed], criteria: DocumentFilter) -> list[Filed]:
    return [document for document in documents if criteria.lets_through(document)]


def documents_called(documents: Iterable[Document], what: str, unit: str = "") -> list[Document]:
    """The documents that a symbol names, with its term or without, or that have this id; marks and capitals may be
    left out."""
    citation = Citation.parse(what.upper())
    return [
        document
        for document in documents
        if unit in ("", document["unit"])
        and (
            same(what) in (same(document["document_id"]), same(document["_id"]))
            or (
                same(Citation(document["symbol"]).file) == same(citation.file)
                and citation.term in (None, document.get("term"))
            )
        )
    ]
