"""JSON on the wire. Whatever crosses NATS is written and read here, by msgspec; why, says docs/adr/0037."""

import re
from typing import Any

import msgspec

_BYTE = re.compile(r" ?\(byte (\d+)\)")


class NotJson(ValueError):
    """`line` and `column`, counted from 1, are where it stops being JSON."""

    def __init__(self, reason: str, line: int, column: int) -> None:
        super().__init__(f"{reason}: line {line} column {column}")
        self.line, self.column = line, column


def as_json(value: object) -> bytes:
    """Raises `ValueError` where there is half a character in it."""
    return msgspec.json.encode(value)


def read_json(body: bytes) -> Any:
    """Raises `NotJson`."""
    try:
        return msgspec.json.decode(body)
    except UnicodeDecodeError as error:
        raise _not_json(f"no UTF-8, {error.reason}", body, _first_no_text(body)) from error
    except msgspec.DecodeError as error:
        at = _BYTE.search(str(error))
        raise _not_json(_BYTE.sub("", str(error)), body, int(at[1]) if at else len(body)) from error
    except RecursionError as error:
        raise _not_json("lists or objects too deep in each other", body, 0) from error


def _first_no_text(body: bytes) -> int:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return error.start
    return len(body)


def _not_json(reason: str, body: bytes, at: int) -> NotJson:
    before = body[:at].decode(errors="replace")
    line_begins = before.rfind("\n") + 1
    return NotJson(reason, before.count("\n") + 1, len(before) - line_begins + 1)
