"""What a browser keeps between two steps of signing in: signed, short-lived and good for nothing else.

Each kind has an audience of its own, so none is ever taken for another, or for a session."""

from datetime import datetime, timedelta
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.unit.tokens import ALGORITHM, ISSUER

LASTING = timedelta(minutes=10)
LASTING_S = int(LASTING.total_seconds())


class Destination(BaseModel):
    """The service, and its page, that whoever signs in comes from; `state` as in `HandedOver`, empty for the
    authority itself."""

    model_config = ConfigDict(frozen=True)
    to: str
    path: str
    state: str = ""


class Ticket(BaseModel):
    model_config = ConfigDict(frozen=True)
    destination: Destination


class Proved(Ticket):
    """Somebody who has proved who they are, and has not begun a session; `must_change` their password before that.
    It holds for the account as it was `seen`, and until all sessions that could be begun `at` that time are ended."""

    account: str
    seen: int
    at: datetime
    must_change: bool = False


class AtProvider(Ticket):
    """Somebody who was sent to the provider of OpenID Connect."""

    state: str
    nonce: str
    verifier: str


def seal(ticket: Ticket, private_key: bytes, congress: str, now: datetime) -> str:
    claims = {"iss": ISSUER, "aud": _audience(type(ticket), congress), "exp": now + LASTING}
    return jwt.encode(claims | {"ticket": ticket.model_dump(mode="json")}, _key(private_key), algorithm=ALGORITHM)


def unseal[Kind: Ticket](kind: type[Kind], sealed: str, private_key: bytes, congress: str) -> Kind | None:
    """What the ticket says; nothing where it is none of this kind, or over."""
    try:
        claims: dict[str, Any] = jwt.decode(
            sealed,
            _key(private_key).public_key(),
            algorithms=[ALGORITHM],
            audience=_audience(kind, congress),
            issuer=ISSUER,
            options={"require": ["exp", "aud", "iss"]},
        )
        return kind.model_validate(claims["ticket"])
    except (jwt.InvalidTokenError, ValidationError, ValueError, KeyError):
        return None


def _key(private_key: bytes) -> Ed25519PrivateKey:
    return cast("Ed25519PrivateKey", load_pem_private_key(private_key, password=None))


def _audience(kind: type[Ticket], congress: str) -> str:
    return f"{congress}/sign-in/{kind.__name__}"
