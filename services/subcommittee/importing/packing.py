"""Cutting what is to be sent into commands that the broker takes. Pure."""

import json
from collections.abc import Iterable
from typing import Any

_BESIDE_BYTES = 1024
"""Room for the command's id and name, and the names of its lists."""
_BETWEEN_BYTES = 2


def packed[Part](
    parts: Iterable[tuple[Part, Any, int]], most: int, beside: Any, max_bytes: int
) -> list[list[tuple[Part, Any]]]:
    """Each part with its content and its weight, packed in order: into as few batches as weigh no more than `most`
    each and leave room for `beside`."""
    room = max_bytes - _BESIDE_BYTES - size_of(beside)
    batches: list[list[tuple[Part, Any]]] = []
    weighed, used = most + 1, room
    for part, content, weight in parts:
        size = size_of(content) + _BETWEEN_BYTES
        if weighed + weight > most or used + size > room:
            batches.append([])
            weighed, used = 0, 0
        batches[-1].append((part, content))
        weighed, used = weighed + weight, used + size
    return batches


def size_of(content: Any) -> int:
    return len(json.dumps(content, ensure_ascii=False).encode())
