"""TLS to NATS: when it is demanded, with which files, and what is told where a server can't be trusted.

It is demanded where `DAIHOI_NATS_CA` or `DAIHOI_NATS_CERTIFICATE` is set, or an address begins with `tls://`. Then no
byte of ours goes over a connection that is not encrypted, whatever the server offers.
"""

import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nats.errors

from shared.domain.decider import Refusal, Refused
from shared.platform.errors import PlatformError
from shared.platform.files import why_not
from shared.platform.plain import is_plain
from shared.platform.reading import check_ordinary
from shared.platform.secret_files import check_closed
from shared.values.message import Message, OwnWords

CA, CERTIFICATE, KEY = "DAIHOI_NATS_CA", "DAIHOI_NATS_CERTIFICATE", "DAIHOI_NATS_KEY"
_NOT_YET_VALID, _EXPIRED = 9, 10
_OTHER_NAMES = (62, 64)
"""OpenSSL's codes for what is wrong with a certificate."""
_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNEXPECTED_MESSAGE", "BAD_RECORD_TYPE")
"""OpenSSL's words for an answer that is no TLS at all."""

TLS_FILE_UNUSABLE = Refusal("nats_tls_file_unusable", "{setting} names {path}, which can't be used: {reason}.")
LOCKED = Message("locked", "it is locked with a password")
TLS_HALVES = Refusal(
    "nats_tls_halves", "DAIHOI_NATS_CERTIFICATE and DAIHOI_NATS_KEY go together: set both, or neither."
)
NOT_ENCRYPTED = Refusal(
    "nats_not_encrypted",
    "The NATS server at {url} does not encrypt, and TLS is demanded. Either the server is to be given a certificate, "
    "or somebody stands between. Nothing was sent to it.",
)
EXPIRED = Refusal(
    "nats_certificate_expired",
    "The certificate of the NATS server at {url} is not valid today: renew it, or set this machine's clock right.",
)
OTHER_NAME = Refusal(
    "nats_certificate_other_name",
    "The certificate of the NATS server at {url} is for another name: use a name that stands in it, or have it made "
    "for this one.",
)
UNKNOWN_ISSUER = Refusal(
    "nats_certificate_unknown",
    "The certificate of the NATS server at {url} is signed by nobody who is trusted here ({reason}). DAIHOI_NATS_CA "
    "is to name the authority that made it; if it does, somebody stands between.",
)
NOT_ADMITTED = Refusal(
    "nats_certificate_demanded",
    "The NATS server at {url} does not accept this process's certificate ({reason}): DAIHOI_NATS_CERTIFICATE and "
    "DAIHOI_NATS_KEY are to name one that its authority has made.",
)


class NotUsable(ValueError):
    """A file of TLS can't be used; why, in words of ours."""

    def __init__(self, why: Message) -> None:
        super().__init__(why)
        self.why = why


class NotEncrypted(nats.errors.Error):
    """The server offers no TLS, and it is demanded."""


class CertificateDemanded(nats.errors.Error):
    """The server demands a certificate of ours, and there is none. It would end the line without a word about it."""


def check_offer(info: Mapping[str, Any]) -> None:
    """What a server says of itself in plain, before anything is sent to it. Raises what `untrusted` knows."""
    if not info.get("tls_required"):
        raise NotEncrypted("nats: the server offers no TLS")
    if info.get("tls_verify") and not os.environ.get(CERTIFICATE):
        raise CertificateDemanded("nats: the server demands a certificate")


def tls_options(url: str) -> dict[str, Any]:
    """What the client is told for the servers at `url`; nothing where TLS is not demanded. Raises `PlatformError`
    where a file can't be used. Without a look at the client's insides only a server that begins with the handshake is
    sure never to be spoken to in plain: `handshake_first` in its configuration."""
    if not (os.environ.get(CA) or os.environ.get(CERTIFICATE) or "tls://" in url):
        return {}
    return {"tls": _context(), "tls_handshake_first": is_plain()}


def _context() -> ssl.SSLContext:
    ca, certificate, key = (os.environ.get(name) or None for name in (CA, CERTIFICATE, KEY))
    if bool(certificate) != bool(key):
        raise PlatformError(TLS_HALVES())
    try:
        if ca:
            check_ordinary(Path(ca))
        context = ssl.create_default_context(cafile=ca)
    except (OSError, ValueError) as error:
        raise _unusable(CA, ca, error) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate and key:
        _show(context, certificate, key)
    return context


def _show(context: ssl.SSLContext, certificate: str, key: str) -> None:
    """The certificate that this process shows to servers."""
    try:
        for path in (certificate, key):
            check_ordinary(Path(path))
        context.load_cert_chain(certificate, key, password=_no_password)
        check_closed(Path(key))
    except (OSError, ValueError) as error:
        raise _unusable(f"{CERTIFICATE}, {KEY}", f"{certificate}, {key}", error) from error


def _no_password() -> str:
    """OpenSSL would ask the terminal."""
    raise NotUsable(LOCKED)


def _unusable(setting: str, path: str | None, error: Exception) -> PlatformError:
    match error:
        case NotUsable():
            reason: Message | str = error.why
        case OSError() if not isinstance(error, ssl.SSLError):
            reason = why_not(error)
        case _:
            reason = OwnWords(error)
    return PlatformError(TLS_FILE_UNUSABLE(setting=setting, path=path, reason=reason))


def untrusted(error: Exception, url: str) -> Refused | None:
    """What is told of an error that no waiting mends: a server, or we ourselves, can't be trusted."""
    match error:
        case ssl.SSLCertVerificationError(verify_code=code) if code in (_EXPIRED, _NOT_YET_VALID):
            return EXPIRED(url=url)
        case ssl.SSLCertVerificationError(verify_code=code) if code in _OTHER_NAMES:
            return OTHER_NAME(url=url)
        case ssl.SSLCertVerificationError():
            return UNKNOWN_ISSUER(url=url, reason=OwnWords(error.verify_message))
        case CertificateDemanded():
            return NOT_ADMITTED(url=url, reason=OwnWords("certificate required"))
        case NotEncrypted():
            return NOT_ENCRYPTED(url=url)
        case ssl.SSLError(reason=reason) if reason in _NO_TLS:
            return NOT_ENCRYPTED(url=url)
        case ssl.SSLError(reason=str() as reason) if "ALERT" in reason:
            return NOT_ADMITTED(url=url, reason=OwnWords(reason.lower().replace("_", " ")))
        case _:
            return None
