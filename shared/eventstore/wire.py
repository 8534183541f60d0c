"""JSON on the wire. Whatever crosses NATS is written and read here, by msgspec; why, says docs/adr/0037."""

import re
from typing import Any

import msgspec

_BYTE = re.compile(r" ?\(byte (\d+)\)")


class NotJson(ValueError):
    """`line` and `column`, counted from 1, are where it stops being JSON."""

    def __init__(self, reason: str, body: bytes, at: int) -> None:
        before = body[:at].decode(errors="replace")
        self.line, self.column = before.count("\n") + 1, len(before) - before.rfind("\n")
        super().__init__(f"{reason}: line {self.line} column {self.column}")


def as_json(value: object) -> bytes:
    """Raises `ValueError` where there is half a character in it."""
    return msgspec.json.encode(value)


def read_json(body: bytes) -> Any:
    """Raises `NotJson`."""
    try:
        return msgspec.json.decode(body)
    except UnicodeDecodeError as error:
        raise NotJson(f"no UTF-8, {error.reason}", body, _first_no_text(body)) from error
    except msgspec.DecodeError as error:
        at = _BYTE.search(str(error))
        raise NotJson(_BYTE.sub("", str(error)), body, int(at[1]) if at else len(body)) from error
    except RecursionError as error:
        raise NotJson("lists or objects too deep in each other", body, 0) from error


def _first_no_text(body: bytes) -> int:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return error.start
    return len(body)
