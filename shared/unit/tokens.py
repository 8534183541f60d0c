"""Who is calling: bearer tokens, JSON Web Tokens signed with Ed25519 (RFC 7519, RFC 8037).

Claims: `sub` the actor, such as `logistics.lead`; `unit`; `aud` the congress; `iss`, `iat`, `exp`. The header's `kid`
names the key that signed it.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import cast

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from shared.domain.decider import Actor
from shared.eventstore.names import is_name
from shared.unit import problems
from shared.unit.issuer import KEY_ID_DIGITS, key_id
from shared.values.message import Message
from shared.values.text import clean

ISSUER = "daihoi"
ALGORITHM = "EdDSA"
REMEMBERED_TOKENS = 1024
REQUIRED_CLAIMS = ["sub", "unit", "aud", "iss", "iat", "exp"]
MOST_IN_AN_ACTOR = 200
OF_ODD_CLAIMS = (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError, RecursionError)
"""What reading a signed token can raise beside the library's own errors, where its claims are of odd kinds."""


def checked_actor(actor_id: object, unit: object) -> Actor:
    """The actor of these claims, its id clean. Raises `ValueError` where they could not be one's."""
    if not isinstance(actor_id, str) or not isinstance(unit, str) or not is_name(unit):
        raise ValueError("an actor has an id and a unit")
    named = clean(actor_id)
    if not named or len(named) > MOST_IN_AN_ACTOR or "\n" in named or Actor(named, unit).is_policy:
        raise ValueError(f"an actor's id has up to {MOST_IN_AN_ACTOR} characters on one line, and is no policy's")
    return Actor(named, unit)


def _reason(error: Exception) -> Message:
    match error:
        case jwt.InvalidAudienceError():
            return problems.FOR_ANOTHER_CONGRESS
        case jwt.DecodeError() | jwt.InvalidAlgorithmError():
            return problems.UNREADABLE
        case _:
            return problems.UNFIT_CLAIMS


def mint_token(private_key: bytes, congress: str, actor: Actor, now: datetime, lasting: timedelta) -> str:
    """Raises `ValueError` where `actor` can be nobody."""
    actor = checked_actor(*actor)
    claims = {"iss": ISSUER, "aud": congress, "sub": actor.id, "unit": actor.unit, "iat": now, "exp": now + lasting}
    key = cast("Ed25519PrivateKey", load_pem_private_key(private_key, password=None))
    return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": key_id(key.public_key())})


class TokenVerifier:
    """Turns an `Authorization` header into the actor it proves, for one service."""

    def __init__(
        self, public_key: bytes, congress: str, service: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._public_key = cast("Ed25519PublicKey", load_pem_public_key(public_key))
        self.key_id = key_id(self._public_key)
        self._congress = congress
        self._service = service
        self._now = now
        self._proved: OrderedDict[str, tuple[Actor, datetime]] = OrderedDict()

    def actor(self, authorization: str | None) -> Actor:
        """Who may give commands. Raises a refusal: as `reader`, or `wrong_unit`."""
        actor = self.reader(authorization)
        if actor.unit != self._service:
            raise problems.WRONG_UNIT(actor=actor.id, service=self._service)
        return actor

    def reader(self, authorization: str | None) -> Actor:
        """Who is asking, of whichever unit. Raises a refusal: `missing_token`, `invalid_token` or `expired_token`."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise problems.MISSING_TOKEN()
        actor, expires = self._proved.get(token) or self._prove(token)
        if expires <= self._now():
            raise problems.EXPIRED_TOKEN()
        return actor

    def _prove(self, token: str) -> tuple[Actor, datetime]:
        if not token.isascii():
            raise problems.INVALID_TOKEN(reason=problems.UNREADABLE)
        try:
            claims = jwt.decode(
                token,
                self._public_key,
                algorithms=[ALGORITHM],
                audience=self._congress,
                issuer=ISSUER,
                options={"require": REQUIRED_CLAIMS, "verify_exp": False},
            )
            proved = checked_actor(claims["sub"], claims["unit"]), datetime.fromtimestamp(claims["exp"], UTC)
        except jwt.InvalidSignatureError as error:
            signed_by = str(jwt.get_unverified_header(token).get("kid", "?"))[:KEY_ID_DIGITS]
            raise problems.SIGNED_BY_ANOTHER_KEY(signed_by=signed_by, key_id=self.key_id) from error
        except (jwt.InvalidTokenError, *OF_ODD_CLAIMS) as error:
            raise problems.INVALID_TOKEN(reason=_reason(error)) from error
        self._proved[token] = proved
        if len(self._proved) > REMEMBERED_TOKENS:
            self._proved.popitem(last=False)
        return proved
