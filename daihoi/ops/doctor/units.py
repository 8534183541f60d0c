"""Whether the units that take part by the congress's list are those whose services there are."""

from nats.aio.client import Client

from daihoi.ops.listed_units import join, taking_part
from shared.eventstore.jetstream_api import services_with_streams
from shared.unit.findings import Finding, Notice, Severity
from shared.values.code_lists import Entries
from shared.values.units import SETTING, support_unit_ids

UNITS = "units"
LISTED_WITHOUT_SERVICE = Notice(
    "unit_listed_without_service",
    Severity.ERROR,
    "{service} is on the list of units that take part, and has no stream here, so its service can't run.",
    "Start `daihoi up` again. Where each service is started by itself: run `daihoi streams provision`, then start it "
    "with {setting} naming it.",
)
NOT_LISTED = Notice(
    "unit_not_listed",
    Severity.WARNING,
    "{service} has a service, and is not on the list of units that take part.",
    "Put it there with `daihoi lists add units {service}`, or take it out of {setting} and stop its service.",
)


async def unit_findings(connection: Client, congress: str, entries: Entries) -> list[Finding]:
    """`entries` are those that are on record; of none there is nothing to say. Units that are listed and have streams
    are known to this process from then on, so that it looks at their services as well. Raises `Unavailable`."""
    if not entries:
        return []
    with_streams = await services_with_streams(connection, congress)
    new = taking_part(entries)
    join(entry for entry in new if entry.id in with_streams)
    ids = {entry.id for entry in entries}
    lacking = [entry.id for entry in new if entry.id not in with_streams]
    unlisted = [unit for unit in support_unit_ids() if unit not in ids]
    return [
        *(LISTED_WITHOUT_SERVICE(UNITS, service=unit, setting=SETTING) for unit in lacking),
        *(NOT_LISTED(UNITS, service=unit, setting=SETTING) for unit in unlisted),
    ]
