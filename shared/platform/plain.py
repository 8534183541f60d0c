"""The plain path: with `DAIHOI_PLAIN=1` a process uses what libraries promise, and nothing of their insides.

It is slower, and a peer's broken headers can make its connection deaf (docs/adr/0029). It is for the day when a
library is replaced by a version whose insides nobody has looked at yet.
"""

import os
from collections.abc import Mapping

_STATUS, _DESCRIPTION = "Status", "Description"


def is_plain() -> bool:
    """Read whenever a connection is made, so that child processes do as their parents."""
    return os.environ.get("DAIHOI_PLAIN", "") not in ("", "0")


def headers_as_bytes(headers: Mapping[str, str]) -> bytes:
    """The headers as they were sent, as far as nats-py lets one know: of a name that stands there twice it has
    one."""
    status = f" {headers[_STATUS]} {headers.get(_DESCRIPTION, '')}".rstrip() if _STATUS in headers else ""
    lines = [f"{name}: {value}" for name, value in headers.items() if name not in (_STATUS, _DESCRIPTION)]
    return "\r\n".join([f"NATS/1.0{status}", *lines, "", ""]).encode()


def headers_of(sent: bytes) -> dict[str, str]:
    """What `headers_as_bytes` would give back."""
    pairs = (line.partition(": ") for line in sent.decode().split("\r\n")[1:] if line)
    return {name: value for name, _, value in pairs}
