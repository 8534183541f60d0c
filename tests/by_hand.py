"""Coming to NATS without a client library: what is said first."""

import asyncio
import json

from shared.platform.nats_keys import Credentials


async def hello(reader: asyncio.StreamReader, name: str, credentials: Credentials | None) -> bytes:
    """The `CONNECT` line that fits what the server says; with what it wants of whoever comes where it has locks."""
    server = json.loads((await reader.readline()).removeprefix(b"INFO "))
    told: dict[str, object] = {
        "verbose": False,
        "pedantic": False,
        "headers": True,
        "no_responders": True,
        "name": name,
    }
    if credentials:
        told |= {"jwt": credentials.jwt, "sig": credentials.sign(server["nonce"]).decode()}
    return b"CONNECT " + json.dumps(told).encode() + b"\r\n"
