"""Sessions that were ended before their time, as every service sees them."""

from datetime import UTC, datetime, timedelta

from nats.aio.client import Client

from shared.eventstore.errors import Conflict, Unavailable
from shared.eventstore.names import signed_out_bucket
from shared.eventstore.records import Records
from shared.unit import problems
from shared.unit.tokens import Bearer


class SignedOut:
    """Nothing is cached: a session that was ended at one service is over at once at all of them."""

    def __init__(self, connection: Client, congress: str) -> None:
        self._records = Records(connection, signed_out_bucket(congress))

    async def check(self, bearer: Bearer) -> None:
        """Raises the refusal `signed_out`; `unavailable` where the broker does not say."""
        person = bearer.actor.person
        keys = [f"token.{bearer.token_id}"] if bearer.token_id else []
        keys += [f"person.{person}"] if person else []
        if not keys:
            return
        try:
            records = await self._records.read_any(*keys)
        except Unavailable as error:
            raise problems.UNAVAILABLE() from error
        for record in records:
            if record.key.startswith("token.") or bearer.minted <= _until(record.body):
                raise problems.SIGNED_OUT()

    async def end(self, token_id: str) -> None:
        """Ends one session. Raises `Unavailable`."""
        await self._records.put_over(f"token.{token_id}", b"")

    async def end_all(self, person: str, now: datetime) -> datetime:
        """Ends all sessions of a person that were begun until `now`; returns from when on new ones hold. Raises
        `Unavailable`."""
        until = now.astimezone(UTC).replace(microsecond=0)
        await self._records.put_over(f"person.{person}", until.isoformat().encode())
        return until + timedelta(seconds=1)

    async def holds_from(self, person: str) -> datetime | None:
        """The time from which a new session of this person holds; nothing where all do. Raises `Unavailable`."""
        record = await self._records.read(f"person.{person}")
        return _until(record.body) + timedelta(seconds=1) if record else None

    async def use(self, code_id: str) -> bool:
        """Whether a code is used for the first time, whichever process asks. Raises `Unavailable`."""
        try:
            await self._records.put(f"code.{code_id}", b"", 0)
        except Conflict:
            return False
        return True


def _until(body: bytes) -> datetime:
    """What can't be read ends every session."""
    try:
        return datetime.fromisoformat(body.decode()).astimezone(UTC)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
