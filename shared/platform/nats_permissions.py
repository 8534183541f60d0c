"""What the server does not permit is said at once. nats-py hears it, and goes on to wait for an answer."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

_VIOLATION = re.compile(r'permissions violation for (?:publish|subscription) to "([^"]*)"', re.IGNORECASE)


class PermissionsViolation(nats.errors.Error):
    """The server does not let this identity publish to `subject`."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"publishing to {subject} is not permitted")
        self.subject = subject


class TellingClient(Client):
    """A nats-py client whose requests end with `PermissionsViolation` where they are not permitted."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: dict[str, list[Callable[[], None]]] = {}
        """By subject, in small letters as nats-py gives what the server says."""

    async def request(
        self,
        subject: str,
        payload: bytes = b"",
        timeout: float = 0.5,
        old_style: bool = False,
        headers: dict[str, Any] | None = None,
    ) -> Msg:
        refused = False
        try:
            async with asyncio.timeout(None) as patience:

                def give_up() -> None:
                    nonlocal refused
                    refused = True
                    patience.reschedule(0)

                with self.told_of_refusal(subject, give_up):
                    return await super().request(subject, payload, timeout, old_style, headers)
        except TimeoutError as error:
            if refused:
                raise PermissionsViolation(subject) from error
            raise

    @contextmanager
    def told_of_refusal(self, subject: str, tell: Callable[[], None]) -> Iterator[None]:
        """`tell` is called when the server says, during the block, that `subject` is not permitted."""
        waiting = self._waiting.setdefault(subject.lower(), [])
        waiting.append(tell)
        try:
            yield
        finally:
            waiting.remove(tell)
            if not waiting:
                self._waiting.pop(subject.lower(), None)

    def hear(self, error: Exception) -> None:
        """What the server says is wrong; whoever has connected this client passes it on."""
        if violation := _VIOLATION.search(str(error)):
            for tell in tuple(self._waiting.get(violation[1].lower(), ())):
                tell()


@contextmanager
def told_of_refusal(connection: Client, subject: str, tell: Callable[[], None]) -> Iterator[None]:
    """What `TellingClient.told_of_refusal` tells; other clients tell nothing."""
    if isinstance(connection, TellingClient):
        with connection.told_of_refusal(subject, tell):
            yield
    else:
        yield
