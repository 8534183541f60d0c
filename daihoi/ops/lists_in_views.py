"""A code list of the congress, for who reads what an office has typed."""

from pymongo.errors import PyMongoError

from services.tracker.projection.errors import as_written
from services.tracker.projection.store import ViewStore
from shared.platform.embedded import endpoints
from shared.platform.errors import PlatformError
from shared.platform.mongo import mongo_database
from shared.platform.settings import Settings
from shared.values.code_lists import DEFAULTS, CodeList, Entries
from shared.views.code_lists import VIEW, entries_by_list

PATIENCE_MS = 3000


async def entries_in_views(settings: Settings, code_list: CodeList) -> Entries:
    """As the views have it; as it is by default where there are none, or they can't be read. What is wrong is told by
    what is done then, and no servers are started for a congress that nothing is kept of."""
    if not settings.nats_url and not settings.mongo_url and not (settings.data_dir / "nats").is_dir():
        return DEFAULTS[code_list]
    try:
        with endpoints(settings) as servers:
            async with mongo_database(servers.mongo_url, settings.database, PATIENCE_MS, reads_only=True) as database:
                documents = await ViewStore(database).documents(VIEW.name)
                with as_written():
                    return entries_by_list(documents)[code_list]
    except (PlatformError, PyMongoError):
        return DEFAULTS[code_list]
