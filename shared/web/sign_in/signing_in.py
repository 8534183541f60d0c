"""Signing in with a password, and choosing the position that one acts in."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.domain.decider import Refused
from shared.web.session import Session
from shared.web.sign_in.accounts import Kept
from shared.web.sign_in.answering import away, local_url, status_of
from shared.web.sign_in.asking import FORM_NOT_FROM_HERE, small_form
from shared.web.sign_in.desk import Desk
from shared.web.sign_in.letting_in import LettingIn
from shared.web.sign_in.passwords import checked_password
from shared.web.sign_in.refusals import NOT_RIGHT, NOT_YOUR_POSITION
from shared.web.sign_in.tickets import Destination


class SigningIn:
    def __init__(self, desk: Desk, letting_in: LettingIn) -> None:
        self._desk, self._letting_in = desk, letting_in

    def routes(self) -> list[Route]:
        return [
            self._desk.route("/sign-in", self._show, "GET"),
            self._desk.route("/sign-in", self._sign_in, "POST"),
            self._desk.route("/choose-position", self._show_positions, "GET"),
            self._desk.route("/choose-position", self._choose_position, "POST"),
        ]

    async def _show(self, request: Request) -> Response:
        destination = self._desk.destination(request.query_params)
        if session := await self._desk.session(request):
            if await self._still_holds(session):
                bearer = session.bearer
                return await self._letting_in.go(destination, session.token, bearer.actor, bearer.expires)
        elif await self._desk.accounts.are_there_none():
            return away("/first-account")
        return self._page(request, destination)

    async def _still_holds(self, session: Session) -> bool:
        """Whether the account may still do what the session says. One from the command line names no account."""
        if not session.person:
            return True
        kept = await self._desk.accounts.find(session.person)
        return kept is not None and kept.account.active and session.bearer.actor.id in kept.account.positions

    async def _sign_in(self, request: Request) -> Response:
        form = await small_form(request)
        destination = self._desk.destination(request.query_params)
        if not self._desk.is_from_here(request, form):
            return self._page(request, destination, FORM_NOT_FROM_HERE(), 403, form)
        name, password = form.get("account", "").strip(), form.get("password", "")
        try:
            self._desk.tries.count(request, name)
            kept = await self._by_password(name, password)
            self._desk.tries.give_back(request, kept.account.id)
        except Refused as refused:
            return self._page(request, destination, refused, status_of(refused, 401), form)
        return await self._letting_in.enter(kept, destination)

    async def _by_password(self, name: str, password: str) -> Kept:
        """Takes as long and says the same for an account that is missing or disabled as for a wrong password."""
        accounts, passwords = self._desk.accounts, self._desk.passwords
        kept = await accounts.find(name)
        is_right = await passwords.is_right(password, kept.account.password if kept else None)
        if kept is None or not is_right or not kept.account.may_sign_in:
            raise NOT_RIGHT()
        hashed = kept.account.password
        if hashed and passwords.needs_rehash(hashed):
            kept = await accounts.change(kept, password=await passwords.hash(checked_password(password)))
        return kept

    def _page(
        self,
        request: Request,
        destination: Destination,
        problem: Refused | None = None,
        status: int = 200,
        form: Mapping[str, str] | None = None,
    ) -> Response:
        return self._desk.pages.page(
            request,
            "sign_in.html",
            problem,
            status,
            action=local_url("/sign-in", destination.model_dump()),
            account=(form or {}).get("account", "")[:100],
            oidc=local_url("/sign-in/oidc", destination.model_dump()) if self._desk.oidc else "",
        )

    async def _show_positions(self, request: Request) -> Response:
        whose = await self._letting_in.whose(request)
        if whose is None:
            return self._desk.send_away(request)
        return self._letting_in.page(request, "choose_position.html", whose)

    async def _choose_position(self, request: Request) -> Response:
        form = await small_form(request)
        whose = await self._letting_in.whose(request)
        if whose is None:
            return self._desk.send_away(request)
        if not self._desk.is_from_here(request, form, whose.session):
            return self._letting_in.page(request, "choose_position.html", whose, FORM_NOT_FROM_HERE(), 403)
        if whose.must_change:
            return away("/password")
        account, position = whose.kept.account, form.get("position", "")
        if position not in account.usable_positions:
            return self._letting_in.page(request, "choose_position.html", whose, NOT_YOUR_POSITION(), 403)
        if whose.session:
            await self._desk.end(whose.session)
        return await self._letting_in.begin_session(account, position, whose.destination)
