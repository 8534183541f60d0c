"""The event history as it was recorded, read from the ledger itself and not from any view."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from msgspec.structs import asdict

from services.tracker.audit.sentences import summary
from services.tracker.projections.view import instant
from services.tracker.reading import Unreadable, read_event
from services.tracker.restricted import masked_line
from shared.eventstore.direct import Stored
from shared.eventstore.ledger import Ledger

type Moment = int | datetime
"""A place in the history: a ledger sequence, or the time at which an event was recorded."""


class BadMoment(ValueError):
    """Text that is neither a sequence nor a time."""


def parse_moment(text: str) -> Moment:
    """`1234`, `2020-08-13` or `2020-08-13T09:00:00+07:00`; a time without a zone is UTC."""
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadMoment(f"{text!r} is neither a ledger sequence nor an ISO 8601 time") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Filter:
    """Which events to show; an empty field lets everything through. `first` and `last` are inclusive."""

    unit: str = ""
    entity: str = ""
    actor: str = ""
    type: str = ""
    first: Moment | None = None
    last: Moment | None = None

    def lets_through(self, line: dict[str, Any], stored: Stored) -> bool:
        if not self._in_range(stored):
            return False
        event = line.get("event", {})
        wanted = (
            (self.unit, event.get("source")),
            (self.actor, event.get("actor")),
            (self.type, event.get("type")),
        )
        if any(want and want != have for want, have in wanted):
            return False
        return not self.entity or self.entity in _names_of_entity(stored.subject)

    def _in_range(self, stored: Stored) -> bool:
        def place(moment: Moment) -> Any:
            return stored.sequence if isinstance(moment, int) else stored.recorded

        if self.first is not None and place(self.first) < self.first:
            return False
        return self.last is None or place(self.last) <= self.last


def _names_of_entity(subject: str) -> set[str]:
    """`task`, `1-03`, `task/1-03`, `logistics/1-03` and `logistics/task/1-03` all name one."""
    _, _, service, entity, entity_id = subject.split(".", 4)
    return {entity, entity_id, f"{entity}/{entity_id}", f"{service}/{entity_id}", f"{service}/{entity}/{entity_id}"}


async def replay(ledger: Ledger, wanted: Filter, *, unmasked: bool = False) -> AsyncIterator[dict[str, Any]]:
    """One JSON object per event, in ledger order; an event that can't be read shows its bytes as text. What only some
    may read is masked unless the caller has made sure that this reader may."""
    after = wanted.first - 1 if isinstance(wanted.first, int) and wanted.first > 0 else 0
    end = await ledger.last_sequence()
    upto = min(wanted.last, end) if isinstance(wanted.last, int) else end
    async for page in ledger.read(after, upto):
        for stored in page:
            line = ledger_line(stored)
            if wanted.lets_through(line, stored):
                yield line if unmasked else masked_line(line)


def ledger_line(stored: Stored) -> dict[str, Any]:
    """`event` is the stored envelope as written; `readable` says whether this version understands it."""
    read = read_event(stored)
    line: dict[str, Any] = {
        "sequence": stored.sequence,
        "recorded": instant(stored.recorded),
        "origin": asdict(read.origin),
        "subject": stored.subject,
        "readable": not isinstance(read, Unreadable),
    }
    if read.envelope is not None:
        # What lies too deep for this parser is shown as bytes as well.
        with suppress(orjson.JSONDecodeError):
            return line | {"event": orjson.loads(stored.body), "summary": summary(read.envelope)}
    return line | {"body": stored.body.decode("utf-8", errors="backslashreplace")}
