"""The reports that were handed up, as a list and each by its symbol."""

from collections.abc import Iterable
from datetime import date, datetime
from operator import itemgetter

from pydantic import BaseModel

from shared.domain.paper import same
from shared.events.issued_report import Capacity
from shared.reports.listing import Column, Listing
from shared.values.ordering import natural
from shared.values.symbol import DocumentSymbol, SymbolForm
from shared.values.types import Text
from shared.views.view import Document


class IssuedReport(BaseModel):
    """What is on record of a report that was issued; the event says what each field is."""

    symbol: str
    issued_on: date
    signer: str
    signing: Capacity | None
    period_from: date
    period_to: date
    today: date
    coming_days: int
    sequence: int
    digest: str
    content_digest: str
    content_form: int
    issued_by: str
    issued_at: datetime

    @property
    def signature(self) -> str:
        """The position, with its capacity as the symbol's form has it: `T/M` of the Party, `TM.` of the State."""
        if self.signing is None:
            return self.signer
        is_state = DocumentSymbol.parse(self.symbol).form is SymbolForm.STATE
        signing = f"{self.signing.replace('/', '')}." if is_state else self.signing
        return f"{signing} {self.signer}"


def issued_reports(documents: Iterable[Document]) -> list[IssuedReport]:
    """In the order of what they show, then as they were issued."""
    reports = [IssuedReport.model_validate(document) for document in documents]
    return sorted(reports, key=lambda report: (report.sequence, report.issued_at, natural(report.symbol)))


def last_issued(documents: Iterable[Document], upto: int) -> IssuedReport | None:
    """The last one that shows nothing later than ledger event `upto`."""
    return next((report for report in reversed(issued_reports(documents)) if report.sequence <= upto), None)


def issued_as(documents: Iterable[Document], symbol: str) -> IssuedReport | None:
    """The one of this symbol, or filed under this id; marks and capitals may be left out."""
    names = {same(symbol), *(same(DocumentSymbol.parse(text).entity_id) for text in (symbol, symbol.upper()))}
    called = (document for document in documents if same(document["_id"]) in names)
    return next(map(IssuedReport.model_validate, called), None)


def _in_order(documents: Iterable[Document]) -> list[Document]:
    return sorted(documents, key=lambda document: (document["sequence"], document["issued_at"]))


LISTING = Listing(
    title=Text(vi="Báo cáo đã phát hành", en="Issued reports"),
    columns=(
        Column(Text(vi="Số, ký hiệu", en="Symbol"), itemgetter("symbol")),
        Column(Text(vi="Ngày phát hành", en="Issued on"), itemgetter("issued_on")),
        Column(Text(vi="Người ký", en="Signed by"), itemgetter("signer")),
        Column(Text(vi="Từ ngày", en="From"), itemgetter("period_from")),
        Column(Text(vi="Đến ngày", en="To"), itemgetter("period_to")),
        Column(Text(vi="Mốc dữ liệu", en="Ledger event"), itemgetter("sequence")),
    ),
    rows=_in_order,
)
