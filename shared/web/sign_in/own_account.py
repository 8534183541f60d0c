"""What people do with their own account: change its password, sign out everywhere."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.domain.decider import Refused
from shared.web.sign_in.account_fields import typed_password
from shared.web.sign_in.accounts import Kept
from shared.web.sign_in.answering import status_of
from shared.web.sign_in.asking import FORM_NOT_FROM_HERE, small_form
from shared.web.sign_in.desk import Desk
from shared.web.sign_in.letting_in import LettingIn, Whose
from shared.web.sign_in.refusals import CURRENT_NOT_RIGHT, SAME_PASSWORD


class OwnAccount:
    def __init__(self, desk: Desk, letting_in: LettingIn) -> None:
        self._desk, self._letting_in = desk, letting_in

    def routes(self) -> list[Route]:
        return [
            self._desk.route("/password", self._show_password, "GET"),
            self._desk.route("/password", self._change_password, "POST"),
            self._desk.route("/sign-out-everywhere", self._sign_out_everywhere, "POST"),
            self._desk.route("/signed-out", self._show_signed_out, "GET"),
        ]

    async def _show_password(self, request: Request) -> Response:
        whose = await self._letting_in.whose(request)
        if whose is None:
            return self._desk.send_away(request)
        return self._letting_in.page(request, "password.html", whose)

    async def _change_password(self, request: Request) -> Response:
        form = await small_form(request)
        whose = await self._letting_in.whose(request)
        if whose is None:
            return self._desk.send_away(request)
        account, session = whose.kept.account, whose.session
        if not self._desk.is_from_here(request, form, session):
            return self._letting_in.page(request, "password.html", whose, FORM_NOT_FROM_HERE(), 403)
        try:
            self._desk.tries.count(request, account.id)
            if not await self._desk.passwords.is_right(form.get("current", ""), account.password):
                raise CURRENT_NOT_RIGHT()
            self._desk.tries.give_back(request, account.id)
            kept = await self._with_password(whose, typed_password(form, account.id, account.name))
        except Refused as refused:
            return self._letting_in.page(request, "password.html", whose, refused, status_of(refused, 422))
        await self._desk.signed_out.end_all(account.id, self._desk.now())
        if session and session.bearer.actor.id in account.usable_positions:
            return await self._letting_in.begin_session(kept.account, session.bearer.actor.id, whose.destination)
        return await self._letting_in.enter(kept, whose.destination)

    async def _with_password(self, whose: Whose, password: str) -> Kept:
        """Raises the refusal `same_password`; as `Accounts.change`."""
        passwords = self._desk.passwords
        if await passwords.is_right(password, whose.kept.account.password):
            raise SAME_PASSWORD()
        hashed = await passwords.hash(password)
        return await self._desk.accounts.change(whose.kept, password=hashed, must_change_password=False)

    async def _sign_out_everywhere(self, request: Request) -> Response:
        session = await self._desk.session_of_form(request)
        if session:
            if session.person:
                await self._desk.signed_out.end_all(session.person, self._desk.now())
            await self._desk.end(session)
        return self._desk.let_out("/signed-out")

    async def _show_signed_out(self, request: Request) -> Response:
        return self._desk.pages.page(request, "signed_out.html")
