"""What the pages of signing in answer: a page with what is wrong on it, or the way to another one."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shared.domain.decider import Refused
from shared.unit.problems import STATUS
from shared.web.session import Session, csrf_token
from shared.web.sign_in.asking import FormGuard
from shared.web.sign_in.refusals import PROVIDER_AWAY, TOO_MANY_TRIES

FIELDS: Mapping[str, str] = {
    "setup_code_refused": "code",
    "account_exists": "account",
    "account_fields": "account",
    "not_a_position": "positions",
    "oidc_names": "oidc_names",
    "oidc_name_taken": "oidc_names",
    "password_too_short": "password",
    "password_too_long": "password",
    "password_is_the_name": "password",
    "password_unreadable": "password",
    "same_password": "password",
    "passwords_differ": "password_again",
    "current_password_refused": "current",
}
"""The field that a refusal is told beside."""

type Render = Callable[..., Response]
"""`render(request, template, status, bearer, **context)` makes a page."""


class Pages:
    """The pages of one service's sign-in. Forms on them carry what shows that they come from here."""

    def __init__(self, render: Render, guard: FormGuard) -> None:
        self._render, self._guard = render, guard

    def page(
        self,
        request: Request,
        template: str,
        problem: Refused | None = None,
        status: int = 200,
        session: Session | None = None,
        **context: Any,
    ) -> Response:
        cookie, field = self._guard.of(request)
        response = self._render(
            request,
            f"sign_in/{template}",
            status,
            session.bearer if session else None,
            csrf=csrf_token(session.token) if session else field,
            message=problem.message if problem else None,
            at_fault=FIELDS.get(problem.code, "") if problem else "",
            **context,
        )
        if not session:
            self._guard.keep(response, cookie)
        if problem and problem.refusal == TOO_MANY_TRIES:
            response.headers["Retry-After"] = str(problem.message.params.get("seconds", 60))
        response.headers["Cache-Control"] = "no-store"
        return response

    def refused(
        self, request: Request, refused: Refused, status: int = 0, session: Session | None = None
    ) -> Response:
        """A page that says nothing else. Without a `status` it is that of the refusal, or 403."""
        return self.page(request, "refused.html", refused, status or status_of(refused, 403), session)


def status_of(refused: Refused, otherwise: int) -> int:
    """The status of HTTP for a refusal; `otherwise` where it has none of its own."""
    again_later = {TOO_MANY_TRIES: 429, PROVIDER_AWAY: 503}
    return again_later.get(refused.refusal) or STATUS.get(refused.refusal, otherwise)


def local_url(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}"


def away(url: str) -> Response:
    """A redirect to another page that no cache keeps."""
    return RedirectResponse(url, 303, headers={"Cache-Control": "no-store"})
