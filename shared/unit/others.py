"""What a decision sees of other aggregates than the one it is about."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from shared.domain.decider import Aggregate, Command, Key
from shared.eventstore.store import EventStore
from shared.unit.loading import Loaded, Loader


class Others:
    """The other aggregates that the parts of one command have read: a thousand parts look a list up once. `upto` is
    where the stream ended before the first of them was read that has to stay as it is; `None` where none has to."""

    def __init__(self, store: EventStore, loader: Loader) -> None:
        self.upto: int | None = None
        self._store = store
        self._loader = loader
        self._read: dict[Key, Loaded] = {}

    async def see(self, aggregate: Aggregate, command: Command, state: Any) -> dict[Key, Any]:
        """The states of what `aggregate` reads for `command`. Raises `Refused`, `Unavailable`."""
        if aggregate.reads is None:
            return {}
        keys = aggregate.reads(command, state)
        if keys and aggregate.holds_while_nothing_else_is_written and self.upto is None:
            self._read.clear()  # what was read before that is not guarded
            self.upto = await self._store.last_sequence()
        seen = await self._seen(keys)
        if aggregate.reads_then is not None:
            seen |= await self._seen(aggregate.reads_then(command, state, seen))
        return seen

    def latest(self, keys: Iterable[Key]) -> datetime | None:
        """When the latest of what was read by name happened, without what is looked up for reference."""
        read = (
            self._read[key] for key in keys if key in self._read and not self._loader.aggregates[key[0]].for_reference
        )
        return max(filter(None, (loaded.latest for loaded in read)), default=None)

    async def _seen(self, keys: Sequence[Key]) -> dict[Key, Any]:
        """The states of what `keys` name, read unless it was before."""
        named = [key for key in keys if key[1] != "*"]
        seen: dict[Key, Any] = {}
        for entity in [entity for entity, entity_id in keys if entity_id == "*"]:
            seen |= await self._loader.load_all(entity)
        unread = [key for key in named if key not in self._read]
        self._read.update(zip(unread, await asyncio.gather(*map(self._loader.load, unread)), strict=True))
        return seen | {key: self._read[key].state for key in named}
