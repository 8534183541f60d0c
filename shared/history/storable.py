"""What a store can keep. The fold sees to it, so that live, rebuilt and replayed views refuse the same events."""

from typing import Any

from shared.eventstore.canonical import compact
from shared.views.view import Document

NOT_STORABLE = "not_storable"
DOCUMENT_TOO_LARGE = "document_too_large"

DOCUMENT_BYTES = 8 * 1024 * 1024
"""Of a document as JSON at most. MongoDB takes 16 MiB of BSON, in which short values are longer."""
ROW_BYTES = 4 * 1024 * 1024
"""Of a row of the audit trail as JSON at most; a longer one names what changed and does not show it."""
MAX_INTEGER = 2**63 - 1
MOST_LEVELS = 50
"""Of objects and lists in each other, in an event's data; MongoDB takes 100 in a document."""

_NULL = b"\\u0000"


class NotStorable(Exception):
    """`reason` is the stable word for why."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def json_bytes(document: Document) -> int:
    """Raises `NotStorable` over numbers beyond 64 bits, half characters, names with a null byte, and the length."""
    try:
        written = compact(document, bits=53)
    except TypeError:
        _check(document)
        written = _in_full(document)
    if _NULL in written:
        _check(document)
    if len(written) > DOCUMENT_BYTES:
        raise NotStorable(DOCUMENT_TOO_LARGE, f"{document['_id']} would have {len(written)} bytes")
    return len(written)


def may_not_be_storable(written: bytes) -> bool:
    """Whether `is_storable` has to be asked of what is JSON like this; nearly always it has not."""
    return _NULL in written or b'"$' in written or written.count(b"{") + written.count(b"[") > MOST_LEVELS


def is_storable(value: Any, levels: int = MOST_LEVELS) -> bool:
    """Whether a store can keep the data of an event that was read, fields too that this version knows nothing of."""
    match value:
        case dict():
            names_fit = not any("\0" in name or name.startswith("$") for name in value)
            return levels > 0 and names_fit and all(is_storable(inner, levels - 1) for inner in value.values())
        case list():
            return levels > 0 and all(is_storable(inner, levels - 1) for inner in value)
        case _:
            return True


def _in_full(document: Document) -> bytes:
    try:
        return compact(document)
    except TypeError as error:
        raise NotStorable(NOT_STORABLE, str(error)) from error


def _check(value: Any, name: str = "") -> None:
    match value:
        case int() if not -MAX_INTEGER - 1 <= value <= MAX_INTEGER:
            raise NotStorable(NOT_STORABLE, f"{name} is a number of more than 64 bits")
        case dict():
            for field, inner in value.items():
                if "\0" in field:
                    raise NotStorable(NOT_STORABLE, "the name of a field has a null byte")
                _check(inner, f"{name}.{field}" if name else field)
        case list():
            for inner in value:
                _check(inner, name)
