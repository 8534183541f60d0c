"""From having proved who one is to a session: which position it is for, and where it leads."""

from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from shared.domain.decider import Actor, Refused
from shared.eventstore.streams import LONGEST_SESSION_S
from shared.unit.roles import Act, may
from shared.unit.tokens import mint_token
from shared.values.units import SUBCOMMITTEE
from shared.web.session import Session
from shared.web.sign_in.accounts import Account, Kept
from shared.web.sign_in.answering import away
from shared.web.sign_in.asking import Cookie
from shared.web.sign_in.desk import Desk
from shared.web.sign_in.handing_over import HandedOver
from shared.web.sign_in.tickets import LASTING_S, Destination, Proved, seal, unseal


class Whose(NamedTuple):
    """The account of whoever opens a page; `session` is none where they have only proved who they are."""

    kept: Kept
    destination: Destination
    session: Session | None
    must_change: bool


class LettingIn:
    """At the authority's desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._proved = Cookie("proved", desk.congress, LASTING_S)

    async def enter(self, kept: Kept, destination: Destination, *, by_password: bool = True) -> Response:
        """Whoever has proved who they are: a session, or what has to be said first."""
        account = kept.account
        if by_password and account.must_change_password:
            return await self._proved_to(kept, destination, "/password", must_change=True)
        if len(account.usable_positions) > 1:
            return await self._proved_to(kept, destination, "/choose-position")
        return await self.begin_session(account, account.usable_positions[0], destination)

    async def _proved_to(
        self, kept: Kept, destination: Destination, path: str, *, must_change: bool = False
    ) -> Response:
        desk, response, account = self._desk, away(path), kept.account.id
        begun = await self._begins(account)
        ticket = Proved(destination=destination, account=account, must_change=must_change, seen=kept.seen, at=begun)
        self._proved.set(response, seal(ticket, desk.key(), desk.congress, desk.now()))
        return response

    async def begin_session(self, account: Account, position: str, destination: Destination) -> Response:
        begun, lasting = await self._begins(account.id), timedelta(seconds=LONGEST_SESSION_S)
        actor = Actor(position, position.partition(".")[0], account.id)
        token = mint_token(self._desk.key(), self._desk.congress, actor, begun, lasting)
        return await self.go(destination, token, actor, begun + lasting)

    async def _begins(self, account: str) -> datetime:
        """When a session of this account begins, so that it holds."""
        now = self._desk.now()
        return max(now, await self._desk.signed_out.holds_from(account) or now)

    async def go(self, destination: Destination, token: str, actor: Actor, expires: datetime) -> Response:
        """Sends people on to the service that somebody comes from, with their session; to that of their unit where
        they come from none and have nothing to do here."""
        desk, addresses = self._desk, self._desk.place.addresses
        if destination.to == SUBCOMMITTEE:
            is_home = destination.path != "/" or may(actor, Act.READ, SUBCOMMITTEE)
            response = away(destination.path if is_home else f"{addresses.get(actor.unit, '')}/")
        else:
            session = HandedOver(token=token, path=destination.path, state=destination.state)
            code = await desk.handing_over.give(destination.to, session)
            response = away(f"{addresses[destination.to]}/signed-in?{urlencode({'code': code})}")
            response.headers["Referrer-Policy"] = "no-referrer"
        desk.keep_session(response, token, expires)
        desk.guard.renew(response)
        self._proved.delete(response)
        return response

    async def whose(self, request: Request) -> Whose | None:
        """The account of whoever is signed in, or has just proved who they are. Raises as `Desk.session` and
        `Accounts.find`."""
        desk = self._desk
        ticket = unseal(Proved, self._proved.read(request), desk.key(), desk.congress)
        session = None if ticket else await desk.session(request)
        name = ticket.account if ticket else session.person if session else ""
        kept = await desk.accounts.find(name) if name else None
        if kept is None or not kept.account.may_sign_in:
            return None
        if ticket and not await self._is_fresh(ticket, kept):
            return None
        destination = ticket.destination if ticket else desk.destination(request.query_params)
        return Whose(kept, destination, session, bool(ticket and ticket.must_change))

    async def _is_fresh(self, ticket: Proved, kept: Kept) -> bool:
        """Whoever was signed out everywhere, or whose account was changed, proves anew who they are."""
        holds_from = await self._desk.signed_out.holds_from(ticket.account)
        return ticket.seen == kept.seen and (holds_from is None or ticket.at >= holds_from)

    def page(
        self, request: Request, template: str, whose: Whose, problem: Refused | None = None, status: int = 200
    ) -> Response:
        """A page about this account."""
        return self._desk.pages.page(request, template, problem, status, whose.session, account=whose.kept.account)
