"""Work that carries out a directive names one that was issued."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.decider import Key, Refusal

DIRECTIVE_NOT_FOUND = Refusal("directive_not_found", "There is no directive {directive_id}.")


def directive_read(directive_id: str | None) -> Sequence[Key]:
    """What a decision reads in order to check it; nothing where no directive is named."""
    return (("directive", directive_id),) if directive_id else ()


def check_directive(directive_id: str | None, seen: Mapping[Key, Any]) -> None:
    """Raises the refusal `directive_not_found`."""
    if directive_id and seen.get(("directive", directive_id)) is None:
        raise DIRECTIVE_NOT_FOUND(directive_id=directive_id)
