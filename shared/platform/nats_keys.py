"""NATS' own keys, tokens and credentials: nkeys, JWTs that they sign, `.creds` files.

An nkey is an Ed25519 key in base32, with a letter that says whose it is and a checksum. The operator's key signs
accounts, an account's key signs users with their permissions; the server knows the operator alone. See docs/adr/0044.
"""

import base64
import binascii
import hashlib
import json
import re
import time
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from shared.domain.decider import Refusal
from shared.platform.errors import PlatformError
from shared.platform.files import OWN_FILE, own_folder, write_over
from shared.platform.reading import read_file
from shared.platform.secret_files import check_closed

type Claims = dict[str, Any]

LARGEST_FILE_BYTES = 64 * 1024
NO_KEY = Refusal("no_nats_key", "{path} holds no NATS key. Bring the right file back; it is not touched.")
BAD_CREDENTIALS = Refusal(
    "bad_credentials", "{path} holds no NATS credentials. Get them anew from whoever runs the congress."
)
_SEED = 18 << 3
_PART = r"-+BEGIN {name}-+\s+(\S+)\s+-+END {name}-+"


class Kind(IntEnum):
    """Whose key it is."""

    OPERATOR = 14 << 3
    ACCOUNT = 0
    USER = 20 << 3


class NKey:
    """A key pair. Its text is never shown: only `public` is."""

    def __init__(self, kind: Kind, key: Ed25519PrivateKey) -> None:
        self._kind, self._key = kind, key
        self.public = _in_base32(bytes((kind,)) + key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    @classmethod
    def generate(cls, kind: Kind) -> "NKey":
        return cls(kind, Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: str) -> "NKey":
        """Raises `ValueError`."""
        raw = _from_base32(seed)
        if len(raw) != 34 or raw[0] & 0b11111000 != _SEED:
            raise ValueError("no seed")
        kind = Kind((raw[0] & 0b111) << 5 | raw[1] >> 3)
        return cls(kind, Ed25519PrivateKey.from_private_bytes(raw[2:]))

    @property
    def seed(self) -> str:
        """The secret itself."""
        head = bytes((_SEED | self._kind >> 5, self._kind << 3 & 0xFF))
        return _in_base32(head + self._key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))

    def sign(self, content: bytes) -> bytes:
        return self._key.sign(content)

    def issue(self, subject: str, name: str, nats: Claims, issued_at: int | None = None) -> str:
        """A JWT about the key `subject`, issued now unless another time is given, in Unix seconds."""
        now = int(time.time()) if issued_at is None else issued_at
        claims = {"iat": now, "iss": self.public, "name": name, "sub": subject, "nats": nats}
        digest = hashlib.sha256(json.dumps(claims, sort_keys=True).encode()).digest()
        claims["jti"] = base64.b32encode(digest).decode().rstrip("=")
        signed = f"{_in_base64({'typ': 'JWT', 'alg': 'ed25519-nkey'})}.{_in_base64(claims)}"
        return f"{signed}.{_url_safe(self.sign(signed.encode()))}"


class Credentials(NamedTuple):
    """What a process shows the server: who it is, what it may do, and that it holds the key."""

    jwt: str
    key: NKey

    @property
    def name(self) -> str:
        return str(claims_of(self.jwt).get("name", ""))

    @property
    def permissions(self) -> Claims:
        """`pub` and `sub`, as the JWT has them."""
        nats = claims_of(self.jwt)["nats"]
        return {direction: nats.get(direction, {}) for direction in ("pub", "sub")}

    @property
    def inbox_prefix(self) -> str:
        """Where it may listen for answers."""
        heard = self.permissions["sub"].get("allow", ())
        return next((subject[:-2] for subject in heard if re.fullmatch(r"_INBOX\..+\.>", subject)), "_INBOX")

    def is_signed_by(self, account: str) -> bool:
        return claims_of(self.jwt).get("iss") == account

    def connection_options(self) -> dict[str, Any]:
        """The options of a connection, in the form that nats-py takes."""
        return {"user_jwt_cb": self.show, "signature_cb": self.sign, "inbox_prefix": self.inbox_prefix}

    def show(self) -> bytearray:
        return bytearray(self.jwt.encode())

    def sign(self, nonce: str) -> bytes:
        """What the server asks to be signed, in base64."""
        return base64.b64encode(self.key.sign(nonce.encode()))


def user_credentials(account: NKey, name: str, publish: tuple[str, ...], subscribe: tuple[str, ...]) -> Credentials:
    """A new user of the account, who may do this and nothing else."""
    key = NKey.generate(Kind.USER)
    return Credentials(user_jwt(account, key.public, name, publish, subscribe), key)


def user_jwt(account: NKey, user: str, name: str, publish: tuple[str, ...], subscribe: tuple[str, ...]) -> str:
    unlimited = dict.fromkeys(("subs", "data", "payload"), -1)
    allowed = permissions(publish, subscribe)
    return account.issue(user, name, {**allowed, **unlimited, "type": "user", "version": 2})


def permissions(publish: tuple[str, ...], subscribe: tuple[str, ...]) -> Claims:
    """The permissions in the form that a user's JWT has them in."""
    return {"pub": {"allow": [*publish]}, "sub": {"allow": [*subscribe]}}


def operator_jwt(operator: NKey, system_account: str) -> str:
    """Always the same: a server that runs takes no other (nats-server 2.15)."""
    claims = {"type": "operator", "version": 2, "system_account": system_account}
    return operator.issue(operator.public, "daihoi", claims, issued_at=0)


def account_jwt(operator: NKey, account: str, name: str, *, jetstream: bool, **further: Any) -> str:
    """`further`: its exports and imports, and revocations, which are users by their public keys; what was issued to
    them until then, in Unix seconds, counts no more."""
    unlimited = dict.fromkeys(("subs", "data", "payload", "imports", "exports", "conn", "leaf"), -1)
    stored = dict.fromkeys(("mem_storage", "disk_storage", "streams", "consumer"), -1 if jetstream else 0)
    claims = {"type": "account", "version": 2, "limits": {**unlimited, "wildcards": True, **stored}}
    return operator.issue(account, name, claims | {claim: value for claim, value in further.items() if value})


def claims_of(jwt: str) -> Claims:
    """Unverified: the server verifies. Raises `ValueError`."""
    payload = jwt.split(".")[1] if jwt.count(".") == 2 else ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)) or "null")
    except RecursionError as error:
        raise ValueError("no JWT") from error
    if not isinstance(claims, dict):
        raise ValueError("no JWT")
    return claims


def write_credentials(path: Path, credentials: Credentials) -> None:
    """For the owner alone. Raises `OSError`."""
    own_folder(path.parent)
    text = (
        f"-----BEGIN NATS USER JWT-----\n{credentials.jwt}\n------END NATS USER JWT------\n\n"
        "Whoever has the seed is this user. Keep it where nobody else reads it.\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{credentials.key.seed}\n------END USER NKEY SEED------\n"
    )
    write_over(path, text.encode(), OWN_FILE)


def read_credentials(path: Path) -> Credentials:
    """Raises `PlatformError` where there are none in the file, or others may read it too, `OSError`."""
    credentials = credentials_in(path)
    check_closed(path)
    return credentials


def credentials_in(path: Path) -> Credentials:
    """Whoever may read the file, so not to come to a server with. Raises as `read_credentials`."""
    text = read_text(path)
    jwt, seed = (_part(name, text) for name in ("NATS USER JWT", "USER NKEY SEED"))
    try:
        _check_permissions(claims_of(jwt)["nats"])
        return Credentials(jwt, NKey.from_seed(seed))
    except (ValueError, KeyError) as error:
        raise PlatformError(BAD_CREDENTIALS(path=path)) from error


def _check_permissions(nats: object) -> None:
    """Raises `ValueError` where they are not as a user's are."""
    directions = [nats.get(direction, {}) for direction in ("pub", "sub")] if isinstance(nats, dict) else [None]
    for permissions in directions:
        allowed = permissions.get("allow", []) if isinstance(permissions, dict) else None
        if not isinstance(allowed, list) or not all(isinstance(subject, str) for subject in allowed):
            raise ValueError("no permissions")


def read_key(path: Path) -> NKey:
    """The key pair in a file that holds a seed. Raises as `read_credentials`."""
    try:
        key = NKey.from_seed(read_text(path).strip())
        check_closed(path)
        return key
    except ValueError as error:
        raise PlatformError(NO_KEY(path=path)) from error


def read_text(path: Path) -> str:
    return read_file(path, LARGEST_FILE_BYTES).decode(errors="replace")


def _part(name: str, text: str) -> str:
    part = re.search(_PART.format(name=name), text)
    return part[1] if part else ""


def _in_base32(raw: bytes) -> str:
    checked = raw + binascii.crc_hqx(raw, 0).to_bytes(2, "little")
    return base64.b32encode(checked).decode().rstrip("=")


def _from_base32(text: str) -> bytes:
    """Raises `ValueError`."""
    checked = base64.b32decode(text + "=" * (-len(text) % 8))
    raw, checksum = checked[:-2], checked[-2:]
    if binascii.crc_hqx(raw, 0).to_bytes(2, "little") != checksum:
        raise ValueError("the checksum is another")
    return raw


def _in_base64(claims: Claims) -> str:
    return _url_safe(json.dumps(claims, separators=(",", ":")).encode())


def _url_safe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
