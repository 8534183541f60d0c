"""Whether the streams are there, as they must be, whole, and all of them in the ledger."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

from nats.aio.client import Client

from daihoi.ops.doctor.places import LEDGER, NATS
from services.tracker.health import loss_findings
from services.tracker.projection.fold import Checkpoint
from shared.eventstore.errors import LedgerGone, NoStream
from shared.eventstore.jetstream_api import services_with_streams, stream_info
from shared.eventstore.ledger import Ledger, origin_of
from shared.eventstore.names import service_of, service_stream
from shared.eventstore.streams import bucket_configs, differing, lacking, record_configs, relied_on, stream_configs
from shared.unit.findings import Finding, Notice, Severity
from shared.values.code_lists import Entries
from shared.values.units import SETTING, services

DURATIONS = ("max_age", "duplicate_window")
NS_IN_A_SECOND = 1_000_000_000

STREAMS_THERE = Notice("streams_there", Severity.OK, "All {count} streams are there.")
STREAMS_WHOLE = Notice("streams_whole", Severity.OK, "No stream has lost an event.")
STREAM_MISSING = Notice(
    "stream_missing",
    Severity.ERROR,
    "There is no stream {stream}.",
    "If the congress is new, make it with `daihoi streams provision`. Otherwise restore the broker's data.",
)
STREAM_GONE = Notice(
    "stream_missing",
    Severity.ERROR,
    "There is no stream {stream}, and the ledger has events that were in it.",
    "Stop {service} if it runs, run `daihoi streams restore {service}`, which brings the events back from the "
    "ledger, and start it again.",
)
STREAM_DIFFERS = Notice(
    "stream_differs",
    Severity.ERROR,
    "The stream {stream} has other settings than it must have: {settings}.",
    "Find out who changed it, and write with `nats stream edit {stream} --interactive` what it must have: {wanted}. "
    "The services refuse to start with anything else.",
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


async def stream_findings(connection: Client, congress: str, replicas: int) -> list[Finding]:
    """Whether they are there, as they must be. Raises `Unavailable`."""
    findings = [finding async for finding in _streams(connection, congress, replicas)]
    return findings or [STREAMS_THERE(NATS, count=len(stream_configs(congress)))]


async def ledger_findings(connection: Client, congress: str, units: Entries = ()) -> AsyncIterator[Finding]:
    """Findings about a ledger whose streams are all there; `units` are those on the congress's list. Raises
    `Unavailable`."""
    for finding in await loss_findings(Ledger(connection, congress), Checkpoint()) or [STREAMS_WHOLE(NATS)]:
        yield finding
    names = await services_with_streams(connection, congress)
    async for finding in _sourcing(connection, congress, names):
        yield finding
    retired = {entry.id for entry in units if entry.retired}
    for unit in sorted(set(names) - {*services()} - retired):
        yield UNIT_NOT_NAMED(LEDGER, service=unit, setting=SETTING)


async def _streams(connection: Client, congress: str, replicas: int) -> AsyncIterator[Finding]:
    buckets = (*bucket_configs(congress, replicas), *record_configs(congress, replicas))
    for wanted in (*stream_configs(congress, replicas), *buckets):
        try:
            config = (await stream_info(connection, wanted["name"]))["config"]
        except NoStream:
            yield await _missing(connection, congress, wanted["name"])
        else:
            differs, unjoined = differing(config, wanted), lacking(config, wanted)
            for stream in unjoined:
                yield UNIT_NOT_JOINED(LEDGER, service=service_of(congress, stream))
            if settings := sorted(differs - ({"sources"} if unjoined else set())):
                lines = "; ".join(_as_typed(name, relied_on(wanted)[name]) for name in settings)
                yield STREAM_DIFFERS(NATS, stream=wanted["name"], settings=", ".join(settings), wanted=lines)


def _as_typed(setting: str, value: object) -> str:
    """A line of YAML, which the editor takes; a duration without its unit it refuses."""
    if setting in DURATIONS:
        return f"{setting}: {int(str(value or 0)) // NS_IN_A_SECOND}s"
    return f"{setting}: {json.dumps(value)}"


async def _missing(connection: Client, congress: str, stream: str) -> Finding:
    service = service_of(congress, stream)
    with suppress(NoStream, LedgerGone):
        if service and await Ledger(connection, congress).last_of(service):
            return STREAM_GONE(NATS, stream=stream, service=service)
    return STREAM_MISSING(NATS, stream=stream)


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
