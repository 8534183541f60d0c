"""A session on its way from where somebody signed in to the service that sent them there.

The browser carries a code that says nothing. What it stands for lies for a minute where that service alone can take
it, once, and only for the browser that it sent away: the digest of a cookie of its own goes with it.
"""

import hashlib
import hmac
import secrets
from typing import Annotated

from nats.aio.client import Client
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.eventstore.direct import read_last
from shared.eventstore.names import handed_over_bucket, record_stream, record_subject
from shared.eventstore.records import Records
from shared.unit.signed_out import SignedOut


class HandedOver(BaseModel):
    """`state` is the digest of the cookie; `path` a page of the service."""

    model_config = ConfigDict(frozen=True)
    token: Annotated[str, Field(max_length=4000)]
    path: Annotated[str, Field(max_length=2000)]
    state: Annotated[str, Field(max_length=64)]


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class HandingOver:
    def __init__(self, connection: Client, congress: str, signed_out: SignedOut) -> None:
        self._connection, self._bucket = connection, handed_over_bucket(congress)
        self._records, self._signed_out = Records(connection, self._bucket), signed_out

    async def give(self, service: str, session: HandedOver) -> str:
        """A code for this session. Raises `Unavailable`."""
        code = secrets.token_urlsafe(32)
        await self._records.put(f"{service}.{digest(code)}", session.model_dump_json().encode(), 0)
        return code

    async def take(self, service: str, code: str, cookie: str) -> HandedOver | None:
        """What the code stands for; nothing where it is over, was used, or is for another service or browser. Raises
        `Unavailable`."""
        key = digest(code)
        subject = record_subject(self._bucket, f"{service}.{key}")
        stored = await read_last(self._connection, record_stream(self._bucket), subject)
        if stored is None:
            return None
        try:
            session = HandedOver.model_validate_json(stored)
        except ValidationError:
            return None
        if not cookie or not hmac.compare_digest(session.state, digest(cookie)):
            return None
        return session if await self._signed_out.use(key) else None
