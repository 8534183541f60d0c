"""Reports that are handed up: what an issue puts on record of one, the same report again, and what moved since.

Whoever calls says how the views of an instant are had: it may take a while, and a person wants to see how far it is.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from pydantic import BaseModel

from services.tracker.history.as_of import BEYOND_THE_END, ChosenInstant, PastViews, Views
from services.tracker.projection.digest import view_digest
from services.tracker.projection.errors import as_written
from services.tracker.queries import consolidated_report, views_at_once
from shared.domain.decider import Refusal
from shared.eventstore.ledger import Ledger
from shared.reports.consolidated import Report, movements
from shared.reports.content import FORM, content_of
from shared.reports.issued_reports import IssuedReport, issued_as, issued_reports, last_issued
from shared.reports.sections import AS_USUAL, Wanted
from shared.values.message import Message
from shared.views.view import Document

NO_SUCH_REPORT = Refusal(
    "no_such_report", "No report {symbol} was issued. `daihoi reports list` has those that were."
)
DIFFERS = Message(
    "issued_report_differs",
    "Report {symbol} does not say what was handed up: its digest is {now}, and {issued} was issued. Either this "
    "version counts otherwise, or events that were parked then are taken in by now, or this is another history.",
)
OF_A_LATER_VERSION = Message(
    "issued_report_form_unknown",
    "Report {symbol} was issued by a later version; this one can't tell whether it says what was handed up.",
)
OTHER_SHAPE = Message(
    "issued_report_other_shape",
    "Report {symbol} says what was handed up. The digest of the views differs, for another version made them.",
)

type Past = Callable[[ChosenInstant], Awaitable[PastViews]]


class HandedUp(BaseModel):
    """A report that was issued, made again. `says_the_same` is unknown for one that a later version issued."""

    issued: IssuedReport
    report: Report
    content_digest: str | None

    @property
    def says_the_same(self) -> bool | None:
        return None if self.content_digest is None else self.content_digest == self.issued.content_digest

    @property
    def remark(self) -> Message | None:
        """What a reader has to know of it; nothing where everything is as it was."""
        symbol = self.issued.symbol
        if self.content_digest is None:
            return OF_A_LATER_VERSION.filled(symbol=symbol)
        if not self.says_the_same:
            return DIFFERS.filled(symbol=symbol, now=self.content_digest, issued=self.issued.content_digest)
        return None if self.report.digest == self.issued.digest else OTHER_SHAPE.filled(symbol=symbol)


def content_digest(report: Report, form: int = FORM) -> str | None:
    """The digest of what the report says; nothing for a form that this version does not know."""
    content = content_of(report, form)
    return None if content is None else view_digest(content)


def shown_by(report: Report) -> dict[str, Any]:
    """What the command `issue-report` says of a report that was just made. Raises a refusal where its views have more
    events than the ledger."""
    as_of = report.as_of
    if as_of.sequence > as_of.ledger_sequence:
        raise BEYOND_THE_END(end=as_of.ledger_sequence, sequence=as_of.sequence)
    return {
        "today": as_of.today.isoformat(),
        "coming_days": report.coming.days,
        "sequence": as_of.sequence,
        "digest": report.digest,
        "content_digest": content_digest(report),
        "content_form": FORM,
    }


async def issued(views: Views) -> list[IssuedReport]:
    return issued_reports(await _on_record(views))


async def handed_up(
    congress: str, views: Views, ledger: Ledger, symbol: str, past: Past, wanted: Wanted = AS_USUAL
) -> HandedUp:
    """The report as of the event and for the day that it was issued with, compared with what was issued before it.
    Raises a refusal where there is none of that symbol, or nothing can be said of that event."""
    with as_written():
        record = issued_as(await _on_record(views), symbol)
    if record is None:
        raise NO_SUCH_REPORT(symbol=symbol)
    then = await past(ChosenInstant(record.sequence))
    wanted = wanted._replace(coming_days=record.coming_days)
    report = await report_with_movements(congress, then, ledger, record.today, past, wanted)
    return HandedUp(issued=record, report=report, content_digest=content_digest(report, record.content_form))


async def report_with_movements(
    congress: str,
    views: Views,
    ledger: Ledger,
    today: date,
    past: Past,
    wanted: Wanted = AS_USUAL,
    since: ChosenInstant | str | None = None,
) -> Report:
    """What moved since an instant, or since the issued report of a symbol, or else since the last report that was
    issued by then, if any was. Raises a refusal where none has that symbol."""
    report = await consolidated_report(congress, views, ledger, today, wanted)
    last = await _compared_with(views, report.as_of.sequence, since)
    if last:
        since = ChosenInstant(last.sequence)
    if not isinstance(since, ChosenInstant):
        return report
    then = await past(since)
    before = await consolidated_report(congress, then, ledger, last.today if last else then.today)
    moved = movements(before, report).model_copy(update={"issued": last.symbol if last else None})
    return report.model_copy(update={"movements": moved})


async def _compared_with(views: Views, upto: int, since: ChosenInstant | str | None) -> IssuedReport | None:
    if isinstance(since, ChosenInstant):
        return None
    documents = await _on_record(views)
    with as_written():
        record = issued_as(documents, since) if since else last_issued(documents, upto)
    if since and record is None:
        raise NO_SUCH_REPORT(symbol=since)
    return record


async def _on_record(views: Views) -> list[Document]:
    _, documents, _ = await views_at_once(views, ("issued_reports",))
    return documents["issued_reports"]
