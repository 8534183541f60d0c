"""Addresses of servers as they may be shown."""

import re

PASSWORD_FILE = "passwordFile"  # noqa: S105 - the name of an option
_USER_INFO = re.compile(r"(\b[a-z][a-z0-9+.-]*://)([^\s/@:,]*)(:(?:(?!,[a-z]+://)\S)*)?@", re.IGNORECASE)
_PASSWORD_FILE = re.compile(rf"[?&]{PASSWORD_FILE}=[^&\s]*[^&\s.,;]")
_MASK = "…"


def masked(text: str) -> str:
    """`text` with what is secret in its addresses left out: passwords, and tokens that stand in place of a user.
    Everything that is printed or logged and may hold an address goes through here."""
    return _PASSWORD_FILE.sub("", _USER_INFO.sub(_without_secret, text))


def _without_secret(address: re.Match[str]) -> str:
    scheme, user, password = address.groups()
    if password is None and scheme.startswith("mongodb"):
        return address.group()
    return f"{scheme}{user}:{_MASK}@" if password else f"{scheme}{_MASK}@"
