"""A report that was handed up: its symbol, who signed it and for which period, and which figures it showed.

The figures themselves are not kept here. The ledger has them: the tracker makes the report again as of the recorded
sequence, and the digests say whether it is the same.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from shared.domain.decider import Actor, Aggregate, Command, RankRefusal, Refusal, latest, once, require_rank
from shared.domain.document import Symbol
from shared.domain.ranks import Act
from shared.events.issued_report import EVENTS, Capacity, ReportIssued
from shared.values.symbol import DocumentSymbol, SymbolForm
from shared.values.types import Day, Name, Place

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class IssueReport(Command):
    """Puts on record that a report was handed up; for the sub-committee's lead or a deputy. `daihoi report issue`
    computes it, and with it `sequence` and the digests. A symbol is used once."""

    NAME = "issue-report"
    GIVEN_BY = Act.DECIDE
    ENTITY = "issued-report"
    symbol: Symbol
    issued_on: Day
    signer: Name
    signing: Capacity | None = None
    period_from: Day
    period_to: Day
    today: Day
    coming_days: int = Field(ge=1, le=366)
    sequence: Place
    digest: Digest
    content_digest: Digest
    content_form: int = Field(ge=1, le=99)

    @property
    def entity_id(self) -> str:
        return DocumentSymbol.parse(self.symbol).entity_id


NO_RIGHT_TO_ISSUE = RankRefusal(
    "no_right_to_issue", "{actor} can't issue a report; the sub-committee's lead or a deputy does."
)
PERIOD_REVERSED = Refusal(
    "report_period_reversed", "The period of a report can't end on {period_to}, before it begins on {period_from}."
)
NO_SYMBOL = Refusal(
    "report_symbol_unfit",
    "{symbol} is no number that a report is handed up under: neither the Party's form, 15-BC/TB, nor the State's, "
    "15/BC-TB.",
)
ALREADY_ISSUED = Refusal(
    "report_already_issued", "A report with the symbol {symbol} is issued already, with another content."
)


def decide(command: IssueReport, issued: ReportIssued | None, actor: Actor) -> Sequence[ReportIssued]:
    require_rank(command, actor, NO_RIGHT_TO_ISSUE)
    if issued is None and DocumentSymbol.parse(command.symbol).form is SymbolForm.OTHER:
        raise NO_SYMBOL(symbol=command.symbol)
    if command.period_to < command.period_from:
        raise PERIOD_REVERSED(period_from=command.period_from, period_to=command.period_to)
    return once(ReportIssued(**command.model_dump()), issued, ALREADY_ISSUED(symbol=command.symbol))


AGGREGATE = Aggregate(events=EVENTS, commands=(IssueReport,), evolve=latest, decide=decide)
