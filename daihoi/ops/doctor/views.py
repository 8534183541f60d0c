"""Where the views stand, whether or not a tracker can say so itself."""

from pymongo.errors import PyMongoError

from services.tracker.health import kept_findings, lag_findings, lag_of, loss_findings, trouble_finding
from services.tracker.projection.errors import ViewsBroken
from services.tracker.projection.lease import holder_of
from services.tracker.projection.store import ViewStore
from shared.eventstore.errors import EventStoreError, LedgerBroken
from shared.eventstore.ledger import Ledger
from shared.unit.findings import Finding, Notice, Severity
from shared.unit.health import unserved_finding
from shared.values.units import TRACKER

VIEWS_LEVEL = Notice("views_level", Severity.OK, "The views hold every event, up to {sequence}.")
NOBODY_PROJECTS = Notice(
    "nobody_projects",
    Severity.ERROR,
    "No tracker projects; {holder} held the lease last.",
    "If a tracker runs, it takes over in a few seconds; otherwise start one with `daihoi service tracker`.",
)


async def view_findings(views: ViewStore, ledger: Ledger, *, projected: bool) -> list[Finding]:
    findings: list[Finding] = []
    try:
        if not projected:
            findings.append(NOBODY_PROJECTS(TRACKER, holder=await holder_of(views.database) or "–"))
        checkpoint = await views.checkpoint()
        findings += kept_findings(checkpoint, await views.parked_by_reason())
        findings += await loss_findings(ledger, checkpoint)
        end = await ledger.check(checkpoint.sequence, checkpoint.fingerprint)
        lag = await lag_of(ledger, checkpoint, end)
        findings += lag_findings(lag)
        if not lag.events:
            findings.append(VIEWS_LEVEL(TRACKER, sequence=checkpoint.sequence))
    except (LedgerBroken, PyMongoError, ViewsBroken) as error:
        findings.append(trouble_finding(error, 0))
    except EventStoreError as error:
        findings.append(unserved_finding(TRACKER, error))
    return findings
