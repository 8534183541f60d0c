"""The names in a command that are to be picked from the register, and those of them that it does not know: a warning,
never a refusal. What counts as known is what reports count as one office or position."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel

from shared.domain.paper import same
from shared.reports.names import Register
from shared.reports.unregistered import Alike, alike, people_of, registered_names
from shared.views.view import Document

OFFICES = ("collective", "coordinating")
POSITIONS = ("individual",)
LEADERS = ("directing_leader", "proposed_to", "signer")
"""Fields of commands, by whom they name; a leader may be a position, whoever holds one, or an office."""
ROLES = frozenset((*OFFICES, *POSITIONS, *LEADERS))
MOST_NAMES = 5_000
DEEPEST = 6


class Named(NamedTuple):
    """A name under a field of a command, and the collective that stands beside it."""

    role: str
    name: str
    collective: str | None = None


class DoubtedName(BaseModel):
    """`taken_for`: as the register has the same name, which was spelled otherwise. Without it the register does not
    know the name; then `alike` has what is like it."""

    role: str
    name: str
    taken_for: str | None = None
    alike: list[Alike] = []


def names_in(data: Any, deep: int = 0) -> Iterator[Named]:
    """Wherever they stand in the data of a command, or in several items."""
    if deep > DEEPEST:
        return
    if isinstance(data, Mapping):
        collective = data.get("collective")
        beside = collective if isinstance(collective, str) else None
        for field, value in data.items():
            if field in ROLES:
                texts = value if isinstance(value, list | tuple) else [value]
                yield from (Named(field, text, beside) for text in texts if isinstance(text, str) and text.strip())
            else:
                yield from names_in(value, deep + 1)
    elif isinstance(data, list | tuple):
        for part in data:
            yield from names_in(part, deep + 1)


def doubted_names(named: Iterable[Named], organisations: Sequence[Document]) -> list[DoubtedName]:
    """Each once, in the order in which they come. None where the register is empty: then it is not kept."""
    if not organisations:
        return []
    looking = _Looking(organisations)
    doubts: dict[tuple[str, str], DoubtedName | None] = {}
    for one in named:
        if len(doubts) >= MOST_NAMES:
            break
        key = (_kind(one.role), same(one.name))
        if key not in doubts:
            doubts[key] = looking.doubt(one)
    return [doubt for doubt in doubts.values() if doubt]


def _kind(role: str) -> str:
    return next(kind[0] for kind in (OFFICES, POSITIONS, LEADERS) if role in kind)


class _Looking:
    def __init__(self, organisations: Sequence[Document]) -> None:
        self._register = Register(organisations)
        self._registered = registered_names(organisations)
        self._people = people_of(organisations)

    def doubt(self, named: Named) -> DoubtedName | None:
        known = self._known(named)
        if known is None:
            return DoubtedName(role=named.role, name=named.name, alike=alike(named.name, self._registered))
        if known == _composed(named.name) or same(known) != same(named.name):
            return None  # an id or a merged name is as good as the name
        return DoubtedName(role=named.role, name=named.name, taken_for=known)

    def _known(self, named: Named) -> str | None:
        """What the register has for the name; nothing where it has none."""
        if named.role in OFFICES:
            return self._office(named.name)
        posts = self._register.posts(named.name, named.collective)
        if posts or named.role in POSITIONS:
            return posts[0].position if posts else None
        return self._people.get(same(named.name)) or self._office(named.name)

    def _office(self, name: str) -> str | None:
        office = self._register.office(name)
        return office.name if office else None


def _composed(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())
