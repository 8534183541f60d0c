"""Generations of the views: the one that serves, those that rebuilds fill, and those that were replaced.

Each has collections of its own. Which one serves is a word in the checkpoint, so that all views change at once, and
at the same cost however large they are. What was replaced stays for a while: somebody may still be reading it.
"""

import re
import time
from dataclasses import replace
from uuid import uuid4

import msgspec

from services.tracker.projection.errors import FenceLost, ViewsBroken
from services.tracker.projection.fold import Checkpoint
from services.tracker.projection.store import CHECKPOINTS, COLLECTIONS, LIVE, ViewStore, checkpoint_of
from services.tracker.projection.version import fold_version
from shared.platform.mongo import Database, drop_collection, end_session, open_session
from shared.views.view import Document

MARK = "__"
"""Before the name of a generation, which is when it was begun and something random; the first has none."""
_GENERATION = re.compile(rf"{MARK}(\d{{1,12}})_[0-9a-f]+$")
READ_FOR_S = 10 * 60
"""How long what was replaced stays."""
ABANDONED_AFTER_S = 24 * 60 * 60


def next_generation(database: Database) -> ViewStore:
    """Empty views to fill, under names of their own."""
    return ViewStore(database, f"{MARK}{int(time.time())}_{uuid4().hex[:8]}")


async def filling_generation(database: Database) -> ViewStore:
    """What a killed rebuild with today's fold was filling, or a new one. Raises `FenceLost` where another caller was
    faster; whoever else fills it gets that."""
    session, session_id = await open_session(database)
    checkpoints = database[CHECKPOINTS]
    left_behind = {"_id": {"$regex": f"^{LIVE}{MARK}"}, "fold": fold_version()}
    newest = await checkpoints.find(left_behind).sort("_id", -1).to_list(1)
    stored = newest[0] if newest and _is_readable(newest[0]) else {}
    if stored:
        filling = ViewStore(database, stored["_id"].removeprefix(LIVE))
    else:
        filling = next_generation(database)
        await filling.prepare()
    if "session" in stored:
        await end_session(database, stored["session"])
    await filling.take_over(session, stored.get("term", 0) + 1)
    await checkpoints.update_one({"_id": LIVE + filling.generation}, {"$set": {"session": session_id}})
    return filling


async def swap(
    live: ViewStore, stands_at: Checkpoint, filled: ViewStore, filled_to: Checkpoint, behind: int = 0
) -> bool:
    """Has the filled views serve; false where the live ones were renewed, or are ahead by more than `behind` events.
    Raises `FenceLost` where somebody else fills on: that checkpoint goes first, so that nobody fills what serves."""
    checkpoints = live.database[CHECKPOINTS]
    was = await filled.look_up() or {}
    filling = {"_id": LIVE + filled.generation, "sequence": filled_to.sequence, "term": was.get("term")}
    if not (await checkpoints.delete_one(filling)).deleted_count:
        raise FenceLost(f"another rebuild fills the views{filled.generation}")
    former = {"generation": live.generation, "at": time.time()}
    serving = {"generation": filled.generation, "fold": fold_version()}
    renewed = replace(filled_to, renewed=(stands_at.renewed or 0) + 1)
    not_past = {"$lte": max(stands_at.sequence, filled_to.sequence) + behind}
    swapped = await checkpoints.update_one(
        {"_id": LIVE, "renewed": stands_at.renewed, "sequence": not_past},
        {"$set": {**serving, **msgspec.to_builtins(renewed)}, "$push": {"replaced": former}},
    )
    if not swapped.matched_count:
        await checkpoints.insert_one(was)
    await live.look_up()
    return bool(swapped.matched_count)


async def mend_checkpoint(live: ViewStore) -> None:
    """Replaces a checkpoint that no version wrote by one at nothing, with empty views. The old views stay a while."""
    stored = await live.database[CHECKPOINTS].find_one({"_id": LIVE})
    if stored is None or _is_readable(stored):
        return
    fresh, former = next_generation(live.database).generation, stored.get("generation", "")
    kept = {name: stored[name] for name in ("term", "renewed") if type(stored.get(name)) is int}
    former = [{"generation": former, "at": time.time()}] if isinstance(former, str) else []
    mended = {"_id": LIVE, **kept, "sequence": 0, "origins": {}, "fold": "", "generation": fresh, "replaced": former}
    await live.database[CHECKPOINTS].replace_one({"_id": LIVE}, mended)


def _is_readable(stored: Document) -> bool:
    try:
        checkpoint_of(stored)
    except ViewsBroken:
        return False
    replaced = stored.get("replaced", [])
    names = [stored.get("generation", ""), *(former.get("generation") for former in _objects(replaced))]
    return isinstance(replaced, list) and all(isinstance(name, str) for name in names)


def _objects(values: object) -> list[Document]:
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


async def drop_replaced(database: Database) -> None:
    """Removes what was replaced some time ago."""
    live = await database[CHECKPOINTS].find_one({"_id": LIVE}) or {}
    for former in _objects(live.get("replaced")):
        if former["at"] < time.time() - READ_FOR_S:
            for name in COLLECTIONS:
                await drop_collection(database, name + former["generation"])
            await database[CHECKPOINTS].update_one({"_id": LIVE}, {"$pull": {"replaced": former}})


async def drop_abandoned(database: Database) -> None:
    """Removes what rebuilds left behind that were killed a day or more ago."""
    live = await database[CHECKPOINTS].find_one({"_id": LIVE}) or {}
    kept = {live.get("generation", ""), *(former["generation"] for former in _objects(live.get("replaced")))}
    names = await database.list_collection_names()
    begun = {match[0]: int(match[1]) for name in names if (match := _GENERATION.search(name))}
    for generation in begun.keys() - kept:
        if begun[generation] < time.time() - ABANDONED_AFTER_S:
            await ViewStore(database, generation).drop()
