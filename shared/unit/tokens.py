"""Who is calling: bearer tokens, JSON Web Tokens signed with Ed25519 (RFC 7519, RFC 8037).

Claims: `sub` the actor, such as `logistics.lead`; `unit`; `aud` the congress; `iss`, `iat`, `exp`.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.domain.decider import Actor
from shared.unit.problems import EXPIRED_TOKEN, INVALID_TOKEN, MISSING_TOKEN, WRONG_UNIT

ISSUER = "daihoi"
ALGORITHM = "EdDSA"
REMEMBERED_TOKENS = 1024
REQUIRED_CLAIMS = ["sub", "unit", "aud", "iss", "iat", "exp"]


def make_issuer_keys(private: Path, public: Path) -> None:
    """Makes a key pair where there is none; the private half is readable by its owner alone."""
    if private.exists() and public.exists():
        return
    key = Ed25519PrivateKey.generate()
    for path in (private, public):
        path.parent.mkdir(parents=True, exist_ok=True)
    private.touch(mode=0o600)
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    public.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def mint_token(private_key: bytes, congress: str, actor: Actor, now: datetime, lasting: timedelta) -> str:
    claims = {
        "iss": ISSUER,
        "aud": congress,
        "sub": actor.id,
        "unit": actor.unit,
        "iat": now,
        "exp": now + lasting,
    }
    return jwt.encode(claims, private_key, algorithm=ALGORITHM)


class TokenVerifier:
    """Turns an `Authorization` header into the actor it proves, for one service."""

    def __init__(
        self,
        public_key: bytes,
        congress: str,
        service: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._public_key = public_key
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
        try:
            claims = jwt.decode(
                token,
                self._public_key,
                algorithms=[ALGORITHM],
                audience=self._congress,
                issuer=ISSUER,
                options={"require": REQUIRED_CLAIMS, "verify_exp": False},
            )
        except jwt.InvalidTokenError as error:
            raise INVALID_TOKEN(reason=str(error)) from error
        proved = Actor(claims["sub"], claims["unit"]), datetime.fromtimestamp(claims["exp"], UTC)
        self._proved[token] = proved
        if len(self._proved) > REMEMBERED_TOKENS:
            self._proved.popitem(last=False)
        return proved
