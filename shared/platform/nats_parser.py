"""nats-py's parser and client from the inside: the only module that relies on what they don't promise.

`HandOverParser` knows the parser's state (`state`, `buf`, `needed`, `header_needed`, `msg_arg`), `HandOverClient` how
the client asks, reads and makes messages. Seen with nats-py 2.16.0; `DAIHOI_PLAIN=1` does without (docs/adr/0038).
"""

import asyncio
import logging
import re
import secrets
from collections.abc import Callable
from typing import Any

import nats.errors
from nats.aio.client import PING_PROTO, Client
from nats.aio.msg import Msg
from nats.aio.transport import TcpTransport
from nats.nuid import NUID, TOTAL_LENGTH
from nats.protocol.parser import AWAITING_MSG_PAYLOAD, CRLF_SIZE, Parser

from shared.platform.nats_permissions import TellingClient
from shared.platform.nats_tls import check_offer

_CRLF = b"\r\n"
_MESSAGE = re.compile(rb"HMSG ([^ ]+) \d+ (\d+) (\d+)\r\n")
_ANY_MESSAGE = re.compile(rb"(?:MSG|(HMSG)) ([^ ]+) (\d+) (?:([^ ]+) )?(?(1)(\d+) )(\d+)\r\n\Z")
"""The server parts by blanks alone; nats-py also by a vertical tab, which may stand in a subject."""
BROKEN_HEADERS = "Daihoi-Broken-Headers"
"""The only header that a message has whose headers can't be read."""

type Receive = Callable[[bytes, bytes], None]
"""Takes a message: its headers as they were sent, from `NATS/1.0` on, and its body."""

logger = logging.getLogger(__name__)


class HandOverParser(Parser):
    """nats-py's parser, but the messages of some inboxes go as bytes to whoever reads there, at once and in order.
    What nats-py does for each message, before anybody sees it, takes three times as long as reading it."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.receivers: dict[bytes, Receive] = {}

    def reset(self) -> None:
        super().reset()
        self._data, self._at = b"", 0

    async def parse(self, data: bytes = b"") -> None:
        """Gives nats-py one control line or payload at a time, so that no message overtakes another."""
        self._data, self._at = self._data[self._at :] + data, 0
        while self._at < len(self._data):
            if self.state == AWAITING_MSG_PAYLOAD:
                await self._pass_on(self.needed + CRLF_SIZE - len(self.buf))
            elif self._hand_over():
                return
            else:
                end_of_line = self._data.find(_CRLF, self._at)
                if end_of_line < 0:
                    return
                await self._pass_on(end_of_line + CRLF_SIZE - self._at)

    async def _pass_on(self, size: int) -> None:
        passed = self._data[self._at : self._at + size]
        self._at += size
        if self.state == AWAITING_MSG_PAYLOAD or not (head := _ANY_MESSAGE.match(passed)):
            await super().parse(passed)
            return
        _, subject, sid, reply, headers_size, size_of_all = head.groups()
        self.msg_arg = {"subject": subject, "sid": int(sid), "reply": reply or b""}
        self.header_needed, self.needed = int(headers_size or 0), int(size_of_all)
        self.state = AWAITING_MSG_PAYLOAD

    def _hand_over(self) -> bool:
        """Whether what comes next, after all that was whole, is the beginning of another message to hand over."""
        data = self._data
        while (head := _MESSAGE.match(data, self._at)) and (receive := self.receivers.get(head[1])):
            begin = head.end()
            body, end = begin + int(head[2]), begin + int(head[3])
            if len(data) < end + CRLF_SIZE:
                return True
            self._at = end + CRLF_SIZE
            receive(data[begin:body], data[body:end])
        return False


class HandOverClient(TellingClient):
    """A nats-py client whose inboxes can be read as bytes, and that no message makes deaf: nats-py 2.16 ends its read
    loop at headers that it can't read, and goes on to say that it is connected."""

    def __init__(self) -> None:
        super().__init__()
        self._ps: HandOverParser = HandOverParser(self)
        self._nuid = Unforeseeable()
        self.receivers = self._ps.receivers
        """By inbox: who gets what comes there, and its subscription nothing."""

    async def request_as_bytes(self, subject: bytes, headers: bytes, body: bytes, timeout: float) -> Msg:
        """Like `request`, but for any subject and any headers that a server takes."""
        if not self._resp_sub_prefix:
            await self._init_request_sub()
        assert self._resp_sub_prefix is not None  # noqa: S101 - it was made just now
        token = self._nuid.next()
        answered: asyncio.Future[Msg] = asyncio.get_running_loop().create_future()
        self._resp_map[token.decode()] = answered
        to = b"%s %s%s" % (subject, self._resp_sub_prefix, token)
        size = len(headers) + len(body)
        head = b"HPUB %s %d %d\r\n" % (to, len(headers), size) if headers else b"PUB %s %d\r\n" % (to, size)
        await self._send_command(head + headers + body + _CRLF)
        await self._flush_pending()
        try:
            return await asyncio.wait_for(answered, timeout)
        finally:
            self._resp_map.pop(token.decode(), None)

    async def _send_ping(self, future: asyncio.Future[bool] | None = None) -> None:
        """nats-py's overtakes what waits to be sent, so that `flush` returns before that is at the server."""
        self._pongs.append(future or asyncio.get_running_loop().create_future())
        await self._send_command(PING_PROTO)
        await self._flush_pending()

    async def _process_connect_init(self) -> None:
        """nats-py would wait for ever for the end of a line whose handshake failed, and try no other server."""
        try:
            await super()._process_connect_init()
        except (OSError, nats.errors.Error, TimeoutError):
            if "tls" in self.options and isinstance(line := self._transport, TcpTransport) and line._io_writer:
                line._io_writer.transport.abort()
                line._io_writer = None
            raise

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:
        """What a server says before anything is sent to it. nats-py goes on without TLS where the server has none."""
        if initial_connection and "tls" in self.options:
            check_offer(info)
        await super()._process_info(info, initial_connection)

    async def _process_headers(self, headers: bytes | None) -> dict[str, str] | None:
        try:
            return await super()._process_headers(headers)
        except (IndexError, ValueError):
            return {BROKEN_HEADERS: "1"}

    def _build_message(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: dict[str, str] | None
    ) -> Msg:
        message: Msg = self.msg_class(
            subject=text_of(subject), reply=text_of(reply), data=data, headers=headers, _client=self, _sid=sid
        )
        return message

    async def _read_loop(self) -> None:
        """Whatever ended it, nobody else would notice."""
        await super()._read_loop()
        if self.is_connected and asyncio.current_task() is self._reading_task:
            logger.error("NATS: the connection could not be read any more and is made anew")
            await self.force_reconnect()


class Unforeseeable(NUID):
    """The names of inboxes. nats-py counts them up, so that whoever is asked twice knows where the next answer, of
    somebody else, is awaited. They are as long as nats-py's, which relies on that."""

    def next(self) -> bytearray:
        return bytearray(secrets.token_hex(TOTAL_LENGTH // 2).encode())


def text_of(sent: bytes) -> str:
    """UTF-8, with a mark for every byte that is none: the same text as in what the server says in JSON."""
    try:
        return sent.decode()
    except UnicodeDecodeError:
        return re.sub("[\udc80-\udcff]", "\ufffd", sent.decode(errors="surrogateescape"))
