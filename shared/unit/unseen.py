"""What policies could not do and nobody has seen to, as the ledger has it."""

import logging
from itertools import chain
from typing import NamedTuple

from nats.aio.client import Client

from shared.events.policy import PolicyRefusalResolved, PolicyRefused
from shared.eventstore.direct import Stored, read_subject
from shared.eventstore.envelope import check_place, decode, decode_data
from shared.eventstore.errors import Undecodable
from shared.eventstore.ledger import origin_of
from shared.eventstore.names import event_subject, ledger_stream
from shared.unit.refusals import ENTITY
from shared.values.brief import brief

logger = logging.getLogger(__name__)


class Unresolved(NamedTuple):
    """One refusal: of which service, for which cause, recorded in the ledger as `recorded_as`."""

    service: str
    cause: str
    refused: PolicyRefused
    recorded_as: int


class Unseen:
    """The refusals that nobody has seen to, of one service or of all (`*`), read from the ledger as they come."""

    def __init__(self, connection: Client, congress: str, service: str = "*") -> None:
        self._connection = connection
        self._stream = ledger_stream(congress)
        self._subjects = event_subject(congress, service, ENTITY, "*")
        self._read = 0
        self._refused: dict[tuple[str, str], list[Unresolved]] = {}

    async def now(self) -> list[Unresolved]:
        """In the order of their recording. Raises `Unavailable`."""
        async for stored in read_subject(self._connection, self._stream, self._subjects, self._read):
            self._read = stored.sequence
            self._take(stored)
        return sorted(chain.from_iterable(self._refused.values()), key=lambda refusal: refusal.recorded_as)

    def _take(self, stored: Stored) -> None:
        _, _, service, _, cause = stored.subject.split(".", 4)
        left = self._refused.setdefault((service, cause), [])
        try:
            envelope = decode(stored.body)
            check_place(envelope, stored.subject, origin_of(stored).stream)
            match envelope.type:
                case PolicyRefused.TYPE:
                    left.append(Unresolved(service, cause, decode_data(envelope, PolicyRefused), stored.sequence))
                case PolicyRefusalResolved.TYPE:
                    policy = decode_data(envelope, PolicyRefusalResolved).policy
                    left[:] = [refusal for refusal in left if refusal.refused.policy != policy]
        except (Undecodable, ValueError) as error:
            logger.warning("ledger event %s is no policy's: %s", stored.sequence, brief(error))
        if not left:
            del self._refused[service, cause]
