"""The first account of a congress, made by whoever can read the set-up code in the service's folder."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.domain.decider import Refused
from shared.values.units import SUBCOMMITTEE
from shared.web.sign_in.account_fields import new_account
from shared.web.sign_in.accounts import FIRST_POSITION
from shared.web.sign_in.answering import away, status_of
from shared.web.sign_in.asking import FORM_NOT_FROM_HERE, small_form
from shared.web.sign_in.desk import Desk
from shared.web.sign_in.letting_in import LettingIn
from shared.web.sign_in.refusals import NO_SUCH_CODE
from shared.web.sign_in.setup_code import is_setup_code, provide_setup_code, remove_setup_code
from shared.web.sign_in.tickets import Destination


class FirstAccount:
    def __init__(self, desk: Desk, letting_in: LettingIn) -> None:
        self._desk, self._letting_in = desk, letting_in

    def routes(self) -> list[Route]:
        return [
            self._desk.route("/first-account", self._show, "GET"),
            self._desk.route("/first-account", self._make, "POST"),
        ]

    async def _show(self, request: Request) -> Response:
        if not await self._desk.accounts.are_there_none():
            return away("/sign-in")
        provide_setup_code(self._desk.settings)
        return self._page(request)

    async def _make(self, request: Request) -> Response:
        desk, form = self._desk, await small_form(request)
        if not await desk.accounts.are_there_none():
            return away("/sign-in")
        if not desk.is_from_here(request, form):
            return self._page(request, FORM_NOT_FROM_HERE(), 403, form)
        try:
            desk.tries.count_address(request)
            if not is_setup_code(desk.settings, form.get("code", "")):
                raise NO_SUCH_CODE()
            account = await new_account(form, (FIRST_POSITION,), desk)
            await desk.accounts.add(account, first=True)
        except Refused as refused:
            return self._page(request, refused, status_of(refused, 422), form)
        remove_setup_code(desk.settings)
        to_work = Destination(to=SUBCOMMITTEE, path="/")
        return await self._letting_in.begin_session(account, FIRST_POSITION, to_work)

    def _page(
        self,
        request: Request,
        problem: Refused | None = None,
        status: int = 200,
        form: Mapping[str, str] | None = None,
    ) -> Response:
        typed = {name: (form or {}).get(name, "")[:200] for name in ("code", "account", "name")}
        return self._desk.pages.page(request, "first_account.html", problem, status, typed=typed)
