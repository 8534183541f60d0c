"""Whether the policies of every unit are given the events that they react to, and get on with them."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from nats.aio.client import Client

from daihoi.ops.charters import service_named
from shared.eventstore.names import consumer_name
from shared.unit.consumer import consumer_config, consumer_info
from shared.unit.findings import Finding, Notice, Severity
from shared.unit.health import pause_findings
from shared.unit.service import UnitService
from shared.values.units import services

CONSUMER: dict[str, Any] = {"max_deliver": -1} | dict.fromkeys(
    ("filter_subject", "opt_start_time", "deliver_subject", "headers_only", "inactive_threshold")
)
"""What the consumer of a unit must be beside what its service makes it, so that each event comes to it, in order, for
as long as it takes."""

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


async def policy_findings(connection: Client, congress: str) -> AsyncIterator[Finding]:
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
