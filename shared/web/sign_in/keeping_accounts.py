"""The accounts of a congress, kept by the lead of the sub-committee: the list, a new one, changing one."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.domain.decider import Refused
from shared.unit.roles import Act, may
from shared.web.session import Session
from shared.web.sign_in.account_fields import new_account, typed_oidc_names, typed_password, typed_positions
from shared.web.sign_in.accounts import ACCOUNT_NOT_FOUND, Account, positions_to_give
from shared.web.sign_in.answering import away, status_of
from shared.web.sign_in.asking import small_form
from shared.web.sign_in.desk import Desk
from shared.web.sign_in.refusals import ACCOUNT_FIELDS, ACCOUNT_SEEN, MAY_NOT_KEEP_ACCOUNTS, NOT_YOUR_OWN

LONGEST_TYPED = 2500
TYPED = ("account", "name", "positions", "oidc_names")
"""What stays in a form that was refused."""


class KeepingAccounts:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        return [
            self._desk.route("/accounts", self._show, "GET"),
            self._desk.route("/accounts", self._add, "POST"),
            self._desk.route("/accounts/{account}", self._change, "POST"),
        ]

    async def _show(self, request: Request) -> Response:
        session = await self._desk.session(request)
        if session is None:
            return self._desk.send_away(request)
        self._check_keeps(session)
        return await self._page(request, session)

    async def _add(self, request: Request) -> Response:
        desk, form = self._desk, await small_form(request)
        session = await self._keeper(request, form)
        if session is None:
            return desk.send_away(request)
        try:
            account = await new_account(form, typed_positions(form), desk)
            await desk.accounts.add(account.model_copy(update={"must_change_password": bool(account.password)}))
        except Refused as refused:
            return await self._page(request, session, refused, form)
        return away("/accounts")

    async def _change(self, request: Request) -> Response:
        """Changes one thing about an account, by `what`; whoever has it is signed out everywhere."""
        accounts, form = self._desk.accounts, await small_form(request)
        session = await self._keeper(request, form)
        if session is None:
            return self._desk.send_away(request)
        name = request.path_params["account"]
        try:
            kept = await accounts.get(name)
            if form.get("seen") != str(kept.seen):
                raise ACCOUNT_SEEN(account=name)
            changed = await accounts.change(kept, **await self._changes(form, kept.account, session))
        except ValidationError as error:
            refused = ACCOUNT_FIELDS(count=error.error_count())
            return await self._page(request, session, refused, form, name)
        except Refused as refused:
            return await self._page(request, session, refused, form, name)
        if name != session.person or session.bearer.actor.id not in changed.account.positions:
            await self._desk.signed_out.end_all(name, self._desk.now())
        return away("/accounts")

    async def _changes(self, form: Mapping[str, str], account: Account, session: Session) -> dict[str, Any]:
        match form.get("what"):
            case "disable" if account.id == session.person:
                raise NOT_YOUR_OWN()
            case "disable":
                return {"active": False}
            case "enable":
                return {"active": True}
            case "positions":
                return {"positions": typed_positions(form)}
            case "oidc_names":
                return {"oidc_names": await typed_oidc_names(form, account.id, self._desk.accounts)}
            case "password":
                hashed = await self._desk.passwords.hash(typed_password(form, account.id, account.name))
                return {"password": hashed, "must_change_password": True}
            case _:
                raise ACCOUNT_NOT_FOUND(account=account.id)

    async def _keeper(self, request: Request, form: Mapping[str, str]) -> Session | None:
        """Who keeps accounts here; nothing where nobody is signed in. Raises the refusals `may_not_keep_accounts`,
        `form_not_from_here`."""
        session = await self._desk.session(request)
        if session:
            self._check_keeps(session)
            self._desk.check_form(request, form, session)
        return session

    def _check_keeps(self, session: Session) -> None:
        if not may(session.bearer.actor, Act.KEEP_ACCOUNTS, self._desk.place.service):
            raise MAY_NOT_KEEP_ACCOUNTS()

    async def _page(
        self,
        request: Request,
        session: Session,
        problem: Refused | None = None,
        form: Mapping[str, str] | None = None,
        fault_of: str = "",
    ) -> Response:
        """`fault_of` is the account whose form the problem is about; without one it is the form for a new one."""
        shown = {
            "accounts": await self._desk.accounts.all(),
            "typed": {name: (form or {}).get(name, "")[:LONGEST_TYPED] for name in TYPED},
            "fault_of": fault_of,
            "to_give": positions_to_give(),
            "provider": bool(self._desk.oidc),
            "claim": self._desk.settings.oidc_claim,
        }
        status = status_of(problem, 422) if problem else 200
        return self._desk.pages.page(request, "accounts.html", problem, status, session, **shown)
