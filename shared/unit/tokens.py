"""Who is calling: bearer tokens, JSON Web Tokens signed with Ed25519 (RFC 7519, RFC 8037).

Claims: `sub` the actor, such as `logistics.lead`; `unit`; `aud` the congress; `iss`, `iat`, `exp`; `jti` the token's
id; `person` the id on the register of who holds the position, where one is named. The header's `kid` names the key
that signed it. Tokens of earlier versions lack `jti`, and older ones `kid`.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from shared.domain.decider import Actor, Refused
from shared.eventstore.names import is_name
from shared.i18n import format_minute
from shared.unit import problems
from shared.unit.accepted_keys import AcceptedKeys
from shared.unit.issuer import KEY_ID_DIGITS, key_id
from shared.unit.requests import CLOCK_SKEW
from shared.unit.roles import check_may_record
from shared.values.message import Message
from shared.values.text import clean
from shared.values.token_names import TOKEN_ID
from shared.values.types import ID_PATTERN

ISSUER = "daihoi"
ALGORITHM = "EdDSA"
REMEMBERED_TOKENS = 1024
REQUIRED_CLAIMS = ["sub", "unit", "aud", "iss", "iat", "exp"]
_is_id = re.compile(ID_PATTERN).fullmatch
_SHOWN_KEY_ID = re.compile(rf"[\w.-]{{1,{KEY_ID_DIGITS}}}", re.ASCII)
MOST_IN_AN_ACTOR = 200
OF_ODD_CLAIMS = (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError, RecursionError)
"""What reading a signed token can raise beside the library's own errors, where its claims are of odd kinds."""


def checked_actor(actor_id: object, unit: object, person: object = "") -> Actor:
    """The actor of these claims, its id clean. Raises `ValueError` where they could not be one's."""
    if not isinstance(actor_id, str) or not isinstance(unit, str) or not is_name(unit):
        raise ValueError("an actor has an id and a unit")
    named = clean(actor_id)
    if not named or len(named) > MOST_IN_AN_ACTOR or "\n" in named or Actor(named, unit).is_policy:
        raise ValueError(f"an actor's id has up to {MOST_IN_AN_ACTOR} characters on one line, and is no policy's")
    if not isinstance(person, str) or (person and not _is_id(person)):
        raise ValueError("a person is named by an id as the register has it")
    return Actor(named, unit, person)


def _reason(error: Exception) -> Message:
    match error:
        case jwt.InvalidAudienceError():
            return problems.FOR_ANOTHER_CONGRESS
        case jwt.DecodeError() | jwt.InvalidAlgorithmError():
            return problems.UNREADABLE
        case _:
            return problems.UNFIT_CLAIMS


class Bearer(NamedTuple):
    """What a token says, once it is proved. `token_id` is empty where it has none; `key_id` is that of the key that
    signed it, whatever its header says."""

    actor: Actor
    token_id: str
    key_id: str
    minted: datetime
    expires: datetime


def mint_token(private_key: bytes, congress: str, actor: Actor, now: datetime, lasting: timedelta) -> str:
    """Raises `ValueError` where `actor` can be nobody."""
    actor = checked_actor(*actor)
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": congress,
        "sub": actor.id,
        "unit": actor.unit,
        "iat": now,
        "exp": now + lasting,
    }
    key = cast("Ed25519PrivateKey", load_pem_private_key(private_key, password=None))
    if actor.person:
        claims["person"] = actor.person
    headers = {"kid": key_id(key.public_key())}
    return jwt.encode(claims | {"jti": uuid4().hex}, key, algorithm=ALGORITHM, headers=headers)


def id_of(token: str) -> str:
    """The id of a token that was minted here just now."""
    return str(jwt.decode(token, options={"verify_signature": False})["jti"])


def unit_of(token: str) -> str:
    """Whose member a token says that its bearer is, which nobody has checked; empty where it is no token."""
    return _claim(token, "unit")


def position_of(token: str) -> str:
    """The position that a token says that its bearer has; as `unit_of`."""
    return _claim(token, "sub")


def _claim(token: str, name: str) -> str:
    try:
        return str(jwt.decode(token, options={"verify_signature": False}).get(name, ""))
    except jwt.InvalidTokenError:
        return ""


class TokenVerifier:
    """Turns an `Authorization` header into the actor it proves, for one service."""

    def __init__(
        self,
        keys: bytes | AcceptedKeys,
        congress: str,
        service: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`keys` may be one public key in PEM form."""
        if isinstance(keys, bytes):
            keys = AcceptedKeys([cast("Ed25519PublicKey", load_pem_public_key(keys))])
        self._keys = keys
        self._congress = congress
        self._service = service
        self._now = now
        self._proved: OrderedDict[str, tuple[Bearer, Ed25519PublicKey]] = OrderedDict()

    @property
    def key_id(self) -> str:
        """The ids of the keys that it accepts now, set apart by commas."""
        self._keys.look()
        return ", ".join(self._keys.ids)

    def actor(self, authorization: str | None) -> Actor:
        """Who may give commands. Raises a refusal: as `reader`, `wrong_unit`, or `reads_only`."""
        return self.commander(authorization).actor

    def commander(self, authorization: str | None) -> Bearer:
        """Does what `actor` does, and returns all that the token says."""
        bearer = self.bearer(authorization)
        check_may_record(bearer.actor, self._service)
        return bearer

    def reader(self, authorization: str | None) -> Actor:
        """Who is asking, of whichever unit. Raises a refusal: `missing_token`, `invalid_token` or `expired_token`."""
        return self.bearer(authorization).actor

    def bearer(self, authorization: str | None) -> Bearer:
        """Does what `reader` does, and returns all that the token says."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise problems.MISSING_TOKEN()
        self._keys.look()
        bearer = self._remembered(token) or self._prove(token)
        now = self._now()
        if bearer.expires <= now:
            raise problems.EXPIRED_TOKEN()
        if bearer.minted > now + CLOCK_SKEW:
            minted = problems.MINTED_LATER.filled(minted=format_minute(bearer.minted))
            raise problems.INVALID_TOKEN(reason=minted)
        return bearer

    def _remembered(self, token: str) -> Bearer | None:
        """Where the key that signed it is still accepted."""
        bearer, key = self._proved.get(token, (None, None))
        return bearer if bearer and key in self._keys.named(bearer.key_id) else None

    def _prove(self, token: str) -> Bearer:
        if not token.isascii():
            raise problems.INVALID_TOKEN(reason=problems.UNREADABLE)
        try:
            claims, key = self._claims(token, jwt.get_unverified_header(token).get("kid"))
            bearer = Bearer(
                checked_actor(claims["sub"], claims["unit"], claims.get("person", "")),
                _token_id(claims),
                key_id(key),
                datetime.fromtimestamp(claims["iat"], UTC),
                datetime.fromtimestamp(claims["exp"], UTC),
            )
        except (jwt.InvalidTokenError, *OF_ODD_CLAIMS) as error:
            raise problems.INVALID_TOKEN(reason=_reason(error)) from error
        self._proved[token] = bearer, key
        if len(self._proved) > REMEMBERED_TOKENS:
            self._proved.popitem(last=False)
        return bearer

    def _claims(self, token: str, named: str | None) -> tuple[dict[str, Any], Ed25519PublicKey]:
        """What the token says, and the one accepted key that signed it. `named` is looked up among their ids and is
        nothing else."""
        if not self._keys.named(named):
            self._keys.look(at_once=True)
        for key in self._keys.named(named):
            try:
                return self._decoded(token, key), key
            except jwt.InvalidSignatureError:
                continue
        raise self._not_signed_here(named)

    def _decoded(self, token: str, key: Ed25519PublicKey) -> dict[str, Any]:
        return jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=self._congress,
            issuer=ISSUER,
            options={"require": REQUIRED_CLAIMS, "verify_exp": False, "verify_iat": False},
        )

    def _not_signed_here(self, named: str | None) -> Refused:
        if named in self._keys.ids:
            return problems.INVALID_TOKEN(reason=problems.BADLY_SIGNED)
        signed_by = named if named and _SHOWN_KEY_ID.fullmatch(named) else "?"
        return problems.SIGNED_BY_ANOTHER_KEY(signed_by=signed_by, key_id=", ".join(self._keys.ids) or "–")


def _token_id(claims: dict[str, Any]) -> str:
    token_id = claims.get("jti", "")
    if token_id == "" or TOKEN_ID.fullmatch(token_id):
        return str(token_id)
    raise ValueError("a token's id has 32 hexadecimal digits, so that it can be revoked by it")
