"""How callers come in, over NATS as over HTTP: who they are is proved, and then the one handler does the command."""

import logging
from collections.abc import Awaitable

from pydantic import BaseModel, ValidationError

from shared.domain.decider import Actor, Refused
from shared.eventstore.wire import NotJson, read_json
from shared.unit.commands import Answer, CommandHandler
from shared.unit.problems import INTERNAL, Problem, bad_json, invalid_input, problem_of
from shared.unit.requests import CommandRequest
from shared.unit.revocations import Revocations
from shared.unit.roles import check_may_record
from shared.unit.signed_out import SignedOut
from shared.unit.tokens import Bearer, TokenVerifier

logger = logging.getLogger(__name__)


class Door:
    """The one way into a service for a command, whichever way it came."""

    def __init__(
        self,
        service: str,
        handler: CommandHandler,
        verifier: TokenVerifier,
        revocations: Revocations | None = None,
        signed_out: SignedOut | None = None,
    ) -> None:
        self.service = service
        self.verifier = verifier
        self._handler = handler
        self._revocations, self._signed_out = revocations, signed_out

    async def commander(self, authorization: str | None) -> Bearer:
        """Who gives commands with this `Authorization`. Raises a refusal."""
        return await self._not_revoked(self.verifier.commander(authorization))

    async def reader(self, authorization: str | None) -> Bearer:
        """Who asks, of whichever unit. Raises a refusal."""
        return await self._not_revoked(self.verifier.bearer(authorization))

    async def give(self, name: str, request: CommandRequest, actor: Actor) -> Answer:
        """Does the command of somebody who is signed in. Raises `Refused`, of whoever gives none here too, or
        `ValidationError`; then nothing was written."""
        check_may_record(actor, self.service)
        return await self._handler.handle(name, request, actor)

    async def answer(self, name: str, authorization: str | None, body: bytes) -> Answer | Problem:
        """What a caller is answered, whatever was sent. Raises nothing."""
        return await self.answered(name, self._give(name, authorization, body))

    async def answered[Done: BaseModel](self, name: str, doing: Awaitable[Done]) -> Done | Problem:
        """What comes of `doing`, or the problem that there was. Raises nothing."""
        try:
            return await doing
        except Refused as refused:
            return problem_of(refused)
        except NotJson as error:
            return bad_json(error)
        except ValidationError as error:
            return invalid_input(error)
        except Exception:
            logger.exception("command %s failed", name)
            return problem_of(INTERNAL(service=self.service))

    async def _give(self, name: str, authorization: str | None, body: bytes) -> Answer:
        bearer = await self.commander(authorization)
        request = CommandRequest.model_validate(read_json(body))
        return await self.give(name, request, bearer.actor)

    async def _not_revoked(self, bearer: Bearer) -> Bearer:
        if self._revocations:
            await self._revocations.check(bearer)
        if self._signed_out and bearer.actor.person:
            await self._signed_out.check(bearer)
        return bearer
