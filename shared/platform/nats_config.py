"""What nats-server is told: where it listens, where it keeps its streams, and who is let in."""

import os
import re
from pathlib import Path

from shared.platform.nats_account import jwts, key_of

MAX_CONTROL_LINE = "64KB"
"""Whoever comes shows all permissions in one line; those of a unit with the longest of names take 14 kB."""


def configuration(listen: str, store: str, keys: Path, *further: str, name: str = "daihoi") -> str:
    """`further` lines say what else this server does. Nothing in it is secret. Raises `PlatformError`."""
    return "\n".join(
        (
            f"server_name: {name}",
            f"listen: {listen}",
            *further,
            # Flushed to disk before the acknowledgement; the default would be every two minutes.
            f"jetstream {{ store_dir: {nats_string(store)}, sync_interval: always }}",
            *locks(keys),
            "",
        )
    )


def locks(keys: Path) -> list[str]:
    """Whoever comes has to have credentials that the account's key has signed. Raises `PlatformError`."""
    operator, *accounts = jwts(keys).items()
    return [
        f"max_control_line: {MAX_CONTROL_LINE}",
        f"operator: {operator[1]}",
        f"system_account: {key_of(keys, 'system').public}",
        "resolver: MEMORY",
        "resolver_preload: {",
        *(f"  {account}: {jwt}" for account, jwt in accounts),
        "}",
    ]


def nats_string(text: str) -> str:
    """A text as nats-server's configuration has it: of all escapes, those of single bytes do for every path. JSON's
    would not: the server knows no `\\u`."""
    written = re.sub(rb"[^ !#-\[\]-~]", lambda byte: b"\\x%02x" % byte.group()[0], os.fsencode(text))
    return f'"{written.decode()}"'
