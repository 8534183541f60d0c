"""What a congress calls its units, cases, duties and the like, for what a person is shown of it."""

from collections.abc import Mapping
from contextlib import suppress

from pymongo.errors import PyMongoError

from daihoi.ops.congress import particulars_on_record
from services.subcommittee.code_list import AGGREGATE
from services.tracker.history.as_of import Views
from services.tracker.projection.errors import ViewsBroken, as_written
from services.tracker.projection.store import ViewStore
from shared.domain.known_list import KnownList, entries_of
from shared.events.code_list import CodeListEvent
from shared.eventstore.ledger import Ledger
from shared.history.decoding import decode_event
from shared.platform.embedded import endpoints
from shared.platform.errors import PlatformError
from shared.platform.mongo import mongo_database
from shared.platform.settings import Settings
from shared.reports.all_names import names_in, of_the_register
from shared.reports.congress import particulars_of
from shared.reports.lists_in_use import lists_in_use
from shared.values.code_lists import CodeList, Entries
from shared.values.names_in_use import use_names
from shared.values.units import SUBCOMMITTEE
from shared.views.code_lists import VIEW
from shared.views.view import Recorded

PATIENCE_MS = 3000


async def take_names_over(views: Views) -> None:
    """From now on everything is called as the congress called it when the views were so."""
    lists = lists_in_use({VIEW.name: await views.documents(VIEW.name)})
    documents = await views.documents("congress")
    particulars = None
    with suppress(ViewsBroken), as_written():  # who reads the congress itself is told of it
        particulars = particulars_of(documents)
    organisations = await views.documents("organisations")
    use_names({**names_in(lists, particulars), **of_the_register(organisations)})


async def take_names_of_the_ledger(ledger: Ledger) -> Mapping[CodeList, Entries]:
    """From now on everything is called as the congress calls it, whether or not there are views. Returns the lists
    that it has published or changed. Raises `Unavailable`, `NoStream`."""
    lists = await lists_on_record(ledger)
    use_names(names_in(lists, await particulars_on_record(ledger)))
    return lists


async def take_names_of_the_database(settings: Settings) -> None:
    """From now on everything is called as the views in the named database say; as by default where they can't be
    read. What is wrong is told by what is done then."""
    with suppress(PlatformError, PyMongoError), endpoints(settings) as servers:
        async with mongo_database(servers.mongo_url, settings.database, PATIENCE_MS, reads_only=True) as database:
            with as_written():
                await take_names_over(ViewStore(database))


async def lists_on_record(ledger: Ledger) -> Mapping[CodeList, Entries]:
    """The lists that the congress has published or changed. Raises `Unavailable`, `NoStream`."""
    lists = {}
    for code_list in CodeList:
        if (published := await _on_record(ledger, code_list)) is not None:
            lists[code_list] = entries_of(code_list, published)
    return lists


async def _on_record(ledger: Ledger, code_list: CodeList) -> KnownList | None:
    recorded = (decode_event(stored) for stored in await ledger.about(code_list.value))
    own = [entry.event for entry in recorded if isinstance(entry, Recorded) and entry.envelope.source == SUBCOMMITTEE]
    state: KnownList | None = AGGREGATE.fold(event for event in own if isinstance(event, CodeListEvent))
    return state
