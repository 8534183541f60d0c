"""The doctor: looks at NATS, MongoDB, services and views, and says in words what is wrong and what to do. It starts
nothing, so it also answers where nothing runs."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from nats.aio.client import Client
from pymongo.errors import PyMongoError

from daihoi.ops.charters import service_named
from daihoi.ops.issuer_keys import key_findings
from services.tracker.health import kept_findings, lag_findings, lag_of, loss_findings, trouble_finding
from services.tracker.projection.errors import ViewsBroken
from services.tracker.projection.fold import Checkpoint
from services.tracker.projection.lease import holder_of
from services.tracker.projection.store import ViewStore
from shared.domain.decider import Refused
from shared.eventstore.errors import EventStoreError, LedgerBroken, NoStream, Unavailable
from shared.eventstore.jetstream_api import js_api, services_with_streams, stream_info
from shared.eventstore.ledger import Ledger, origin_of
from shared.eventstore.names import consumer_name, service_of, service_stream
from shared.eventstore.operating import connected_as
from shared.eventstore.rights import OPERATOR
from shared.eventstore.streams import differing, lacking, stream_configs
from shared.platform.databases import left_beside
from shared.platform.embedded import Endpoints, database_kept, endpoints, keeper_lives
from shared.platform.errors import PlatformError
from shared.platform.mongo import is_unauthorised, mongo_database
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.consumer import consumer_config, consumer_info
from shared.unit.findings import Finding, Notice, Severity
from shared.unit.health import JETSTREAM_SILENT, SERVICE_SILENT, Health, pause_findings
from shared.unit.service import UnitService
from shared.values.units import SETTING, TRACKER, services

MONGO_PATIENCE_MS = 5_000
CONSUMER: dict[str, Any] = {"max_deliver": -1} | dict.fromkeys(
    ("filter_subject", "opt_start_time", "deliver_subject", "headers_only", "inactive_threshold")
)
"""What the consumer of a unit must be beside what its service makes it, so that each event comes to it, in order, for
as long as it takes."""
NATS, MONGO, LEDGER = "NATS", "MongoDB", "ledger"

NOT_STARTED = Notice(
    "servers_not_started", Severity.ERROR, "The embedded servers do not run.", "Start everything with `daihoi up`."
)
NATS_UNREACHABLE = Notice(
    "nats_unreachable",
    Severity.ERROR,
    "No NATS server answers at {url}.",
    "Start it, or correct DAIHOI_NATS_URL. The services come back by themselves.",
)
JETSTREAM_ANSWERS = Notice("jetstream_answers", Severity.OK, "JetStream answers after {milliseconds} ms.")
STREAMS_THERE = Notice("streams_there", Severity.OK, "All {count} streams are there.")
STREAMS_WHOLE = Notice("streams_whole", Severity.OK, "No stream has lost an event.")
STREAM_MISSING = Notice(
    "stream_missing",
    Severity.ERROR,
    "There is no stream {stream}.",
    "If the congress is new, make it with `daihoi streams provision`. Otherwise restore the broker's data.",
)
STREAM_DIFFERS = Notice(
    "stream_differs",
    Severity.ERROR,
    "The stream {stream} has other settings than it must have: {settings}.",
    "Find out who changed it, and set them back; the services refuse to start with it.",
)
UNIT_NOT_JOINED = Notice(
    "unit_not_joined",
    Severity.ERROR,
    "The ledger does not take in the events of {service}.",
    "Run `daihoi streams provision` with the same DAIHOI_UNITS: {service} joins then, with all that it has written.",
)
UNIT_NOT_NAMED = Notice(
    "unit_not_named",
    Severity.WARNING,
    "{service} is a unit of this congress, and {setting} does not name it here.",
    "Set {setting} as it is set for its service; until then reports show its id in place of its title.",
)
LEDGER_COMPLETE = Notice("ledger_complete", Severity.OK, "The ledger holds all {count} events of the services.")
LEDGER_LAGS = Notice(
    "ledger_lags",
    Severity.WARNING,
    "The ledger lacks the last {count} events of {stream}.",
    "Wait a minute: after an outage the broker takes up to 40 s to begin. Then see the broker's log.",
)
POLICIES_FOLLOW = Notice("policies_follow", Severity.OK, "All is well with {count} policies; {pending} events wait.")
POLICY_MISSING = Notice(
    "policy_missing",
    Severity.WARNING,
    "These policies have no consumer, so nothing will react to their events: {policies}.",
    "Run `daihoi streams provision`, which makes them; on embedded servers {service} does when it starts.",
)
POLICY_DIFFERS = Notice(
    "policy_differs",
    Severity.WARNING,
    "The consumer {consumer} has other settings than it must have: {settings}.",
    "Find out who changed it. Delete the consumer while {service} is stopped, and run `daihoi streams provision`: "
    "then every event is delivered again, which does nothing twice.",
)
POLICY_STUCK = Notice(
    "policy_stuck",
    Severity.WARNING,
    "{policy}: {redelivered} events were delivered again and are not done, {pending} wait behind.",
    "See the log of {service}. What fails five times is put on record, and the rest goes on.",
)
MONGO_ANSWERS = Notice("mongo_answers", Severity.OK, "MongoDB has taken a write within {milliseconds} ms.")
NEVER_PROJECTED = Notice(
    "mongo_answers",
    Severity.OK,
    "MongoDB answers after {milliseconds} ms. No tracker has ever projected this congress into it.",
)
MONGO_IS_READ = Notice(
    "mongo_answers",
    Severity.OK,
    "MongoDB answers after {milliseconds} ms. This user may read the views and not write.",
)
OTHER_DATABASE = Notice(
    "other_database",
    Severity.INFO,
    "The views are in {serving}. Those that {other} holds in the same folder are not looked at.",
    "Nothing: the tracker has made the views again. DAIHOI_MONGOD says which database is embedded.",
)
MONGO_UNREACHABLE = Notice(
    "mongo_unreachable",
    Severity.ERROR,
    "MongoDB takes no write: {reason}.",
    "Start it, or correct DAIHOI_MONGO_URL. Where its disk was full, make room and start it again. The tracker goes "
    "on by itself; commands are not affected.",
)
SERVICE_READY = Notice("service_ready", Severity.OK, "{service} is ready; processes: {count}.")
VIEWS_LEVEL = Notice("views_level", Severity.OK, "The views hold every event, up to {sequence}.")
PROJECTED_BY = Notice("projected_by", Severity.OK, "{holder} projects, in term {term}.")
NOBODY_PROJECTS = Notice(
    "nobody_projects",
    Severity.ERROR,
    "No tracker projects; {holder} held the lease last.",
    "If a tracker runs, it takes over in a few seconds; otherwise start one with `daihoi service tracker`.",
)


async def examine(settings: Settings) -> list[Finding]:
    """In the order in which one thing needs the other; each finding once."""
    directory = settings.data_dir.absolute()
    are_named = settings.nats_url and settings.mongo_url
    if not are_named and not (directory.exists() and keeper_lives(directory)):
        return [NOT_STARTED(f"{NATS}, {MONGO}")]
    with endpoints(settings) as servers:
        findings = [*await _examine(settings, servers), *_left_beside(settings)]
    return list(dict.fromkeys(findings))


def _left_beside(settings: Settings) -> Iterator[Finding]:
    serving = "" if settings.mongo_url else database_kept(settings.data_dir)
    if serving and (other := left_beside(settings.data_dir, serving)):
        yield OTHER_DATABASE(MONGO, serving=serving, other=other)


async def _examine(settings: Settings, servers: Endpoints) -> list[Finding]:
    findings: list[Finding] = []
    async with mongo_database(servers.mongo_url, settings.database, MONGO_PATIENCE_MS) as database:
        views = ViewStore(database)
        mongo = await _mongo(views)
        try:
            async with connected_as(OPERATOR, settings, servers, "daihoi doctor") as connection:
                findings += await _nats(connection, settings.congress, settings.nats_replicas)
                findings.append(mongo)
                of_services = await _services(connection, settings)
                of_views: list[Finding] = []
                if mongo.is_healthy:
                    projected = any(finding.code == PROJECTED_BY.code for finding in of_services)
                    ledger = Ledger(connection, settings.congress)
                    of_views = await _views(views, ledger, projected=projected)
                own = {(TRACKER, finding.code) for finding in of_views}
                findings += [finding for finding in of_services if (finding.about, finding.code) not in own]
                findings += of_views
        except PlatformError as error:
            findings += [_not_reached(error, servers.nats_url), mongo]
            findings += [finding for finding in key_findings(settings, {}) if not finding.is_healthy]
    return findings


def _not_reached(error: PlatformError, url: str) -> Finding:
    """Whoever lacks credentials, or is not let in with them, is told that."""
    if isinstance(error.why, Refused):
        return Finding.of(NATS, Severity.ERROR, error.why.message)
    return NATS_UNREACHABLE(NATS, url=url)


async def _mongo(views: ViewStore) -> Finding:
    began = time.monotonic()
    try:
        if await views.look_up() is None:
            return NEVER_PROJECTED(MONGO, milliseconds=_since(began))
        await views.probe()
    except PyMongoError as error:
        if is_unauthorised(error):
            return MONGO_IS_READ(MONGO, milliseconds=_since(began))
        return MONGO_UNREACHABLE(MONGO, reason=str(error).partition(", Timeout:")[0])
    return MONGO_ANSWERS(MONGO, milliseconds=_since(began))


async def _nats(connection: Client, congress: str, replicas: int) -> list[Finding]:
    began = time.monotonic()
    findings: list[Finding] = []
    try:
        await js_api(connection, "INFO", {})
        findings.append(JETSTREAM_ANSWERS(NATS, milliseconds=_since(began)))
        of_streams = [finding async for finding in _streams(connection, congress, replicas)]
        findings += of_streams or [STREAMS_THERE(NATS, count=len(stream_configs(congress)))]
        if all(finding.code != STREAM_MISSING.code for finding in of_streams):
            findings += await loss_findings(Ledger(connection, congress), Checkpoint()) or [STREAMS_WHOLE(NATS)]
            names = await services_with_streams(connection, congress)
            findings += [finding async for finding in _sourcing(connection, congress, names)]
            unnamed = sorted(set(names) - {*services()})
            findings += [UNIT_NOT_NAMED(LEDGER, service=unit, setting=SETTING) for unit in unnamed]
            findings += [finding async for finding in _policies(connection, congress)]
    except Unavailable as error:
        findings.append(JETSTREAM_SILENT(NATS, reason=error))
    return findings


async def _streams(connection: Client, congress: str, replicas: int) -> AsyncIterator[Finding]:
    for wanted in stream_configs(congress, replicas):
        try:
            config = (await stream_info(connection, wanted["name"]))["config"]
        except NoStream:
            yield STREAM_MISSING(NATS, stream=wanted["name"])
        else:
            settings, unjoined = differing(config, wanted), lacking(config, wanted)
            for stream in unjoined:
                yield UNIT_NOT_JOINED(LEDGER, service=service_of(congress, stream))
            if settings := settings - ({"sources"} if unjoined else set()):
                yield STREAM_DIFFERS(NATS, stream=wanted["name"], settings=", ".join(sorted(settings)))


async def _sourcing(connection: Client, congress: str, names: Sequence[str]) -> AsyncIterator[Finding]:
    """Whether the ledger has got as far as each service's stream."""
    ledger = Ledger(connection, congress)
    events, lags = 0, False
    for service in names:
        stream = service_stream(congress, service)
        length = int((await stream_info(connection, stream))["state"]["last_seq"])
        last = await ledger.last_of(service)
        events += length
        if (count := length - (origin_of(last).sequence if last else 0)) > 0:
            lags = True
            yield LEDGER_LAGS(LEDGER, count=count, stream=stream)
    if not lags:
        yield LEDGER_COMPLETE(LEDGER, count=events)


async def _policies(connection: Client, congress: str) -> AsyncIterator[Finding]:
    for service in map(service_named, services()):
        if service.policies:
            info = await consumer_info(connection, congress, service.name)
            for finding in _of_consumer(service, info, congress):
                yield finding


def _of_consumer(service: UnitService, info: dict[str, Any], congress: str) -> Iterator[Finding]:
    name, consumer = service.name, consumer_name(service.name)
    if not info:
        policies = ", ".join(policy.name for policy in service.policies)
        yield POLICY_MISSING(name, policies=policies, service=name)
        return
    wrong = list(_wrong_with(service, info, congress))
    yield from wrong
    pending, redelivered = info["num_pending"], info["num_redelivered"]
    if redelivered:
        yield POLICY_STUCK(name, policy=consumer, pending=pending, redelivered=redelivered, service=name)
    elif not wrong:
        yield POLICIES_FOLLOW(name, count=len(service.policies), pending=pending + info["num_ack_pending"])


def _wrong_with(service: UnitService, info: dict[str, Any], congress: str) -> Iterator[Finding]:
    name, config = service.name, info["config"]
    if paused := pause_findings(name, info):
        yield from paused
        return
    metadata = {key: value for key, value in config.get("metadata", {}).items() if not key.startswith("_nats.")}
    begins = int(metadata.get("begins", 1))
    wanted = CONSUMER | consumer_config(congress, name, service.policies, begins)
    actual = config | {"metadata": metadata}
    if wrong := sorted(key for key, value in wanted.items() if (actual.get(key) or None) != value):
        yield POLICY_DIFFERS(name, consumer=consumer_name(name), service=name, settings=", ".join(wrong))


async def _services(connection: Client, settings: Settings) -> list[Finding]:
    client, names = CommandClient(connection, settings.congress), (*services(), TRACKER)
    answers = await asyncio.gather(*(client.healths(name) for name in names))
    healths = dict(zip(names, answers, strict=True))
    findings = [finding for name in names for finding in _service(name, healths[name])]
    return [*findings, *key_findings(settings, healths)]


def _service(name: str, healths: list[Health]) -> Iterator[Finding]:
    if not healths:
        yield SERVICE_SILENT(name, service=name)
        return
    if all(health.ready for health in healths):
        yield SERVICE_READY(name, service=name, count=len(healths))
    for health in healths:
        yield from health.findings
    if name == TRACKER and (active := [health for health in healths if health.detail.get("role") == "active"]):
        yield PROJECTED_BY(name, holder=active[0].detail["holder"], term=active[0].detail["term"])


async def _views(views: ViewStore, ledger: Ledger, *, projected: bool) -> list[Finding]:
    """Where the views stand, whether or not a tracker can say so itself."""
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
        findings.append(JETSTREAM_SILENT(TRACKER, reason=error))
    return findings


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
