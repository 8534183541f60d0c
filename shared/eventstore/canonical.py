"""Documents and rows as JSON. The only module that knows orjson: its bytes are what digests are made of, and what it
can't write no database can keep (docs/adr/0037)."""

import json
from typing import Any

import orjson

_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE | orjson.OPT_PASSTHROUGH_DATETIME


def canonical(document: object) -> bytes:
    """A line with sorted keys, also of what JSON has no form for, such as somebody's own ids in the database."""
    try:
        return orjson.dumps(document, default=repr, option=_CANONICAL)
    except TypeError:
        return repr(document).encode(errors="backslashreplace") + b"\n"


def compact(document: object, *, bits: int = 64) -> bytes:
    """Raises `TypeError` for a number of more than `bits` (64 or 53), for half a character, or too much depth."""
    return orjson.dumps(document, option=orjson.OPT_STRICT_INTEGER if bits == 53 else None)


def json_line(document: object) -> bytes:
    """What `compact` writes, with the end of the line; whatever Python has parsed can be written."""
    try:
        return orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        return json.dumps(document, ensure_ascii=False).encode() + b"\n"


def indented(document: object) -> bytes:
    """For people; sums in it may have more than 64 bits."""
    try:
        return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        return f"{json.dumps(document, indent=2, ensure_ascii=False)}\n".encode()


def read_document(written: bytes) -> Any:
    """What `compact` wrote. Raises `ValueError`."""
    return orjson.loads(written)
