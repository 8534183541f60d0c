"""The doctor: looks at NATS, MongoDB, services and views, and says in words what is wrong and what to do. It starts
nothing, so it also answers where nothing runs. What it can find stands with how it looks, a module for each topic."""

from daihoi.ops.doctor.database import database_finding, other_database_findings
from daihoi.ops.doctor.jetstream import jetstream_findings
from daihoi.ops.doctor.places import MONGO, NATS
from daihoi.ops.doctor.running import PROJECTED_BY, service_findings
from daihoi.ops.doctor.views import view_findings
from daihoi.ops.issuer_keys import key_findings
from services.tracker.projection.store import ViewStore
from shared.domain.decider import Refused
from shared.eventstore.ledger import Ledger
from shared.eventstore.operating import connected_as
from shared.platform.embedded import Endpoints, check_named, endpoints, keeper_lives
from shared.platform.errors import PlatformError
from shared.platform.mongo import mongo_database
from shared.platform.nats import NO_SERVER
from shared.platform.settings import Settings
from shared.unit.findings import Finding, Notice, Severity
from shared.values.units import OPERATOR, TRACKER

MONGO_PATIENCE_MS = 5_000

NOT_STARTED = Notice(
    "servers_not_started", Severity.ERROR, "The embedded servers do not run.", "Start everything with `daihoi up`."
)
NATS_UNREACHABLE = Notice(
    "nats_unreachable",
    Severity.ERROR,
    "No NATS server answers at {url}.",
    "Start it, or correct DAIHOI_NATS_URL. The services come back by themselves.",
)


async def examine(settings: Settings) -> list[Finding]:
    """In the order in which one thing needs the other; each finding once."""
    directory = settings.data_dir.absolute()
    check_named(settings)
    if not settings.nats_url and not (directory.exists() and keeper_lives(directory)):
        return [NOT_STARTED(f"{NATS}, {MONGO}")]
    with endpoints(settings) as servers:
        findings = [*await _examine(settings, servers), *other_database_findings(settings)]
    return list(dict.fromkeys(findings))


async def _examine(settings: Settings, servers: Endpoints) -> list[Finding]:
    findings: list[Finding] = []
    async with mongo_database(servers.mongo_url, settings.database, MONGO_PATIENCE_MS) as database:
        views = ViewStore(database)
        mongo = await database_finding(views)
        try:
            async with connected_as(OPERATOR, settings, servers, "daihoi doctor") as connection:
                replicas = settings.nats_replicas
                findings += [one async for one in jetstream_findings(connection, settings.congress, replicas)]
                findings.append(mongo)
                of_services = await service_findings(connection, settings)
                of_views: list[Finding] = []
                if mongo.is_healthy:
                    projected = any(finding.code == PROJECTED_BY.code for finding in of_services)
                    ledger = Ledger(connection, settings.congress)
                    of_views = await view_findings(views, ledger, projected=projected)
                own = {(TRACKER, finding.code) for finding in of_views}
                findings += [finding for finding in of_services if (finding.about, finding.code) not in own]
                findings += of_views
        except PlatformError as error:
            findings += [_not_reached(error, servers.nats_url), mongo]
            findings += [finding for finding in key_findings(settings, {}) if not finding.is_healthy]
    return findings


def _not_reached(error: PlatformError, url: str) -> Finding:
    """Whoever lacks credentials, or is not let in with them, is told that."""
    if isinstance(error.why, Refused) and error.why.code != NO_SERVER.code:
        return Finding.of(NATS, Severity.ERROR, error.why.message)
    return NATS_UNREACHABLE(NATS, url=url)
