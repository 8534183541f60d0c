"""Task groups that a file calls otherwise than the congress's list does, under the same number. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from shared.domain.decider import Refusal
from shared.entering.plain import words
from shared.events.catalogue_item import Item
from shared.values.code_lists import Entries

NAMED_OTHERWISE = Refusal(
    "group_named_otherwise",
    "Group {number} is «{found}» in the file and «{listed}» on the list of groups; pages and reports call it as the "
    "list does. `daihoi lists amend groups {number}` gives the list another name.",
)


class NamedOtherwise(NamedTuple):
    number: int
    listed: str
    found: str


def named_otherwise(items: Sequence[Item], groups: Entries) -> Iterator[NamedOtherwise]:
    """Groups that the file names otherwise than the list, by number. Of several names in the file the one counts that
    most items have."""
    listed = {entry.id: entry.name.vi for entry in groups}
    for number, names in sorted(_names(items).items()):
        found, name = names.most_common(1)[0][0], listed.get(str(number))
        if name is not None and words(found) != words(name):
            yield NamedOtherwise(number, name, found)


def _names(items: Iterable[Item]) -> dict[int, Counter[str]]:
    names: dict[int, Counter[str]] = {}
    for item in items:
        if item.group.name.vi:
            names.setdefault(item.group.number, Counter())[item.group.name.vi] += 1
    return names
