"""The pages and the HTTP interface of one service, as an ASGI application."""

import asyncio
import importlib
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.domain.decider import Refusal, Refused
from shared.eventstore.errors import EventStoreError
from shared.unit.problems import STATUS, UNAVAILABLE, problem_of
from shared.unit.roles import Act, may
from shared.unit.tokens import Bearer
from shared.values.names_in_use import use_names
from shared.values.units import title_of
from shared.web import api, live, session, sign_in
from shared.web.addresses import LOOPBACK
from shared.web.forms.fields import MOST_FIELDS
from shared.web.local_paths import local_path
from shared.web.place import Place
from shared.web.rendering import STATIC, static_url
from shared.web.sections import PageRoute, Section
from shared.web.visit import FORM_BYTES, NO_SUCH_PAGE, NoRoom, Visit, language_of

PAGES_OF_ALL = tuple(
    f"shared.web.pages.{name}"
    for name in (
        *("work", "tasks", "many", "paste", "task", "doing", "evidence"),
        *("directives", "reviews", "cases", "documents", "rules", "refusals"),
    )
)
"""The modules of pages that every service has, or every unit's."""
READY_TIMEOUT_S = 10
A_YEAR_S = 365 * 24 * 60 * 60

NOT_YOURS = Refusal("not_yours_to_open", "{role} may not open this page of {unit}.")
READS_ONLY_HERE = Refusal("reads_only_here", "{role} records nothing here.")
NOT_FROM_HERE = Refusal(
    "form_not_from_here", "The form was not sent from a page of this session. Open the page again and send it anew."
)
FORM_UNREADABLE = Refusal(
    "form_unreadable",
    "The form can't be read: it was cut off on its way, or it has more than {fields} fields, or one of more than "
    "{most} MB. Go back with the browser's button, where what you typed still stands, and send less at once.",
)
STARTING = Refusal("pages_starting", "The pages are being made ready; try again in a moment.")
NOT_SO = Refusal("no_such_method", "This address takes no {method}.")
TOO_LARGE = Refusal(
    "request_too_large",
    "At most {most} MB can be sent at once. Go back with the browser's button, where what you typed still stands, "
    "and send less.",
)
NO_ROOM = Refusal("no_room_for_files", "{service} has no room for the file now; its log says why. Try again later.")
BROKEN = Refusal("internal_page", "Something is wrong in {service} itself; its log has the details.")

logger = logging.getLogger(__name__)


class _TooLarge(Exception):
    pass


def application(place: Place, modules: Sequence[str]) -> ASGIApp:
    declared: list[Section] = [importlib.import_module(name).SECTION for name in (*PAGES_OF_ALL, *modules)]
    sections = [section for section in declared if not (section.only_units and place.is_authority)]
    place.links = tuple(link for section in sections for link in section.links)
    place.beginning = next((section.beginning for section in sections if section.beginning), None)
    pages = [_Page(place, route) for section in sections for route in section.routes]
    begins = () if any(page.route.path == "/" for page in pages) else (Route("/", _to(place.links[0].path)),)
    routes = [
        *begins,
        Route("/language/{lang}", _keep("daihoi-lang", "lang", ("vi", "en"))),
        Route("/theme/{theme}", _keep("daihoi-theme", "theme", ("auto", "light", "dark"))),
        *api.routes(place),
        *live.routes(place),
        *sign_in.routes(place),
        *(Route(page.route.path, page, methods=[*page.route.methods]) for page in pages),
        Mount("/static/{version}", StaticFiles(directory=STATIC)),
    ]
    on_error = _told(place)
    inner = Starlette(routes=routes, exception_handlers={HTTPException: on_error, Exception: on_error})
    inner.router.redirect_slashes = False
    return _Boundary(inner, place)


def _without_port(host: str) -> str:
    name, _, port = host.lower().rpartition(":")
    return name if port.isdigit() else host.lower()


def _to(path: str) -> Callable[[Request], Response]:
    return lambda _: RedirectResponse(path, 303)


class _Page:
    """An endpoint: nobody reaches the page who may not."""

    def __init__(self, place: Place, route: PageRoute) -> None:
        self.route = route
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        most = self._place.at_work.settings.most_evidence_bytes if self.route.uploads else 0
        request = Request(scope, _bounded(receive, most + FORM_BYTES))
        visit = Visit(request, self._place, None, language_of(request), self.route.uploads)
        try:
            response = await self._respond(visit)
        except _TooLarge:
            response = visit.refused(TOO_LARGE(most=(most + FORM_BYTES) // 1024**2), 413)
        except NoRoom as error:
            logger.error("%s keeps no file that comes: %s", self._place.service, error.__cause__)
            response = visit.refused(NO_ROOM(service=self._place.service), 503)
        except HTTPException as error:  # what starlette says of forms that it can't read
            response = visit.refused(
                FORM_UNREADABLE(fields=MOST_FIELDS, most=FORM_BYTES // 1024**2), error.status_code
            )
        except EventStoreError as error:
            logger.warning("%s: the broker does not answer: %s", self.route.path, error)
            response = visit.refused(UNAVAILABLE(), 503)
        await response(scope, receive, send)

    async def _respond(self, visit: Visit) -> Response:
        try:
            visit.bearer = await bearer_of(visit.request, self._place)
            if visit.bearer is None:
                return await sign_in.send_away(visit.request, self._place)
            async with asyncio.timeout(READY_TIMEOUT_S):
                await self._place.views.begun()
        except TimeoutError:
            return visit.refused(STARTING(), 503)
        except Refused as refused:
            if STATUS.get(refused.refusal) == 401:
                return await sign_in.send_away(visit.request, self._place)
            return visit.refused(refused, STATUS.get(refused.refusal, 403))
        use_names(self._place.views.names())
        if not may(visit.actor, self.route.needs, self._place.service):
            return visit.refused(NOT_YOURS(role=visit.position, unit=title_of(self._place.service, visit.lang)), 403)
        if visit.request.method not in ("GET", "HEAD"):
            if not may(visit.actor, Act.RECORD, self._place.service):
                return visit.refused(READS_ONLY_HERE(role=visit.position), 403)
            if not await _is_from_here(visit):
                return visit.refused(NOT_FROM_HERE(), 403)
        elif self._place.beginning:
            visit.next_step = await self._place.beginning(visit)
        return await self.route.page(visit)


async def bearer_of(request: Request, place: Place) -> Bearer | None:
    """Who is signed in. Raises the refusals of a token that is not good any more, `unavailable`."""
    token = session.token_of(request, place.congress)
    if not token:
        return None
    bearer = await place.at_work.door.reader(f"Bearer {token}")
    await sign_in.check_signed_in(place, bearer)
    return bearer


async def _is_from_here(visit: Visit) -> bool:
    if not session.is_own_origin(visit.request):
        return False
    given = (await visit.form()).get(session.CSRF_FIELD, "")
    token = session.token_of(visit.request, visit.place.congress)
    return isinstance(given, str) and session.is_csrf_token(given, token)


def _keep(cookie: str, name: str, values: Sequence[str]) -> Callable[[Request], Response]:
    """Remembers how somebody wants the pages, and goes back to where they were."""

    def keep(request: Request) -> Response:
        value = request.path_params[name]
        if value not in values:
            raise HTTPException(404)
        response = RedirectResponse(local_path(request.query_params.get("back", "")), 303)
        response.set_cookie(cookie, value, max_age=A_YEAR_S, path="/", httponly=True, samesite="lax")
        return response

    return keep


def _told(place: Place) -> Callable[[Request, Exception], Any]:
    """What is said of an address that is none, and of a failure, which the boundary logs."""

    async def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        refused = NOT_SO(method=request.method[:40]) if status == 405 else NO_SUCH_PAGE()
        refused = BROKEN(service=title_of(place.service, language_of(request))) if status == 500 else refused
        if api.is_for_programs(request):
            response = api.problem_response(problem_of(refused).model_copy(update={"status": status}))
        else:
            bearer = None
            with suppress(Refused, EventStoreError):  # else it is said to nobody in particular
                bearer = await bearer_of(request, place)
            response = Visit(request, place, bearer, language_of(request)).refused(refused, status)
        response.headers.update(getattr(error, "headers", None) or {})
        return response

    return answer


def _is_static(path: str) -> bool:
    """A file under the name that its content gives it; under any other the next version may have another content."""
    name = path.removeprefix("/static/").partition("/")[2]
    if not {"", ".", ".."}.isdisjoint(name.split("/")):
        return False  # one file has any number of such names
    try:
        return path == static_url(name)
    except (LookupError, ValueError):
        return False


def _bounded(receive: Receive, most: int) -> Receive:
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise _TooLarge
        return message

    return bounded


class _Boundary:
    """What holds for every answer: nothing comes from other hosts or is shown within others' pages, what is private
    is kept by nobody, only our own names are answered to, and no error tells more than that there is one."""

    def __init__(self, inner: ASGIApp, place: Place) -> None:
        self._inner, self._place = inner, place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        has_begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers().items():
                    headers.setdefault(name, value)
                if message["status"] in (200, 304) and _is_static(scope["path"]):
                    headers["Cache-Control"] = f"public, max-age={A_YEAR_S}, immutable"
            await send(message)

        use_names(self._place.views.names())
        if not self._is_our_name(Headers(scope=scope).get("host", "")):
            await Response("400", 400)(scope, receive, send_with_headers)
            return
        try:
            await self._inner(scope, receive, send_with_headers)
        except ClientDisconnect:
            logger.debug("whoever asked for %s went away", scope["path"])
        except Exception:
            logger.exception("%s %s failed", scope["method"], scope["path"])
            if not has_begun:
                problem = problem_of(BROKEN(service=self._place.service)).model_copy(update={"status": 500})
                await api.problem_response(problem)(scope, receive, send_with_headers)

    def _is_our_name(self, host: str) -> bool:
        """Whoever lets another name point here is no page of ours."""
        named = (urlsplit(address).netloc for address in self._place.addresses.values())
        return _without_port(host) in {*LOOPBACK, *map(_without_port, named)}

    def _headers(self) -> dict[str, str]:
        others = " ".join(sorted(set(self._place.addresses.values())))
        return {
            "Content-Security-Policy": (
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                f"form-action 'self' {others}; base-uri 'none'; frame-ancestors 'none'"
            ),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }


__all__ = ["UNAVAILABLE", "application", "bearer_of"]
