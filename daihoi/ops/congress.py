"""What the ledger says of the congress itself, for those who need it before there are views or beside them."""

from services.subcommittee.congress import AGGREGATE
from shared.events.congress import CONGRESS, CongressEvent, Particulars
from shared.eventstore.errors import EventStoreError
from shared.eventstore.ledger import Ledger
from shared.history.decoding import decode_event
from shared.i18n import Language
from shared.values.units import SUBCOMMITTEE
from shared.views.view import Recorded


async def particulars_on_record(ledger: Ledger) -> Particulars | None:
    """What is on record of the congress; nothing before it is put there. Raises `Unavailable`, `NoStream`."""
    recorded = (decode_event(stored) for stored in await ledger.about(CONGRESS))
    events = [
        entry.event for entry in recorded if isinstance(entry, Recorded) and entry.envelope.source == SUBCOMMITTEE
    ]
    congress = AGGREGATE.fold(event for event in events if isinstance(event, CongressEvent))
    held: Particulars | None = congress.held if congress else None
    return held


async def title_on_record(ledger: Ledger, lang: Language) -> str:
    """The title of the congress; its id where the ledger says none, or can't be read."""
    try:
        particulars = await particulars_on_record(ledger)
    except (EventStoreError, LookupError):
        return ledger.congress
    return title_in(particulars, ledger.congress, lang)


def title_in(particulars: Particulars | None, congress: str, lang: Language) -> str:
    """In one line; the Vietnamese where there is no English, and the id where there is no title."""
    if particulars is None:
        return congress
    title = particulars.title
    return " ".join(((title.en if lang == "en" else "") or title.vi).split())
