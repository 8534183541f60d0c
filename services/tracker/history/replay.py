"""The event history as it was recorded, read from the ledger itself and not from any view."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from msgspec.structs import asdict

from services.tracker.history.as_of import By
from shared.entering.moments import Moment, moment_in_words
from shared.eventstore.canonical import read_document
from shared.eventstore.direct import Stored
from shared.eventstore.ledger import Ledger
from shared.history.decoding import EVENT_TYPES, Unreadable, decode_event
from shared.history.sentences import summary
from shared.i18n import Language, render, translate
from shared.reports.masking import masked_line
from shared.values.message import Message
from shared.values.symbol import Citation, DocumentSymbol, SymbolForm
from shared.values.units import services
from shared.views.view import instant

TYPES_BEGIN = "vn.daihoi."


@dataclass(frozen=True)
class Filter:
    """An empty field lets everything through. `actor` is a position or the person who held it; `first` and `last` are
    inclusive, and mean one of an event's times."""

    unit: str = ""
    entity: str = ""
    actor: str = ""
    type: str = ""
    first: Moment | None = None
    last: Moment | None = None
    by: By = By.RECORDED

    def fits(self, line: dict[str, Any], stored: Stored) -> bool:
        """Whatever the time."""
        event = line.get("event", {})
        if self.unit and self.unit != event.get("source"):
            return False
        if self.actor and self.actor not in (event.get("actor"), event.get("person")):
            return False
        if self.type and self.type not in names_of_type(str(event.get("type", ""))):
            return False
        return not self.entity or self.entity in _names_of_entity(stored.subject)

    def is_in_range(self, line: dict[str, Any], stored: Stored) -> bool:
        return self._reaches(self.first, line, stored, 1) and self._reaches(self.last, line, stored, -1)

    def _reaches(self, bound: Moment | None, line: dict[str, Any], stored: Stored, direction: int) -> bool:
        """Whether the event is at `bound` or after it, or before it where `direction` is negative."""
        if bound is None:
            return True
        if isinstance(bound, int):
            return (stored.sequence - bound) * direction >= 0
        at = _happened(line) if self.by is By.HAPPENED else stored.recorded
        return at is not None and (at == bound or (at > bound) == (direction > 0))


def _happened(line: dict[str, Any]) -> datetime | None:
    try:
        return datetime.fromisoformat(line["event"]["time"])
    except (KeyError, ValueError):
        return None


def names_of_type(name: str) -> set[str]:
    """`task`, `task.completed`, `task.completed.v1` and `vn.daihoi.task.completed.v1` all name one."""
    if not name.startswith(TYPES_BEGIN):
        return {name}
    parts = name.removeprefix(TYPES_BEGIN).split(".")
    return {name, *(".".join(parts[:count]) for count in range(1, len(parts) + 1))}


def entity_named(text: str) -> str:
    """A document by its symbol as the entity that it is: `propaganda/03-KH/TB (2015-2020)` is
    `propaganda/03-KH-TB_2015-2020`. Any other name as it stands."""
    first, _, rest = text.partition("/")
    prefix, symbol = (f"{first}/", rest) if first in (*services(), "document") else ("", text)
    cited = Citation.parse(symbol)
    is_symbol = DocumentSymbol.parse(cited.symbol).form is not SymbolForm.OTHER
    return f"{prefix}{cited.entity_id}" if is_symbol else text


def _names_of_entity(subject: str) -> set[str]:
    """`task`, `1-03`, `task/1-03`, `logistics/1-03` and `logistics/task/1-03` all name one."""
    parts = subject.split(".", 4)
    if len(parts) < 5:
        return {subject}
    service, entity, entity_id = parts[2:]
    return {entity, entity_id, f"{entity}/{entity_id}", f"{service}/{entity_id}", f"{service}/{entity}/{entity_id}"}


async def replay(ledger: Ledger, criteria: Filter, *, unmasked: bool = False) -> AsyncIterator[dict[str, Any]]:
    """One JSON object per event, in ledger order, masked unless the caller knows that this reader may read all."""
    after = max(criteria.first - 1, 0) if isinstance(criteria.first, int) else 0
    end = await ledger.last_sequence()
    upto = min(criteria.last, end) if isinstance(criteria.last, int) else end
    async for page in ledger.read(after, upto):
        for stored in page:
            line = ledger_line(stored)
            if criteria.is_in_range(line, stored) and criteria.fits(line, stored):
                yield _with_whole_sentence(line) if unmasked else masked_line(line)


def _with_whole_sentence(line: dict[str, Any]) -> dict[str, Any]:
    if "summary" not in line:
        return line
    event = line["event"]
    person = event.get("person", "")
    sentences = summary(event["type"], event["actor"], event["subject"], event["data"], person=person, unmasked=True)
    return line | {"summary": sentences}


def ledger_line(stored: Stored) -> dict[str, Any]:
    """`event` is the stored envelope as written; `readable` says whether this version understands it."""
    decoded = decode_event(stored)
    line: dict[str, Any] = {
        "sequence": stored.sequence,
        "recorded": instant(stored.recorded),
        "origin": asdict(decoded.origin),
        "subject": stored.subject,
        "readable": not isinstance(decoded, Unreadable),
    }
    if event := decoded.envelope:
        # What lies too deep for this parser is shown as bytes as well.
        with suppress(ValueError):
            person = event.person or ""
            sentence = summary(event.type, event.actor, event.subject, event.data, person=person)
            return line | {"event": read_document(stored.body), "summary": sentence}
    return line | {"body": stored.body.decode("utf-8", errors="backslashreplace")}


# --- why a replay shows nothing ---
UNKNOWN = {
    "unit": Message("no_unit", "Nothing found, because there is no unit {name}; there are {units}."),
    "type": Message("no_type", "Nothing found, because there is no event type {name}; one is task.completed."),
    "entity": Message("no_entity", "Nothing found, because no event is about {name}."),
    "actor": Message("no_actor", "Nothing found, because {name} has done nothing that is on record."),
}


class Silence(NamedTuple):
    """`unknown`: the fields of the filter whose name nothing bears, at any time; `in_range` are in its stretch."""

    unknown: tuple[str, ...]
    events: int
    in_range: int


async def silence(ledger: Ledger, criteria: Filter) -> Silence:
    """Reads the whole ledger. A unit or a type that this version knows is known without any event."""
    filters = {name: Filter(**{name: getattr(criteria, name)}) for name in ("unit", "type", "entity", "actor")}
    sought = {name for name in filters if getattr(criteria, name)}
    sought -= {"unit"} if criteria.unit in services() else set()
    sought -= {"type"} if any(criteria.type in names_of_type(name) for name in EVENT_TYPES) else set()
    events = in_range = 0
    async for page in ledger.read():
        for stored in page:
            line = ledger_line(stored)
            events += 1
            in_range += criteria.is_in_range(line, stored)
            sought -= {name for name in sought if filters[name].fits(line, stored)}
    return Silence(tuple(name for name in filters if name in sought), events, in_range)


def silence_lines(why: Silence, criteria: Filter, lang: Language) -> list[str]:
    if why.unknown:
        units = ", ".join(services())
        reasons = (UNKNOWN[name].filled(name=getattr(criteria, name), units=units) for name in why.unknown)
        return [render(reason, lang) for reason in reasons]
    if not why.events:
        return [translate("Nothing found, because the ledger holds no event.", lang)]
    if not why.in_range:
        between = _between(criteria, lang)
        if criteria.by is By.HAPPENED:
            return [translate("Nothing found, because nothing on record happened {between}.", lang, between=between)]
        return [translate("Nothing found, because nothing was recorded {between}.", lang, between=between)]
    count = why.in_range
    return [translate("Nothing found, because none of the {count} events there fits all of it.", lang, count=count)]


def _between(criteria: Filter, lang: Language) -> str:
    first = moment_in_words(criteria.first, lang) if criteria.first is not None else ""
    last = moment_in_words(criteria.last, lang) if criteria.last is not None else ""
    if first and last:
        return translate("from {first} to {last}", lang, first=first, last=last)
    return translate("from {first} on", lang, first=first) if first else translate("until {last}", lang, last=last)
