"""Signing in at the provider of OpenID Connect that the congress has named: to there, and back."""

import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.web.sign_in.answering import away
from shared.web.sign_in.asking import Cookie
from shared.web.sign_in.desk import Desk
from shared.web.sign_in.letting_in import LettingIn
from shared.web.sign_in.refusals import HAND_OVER_FAILED, PROVIDER_AWAY, PROVIDER_REFUSED, UNKNOWN_TO_US
from shared.web.sign_in.tickets import LASTING_S, AtProvider, seal, unseal

LONGEST_CODE = 4000


class ByProvider:
    def __init__(self, desk: Desk, letting_in: LettingIn) -> None:
        self._desk, self._letting_in = desk, letting_in
        self._sent_there = Cookie("oidc", desk.congress, LASTING_S)

    def routes(self) -> list[Route]:
        return [
            self._desk.route("/sign-in/oidc", self._to_provider, "GET"),
            self._desk.route("/sign-in/oidc/callback", self._from_provider, "GET"),
        ]

    async def _to_provider(self, request: Request) -> Response:
        desk = self._desk
        if desk.oidc is None:
            raise PROVIDER_AWAY()
        destination = desk.destination(request.query_params)
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        response = away(await desk.oidc.begin(state, nonce, verifier))
        ticket = AtProvider(destination=destination, state=state, nonce=nonce, verifier=verifier)
        self._sent_there.set(response, seal(ticket, desk.key(), desk.congress, desk.now()))
        return response

    async def _from_provider(self, request: Request) -> Response:
        desk, given, issuer = self._desk, request.query_params, self._desk.settings.oidc_issuer
        desk.tries.count_address(request)
        ticket = unseal(AtProvider, self._sent_there.read(request), desk.key(), desk.congress)
        if ticket is None or not secrets.compare_digest(given.get("state", "").encode(), ticket.state.encode()):
            raise HAND_OVER_FAILED()
        if desk.oidc is None or not given.get("code") or given.get("iss", issuer) != issuer:
            raise PROVIDER_REFUSED()
        kept = None
        for name in await desk.oidc.finish(given["code"][:LONGEST_CODE], ticket.nonce, ticket.verifier):
            kept = kept or await desk.accounts.named_by_provider(name)
        if kept is None or not kept.account.may_sign_in:
            response = desk.pages.refused(request, UNKNOWN_TO_US(), 403)
        else:
            response = await self._letting_in.enter(kept, ticket.destination, by_password=False)
        self._sent_there.delete(response)
        return response
