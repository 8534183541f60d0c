"""Answers go to inboxes and nowhere else: a service publishes them with its own rights, so whoever asks must not
choose a subject that means something. And no answer is larger than the broker carries."""

import logging
import re
from typing import TYPE_CHECKING

import nats.errors

from shared.platform.nats import HEADERS_BYTES

if TYPE_CHECKING:
    from faststream.nats import NatsBroker, NatsMessage

logger = logging.getLogger(__name__)

_INBOX = re.compile(r"_INBOX(\.[A-Za-z0-9_-]+){1,4}")
"""What clients of NATS make for themselves. Nothing here uses another prefix, so nothing else is allowed."""


def is_inbox(subject: str) -> bool:
    """Whether `subject` may be answered to."""
    return len(subject) <= 200 and _INBOX.fullmatch(subject) is not None


def fits(broker: "NatsBroker", answer: bytes) -> bool:
    return len(answer) + HEADERS_BYTES <= broker.connection.max_payload


async def respond(broker: "NatsBroker", reply: str, answer: bytes) -> None:
    """Publishes `answer` where it may go; where it can't, the log says so."""
    if not reply:
        return
    if not is_inbox(reply):
        logger.warning("nothing is answered to %r: that is no inbox", reply[:200])
    elif not fits(broker, answer):
        logger.error("an answer of %s bytes is larger than the broker carries", len(answer))
    else:
        try:
            await broker.connection.publish(reply, answer)
        except nats.errors.Error:
            logger.exception("an answer was not sent")


async def unread(message: "NatsMessage") -> "NatsMessage":
    """The decoder of those who get the message itself: what it holds is no business of the framework's."""
    return message
