"""A unit's store that appends one event after the other, or many at once."""

import time
from collections import deque
from functools import partial
from itertools import count

from benchmarks.history import MOST_TASKS, Step, new_event
from benchmarks.measure import at_once, seconds
from shared.eventstore.store import EventStore


class Appending:
    """Tasks beside those of the history; each is one writer's while it writes, so that nobody is refused."""

    def __init__(self, store: EventStore, in_flight: int) -> None:
        self._store, self._in_flight = store, in_flight
        self._numbers = count()
        self._free = deque(range(MOST_TASKS, MOST_TASKS + in_flight))
        self._last: dict[int, int] = {}

    async def append(self) -> float:
        """Its seconds, from when the event's bytes are there."""
        task = self._free.popleft()
        event = new_event(Step(next(self._numbers), task, opens=task not in self._last))
        began = time.perf_counter()
        last = self._last.get(task, 0)
        self._last[task] = await self._store.append([event], {(event.entity, event.entity_id): last})
        spent = time.perf_counter() - began
        self._free.append(task)
        return spent

    async def append_one(self, _: int) -> float:
        return await self.append()

    async def append_many(self, how_many: int, _: int) -> float:
        """The seconds of all of them."""
        return await seconds(partial(at_once, self.append, how_many, self._in_flight))
