"""Whether MongoDB takes a write, and which one holds the views where there are two."""

import time
from collections.abc import Iterator

from pymongo.errors import PyMongoError

from daihoi.ops.doctor.places import MONGO, since
from services.tracker.projection.store import ViewStore
from shared.platform.databases import left_beside
from shared.platform.embedded import database_kept
from shared.platform.mongo import in_words, is_unauthorised
from shared.platform.settings import Settings
from shared.unit.findings import Finding, Notice, Severity

MONGO_ANSWERS = Notice("mongo_answers", Severity.OK, "MongoDB has taken a write within {milliseconds} ms.")
NEVER_PROJECTED = Notice(
    "mongo_answers",
    Severity.OK,
    "MongoDB answers after {milliseconds} ms. No tracker has ever projected this congress into it.",
)
MONGO_IS_READ = Notice(
    "mongo_answers",
    Severity.OK,
    "MongoDB answers after {milliseconds} ms. This user may read the views and not write.",
)
OTHER_DATABASE = Notice(
    "other_database",
    Severity.INFO,
    "The views are in {serving}. Those that {other} holds in the same folder are not looked at.",
    "Nothing: the tracker has made the views again. DAIHOI_MONGOD says which database is embedded.",
)
MONGO_UNREACHABLE = Notice(
    "mongo_unreachable",
    Severity.ERROR,
    "MongoDB takes no write: {reason}.",
    "Start it, or correct DAIHOI_MONGO_URL. Where its disk was full, make room and start it again. The tracker goes "
    "on by itself; commands are not affected.",
)


async def database_finding(views: ViewStore) -> Finding:
    began = time.monotonic()
    try:
        if await views.look_up() is None:
            return NEVER_PROJECTED(MONGO, milliseconds=since(began))
        await views.probe()
    except PyMongoError as error:
        if is_unauthorised(error):
            return MONGO_IS_READ(MONGO, milliseconds=since(began))
        return MONGO_UNREACHABLE(MONGO, reason=in_words(error))
    return MONGO_ANSWERS(MONGO, milliseconds=since(began))


def other_database_findings(settings: Settings) -> Iterator[Finding]:
    serving = "" if settings.mongo_url else database_kept(settings.data_dir)
    if serving and (other := left_beside(settings.data_dir, serving)):
        yield OTHER_DATABASE(MONGO, serving=serving, other=other)
