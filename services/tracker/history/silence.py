"""Why a replay shows nothing: a name that is on no record, or a stretch of the history without such an event."""

from typing import NamedTuple

from services.tracker.history.as_of import By
from services.tracker.history.moments import moment_in_words
from services.tracker.history.replay import Filter, ledger_line, names_of_type
from services.tracker.projection.decoding import EVENT_TYPES
from shared.eventstore.ledger import Ledger
from shared.i18n import Language, render, translate
from shared.values.message import Message
from shared.values.units import services

TYPES = frozenset().union(*map(names_of_type, EVENT_TYPES))
"""Every name of every type that this version knows."""

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


async def silence(ledger: Ledger, wanted: Filter) -> Silence:
    """Reads the whole ledger. A unit or a type that this version knows is known without any event."""
    filters = {name: Filter(**{name: getattr(wanted, name)}) for name in ("unit", "type", "entity", "actor")}
    sought = {name for name in filters if getattr(wanted, name)}
    sought -= {"unit"} if wanted.unit in services() else set()
    sought -= {"type"} if wanted.type in TYPES else set()
    events = in_range = 0
    async for page in ledger.read():
        for stored in page:
            line = ledger_line(stored)
            events += 1
            in_range += wanted.is_in_range(line, stored)
            sought -= {name for name in sought if filters[name].fits(line, stored)}
    return Silence(tuple(name for name in filters if name in sought), events, in_range)


def silence_lines(why: Silence, wanted: Filter, lang: Language) -> list[str]:
    if why.unknown:
        units = ", ".join(services())
        reasons = (UNKNOWN[name].filled(name=getattr(wanted, name), units=units) for name in why.unknown)
        return [render(reason, lang) for reason in reasons]
    if not why.events:
        return [translate("Nothing found, because the ledger holds no event.", lang)]
    if not why.in_range:
        between = _between(wanted, lang)
        if wanted.by is By.HAPPENED:
            return [translate("Nothing found, because nothing on record happened {between}.", lang, between=between)]
        return [translate("Nothing found, because nothing was recorded {between}.", lang, between=between)]
    count = why.in_range
    return [translate("Nothing found, because none of the {count} events there fits all of it.", lang, count=count)]


def _between(wanted: Filter, lang: Language) -> str:
    first = moment_in_words(wanted.first, lang) if wanted.first is not None else ""
    last = moment_in_words(wanted.last, lang) if wanted.last is not None else ""
    if first and last:
        return translate("from {first} to {last}", lang, first=first, last=last)
    return translate("from {first} on", lang, first=first) if first else translate("until {last}", lang, last=last)
