"""Who is calling: bearer tokens, JSON Web Tokens signed with Ed25519 (RFC 7519, RFC 8037).

Claims: `sub` the actor, such as `logistics.lead`; `unit`; `aud` the congress; `iss`, `iat`, `exp`. The header's `kid`
names the key that signed it.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from shared.domain.decider import Actor
from shared.domain.text import Unclean, clean
from shared.unit.issuer import KEY_ID_DIGITS, key_id
from shared.unit.issuer import make_issuer_keys as make_issuer_keys
from shared.unit.problems import EXPIRED_TOKEN, INVALID_TOKEN, MISSING_TOKEN, WRONG_UNIT

ISSUER = "daihoi"
ALGORITHM = "EdDSA"
REMEMBERED_TOKENS = 1024
LONGEST_NAME = 200
REQUIRED_CLAIMS = ["sub", "unit", "aud", "iss", "iat", "exp"]


def mint_token(private_key: bytes, congress: str, actor: Actor, now: datetime, lasting: timedelta) -> str:
    claims = {
        "iss": ISSUER,
        "aud": congress,
        "sub": actor.id,
        "unit": actor.unit,
        "iat": now,
        "exp": now + lasting,
    }
    key = cast("Ed25519PrivateKey", load_pem_private_key(private_key, password=None))
    return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": key_id(key.public_key())})


class TokenVerifier:
    """Turns an `Authorization` header into the actor it proves, for one service."""

    def __init__(
        self,
        public_key: bytes,
        congress: str,
        service: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
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
            raise WRONG_UNIT(actor=actor.id, unit=actor.unit, service=self._service)
        return actor

    def reader(self, authorization: str | None) -> Actor:
        """Who is asking, of whichever unit. Raises a refusal: `missing_token`, `invalid_token` or `expired_token`."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise MISSING_TOKEN()
        actor, expires = self._proved.get(token) or self._prove(token)
        if expires <= self._now():
            raise EXPIRED_TOKEN()
        return actor

    def _prove(self, token: str) -> tuple[Actor, datetime]:
        if not token.isascii():
            raise INVALID_TOKEN(reason="it holds other letters than a token has")
        try:
            claims = jwt.decode(
                token,
                self._public_key,
                algorithms=[ALGORITHM],
                audience=self._congress,
                issuer=ISSUER,
                options={"require": REQUIRED_CLAIMS, "verify_exp": False},
            )
        except jwt.InvalidSignatureError as error:
            signed_by = str(jwt.get_unverified_header(token).get("kid", "?"))[:KEY_ID_DIGITS]
            reason = f"it was signed with the key {signed_by!r}, and {self.key_id!r} is in force"
            raise INVALID_TOKEN(reason=reason) from error
        except jwt.InvalidTokenError as error:
            raise INVALID_TOKEN(reason=str(error)) from error
        proved = _actor(claims), datetime.fromtimestamp(claims["exp"], UTC)
        self._proved[token] = proved
        if len(self._proved) > REMEMBERED_TOKENS:
            self._proved.popitem(last=False)
        return proved


def _actor(claims: dict[str, Any]) -> Actor:
    """Raises the refusal of a token that names nobody who could be read."""
    sub, unit = claims["sub"], claims["unit"]
    if not isinstance(sub, str) or not isinstance(unit, str) or len(sub) > LONGEST_NAME:
        raise INVALID_TOKEN(reason="it names no actor")
    try:
        return Actor(clean(sub), clean(unit))
    except Unclean as error:
        raise INVALID_TOKEN(reason=f"the actor's name has {error}") from error
