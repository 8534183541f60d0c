"""Whether JetStream answers, and what is wrong with what it holds: streams, and the consumers of policies."""

import time
from collections.abc import AsyncIterator

from nats.aio.client import Client

from daihoi.ops.doctor.places import NATS, since
from daihoi.ops.doctor.policies import policy_findings
from daihoi.ops.doctor.streams import STREAM_MISSING, ledger_findings, stream_findings
from daihoi.ops.doctor.units import unit_findings
from daihoi.ops.listed_units import units_on_record
from shared.eventstore.errors import Unavailable
from shared.eventstore.jetstream_api import js_api
from shared.unit.findings import Finding, Notice, Severity
from shared.unit.health import unserved_finding

JETSTREAM_ANSWERS = Notice("jetstream_answers", Severity.OK, "JetStream answers after {milliseconds} ms.")


async def jetstream_findings(connection: Client, congress: str, replicas: int) -> AsyncIterator[Finding]:
    """Where a stream is missing, the ledger and the policies are not looked at."""
    began = time.monotonic()
    try:
        await js_api(connection, "INFO", {})
        yield JETSTREAM_ANSWERS(NATS, milliseconds=since(began))
        entries = await units_on_record(connection, congress) or ()
        for finding in await unit_findings(connection, congress, entries):
            yield finding
        of_streams = await stream_findings(connection, congress, replicas)
        for finding in of_streams:
            yield finding
        if all(finding.code != STREAM_MISSING.code for finding in of_streams):
            async for finding in ledger_findings(connection, congress, entries):
                yield finding
            async for finding in policy_findings(connection, congress):
                yield finding
    except Unavailable as error:
        yield unserved_finding(NATS, error)
