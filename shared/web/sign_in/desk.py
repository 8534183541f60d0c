"""The pages of signing in. Those where people prove who they are, the sub-committee's service alone has."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from shared.domain.decider import Actor, Refused
from shared.eventstore.errors import EventStoreError
from shared.eventstore.streams import LONGEST_SESSION_S
from shared.platform.errors import PlatformError
from shared.unit.issuer import held_private_key, provide_issuer_keys
from shared.unit.problems import STATUS, UNAVAILABLE
from shared.unit.roles import Act, may
from shared.unit.signed_out import SignedOut
from shared.unit.tokens import Bearer, mint_token
from shared.values.message import Message
from shared.values.units import SUBCOMMITTEE
from shared.web.local_paths import local_path
from shared.web.place import Place
from shared.web.session import (
    CSRF_FIELD,
    begin_session,
    csrf_token,
    end_session,
    is_csrf_token,
    is_own_origin,
    token_of,
)
from shared.web.sign_in.accounts import (
    ACCOUNT_NOT_FOUND,
    FIRST_POSITION,
    Account,
    Accounts,
    Kept,
    checked_oidc_names,
    checked_position,
    positions_to_give,
)
from shared.web.sign_in.asking import FORM_NOT_FROM_HERE, Cookie, FormGuard, small_form
from shared.web.sign_in.handing_over import HandedOver, HandingOver, digest
from shared.web.sign_in.limits import OF_AN_ACCOUNT, OF_AN_ADDRESS, Limit
from shared.web.sign_in.passwords import Passwords, checked_password
from shared.web.sign_in.refusals import (
    ACCOUNT_FIELDS,
    ACCOUNT_SEEN,
    CURRENT_NOT_RIGHT,
    FORM_OF_ANOTHER_SESSION,
    HAND_OVER_FAILED,
    MAY_NOT_KEEP_ACCOUNTS,
    NO_SIGN_IN_HERE,
    NO_SUCH_CODE,
    NOT_RIGHT,
    NOT_YOUR_OWN,
    NOT_YOUR_POSITION,
    PASSWORDS_DIFFER,
    PROVIDER_AWAY,
    PROVIDER_REFUSED,
    SAME_PASSWORD,
    TOO_MANY_TRIES,
    UNKNOWN_TO_US,
)
from shared.web.sign_in.setup_code import is_setup_code, provide_setup_code, remove_setup_code
from shared.web.sign_in.tickets import LASTING, AtProvider, Destination, Proved, seal, unseal

if TYPE_CHECKING:
    from shared.web.sign_in.oidc import Oidc

LONGEST_CODE = 4000
LONGEST_TYPED = 2500
KEPT_OF_AN_ACCOUNT = ("account", "name", "positions", "oidc_names")
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

type Handler = Callable[[Request], Awaitable[Response]]
type Render = Callable[..., Response]

logger = logging.getLogger(__name__)


class Session:
    """Of somebody who is signed in."""

    def __init__(self, token: str, bearer: Bearer) -> None:
        self.token, self.bearer = token, bearer
        self.person = bearer.actor.person


class _Whose(NamedTuple):
    """`session` is none where somebody has only proved who they are."""

    kept: Kept
    destination: Destination
    session: Session | None
    must_change: bool


class Desk:
    """Of one service. `render(request, template, status, bearer, **context)` makes a page."""

    def __init__(
        self,
        place: Place,
        render: Render,
        oidc: "Oidc | None" = None,
        passwords: Passwords | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        at_work = place.at_work
        self._place, self._render_page, self._now = place, render, now
        self._settings, self._congress = at_work.settings, at_work.settings.congress
        self.signed_out = SignedOut(at_work.connection, self._congress)
        self._handing_over = HandingOver(at_work.connection, self._congress, self.signed_out)
        self.accounts = Accounts(at_work.connection, self._congress, now)
        self._passwords = passwords or Passwords()
        self._of_account, self._of_address = Limit(OF_AN_ACCOUNT), Limit(OF_AN_ADDRESS)
        self._guard = FormGuard(self._congress)
        self._state = Cookie(f"to-{place.service}", self._congress, int(LASTING.total_seconds()))
        self._proved = Cookie("proved", self._congress, int(LASTING.total_seconds()))
        self._at_provider = Cookie("oidc", self._congress, int(LASTING.total_seconds()))
        self.oidc = oidc or self._provider()

    def _provider(self) -> "Oidc | None":
        """What is loaded for it takes a while, and most have none."""
        if not (self._settings.oidc_issuer and self._settings.oidc_client_id and self._place.is_authority):
            return None
        from shared.web.sign_in.oidc import Oidc

        return Oidc(self._settings, f"{self._place.address}/sign-in/oidc/callback")

    # --- what other pages need ---
    async def begin(self) -> None:
        """Before the first page is asked for."""
        if not self._place.is_authority:
            return
        try:
            provide_issuer_keys(self._settings, to_mint=True)
            if await self.accounts.are_there_none():
                provide_setup_code(self._settings)
        except (PlatformError, EventStoreError, OSError) as error:
            logger.warning("nobody can sign in here: %s", error)

    async def check(self, bearer: Bearer) -> None:
        """Of a bearer whom the door has let in. It has looked where the token names a person; one from the command
        line in a cookie is a session as well. Raises the refusals `signed_out`, `unavailable`."""
        if not bearer.actor.person:
            await self.signed_out.check(bearer)

    async def session(self, request: Request) -> Session | None:
        """Nothing where nobody is signed in, or not any more. Raises the refusal `unavailable`."""
        token = token_of(request, self._congress)
        if not token:
            return None
        try:
            bearer = await self._place.at_work.door.reader(f"Bearer {token}")
            await self.check(bearer)
        except Refused as refused:
            if refused.refusal == UNAVAILABLE:
                raise
            return None
        return Session(token, bearer)

    def send_away(self, request: Request) -> Response:
        """To where one signs in, and back to this page."""
        path = request.url.path if request.method in ("GET", "HEAD") else "/"
        if request.method in ("GET", "HEAD") and request.url.query:
            path += f"?{request.url.query}"
        path = local_path(path)
        if self._place.is_authority:
            return _away(f"/sign-in?{urlencode({'path': path})}")
        state = self._state.read(request) or secrets.token_urlsafe(32)
        query = urlencode({"to": self._place.service, "path": path, "state": digest(state)})
        response = _away(f"{self._place.addresses[SUBCOMMITTEE]}/sign-in?{query}")
        self._state.set(response, state)
        return response

    def routes(self) -> list[Route]:
        everywhere = [
            self._route("/signed-in", self._arrive, "GET"),
            self._route("/sign-out", self._sign_out, "POST"),
        ]
        at_the_authority = [
            self._route("/sign-in", self._show_sign_in, "GET"),
            self._route("/sign-in", self._sign_in, "POST"),
            self._route("/sign-in/oidc", self._to_provider, "GET"),
            self._route("/sign-in/oidc/callback", self._from_provider, "GET"),
            self._route("/first-account", self._show_first, "GET"),
            self._route("/first-account", self._make_first, "POST"),
            self._route("/choose-position", self._show_positions, "GET"),
            self._route("/choose-position", self._choose_position, "POST"),
            self._route("/password", self._show_password, "GET"),
            self._route("/password", self._change_password, "POST"),
            self._route("/sign-out-everywhere", self._sign_out_everywhere, "POST"),
            self._route("/signed-out", self._show_signed_out, "GET"),
            self._route("/accounts", self._show_accounts, "GET"),
            self._route("/accounts", self._add_account, "POST"),
            self._route("/accounts/{account}", self._change_account, "POST"),
        ]
        return [*everywhere, *(at_the_authority if self._place.is_authority else ())]

    def _route(self, path: str, handler: Handler, method: str) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                return await handler(request)
            except Refused as refused:
                session = None
                with suppress(Refused, EventStoreError):  # else it is said to nobody in particular
                    session = await self.session(request)
                return self._refused(request, refused, session=session)
            except PlatformError as error:
                logger.error("nobody can sign in: %s", error)
                return self._refused(request, NO_SIGN_IN_HERE(), 503)
            except EventStoreError as error:
                logger.warning("the broker does not answer: %s", error)
                return self._refused(request, UNAVAILABLE(), 503)

        return Route(path, endpoint, methods=[method])

    # --- arriving at a service ---
    async def _arrive(self, request: Request) -> Response:
        """With a code from the authority."""
        code = request.query_params.get("code", "")[:100]
        session = await self._handing_over.take(self._place.service, code, self._state.read(request))
        if session is None:
            raise HAND_OVER_FAILED()
        bearer = await self._place.at_work.door.reader(f"Bearer {session.token}")
        await self.check(bearer)
        response = _away(local_path(session.path))
        self._begin(response, session.token, bearer.expires)
        return response

    async def _sign_out(self, request: Request) -> Response:
        session = await self._session_of_form(request)
        if session:
            await self._end(session)
        response = _away(f"{self._place.addresses[SUBCOMMITTEE]}/signed-out")
        end_session(response, self._congress)
        return response

    async def _sign_out_everywhere(self, request: Request) -> Response:
        session = await self._session_of_form(request)
        if session:
            if session.person:
                await self.signed_out.end_all(session.person, self._now())
            await self._end(session)
        response = _away("/signed-out")
        end_session(response, self._congress)
        return response

    async def _end(self, session: Session) -> None:
        """Tokens of earlier versions have no id to be ended by."""
        if session.bearer.token_id:
            await self.signed_out.end(session.bearer.token_id)

    async def _show_signed_out(self, request: Request) -> Response:
        return self._page(request, "signed_out.html")

    # --- proving who one is ---
    async def _show_sign_in(self, request: Request) -> Response:
        destination = self._destination(request.query_params)
        if session := await self.session(request):
            if await self._still_holds(session):
                return await self._go(destination, session.token, session.bearer.actor, session.bearer.expires)
        elif await self.accounts.are_there_none():
            return _away("/first-account")
        return self._sign_in_page(request, destination)

    async def _sign_in(self, request: Request) -> Response:
        form = await small_form(request)
        destination = self._destination(request.query_params)
        if not self._guard.is_from_here(request, form):
            return self._sign_in_page(request, destination, FORM_NOT_FROM_HERE(), 403, form)
        name, password = form.get("account", "").strip(), form.get("password", "")
        try:
            self._count(request, name)
            kept = await self._by_password(name, password)
            self._give_back(request, kept.account.id)
        except Refused as refused:
            return self._sign_in_page(request, destination, refused, _status(refused, 401), form)
        return await self._enter(request, kept, destination)

    def _count(self, request: Request, account: str) -> None:
        """Raises the refusal `too_many_tries`, whether there is such an account or not."""
        waits = max(self._of_address.take(_address(request)), self._of_account.take(account[:100]))
        if waits:
            raise TOO_MANY_TRIES(seconds=int(waits) + 1)

    def _give_back(self, request: Request, account: str) -> None:
        """Whoever was right has not tried: many may come from one address, that of a proxy."""
        self._of_account.give_back(account[:100])
        self._of_address.give_back(_address(request))

    async def _by_password(self, name: str, password: str) -> Kept:
        """Takes as long and says the same for an account that is missing or disabled as for a wrong password."""
        kept = await self.accounts.find(name)
        is_right = await self._passwords.is_right(password, kept.account.password if kept else None)
        if kept is None or not is_right or not kept.account.active or not kept.account.usable_positions:
            raise NOT_RIGHT()
        hashed = kept.account.password
        if hashed and self._passwords.needs_rehash(hashed):
            kept = await self.accounts.change(kept, password=await self._passwords.hash(checked_password(password)))
        return kept

    async def _to_provider(self, request: Request) -> Response:
        if self.oidc is None:
            raise PROVIDER_AWAY()
        destination = self._destination(request.query_params)
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        response = _away(await self.oidc.begin(state, nonce, verifier))
        ticket = AtProvider(destination=destination, state=state, nonce=nonce, verifier=verifier)
        self._at_provider.set(response, seal(ticket, self._key(), self._congress, self._now()))
        return response

    async def _from_provider(self, request: Request) -> Response:
        self._of_address_only(request)
        ticket = unseal(AtProvider, self._at_provider.read(request), self._key(), self._congress)
        given = request.query_params
        if ticket is None or not secrets.compare_digest(given.get("state", "").encode(), ticket.state.encode()):
            raise HAND_OVER_FAILED()
        if (
            self.oidc is None
            or not given.get("code")
            or given.get("iss", self._settings.oidc_issuer) != self._settings.oidc_issuer
        ):
            raise PROVIDER_REFUSED()
        kept = None
        for name in await self.oidc.finish(given["code"][:LONGEST_CODE], ticket.nonce, ticket.verifier):
            kept = kept or await self.accounts.named_by_provider(name)
        if kept is None or not kept.account.active or not kept.account.usable_positions:
            response = self._refused(request, UNKNOWN_TO_US(), 403)
        else:
            response = await self._enter(request, kept, ticket.destination, by_password=False)
        self._at_provider.delete(response)
        return response

    def _of_address_only(self, request: Request) -> None:
        if waits := self._of_address.take(_address(request)):
            raise TOO_MANY_TRIES(seconds=int(waits) + 1)

    async def _enter(
        self, request: Request, kept: Kept, destination: Destination, *, by_password: bool = True
    ) -> Response:
        """Whoever has proved who they are: a session, or what has to be said first."""
        account = kept.account
        if by_password and account.must_change_password:
            return await self._proved_to(kept, destination, "/password", must_change=True)
        if len(account.usable_positions) > 1:
            return await self._proved_to(kept, destination, "/choose-position")
        return await self._begin_session(account, account.usable_positions[0], destination)

    async def _proved_to(
        self, kept: Kept, destination: Destination, path: str, *, must_change: bool = False
    ) -> Response:
        response, account = _away(path), kept.account.id
        begun = await self._begins(account)
        ticket = Proved(destination=destination, account=account, must_change=must_change, seen=kept.seen, at=begun)
        self._proved.set(response, seal(ticket, self._key(), self._congress, self._now()))
        return response

    async def _begin_session(self, account: Account, position: str, destination: Destination) -> Response:
        begun, lasting = await self._begins(account.id), timedelta(seconds=LONGEST_SESSION_S)
        actor = Actor(position, position.partition(".")[0], account.id)
        token = mint_token(self._key(), self._congress, actor, begun, lasting)
        return await self._go(destination, token, actor, begun + lasting)

    async def _begins(self, account: str) -> datetime:
        """When a session of this account begins, so that it holds."""
        now = self._now()
        return max(now, await self.signed_out.holds_from(account) or now)

    async def _go(self, destination: Destination, token: str, actor: Actor, expires: datetime) -> Response:
        """To the service that somebody comes from, with their session; to that of their unit where they come from
        none and have nothing to do here."""
        if destination.to == SUBCOMMITTEE:
            is_home = destination.path != "/" or may(actor, Act.READ, SUBCOMMITTEE)
            response = _away(destination.path if is_home else f"{self._place.addresses.get(actor.unit, '')}/")
        else:
            session = HandedOver(token=token, path=destination.path, state=destination.state)
            code = await self._handing_over.give(destination.to, session)
            response = _away(f"{self._place.addresses[destination.to]}/signed-in?{urlencode({'code': code})}")
            response.headers["Referrer-Policy"] = "no-referrer"
        self._begin(response, token, expires)
        self._guard.renew(response)
        self._proved.delete(response)
        return response

    def _begin(self, response: Response, token: str, expires: datetime) -> None:
        begin_session(response, self._congress, token, max(1, int((expires - self._now()).total_seconds())))

    async def _still_holds(self, session: Session) -> bool:
        """Whether the account may still do what the session says. One from the command line names no account."""
        if not session.person:
            return True
        kept = await self.accounts.find(session.person)
        return kept is not None and kept.account.active and session.bearer.actor.id in kept.account.positions

    # --- the first account ---
    async def _show_first(self, request: Request) -> Response:
        if not await self.accounts.are_there_none():
            return _away("/sign-in")
        provide_setup_code(self._settings)
        return self._first_page(request)

    async def _make_first(self, request: Request) -> Response:
        form = await small_form(request)
        if not await self.accounts.are_there_none():
            return _away("/sign-in")
        if not self._guard.is_from_here(request, form):
            return self._first_page(request, FORM_NOT_FROM_HERE(), 403, form)
        try:
            self._of_address_only(request)
            if not is_setup_code(self._settings, form.get("code", "")):
                raise NO_SUCH_CODE()
            account = await self._new_account(form, (FIRST_POSITION,))
            await self.accounts.add(account, first=True)
        except Refused as refused:
            return self._first_page(request, refused, _status(refused, 422), form)
        remove_setup_code(self._settings)
        return await self._begin_session(account, FIRST_POSITION, Destination(to=SUBCOMMITTEE, path="/"))

    async def _new_account(self, form: Mapping[str, str], positions: tuple[str, ...]) -> Account:
        """Raises a refusal where a field can't be meant."""
        name, shown = form.get("account", "").strip(), form.get("name", "").strip()
        fields = {"id": name, "name": shown, "positions": positions, "changed_at": self._now()}
        oidc_names = await self._oidc_names(form, name)
        try:
            account = Account.model_validate(fields | {"oidc_names": oidc_names})
        except ValidationError as error:
            raise ACCOUNT_FIELDS(count=error.error_count()) from error
        if not form.get("password") and oidc_names:
            return account
        password = self._password_typed_twice(form, "password", name, shown)
        return account.model_copy(update={"password": await self._passwords.hash(password)})

    async def _oidc_names(self, form: Mapping[str, str], account: str) -> tuple[str, ...]:
        """Set apart by commas. Raises the refusals `oidc_names`, `oidc_name_taken`."""
        names = checked_oidc_names(form.get("oidc_names", "").split(","))
        await self.accounts.check_names_free(account, names)
        return names

    def _password_typed_twice(self, form: Mapping[str, str], field: str, *names: str) -> str:
        password = checked_password(form.get(field, ""), *names)
        if checked_password(form.get(f"{field}_again", ""), *names) != password:
            raise PASSWORDS_DIFFER()
        return password

    # --- one's positions and password ---
    async def _whose(self, request: Request) -> "_Whose | None":
        """The account of whoever is signed in, or has just proved who they are."""
        ticket = unseal(Proved, self._proved.read(request), self._key(), self._congress)
        session = None if ticket else await self.session(request)
        name = ticket.account if ticket else session.person if session else ""
        kept = await self.accounts.find(name) if name else None
        if kept is None or not kept.account.active or not kept.account.usable_positions:
            return None
        if ticket and not await self._is_fresh(ticket, kept):
            return None
        destination = ticket.destination if ticket else self._destination(request.query_params)
        return _Whose(kept, destination, session, bool(ticket and ticket.must_change))

    async def _is_fresh(self, ticket: Proved, kept: Kept) -> bool:
        """Whoever was signed out everywhere, or whose account was changed, proves anew who they are."""
        holds_from = await self.signed_out.holds_from(ticket.account)
        return ticket.seen == kept.seen and (holds_from is None or ticket.at >= holds_from)

    async def _show_positions(self, request: Request) -> Response:
        whose = await self._whose(request)
        return self._of_whose(request, "choose_position.html", whose) if whose else self.send_away(request)

    async def _choose_position(self, request: Request) -> Response:
        form = await small_form(request)
        whose = await self._whose(request)
        if whose is None:
            return self.send_away(request)
        if not self._is_from_this_page(request, form, whose.session):
            return self._of_whose(request, "choose_position.html", whose, FORM_NOT_FROM_HERE(), 403)
        if whose.must_change:
            return _away("/password")
        account, position = whose.kept.account, form.get("position", "")
        if position not in account.usable_positions:
            return self._of_whose(request, "choose_position.html", whose, NOT_YOUR_POSITION(), 403)
        if whose.session:
            await self._end(whose.session)
        return await self._begin_session(account, position, whose.destination)

    async def _show_password(self, request: Request) -> Response:
        whose = await self._whose(request)
        return self._of_whose(request, "password.html", whose) if whose else self.send_away(request)

    async def _change_password(self, request: Request) -> Response:
        form = await small_form(request)
        whose = await self._whose(request)
        if whose is None:
            return self.send_away(request)
        account, session = whose.kept.account, whose.session
        if not self._is_from_this_page(request, form, session):
            return self._of_whose(request, "password.html", whose, FORM_NOT_FROM_HERE(), 403)
        try:
            self._count(request, account.id)
            if not await self._passwords.is_right(form.get("current", ""), account.password):
                raise CURRENT_NOT_RIGHT()
            self._give_back(request, account.id)
            password = self._password_typed_twice(form, "password", account.id, account.name)
            if await self._passwords.is_right(password, account.password):
                raise SAME_PASSWORD()
            hashed = await self._passwords.hash(password)
            kept = await self.accounts.change(whose.kept, password=hashed, must_change_password=False)
        except Refused as refused:
            return self._of_whose(request, "password.html", whose, refused, _status(refused, 422))
        await self.signed_out.end_all(account.id, self._now())
        if session and session.bearer.actor.id in account.usable_positions:
            return await self._begin_session(kept.account, session.bearer.actor.id, whose.destination)
        return await self._enter(request, kept, whose.destination)

    # --- keeping accounts ---
    async def _show_accounts(self, request: Request) -> Response:
        session = await self.session(request)
        if session is None:
            return self.send_away(request)
        self._check_keeps(session)
        return await self._accounts_page(request, session)

    async def _add_account(self, request: Request) -> Response:
        form = await small_form(request)
        session = await self._keeper(request, form)
        if session is None:
            return self.send_away(request)
        try:
            account = await self._new_account(form, _positions(form))
            await self.accounts.add(account.model_copy(update={"must_change_password": bool(account.password)}))
        except Refused as refused:
            return await self._accounts_page(request, session, refused, form)
        return _away("/accounts")

    async def _change_account(self, request: Request) -> Response:
        """One thing about it, by `what`; whoever has it is signed out everywhere."""
        form = await small_form(request)
        session = await self._keeper(request, form)
        if session is None:
            return self.send_away(request)
        name = request.path_params["account"]
        try:
            kept = await self.accounts.get(name)
            if form.get("seen") != str(kept.seen):
                raise ACCOUNT_SEEN(account=name)
            changes = await self._changes(form, kept.account, session)
            changed = await self.accounts.change(kept, **changes)
        except ValidationError as error:
            refused = ACCOUNT_FIELDS(count=error.error_count())
            return await self._accounts_page(request, session, refused, form, name)
        except Refused as refused:
            return await self._accounts_page(request, session, refused, form, name)
        if name != session.person or session.bearer.actor.id not in changed.account.positions:
            await self.signed_out.end_all(name, self._now())
        return _away("/accounts")

    async def _changes(self, form: Mapping[str, str], account: Account, session: Session) -> dict[str, Any]:
        match form.get("what"):
            case "disable" if account.id == session.person:
                raise NOT_YOUR_OWN()
            case "disable":
                return {"active": False}
            case "enable":
                return {"active": True}
            case "positions":
                return {"positions": _positions(form)}
            case "oidc_names":
                return {"oidc_names": await self._oidc_names(form, account.id)}
            case "password":
                password = self._password_typed_twice(form, "password", account.id, account.name)
                return {"password": await self._passwords.hash(password), "must_change_password": True}
            case _:
                raise ACCOUNT_NOT_FOUND(account=account.id)

    async def _keeper(self, request: Request, form: Mapping[str, str]) -> Session | None:
        session = await self.session(request)
        if session:
            self._check_keeps(session)
            self._check_form(request, form, session)
        return session

    def _check_keeps(self, session: Session) -> None:
        if not may(session.bearer.actor, Act.KEEP_ACCOUNTS, self._place.service):
            raise MAY_NOT_KEEP_ACCOUNTS()

    # --- forms ---
    async def _session_of_form(self, request: Request) -> Session | None:
        form = await small_form(request)
        session = await self.session(request)
        if session:
            self._check_form(request, form, session)
        return session

    def _check_form(self, request: Request, form: Mapping[str, str], session: Session) -> None:
        if not is_own_origin(request) or not is_csrf_token(form.get(CSRF_FIELD, ""), session.token):
            raise FORM_OF_ANOTHER_SESSION()

    def _is_from_this_page(self, request: Request, form: Mapping[str, str], session: Session | None) -> bool:
        if session:
            return is_csrf_token(form.get(CSRF_FIELD, ""), session.token)
        return self._guard.is_from_here(request, form)

    def _destination(self, given: Mapping[str, str]) -> Destination:
        """Of what a URL or a form says, as far as it leads to a service of the congress."""
        to, state = given.get("to", ""), given.get("state", "")
        if to not in self._place.addresses or len(state) != len(digest("")):
            to, state = SUBCOMMITTEE, ""
        return Destination(to=to, path=local_path(given.get("path", "")), state=state if to != SUBCOMMITTEE else "")

    def _key(self) -> bytes:
        """Raises `PlatformError`."""
        return held_private_key(self._settings)

    # --- pages ---
    def _page(
        self,
        request: Request,
        template: str,
        problem: Refused | None = None,
        status: int = 200,
        session: Session | None = None,
        **context: Any,
    ) -> Response:
        cookie, field = self._guard.of(request)
        field = csrf_token(session.token) if session else field
        message: Message | None = problem.message if problem else None
        bearer, at_fault = session.bearer if session else None, FIELDS.get(problem.code, "") if problem else ""
        response = self._render_page(
            request,
            f"sign_in/{template}",
            status,
            bearer,
            csrf=field,
            message=message,
            at_fault=at_fault,
            **context,
        )
        if not session:
            self._guard.keep(response, cookie)
        if problem and problem.refusal == TOO_MANY_TRIES:
            response.headers["Retry-After"] = str(problem.message.params.get("seconds", 60))
        response.headers["Cache-Control"] = "no-store"
        return response

    def _sign_in_page(
        self,
        request: Request,
        destination: Destination,
        problem: Refused | None = None,
        status: int = 200,
        form: Mapping[str, str] | None = None,
    ) -> Response:
        return self._page(
            request,
            "sign_in.html",
            problem,
            status,
            action=_local_url("/sign-in", destination.model_dump()),
            account=(form or {}).get("account", "")[:100],
            oidc=_local_url("/sign-in/oidc", destination.model_dump()) if self.oidc else "",
        )

    def _first_page(
        self,
        request: Request,
        problem: Refused | None = None,
        status: int = 200,
        form: Mapping[str, str] | None = None,
    ) -> Response:
        typed = {name: (form or {}).get(name, "")[:200] for name in ("code", "account", "name")}
        return self._page(request, "first_account.html", problem, status, typed=typed)

    def _of_whose(
        self, request: Request, template: str, whose: "_Whose", problem: Refused | None = None, status: int = 200
    ) -> Response:
        return self._page(request, template, problem, status, whose.session, account=whose.kept.account)

    async def _accounts_page(
        self,
        request: Request,
        session: Session,
        problem: Refused | None = None,
        form: Mapping[str, str] | None = None,
        fault_of: str = "",
    ) -> Response:
        """`fault_of` is the account whose form the problem is about; without one it is the form for a new one."""
        shown = {
            "accounts": await self.accounts.all(),
            "typed": {name: (form or {}).get(name, "")[:LONGEST_TYPED] for name in KEPT_OF_AN_ACCOUNT},
            "fault_of": fault_of,
            "to_give": positions_to_give(),
            "provider": bool(self.oidc),
            "claim": self._settings.oidc_claim,
        }
        return self._page(
            request, "accounts.html", problem, _status(problem, 422) if problem else 200, session, **shown
        )

    def _refused(
        self, request: Request, refused: Refused, status: int = 0, session: Session | None = None
    ) -> Response:
        return self._page(request, "refused.html", refused, status or _status(refused, 403), session)


def _positions(form: Mapping[str, str]) -> tuple[str, ...]:
    """Set apart by commas or blanks. Raises the refusal `not_a_position`."""
    typed = form.get("positions", "").replace(",", " ").split()
    return tuple(dict.fromkeys(map(checked_position, typed)))


def _status(refused: Refused, otherwise: int) -> int:
    again_later = {TOO_MANY_TRIES: 429, PROVIDER_AWAY: 503}
    return again_later.get(refused.refusal) or STATUS.get(refused.refusal, otherwise)


def _local_url(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _away(url: str) -> Response:
    return RedirectResponse(url, 303, headers={"Cache-Control": "no-store"})
