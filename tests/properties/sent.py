"""What was sent, and what came of it that must not: told so that whoever reads it can send it again."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

MOST_TOLD = 25
SHORT = 160


class Sent(NamedTuple):
    """A command as it was given, and what was hostile about it."""

    service: str
    name: str
    what: str
    answer: dict[str, Any]

    @property
    def came_true(self) -> bool:
        """Whether something has happened, so that the same may not be possible once more."""
        return bool(self.answer.get("events"))

    def __str__(self) -> str:
        told = self.answer.get("code") or f"accepted: {[each['type'] for each in self.answer.get('events', ())]}"
        detail = str(self.answer.get("detail", ""))[:SHORT]
        return f"{self.service} {self.name}, {self.what}: {told} {detail}"


class Wrong(NamedTuple):
    """What must not be, and after what it was so."""

    how: str
    after: Sent | str

    @property
    def kind(self) -> tuple[str, str]:
        """Many commands go wrong alike."""
        return self.how, self.after.what.partition(".")[2] if isinstance(self.after, Sent) else self.after

    def __str__(self) -> str:
        return f"{self.how}: {self.after}"


def told(wrong: Sequence[Wrong], asked: int) -> str:
    """Of each kind the first, and how many there are like it."""
    kinds = defaultdict[tuple[str, str], list[Wrong]](list)
    for each in wrong:
        kinds[each.kind].append(each)
    lines = [f"{first} (and {len(more)} like it)" for first, *more in kinds.values()]
    more = f"\n  … and {len(lines) - MOST_TOLD} kinds more" if len(lines) > MOST_TOLD else ""
    return f"{len(wrong)} of {asked}:\n  " + "\n  ".join(lines[:MOST_TOLD]) + more if lines else ""
