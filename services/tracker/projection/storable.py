"""What the store can keep. The fold itself sees to it, so that views that live, are rebuilt or replayed refuse the
same event for the same reason, whatever database is behind them.
"""

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

_NULL = b"\\u0000"


class NotStorable(Exception):
    """`reason` is the stable word for why."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def json_bytes(document: Document) -> int:
    """How long `document` is as JSON. Raises `NotStorable` where it has numbers beyond 64 bits, half characters or
    names with a null byte, or is too long."""
    try:
        written = compact(document, bits=53)
    except TypeError:
        written = _with_long_integers(document)
    if _NULL in written:
        _check_names(document)
    if len(written) > DOCUMENT_BYTES:
        raise NotStorable(DOCUMENT_TOO_LARGE, f"{document['_id']} would have {len(written)} bytes")
    return len(written)


def _with_long_integers(document: Document) -> bytes:
    _check_integers(document)
    try:
        return compact(document)
    except TypeError as error:
        raise NotStorable(NOT_STORABLE, str(error)) from error


def _check_integers(value: Any, name: str = "") -> None:
    match value:
        case int() if not -MAX_INTEGER - 1 <= value <= MAX_INTEGER:
            raise NotStorable(NOT_STORABLE, f"{name} is a number of more than 64 bits")
        case dict():
            for inner, each in value.items():
                _check_integers(each, f"{name}.{inner}" if name else inner)
        case list():
            for each in value:
                _check_integers(each, name)


def _check_names(value: Any) -> None:
    match value:
        case dict():
            for name, each in value.items():
                if "\0" in name:
                    raise NotStorable(NOT_STORABLE, "the name of a field has a null byte")
                _check_names(each)
        case list():
            for each in value:
                _check_names(each)
