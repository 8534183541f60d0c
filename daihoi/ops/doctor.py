"""The doctor: looks at NATS, MongoDB, services and views, and says in words what is wrong and what to do.

It looks itself and starts nothing, so it also answers where nothing runs.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from nats.aio.client import Client
from pymongo.errors import PyMongoError

from daihoi.ops.charters import service_named
from daihoi.ops.issuer_keys import key_findings
from services.tracker.health import TRACKER, kept_findings, lag_findings, lag_of, loss_findings, trouble_finding
from services.tracker.projection.errors import ViewsBroken
from services.tracker.projection.fold import Checkpoint
from services.tracker.projection.lease import holder_of
from services.tracker.projection.store import ViewStore
from shared.eventstore.errors import EventStoreError, LedgerBroken, NoStream, Unavailable
from shared.eventstore.ledger import Ledger, origin_of
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.streams import differing, js_api, stream_configs, stream_info
from shared.platform.embedded import Endpoints, embedded_servers, keeper_lives
from shared.platform.errors import PlatformError
from shared.platform.mongo import mongo_database
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.findings import Finding, Notice, Severity
from shared.unit.following import consumer_config
from shared.unit.health import JETSTREAM_SILENT, SERVICE_SILENT, Health
from shared.unit.policies import Policy
from shared.values.types import SERVICES

MONGO_PATIENCE_MS = 5_000
CONSUMER: dict[str, Any] = {
    "max_deliver": -1,
    "filter_subjects": None,
    "opt_start_seq": None,
    "opt_start_time": None,
    "deliver_subject": None,
    "headers_only": None,
    "inactive_threshold": None,
}
"""What a policy's consumer must be beside what its service makes it, so that each event comes to it, in order, for as
long as it takes."""
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
    "If the congress is new, start its services: they make it. Otherwise restore the broker's data.",
)
STREAM_DIFFERS = Notice(
    "stream_differs",
    Severity.ERROR,
    "The stream {stream} has other settings than it must have: {settings}.",
    "Find out who changed it, and set them back; the services refuse to start with it.",
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
    "Start {service}, which makes them.",
)
POLICY_PAUSED = Notice(
    "policy_paused",
    Severity.WARNING,
    "{policy} is paused until {until}: nothing reacts to these events.",
    "Find out who paused its consumer, and resume it: `nats consumer resume`.",
)
POLICY_DIFFERS = Notice(
    "policy_differs",
    Severity.WARNING,
    "The consumer of {policy} has other settings than it must have: {settings}.",
    "Find out who changed it. Delete the consumer while {service} is stopped; it makes it anew, and every event is "
    "delivered again, which does nothing twice.",
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
    """Everything found, in the order in which one thing needs the other; each finding once."""
    with _servers(settings) as servers:
        if servers is None:
            return [NOT_STARTED(f"{NATS}, {MONGO}")]
        return list(dict.fromkeys([each async for each in _examine(settings, servers)]))


@contextmanager
def _servers(settings: Settings) -> Iterator[Endpoints | None]:
    """Those that are named, or the embedded ones if they run; `None` where they would have to be started."""
    if settings.nats_url and settings.mongo_url:
        yield Endpoints(settings.nats_url, settings.mongo_url)
        return
    directory = settings.data_dir.absolute()
    with ExitStack() as lease:
        found: Endpoints | None = None
        if directory.exists() and keeper_lives(directory):
            embedded = lease.enter_context(embedded_servers(directory))
            found = Endpoints(settings.nats_url or embedded.nats_url, settings.mongo_url or embedded.mongo_url)
        yield found


async def _examine(settings: Settings, servers: Endpoints) -> AsyncIterator[Finding]:
    async with mongo_database(servers.mongo_url, settings.database, MONGO_PATIENCE_MS) as database:
        views = ViewStore(database)
        mongo = await _mongo(views)
        try:
            async with nats_connection(servers.nats_url, "daihoi doctor") as connection:
                async for each in _nats(connection, settings.congress, settings.nats_replicas):
                    yield each
                yield mongo
                services = [each async for each in _services(connection, settings)]
                seen: list[Finding] = []
                if mongo.is_healthy:
                    projected = any(each.code == PROJECTED_BY.code for each in services)
                    ledger = Ledger(connection, settings.congress)
                    seen = [each async for each in _views(views, ledger, projected=projected)]
                own = {each.code for each in seen}
                for each in services:
                    if each.about != TRACKER or each.code not in own:
                        yield each
                for each in seen:
                    yield each
        except PlatformError:
            yield NATS_UNREACHABLE(NATS, url=servers.nats_url)
            yield mongo
            for each in key_findings(settings, {}):
                if not each.is_healthy:
                    yield each


async def _mongo(views: ViewStore) -> Finding:
    began = time.monotonic()
    try:
        if await views.look_up() is None:
            return NEVER_PROJECTED(MONGO, milliseconds=_since(began))
        await views.probe()
    except PyMongoError as error:
        return MONGO_UNREACHABLE(MONGO, reason=str(error).partition(", Timeout:")[0])
    return MONGO_ANSWERS(MONGO, milliseconds=_since(began))


async def _nats(connection: Client, congress: str, replicas: int) -> AsyncIterator[Finding]:
    began = time.monotonic()
    try:
        await js_api(connection, "INFO", {})
        yield JETSTREAM_ANSWERS(NATS, milliseconds=_since(began))
        wrong = [each async for each in _streams(connection, congress, replicas)]
        for each in wrong:
            yield each
        if not wrong:
            yield STREAMS_THERE(NATS, count=len(stream_configs(congress)))
        if all(each.code != STREAM_MISSING.code for each in wrong):
            for each in await loss_findings(Ledger(connection, congress), Checkpoint()) or [STREAMS_WHOLE(NATS)]:
                yield each
            async for each in _sourcing(connection, congress):
                yield each
            async for each in _policies(connection, congress):
                yield each
    except Unavailable as error:
        yield JETSTREAM_SILENT(NATS, reason=error)


async def _streams(connection: Client, congress: str, replicas: int) -> AsyncIterator[Finding]:
    for wanted in stream_configs(congress, replicas):
        try:
            config = (await stream_info(connection, wanted["name"]))["config"]
        except NoStream:
            yield STREAM_MISSING(NATS, stream=wanted["name"])
        else:
            if settings := differing(config, wanted):
                yield STREAM_DIFFERS(NATS, stream=wanted["name"], settings=", ".join(sorted(settings)))


async def _sourcing(connection: Client, congress: str) -> AsyncIterator[Finding]:
    """Whether the ledger has got as far as each service's stream."""
    ledger = Ledger(connection, congress)
    events, lacking = 0, False
    for service in SERVICES:
        stream = service_stream(congress, service)
        info = await stream_info(connection, stream)
        last = await ledger.last_of(service)
        count = int(info["state"]["last_seq"]) - (origin_of(last).sequence if last else 0)
        events += int(info["state"]["last_seq"])
        if count > 0:
            lacking = True
            yield LEDGER_LAGS(LEDGER, count=count, stream=stream)
    if not lacking:
        yield LEDGER_COMPLETE(LEDGER, count=events)


async def _policies(connection: Client, congress: str) -> AsyncIterator[Finding]:
    for service in SERVICES:
        well, waiting, missing = 0, 0, []
        for policy in service_named(service).policies:
            durable = f"policy-{service}-{policy.name}"
            info = await js_api(connection, f"CONSUMER.INFO.{ledger_stream(congress)}.{durable}", {})
            if "error" in info:
                missing.append(policy.name)
                continue
            if wrong := _wrong_with(info, congress, policy, service):
                yield wrong
            pending, redelivered = info["num_pending"], info["num_redelivered"]
            if redelivered:
                told = {"policy": policy.name, "pending": pending, "redelivered": redelivered, "service": service}
                yield POLICY_STUCK(service, **told)
            elif not wrong:
                well, waiting = well + 1, waiting + pending
        if missing:
            yield POLICY_MISSING(service, policies=", ".join(missing), service=service)
        if well:
            yield POLICIES_FOLLOW(service, count=well, pending=waiting)


def _wrong_with(info: dict[str, Any], congress: str, policy: Policy, service: str) -> Finding | None:
    if info.get("paused"):
        return POLICY_PAUSED(service, policy=policy.name, until=info["config"].get("pause_until", "?"))
    wanted = CONSUMER | consumer_config(congress, service, policy)
    wrong = sorted(key for key, value in wanted.items() if (info["config"].get(key) or None) != value)
    if wrong:
        return POLICY_DIFFERS(service, policy=policy.name, service=service, settings=", ".join(wrong))
    return None


async def _services(connection: Client, settings: Settings) -> AsyncIterator[Finding]:
    client = CommandClient(connection, settings.congress)
    names = (*SERVICES, TRACKER)
    told = await asyncio.gather(*(client.healths(name) for name in names))
    for name, healths in zip(names, told, strict=True):
        for each in _service(name, healths):
            yield each
    for each in key_findings(settings, dict(zip(names, told, strict=True))):
        yield each


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


async def _views(views: ViewStore, ledger: Ledger, *, projected: bool) -> AsyncIterator[Finding]:
    """Where the views stand, whether or not a tracker can say so itself."""
    try:
        if not projected:
            yield NOBODY_PROJECTS(TRACKER, holder=await holder_of(views.database) or "–")
        checkpoint = await views.checkpoint()
        for each in kept_findings(checkpoint, await views.parked_by_reason()):
            yield each
        for each in await loss_findings(ledger, checkpoint):
            yield each
        end = await ledger.check(checkpoint.sequence, checkpoint.fingerprint)
        lag = await lag_of(ledger, checkpoint, end)
    except (LedgerBroken, PyMongoError, ViewsBroken) as error:
        yield trouble_finding(error, 0)
    except EventStoreError as error:
        yield JETSTREAM_SILENT(TRACKER, reason=error)
    else:
        for each in lag_findings(lag):
            yield each
        if not lag.events:
            yield VIEWS_LEVEL(TRACKER, sequence=checkpoint.sequence)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
