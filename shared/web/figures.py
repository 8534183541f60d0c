"""What takes long where there are many tasks: worked out beside what else the service does, once for each state of
the views, however many look at it."""

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any
from weakref import WeakKeyDictionary

from shared.unit.own_views import OwnViews
from shared.views.view import Document
from shared.web.visit import Visit

MOST_KEPT = 30
MAKER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="page")
"""One page is made at a time, so that half of the processor at least is left to commands."""

type Documents = Mapping[str, Sequence[Document]]
_KEPT: WeakKeyDictionary[OwnViews, dict[Hashable, tuple[Hashable, asyncio.Future[Any]]]] = WeakKeyDictionary()


async def worked_out[Result](
    visit: Visit, key: Hashable, names: Sequence[str], work: Callable[[Documents], Result]
) -> Result:
    """What `work` comes to with the documents of the views in `names`, the same for everybody as long as nothing
    happens; `key` says what it is of. It runs in a thread, and asks for nothing else."""
    kept = _KEPT.setdefault(visit.views, {})
    standing = (visit.views.version, visit.today)
    known = kept.pop(key, None)
    if known is None or known[0] != standing or (known[1].done() and known[1].exception()):
        documents = {name: visit.views.documents(name) for name in names}
        known = (standing, asyncio.ensure_future(asyncio.to_thread(work, documents)))
    kept[key] = known
    while len(kept) > MOST_KEPT:
        del kept[next(iter(kept))]
    result: Result = await asyncio.shield(known[1])
    return result


async def beside[Result](work: Callable[[], Result]) -> Result:
    """What `work` comes to, in a thread of its own: commands are answered meanwhile. Names are those in use here."""
    return await asyncio.get_running_loop().run_in_executor(MAKER, copy_context().run, work)
