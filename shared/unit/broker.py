"""FastStream's broker, as a service needs it. The only module that relies on what FastStream does not promise."""

import asyncio
from contextlib import suppress
from typing import Any

from faststream.nats import NatsBroker, NatsJWT, NatsSecurity
from nats.aio.client import Client
from nats.errors import Error

from shared.platform.nats import Teller, connect, hang_up, new_client
from shared.platform.nats_keys import Credentials
from shared.platform.nats_tls import tls_options

STOP_TIMEOUT_S = 4.0
FLUSH_TIMEOUT_S = 1
"""With what the follower waits before and closing takes after, less than the time after which `daihoi up` and compose
kill a service."""


def security_at(url: str, credentials: Credentials | None) -> NatsSecurity | None:
    """What is shown to the servers at `url`, and demanded of them. Raises `PlatformError` where TLS is demanded and
    its files can't be used."""
    tls = tls_options(url)
    options = (
        {"ssl_context": tls["tls"], "use_ssl": True, "tls_handshake_first": tls["tls_handshake_first"]} if tls else {}
    )
    if credentials:
        return NatsJWT(credentials.show, credentials.sign, **options)
    return NatsSecurity(**options) if options else None


class UnitBroker(NatsBroker):
    """Ends once what `at_work` has begun has ended, or after `STOP_TIMEOUT_S`. A command that is cut off has not been
    answered, so whoever gave it gives it again."""

    def __init__(self, teller: Teller, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._teller = teller
        self.at_work: set[asyncio.Task[None]] = set()

    async def connect(self) -> Client:
        connection = await super().connect()
        self._teller.has_connected()
        return connection

    async def stop(self, *_: Any, **__: Any) -> None:
        """Where the server is away or hangs, nothing is left that could be sent. FastStream's own `stop` would drain
        the connection, and wait longer for a server that hangs than it is given here."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await asyncio.gather(*(subscriber.stop() for subscriber in self.subscribers), return_exceptions=True)
                if self.at_work:
                    await asyncio.wait(self.at_work)
        for task in self.at_work:
            task.cancel()
        if connection.is_connected:
            with suppress(Error, OSError):
                await connection.flush(FLUSH_TIMEOUT_S)
        await hang_up(connection)
        self.running = False
        self.config.disconnect()


class HandOverBroker(UnitBroker):
    """Connects by the client that no message makes deaf. FastStream has no option for that, so this takes the place
    of its `_connect`; seen with 0.7.8."""

    async def _connect(self) -> Client:
        """FastStream's own `error_cb` would end the tries to come back where a server does not let it in for now."""
        connection = new_client()
        await connect(connection, self._teller, **{**self._connection_kwargs, "error_cb": self._teller.tell})
        self.config.connect(connection)
        return connection
