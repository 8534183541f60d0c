"""What somebody has just recorded with a form. The same from a form of another command id would stand on record
twice: without scripts the back button fetches such a form, and the browser fills in what was typed."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

from shared.entering.fields import NEW_IDS
from shared.eventstore.canonical import canonical
from shared.unit.own_views import OwnViews
from shared.web.pages.posted import COMMAND_ID, SEEN
from shared.web.session import CSRF_FIELD
from shared.web.visit import Visit

ONCE_MORE = "once_more"
"""Sent along by who has been asked."""
LASTING = timedelta(hours=1)
MOST_KEPT = 2000
_BESIDE = frozenset((COMMAND_ID, SEEN, CSRF_FIELD, ONCE_MORE))


class _Recorded(NamedTuple):
    command_id: UUID
    at: datetime


_RECORDED: WeakKeyDictionary[OwnViews, dict[bytes, _Recorded]] = WeakKeyDictionary()


def recorded_before(
    visit: Visit, command: str, typed: Mapping[str, Sequence[str]], command_id: UUID
) -> datetime | None:
    """When this visitor has recorded the same with another form of this page, of late; nothing where the command
    adds no entry, for then the same again changes nothing, nor where they have been asked."""
    if command not in NEW_IDS or ONCE_MORE in typed:
        return None
    before = _RECORDED.get(visit.views, {}).get(_key(visit, command, typed))
    is_other = before is not None and before.command_id != command_id
    return before.at if before and is_other and datetime.now(UTC) - before.at < LASTING else None


def remember_recorded(visit: Visit, command: str, typed: Mapping[str, Sequence[str]], command_id: UUID) -> None:
    if command not in NEW_IDS:
        return
    recorded = _RECORDED.setdefault(visit.views, {})
    key = _key(visit, command, typed)
    recorded.pop(key, None)
    recorded[key] = _Recorded(command_id, datetime.now(UTC))
    while len(recorded) > MOST_KEPT:
        del recorded[next(iter(recorded))]


def _key(visit: Visit, command: str, typed: Mapping[str, Sequence[str]]) -> bytes:
    texts = {name: list(values) for name, values in typed.items() if name not in _BESIDE and any(values)}
    whole = [visit.actor.id, visit.actor.person, command, visit.request.url.path, texts]
    return hashlib.sha256(canonical(whole)).digest()
