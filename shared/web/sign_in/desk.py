"""Where a service lets people in and out: who is signed in, arriving from the authority, and signing out.

What only the authority has, the sub-committee's service, is in `authority.py`; its pages share this desk."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.domain.decider import Refused
from shared.eventstore.errors import EventStoreError
from shared.platform.errors import PlatformError
from shared.unit.issuer import held_private_key, provide_issuer_keys
from shared.unit.problems import UNAVAILABLE
from shared.unit.signed_out import SignedOut
from shared.unit.tokens import Bearer
from shared.values.units import SUBCOMMITTEE
from shared.web.local_paths import local_path
from shared.web.place import Place
from shared.web.session import (
    CSRF_FIELD,
    Session,
    begin_session,
    end_session,
    is_csrf_token,
    is_own_origin,
    token_of,
)
from shared.web.sign_in.accounts import Accounts
from shared.web.sign_in.answering import Pages, Render, away, local_url
from shared.web.sign_in.asking import Cookie, FormGuard, small_form
from shared.web.sign_in.handing_over import HandingOver, digest
from shared.web.sign_in.limits import Tries
from shared.web.sign_in.passwords import Passwords
from shared.web.sign_in.refusals import FORM_OF_ANOTHER_SESSION, HAND_OVER_FAILED, NO_SIGN_IN_HERE
from shared.web.sign_in.setup_code import provide_setup_code
from shared.web.sign_in.tickets import LASTING_S, Destination

if TYPE_CHECKING:
    from shared.web.sign_in.oidc import Oidc

type Handler = Callable[[Request], Awaitable[Response]]

logger = logging.getLogger(__name__)


class Desk:
    """Signs people in and out at one service. `oidc` is the provider that people may prove who they are at, where the
    congress has one."""

    def __init__(self, place: Place, render: Render, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        connection, self.settings = place.at_work.connection, place.at_work.settings
        self.place, self.congress, self.now = place, place.congress, now
        self.signed_out = SignedOut(connection, self.congress)
        self.handing_over = HandingOver(connection, self.congress, self.signed_out)
        self.accounts = Accounts(connection, self.congress, now)
        self.passwords, self.tries = Passwords(), Tries()
        self.guard = FormGuard(self.congress)
        self.pages = Pages(render, self.guard)
        self.oidc = self._provider()
        self._state = Cookie(f"to-{place.service}", self.congress, LASTING_S)

    def _provider(self) -> "Oidc | None":
        """What is loaded for it takes a while, and most have none."""
        if not (self.settings.oidc_issuer and self.settings.oidc_client_id and self.place.is_authority):
            return None
        from shared.web.sign_in.oidc import Oidc

        return Oidc(self.settings, f"{self.place.address}/sign-in/oidc/callback")

    async def begin(self) -> None:
        """Before the first page is asked for."""
        if not self.place.is_authority:
            return
        try:
            provide_issuer_keys(self.settings, to_mint=True)
            if await self.accounts.are_there_none():
                provide_setup_code(self.settings)
        except (PlatformError, EventStoreError, OSError) as error:
            logger.warning("nobody can sign in here: %s", error)

    def key(self) -> bytes:
        """The private key that sessions and tickets are signed with. Raises `PlatformError` where there is none."""
        return held_private_key(self.settings)

    # --- routes ---
    def routes(self) -> list[Route]:
        """The routes that every service has."""
        return [
            self.route("/signed-in", self._arrive, "GET"),
            self.route("/sign-out", self._sign_out, "POST"),
        ]

    def route(self, path: str, handler: Handler, method: str) -> Route:
        """What `handler` raises becomes a page that says why."""

        async def endpoint(request: Request) -> Response:
            try:
                return await handler(request)
            except Refused as refused:
                session = None
                with suppress(Refused, EventStoreError):  # else it is said to nobody in particular
                    session = await self.session(request)
                return self.pages.refused(request, refused, session=session)
            except PlatformError as error:
                logger.error("nobody can sign in: %s", error)
                return self.pages.refused(request, NO_SIGN_IN_HERE(), 503)
            except EventStoreError as error:
                logger.warning("the broker does not answer: %s", error)
                return self.pages.refused(request, UNAVAILABLE(), 503)

        return Route(path, endpoint, methods=[method])

    # --- who is signed in ---
    async def check(self, bearer: Bearer) -> None:
        """Checks the session of a bearer whom the door has let in. It has looked where the token names a person; one
        from the command line in a cookie is a session as well. Raises the refusals `signed_out`, `unavailable`."""
        if not bearer.actor.person:
            await self.signed_out.check(bearer)

    async def session(self, request: Request) -> Session | None:
        """The session; nothing where nobody is signed in, or not any more. Raises the refusal `unavailable`."""
        token = token_of(request, self.congress)
        if not token:
            return None
        try:
            bearer = await self.place.at_work.door.reader(f"Bearer {token}")
            await self.check(bearer)
        except Refused as refused:
            if refused.refusal == UNAVAILABLE:
                raise
            return None
        return Session(token, bearer)

    async def session_of_form(self, request: Request) -> Session | None:
        """The session of whoever has posted a form. Raises as `small_form`, `session` and `check_form`."""
        form = await small_form(request)
        session = await self.session(request)
        if session:
            self.check_form(request, form, session)
        return session

    def check_form(self, request: Request, form: Mapping[str, str], session: Session) -> None:
        """Raises the refusal `form_not_from_here`."""
        if not is_own_origin(request) or not is_csrf_token(form.get(CSRF_FIELD, ""), session.token):
            raise FORM_OF_ANOTHER_SESSION()

    def is_from_here(self, request: Request, form: Mapping[str, str], session: Session | None = None) -> bool:
        """Whether the form is one of this session; without one, of this browser."""
        if session:
            return is_csrf_token(form.get(CSRF_FIELD, ""), session.token)
        return self.guard.is_from_here(request, form)

    def keep_session(self, response: Response, token: str, expires: datetime) -> None:
        """Has the browser keep it until it expires."""
        begin_session(response, self.congress, token, max(1, int((expires - self.now()).total_seconds())))

    # --- to the authority, and back ---
    def send_away(self, request: Request) -> Response:
        """Sends a visitor to where one signs in, and from there back to this page."""
        path = request.url.path if request.method in ("GET", "HEAD") else "/"
        if request.method in ("GET", "HEAD") and request.url.query:
            path += f"?{request.url.query}"
        path = local_path(path)
        if self.place.is_authority:
            return away(local_url("/sign-in", {"path": path}))
        state = self._state.read(request) or secrets.token_urlsafe(32)
        query = urlencode({"to": self.place.service, "path": path, "state": digest(state)})
        response = away(f"{self.place.addresses[SUBCOMMITTEE]}/sign-in?{query}")
        self._state.set(response, state)
        return response

    def destination(self, given: Mapping[str, str]) -> Destination:
        """The destination that a URL or a form names, as far as it leads to a service of the congress."""
        to, state = given.get("to", ""), given.get("state", "")
        if to not in self.place.addresses or len(state) != len(digest("")):
            to, state = SUBCOMMITTEE, ""
        return Destination(to=to, path=local_path(given.get("path", "")), state=state if to != SUBCOMMITTEE else "")

    async def _arrive(self, request: Request) -> Response:
        """Takes in who comes with a code from the service where people sign in."""
        code = request.query_params.get("code", "")[:100]
        handed_over = await self.handing_over.take(self.place.service, code, self._state.read(request))
        if handed_over is None:
            raise HAND_OVER_FAILED()
        bearer = await self.place.at_work.door.reader(f"Bearer {handed_over.token}")
        await self.check(bearer)
        response = away(local_path(handed_over.path))
        self.keep_session(response, handed_over.token, bearer.expires)
        return response

    # --- signing out ---
    async def _sign_out(self, request: Request) -> Response:
        session = await self.session_of_form(request)
        if session:
            await self.end(session)
        return self.let_out(f"{self.place.addresses[SUBCOMMITTEE]}/signed-out")

    async def end(self, session: Session) -> None:
        """At all services. Tokens of earlier versions have no id to be ended by. Raises `Unavailable`."""
        if session.bearer.token_id:
            await self.signed_out.end(session.bearer.token_id)

    def let_out(self, url: str) -> Response:
        """Sends a visitor to another page, without the session's cookie."""
        response = away(url)
        end_session(response, self.congress)
        return response
