"""What browsers send to the pages of signing in: small forms, and cookies of their own."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from shared.domain.decider import Refusal

MOST_BYTES = 32 * 1024
MOST_FIELDS = 60
LONGEST_COOKIE = 4000

FORM_UNREADABLE = Refusal("form_unreadable", "The form can't be read, or has more than a form here may have.")
FORM_NOT_FROM_HERE = Refusal(
    "sign_in_form_too_old",
    "This form was open for too long, or your browser keeps no cookies for this address. Here is a new one.",
)


async def small_form(request: Request) -> Mapping[str, str]:
    """The fields of a posted form, of those with one name the last. Raises the refusal `form_unreadable`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise FORM_UNREADABLE()
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise FORM_UNREADABLE()
    try:
        return dict(
            parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
        )
    except ValueError as error:
        raise FORM_UNREADABLE() from error


class Cookie:
    """A cookie that holds for a few minutes, for this host alone."""

    def __init__(self, purpose: str, congress: str, seconds: int) -> None:
        self._name, self._seconds = f"__Host-daihoi-{purpose}-{congress}", seconds

    def read(self, request: Request) -> str:
        return request.cookies.get(self._name, "")[:LONGEST_COOKIE]

    def set(self, response: Response, value: str) -> None:
        response.set_cookie(
            self._name, value, max_age=self._seconds, path="/", secure=True, httponly=True, samesite="lax"
        )

    def delete(self, response: Response) -> None:
        response.delete_cookie(self._name, path="/", secure=True, httponly=True, samesite="lax")


class FormGuard:
    """Guards forms that are sent before there is a session: each carries what follows from a cookie of this
    browser."""

    FIELD = "csrf"

    def __init__(self, congress: str) -> None:
        self._cookie = Cookie("pre", congress, 24 * 60 * 60)

    def of(self, request: Request) -> tuple[str, str]:
        """The cookie, made where there is none, and the field that follows from it."""
        cookie = self._cookie.read(request) or secrets.token_urlsafe(32)
        return cookie, _field(cookie)

    def keep(self, response: Response, cookie: str) -> None:
        self._cookie.set(response, cookie)

    def is_from_here(self, request: Request, form: Mapping[str, str]) -> bool:
        cookie = self._cookie.read(request)
        return bool(cookie) and hmac.compare_digest(form.get(self.FIELD, "").encode(), _field(cookie).encode())

    def renew(self, response: Response) -> None:
        """Forgets the secret of forms: once somebody is signed in, no form from before holds."""
        self._cookie.delete(response)


def _field(cookie: str) -> str:
    return hashlib.sha256(b"before a session " + cookie.encode()).hexdigest()
