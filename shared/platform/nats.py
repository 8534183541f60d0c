"""Connections to NATS."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from shared.domain.decider import Refusal
from shared.platform.errors import PlatformError
from shared.platform.nats_keys import Credentials
from shared.platform.nats_parser import HandOverClient, Receive
from shared.platform.nats_permissions import TellingClient
from shared.platform.nats_tls import tls_options, untrusted
from shared.platform.pauses import Pauses
from shared.platform.plain import headers_as_bytes, headers_of, is_plain
from shared.values.message import Message

NOT_LET_IN = Refusal(
    "not_let_in",
    "The NATS server at {url} does not let {name} in: it wants other credentials, or has revoked these. Name the "
    "right file or folder with DAIHOI_NATS_CREDENTIALS.",
)
NO_SERVER = Refusal(
    "no_nats_server",
    "After {seconds} s still no NATS server answers at {url}; see that it runs and can be reached from here.",
)
AWAY = Message("nats_away", "The NATS server at {url} can't be reached; it is tried again until it can.")
FORBIDDEN = Message("nats_not_permitted", "NATS does not permit {name} what it wants to do.")
OVERRUN = Message("nats_overrun", "Messages came in faster than {name} took them; some are lost.")
TROUBLE = Message("nats_trouble", "Something is wrong with the connection of {name} to NATS.")
BACK = Message("nats_back", "{name} is connected to NATS again.")
_NOT_LET_IN = re.compile("authorization violation|authentication (revoked|expired)", re.IGNORECASE)
CONNECT_TIMEOUT_S = 5
FIRST_CONNECTION_TIMEOUT_S = 10.0
"""How long whoever has something to do waits for the server: one that is being started is there in a moment."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 10.0
AT_ONCE_S = 0.01
"""nats-py's own pause between tries never grows; the teller's take its place."""
MOST_SAID = 100
CLOSE_TIMEOUT_S = 1
HEADERS_BYTES = 4096
"""Room for headers, a token among them: the server counts them in `max_payload`, and hangs up on a client that goes
over it."""

NO_CONNECTION = (OSError, TimeoutError, nats.errors.NoServersError, nats.errors.UnexpectedEOF)
KINDS = {NO_CONNECTION: AWAY, (nats.errors.SlowConsumerError,): OVERRUN}
PERMISSIONS_ERR = "permissions violation"

logger = logging.getLogger(__name__)


class Teller:
    """What a client's errors come to: one line for what it would print as a page, once for each kind of trouble; it
    reconnects by itself, after pauses that grow. But until it is connected for the first time, what no waiting mends
    ends the attempt: at once where it is not let in, and where no server can be trusted once none is left to try, or
    plainly at the first."""

    def __init__(self, url: str, name: str) -> None:
        self._url, self._name, self._left = url, name, 1 if is_plain() else len(servers_of(url))
        self._connected = False
        self._pauses, self._said = Pauses(FIRST_PAUSE_S, LONGEST_PAUSE_S), set[str]()
        self.hear: Callable[[Exception], None] = lambda _: None
        """Who else is to know."""

    async def tell(self, error: Exception) -> None:
        self.hear(error)
        not_let_in = NOT_LET_IN(url=self._url, name=self._name) if _NOT_LET_IN.search(str(error)) else None
        refused = not_let_in or untrusted(error, self._url)
        if refused and not self._connected:
            self._left -= 1
            if not_let_in or self._left <= 0:
                self._say(refused.message, str(error), logging.INFO)  # people are told by whoever tried
                raise PlatformError(refused) from error
        self._say(refused.message if refused else self._in_words(error), str(error))
        if isinstance(error, NO_CONNECTION) and not isinstance(error, nats.errors.FlushTimeoutError):
            await asyncio.sleep(self._pauses.next_s())  # nats-py tries again once it has been told

    def has_connected(self) -> None:
        self._connected = True
        self._pauses.begin_anew()
        self._said.clear()

    async def is_back(self) -> None:
        self.has_connected()
        logger.info("%s", in_log := BACK.filled(name=self._name), extra={"sentence": in_log})

    def _in_words(self, error: Exception) -> Message:
        kind = next((kind for types, kind in KINDS.items() if isinstance(error, types)), TROUBLE)
        if PERMISSIONS_ERR in str(error):
            kind = FORBIDDEN
        return kind.filled(name=self._name, url=self._url)

    def _say(self, sentence: Message, raw: str, level: int = logging.WARNING) -> None:
        """The library's own words beside it, for whoever looks after the machine."""
        if len(self._said) >= MOST_SAID:
            self._said.clear()
        if raw not in self._said:
            self._said.add(raw)
            logger.log(level, "%s", sentence, extra={"sentence": sentence, "raw": raw})


def connection_options(name: str, teller: Teller, credentials: Credentials | None = None) -> dict[str, Any]:
    """A connection that, once made, keeps trying to come back for as long as it is open."""
    options = {"name": name, "connect_timeout": CONNECT_TIMEOUT_S, "max_reconnect_attempts": -1}
    options |= {"reconnect_time_wait": AT_ONCE_S, "reconnected_cb": teller.is_back}
    return options | {"error_cb": teller.tell} | (credentials.connection_options() if credentials else {})


def servers_of(url: str) -> list[str]:
    """The servers that `DAIHOI_NATS_URL` names: one, or several of one cluster, separated by commas."""
    return [server.strip() for server in url.split(",") if server.strip()]


def new_client() -> Client:
    """A client that no message makes deaf, or nats-py's own where only what libraries promise is to be used."""
    return Client() if is_plain() else HandOverClient()


def server_version(connection: Client) -> tuple[int, int, int]:
    """The version of the server that the connection is to."""
    version = connection.connected_server_version
    return version.major, version.minor, version.patch


def in_dots(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


async def read_inbox(connection: Client, inbox: str, receive: Receive) -> Subscription:
    """From now on `receive` gets what comes to `inbox`, at once and in order, until `stop_reading`."""
    if isinstance(connection, HandOverClient):
        connection.receivers[inbox.encode()] = receive
        return await connection.subscribe(inbox, cb=_pass_over)

    async def take(message: Msg) -> None:
        receive(headers_as_bytes(message.headers or {}), message.data)

    return await connection.subscribe(inbox, cb=take)


async def stop_reading(connection: Client, inbox: str, subscription: Subscription) -> None:
    if isinstance(connection, HandOverClient):
        connection.receivers.pop(inbox.encode(), None)
    if not connection.is_closed:
        await subscription.unsubscribe()


async def request_as_bytes(connection: Client, subject: bytes, headers: bytes, body: bytes, timeout: float) -> Msg:
    """Like `request`, but for any subject and any headers that a server takes."""
    if isinstance(connection, HandOverClient):
        return await connection.request_as_bytes(subject, headers, body, timeout)
    return await connection.request(subject.decode(), body, timeout, headers=headers_of(headers))


async def _pass_over(_: Msg) -> None:
    """What comes to the inbox in another form than a page does was not sent by the server."""


@asynccontextmanager
async def nats_connection(
    url: str, name: str, credentials: Credentials | None = None, wait_s: float | None = None
) -> AsyncIterator[Client]:
    """Waits `wait_s` for a server, and never less than one connection may take. Raises `PlatformError` when none
    answers, none can be trusted, or none lets these credentials in."""
    seconds = FIRST_CONNECTION_TIMEOUT_S if wait_s is None else max(wait_s, CONNECT_TIMEOUT_S)
    connection, teller = new_client(), Teller(url, name)
    options = connection_options(name, teller, credentials) | tls_options(url)
    try:
        async with asyncio.timeout(seconds):
            await connect(connection, teller, servers=servers_of(url), **options)
    except (nats.errors.Error, OSError, TimeoutError) as error:
        raise PlatformError(NO_SERVER(url=url, seconds=f"{seconds:g}")) from error
    try:
        yield connection
    finally:
        await hang_up(connection)


async def hang_up(connection: Client) -> None:
    """Closes the connection, whether its server is there, away or hangs. nats-py alone would fail at a dead line with
    something left to be sent, and wait for ever for a line that takes nothing."""
    with suppress(OSError, TimeoutError, RuntimeError):
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            await connection.close()


async def connect(connection: Client, teller: Teller, **options: Any) -> None:
    """For the first time. Raises `PlatformError` for what `teller` ends, and what nats-py raises."""
    if isinstance(connection, TellingClient):
        teller.hear = connection.hear
    try:
        await connection.connect(**options)
    except PlatformError:
        await hang_up(connection)  # nats-py waits for ever for the end of a line whose handshake failed
        raise
    teller.has_connected()
