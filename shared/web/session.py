"""The session of somebody who is signed in: a bearer token in a cookie that only this host's pages may use."""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

from shared.unit.tokens import Bearer

CSRF_FIELD: Final = "csrf"


@dataclass(frozen=True)
class Session:
    """The session of somebody who is signed in."""

    token: str = field(repr=False)
    bearer: Bearer

    @property
    def person(self) -> str:
        """Their account; empty where the token is from the command line."""
        return self.bearer.actor.person


def cookie_name(congress: str) -> str:
    """Cookies know no ports: each congress on a machine has a name of its own."""
    return f"__Host-daihoi-{congress}"


def token_of(request: HTTPConnection, congress: str) -> str:
    """Empty where nobody is signed in."""
    return request.cookies.get(cookie_name(congress), "")


def begin_session(response: Response, congress: str, token: str, seconds: int) -> None:
    response.set_cookie(
        cookie_name(congress), token, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax"
    )


def end_session(response: Response, congress: str) -> None:
    response.delete_cookie(cookie_name(congress), path="/", secure=True, httponly=True, samesite="lax")


def is_own_origin(request: HTTPConnection) -> bool:
    """So is a browser that names none."""
    origin = request.headers.get("origin", "")
    return not origin or origin.partition("://")[2] == request.headers.get("host")


def csrf_token(token: str) -> str:
    """What every form of this session carries: it follows from the session's token, which no other page knows."""
    return hashlib.sha256(b"csrf " + token.encode()).hexdigest()


def is_csrf_token(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), csrf_token(token).encode())
