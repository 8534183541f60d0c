"""The documents on file beside each other: lineage both ways, doubts about symbols, and the next free number. Not
kept in the view: other documents and the tables of codes come later than the document they say something of.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from pydantic import BaseModel

from shared.domain.paper import KINDS, USED_TWICE, doubts, same, written
from shared.events.document import Urgency
from shared.i18n import LANGUAGES, render
from shared.reports.order import in_order_of_id
from shared.values.message import Message
from shared.values.symbol import Citation, DocumentSymbol, SymbolForm
from shared.views.view import Document

UNKNOWN_CODE = "…"


class Warning(BaseModel):  # noqa: A001
    """A doubt in both languages; it never stopped anything."""

    code: str
    vi: str
    en: str

    @classmethod
    def of(cls, message: Message) -> Self:
        return cls(code=message.code, **{lang: render(message, lang) for lang in LANGUAGES})


class Filed(BaseModel):
    """A document on file. `supersedes` and `basis_of` are what other documents on file say of it."""

    symbol: str
    kind: str
    title_vi: str
    title_en: str
    unit: str
    issuer: str
    term: str | None = None
    advised_by: str | None = None
    urgency: Urgency
    status: str
    basis: list[str] = []
    basis_of: list[str]
    supersedes: list[str]
    superseded_by: str | None
    warnings: list[Warning]


class NextNumber(BaseModel):
    """`party` and `state`: the number in either form. `counted`: how many documents on file it follows from."""

    issuer: str
    kind: str
    term: str | None
    number: int
    party: str
    state: str
    counted: int


def filed(documents: Iterable[Document]) -> list[Filed]:
    """Every document on file, in the order of their keys."""
    ordered = in_order_of_id(documents)
    by_file, numbered = defaultdict(list), defaultdict(list)
    for document in ordered:
        by_file[Citation(document["symbol"]).file].append(document)
        numbered[_place(document)].append(document["symbol"])
    basis_of, supersedes = defaultdict(list), defaultdict(list)
    for document in ordered:
        for cited in document.get("basis", ()):
            for basis in _meant(cited, document, by_file):
                basis_of[basis["_id"]].append(_named_for(basis, document))
        if document["superseded_by"]:
            for newer in _meant(document["superseded_by"], document, by_file):
                supersedes[newer["_id"]].append(_named_for(newer, document))
    return [
        Filed(
            **{name: document[name] for name in Filed.model_fields.keys() & document.keys()},
            title_vi=document["title"]["vi"],
            title_en=document["title"]["en"],
            basis_of=basis_of[document["_id"]],
            supersedes=supersedes[document["_id"]],
            warnings=[Warning.of(doubt) for doubt in _doubts(document, numbered[_place(document)])],
        )
        for document in ordered
    ]


def _meant(cited: str, by: Document, by_file: dict[str, list[Document]]) -> list[Document]:
    """The documents of the term that is cited, or else `by` has; where there are none, those without a term. Where no
    term is said at all, those of the only term there is."""
    citation = Citation.parse(cited)
    candidates = by_file[citation.file]
    term = citation.term or by.get("term")
    terms = {document.get("term") for document in candidates}
    if term is None and len(terms) == 1:
        return candidates
    wanted = term if term in terms else None
    return [document for document in candidates if document.get("term") == wanted]


def _named_for(reader: Document, document: Document) -> str:
    """The symbol of `document` as `reader` would write it: with its term where that is another one."""
    symbol, term = document["symbol"], document.get("term")
    return f"{symbol} ({term})" if term and term != reader.get("term") else str(symbol)


def _doubts(document: Document, same_number: Sequence[str]) -> Iterator[Message]:
    """`same_number` are the symbols of all that have its number, its own among them."""
    yield from doubts(document["symbol"], document["kind"])
    others = list(same_number)
    others.remove(document["symbol"])
    if document["number"] is not None and others:
        yield USED_TWICE.filled(number=document["number"], others=", ".join(others))


def next_number(documents: Sequence[Document], issuer: str, kind: str, term: str | None = None) -> NextNumber:
    """Numbers count from 01 for each issuer, kind and term; none is used again. `issuer` is the name or the code in
    symbols, `kind` a code or spelled out. Without `term`, documents that state none are counted."""
    by_issuer = [document for document in documents if _is_by(document, issuer)]
    counted = [
        document
        for document in by_issuer
        if document.get("term") == term and _is_a(document, kind) and _symbol(document).year is None
    ]
    number = 1 + max((document["number"] for document in counted), default=0)
    parts = number, _kind_code(kind), _issuer_code(issuer, counted or by_issuer)
    return NextNumber(
        issuer=issuer,
        kind=kind,
        term=term,
        number=number,
        party=written(SymbolForm.PARTY, *parts),
        state=written(SymbolForm.STATE, *parts),
        counted=len(counted),
    )


def _is_by(document: Document, issuer: str) -> bool:
    if document["number"] is None:
        return False
    return same(issuer) in (same(document["issuer"]), same(_symbol(document).issuer))


def _is_a(document: Document, kind: str) -> bool:
    return kind == document["kind_code"] or same(kind) == same(document["kind"])


def _kind_code(kind: str) -> str:
    return next((code for code, names in KINDS.items() if same(kind) in map(same, names)), kind)


def _issuer_code(issuer: str, documents: Sequence[Document]) -> str:
    """The issuer's code as the latest of `documents` has it; else what was asked for, if that can stand in a
    symbol."""
    if documents:
        return _symbol(max(documents, key=lambda document: document["number"])).issuer
    return UNKNOWN_CODE if " " in issuer.strip() else issuer


def _symbol(document: Document) -> DocumentSymbol:
    return DocumentSymbol.parse(document["symbol"])


def _place(document: Document) -> tuple[object, ...]:
    """What only one document should have: a number of an issuer, for a kind, in a term (or a year)."""
    year = _symbol(document).year
    return same(document["issuer"]), same(document["kind"]), document.get("term"), year, document["number"]
