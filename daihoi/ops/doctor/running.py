"""Whether every service answers, what it says of itself, and whether all know the same keys."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

from nats.aio.client import Client

from daihoi.ops.issuer_keys import key_findings
from shared.domain.decider import Refused
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.findings import Finding, Notice, Severity
from shared.unit.health import NATS_NOT_PERMITTED, SERVICE_SILENT, Health, health_subject
from shared.unit.problems import ProblemError
from shared.unit.revocations import Revocations
from shared.values.units import TRACKER, services

SERVICE_READY = Notice("service_ready", Severity.OK, "{service} is ready; processes: {count}.")
PROJECTED_BY = Notice("projected_by", Severity.OK, "{holder} projects, in term {term}.")


async def service_findings(connection: Client, settings: Settings) -> list[Finding]:
    names = (*services(), TRACKER)
    answers = await asyncio.gather(*(_ask(connection, settings.congress, name) for name in names))
    findings = [finding for _, of_service in answers for finding in of_service]
    healths = {name: healths for name, (healths, _) in zip(names, answers, strict=True)}
    return [*findings, *key_findings(settings, healths, await _revoked_by_now(connection, settings))]


async def _ask(connection: Client, congress: str, name: str) -> tuple[list[Health], list[Finding]]:
    try:
        healths = await CommandClient(connection, congress).healths(name)
    except ProblemError:
        return [], [NATS_NOT_PERMITTED(name, subject=health_subject(congress, name))]
    return healths, list(_of_service(name, healths))


async def _revoked_by_now(connection: Client, settings: Settings) -> frozenset[str]:
    """The ids of the keys that services refuse. Where the ledger does not say, that is a finding of its own."""
    now = datetime.now(UTC)
    try:
        keys = await Revocations(connection, settings.congress).keys()
    except Refused:
        return frozenset()
    return frozenset(key_id for key_id, since in keys.items() if since <= now)


def _of_service(name: str, healths: list[Health]) -> Iterator[Finding]:
    if not healths:
        yield SERVICE_SILENT(name, service=name)
        return
    if all(health.ready for health in healths):
        yield SERVICE_READY(name, service=name, count=len(healths))
    for health in healths:
        yield from health.findings
    if name == TRACKER and (active := [health for health in healths if health.detail.get("role") == "active"]):
        yield PROJECTED_BY(name, holder=active[0].detail["holder"], term=active[0].detail["term"])
