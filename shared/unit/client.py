"""Sending commands to a service and asking after its health."""

import asyncio
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import Header, StatusCode

from shared.eventstore.names import is_name
from shared.eventstore.wire import as_json, read_json
from shared.platform.nats import HEADERS_BYTES
from shared.platform.nats_permissions import PermissionsViolation, told_of_refusal
from shared.unit import problems
from shared.unit.asyncapi import asyncapi_subject
from shared.unit.commands import Answer, Question
from shared.unit.health import SERVICE_SILENT, Health, health_of, health_subject, read_health
from shared.unit.patience import Patience
from shared.unit.problems import Problem, ProblemError, problem_of
from shared.values.units import services

COMMAND_TIMEOUT_S = 5.0
HEALTH_TIMEOUT_S = 2.0
COMMAND_TRIES = 3
_TOKEN = re.compile(r"[!-~]{,3900}")
"""What a header can hold and has room for beside the others."""


AT_ONCE = Patience(0)


class CommandClient:
    """Speaks to the services of one congress. A command that gets no answer is sent again under the same id; where
    its service does not run, it waits as long as `patience` allows. Other questions don't wait."""

    def __init__(
        self,
        connection: Client,
        congress: str,
        patience: Patience = Patience(),  # noqa: B008
        happened: datetime | None = None,
    ) -> None:
        """`happened` is when that was which a command does not date itself; now otherwise."""
        self._connection = connection
        self._congress = congress
        self._patience = patience
        self._happened = happened

    @property
    def max_body_bytes(self) -> int:
        """The most that a request, its command's id included, may have as JSON."""
        return self._connection.max_payload - HEADERS_BYTES

    async def send(
        self,
        service: str,
        name: str,
        data: dict[str, Any],
        *,
        token: str,
        command_id: UUID,
        happened: datetime | None = None,
    ) -> Answer:
        """The service's answer. Raises `ProblemError` with the problem it answered, or why nobody did: at once where
        there is no such unit. Nothing is sent where a name or the token could not be part of a message."""
        request: dict[str, Any] = {"command_id": str(command_id), "data": data}
        if (happened := happened or self._happened) is not None:
            request["happened"] = _on_the_wire(happened)
        return Answer.model_validate(await self._answer(service, name, request, token))

    async def question(self, service: str, question: Question, *, token: str) -> Any:
        """The answer to it, of the question's own kind. Raises `ProblemError` as `send`."""
        request = {"command_id": str(uuid4()), "data": question.model_dump(mode="json")}
        return question.ANSWER.model_validate(await self._answer(service, question.NAME, request, token))

    async def _answer(self, service: str, name: str, request: dict[str, Any], token: str) -> Any:
        self._check_names(service)
        if not is_name(name):
            raise ProblemError(problem_of(problems.UNKNOWN_COMMAND(service=service, command=repr(name))))
        if not _TOKEN.fullmatch(token):
            raise ProblemError(problem_of(problems.INVALID_TOKEN(reason=problems.NOT_SENDABLE)))
        answer = read_json(await self._ask(service, name, as_json(request), token))
        if "code" in answer:
            raise ProblemError(Problem.model_validate(answer))
        return answer

    async def _ask(self, service: str, name: str, body: bytes, token: str) -> bytes:
        subject = f"cmd.{self._congress}.{service}.{name}"
        headers = {"Authorization": f"Bearer {token}"}
        if len(body) > self.max_body_bytes:
            raise ProblemError(problem_of(problems.TOO_LARGE()))
        waiting = (self._patience if service in services() else AT_ONCE).begin(service)
        tries = 0
        while tries < COMMAND_TRIES:
            try:
                reply = await self._connection.request(subject, body, timeout=COMMAND_TIMEOUT_S, headers=headers)
            except nats.errors.NoRespondersError as error:
                if not await waiting.goes_on():
                    raise ProblemError(problem_of(problems.NOT_RUNNING(service=service))) from error
            except PermissionsViolation as error:
                raise not_permitted(error) from error
            except (nats.errors.Error, TimeoutError):
                tries += 1
            else:
                return bytes(reply.data)
        raise ProblemError(problem_of(problems.UNAVAILABLE()))

    async def asyncapi(self, service: str) -> bytes:
        """The AsyncAPI document of the service as it runs. Raises `ProblemError` when it does not answer."""
        self._check_names(service)
        subject = asyncapi_subject(self._congress, service)
        try:
            reply = await self._connection.request(subject, b"", timeout=COMMAND_TIMEOUT_S)
        except PermissionsViolation as error:
            raise not_permitted(error) from error
        except (nats.errors.Error, TimeoutError) as error:
            raise ProblemError(problem_of(problems.NOT_RUNNING(service=service))) from error
        return bytes(reply.data)

    async def health(self, service: str, instance: str = "") -> Health:
        """What the service says of itself, by the instance that answers first or by the one that is named; not ready
        when it does not answer. Raises `ProblemError` for no name."""
        self._check_names(service, *([instance] if instance else []))
        try:
            reply = await self._connection.request(
                health_subject(self._congress, service, instance), b"", timeout=HEALTH_TIMEOUT_S
            )
        except PermissionsViolation as error:
            raise not_permitted(error) from error
        except (nats.errors.Error, TimeoutError):
            return health_of([SERVICE_SILENT(service, service=service)], {})
        return read_health(reply.data)

    async def healths(self, service: str) -> list[Health]:
        """What every running process of the service says of itself, as far as it answers in time. At once where NATS
        says that none runs. Raises `ProblemError` for no name, and where it is not permitted to ask."""
        self._check_names(service)
        subject = health_subject(self._congress, service)
        answers: list[Health] = []
        none_runs, refused = asyncio.Event(), asyncio.Event()

        def refuse() -> None:
            refused.set()
            none_runs.set()

        async def on_answer(message: Msg) -> None:
            if message.data:
                answers.append(read_health(message.data))
            elif message.headers and message.headers.get(Header.STATUS) == StatusCode.SERVICE_UNAVAILABLE:
                none_runs.set()

        inbox = self._connection.new_inbox()
        subscription = await self._connection.subscribe(inbox, cb=on_answer)
        with told_of_refusal(self._connection, subject, refuse):
            await self._connection.publish(subject, b"", reply=inbox)
            with suppress(TimeoutError):
                await asyncio.wait_for(none_runs.wait(), HEALTH_TIMEOUT_S)
        await subscription.unsubscribe()
        if refused.is_set():
            raise not_permitted(PermissionsViolation(subject))
        return answers

    def _check_names(self, *names: str) -> None:
        for name in (self._congress, *names):
            if not is_name(name):
                raise ProblemError(problem_of(problems.BAD_NAME(name=repr(name))))


def not_permitted(violation: PermissionsViolation) -> ProblemError:
    return ProblemError(problem_of(problems.NOT_PERMITTED(subject=violation.subject)))


def _on_the_wire(moment: datetime) -> str:
    """RFC 3339 has whole minutes in offsets; those of local times of long ago have seconds (`+07:06:30`)."""
    offset = moment.utcoffset()
    has_whole_minutes = offset is None or not offset % timedelta(minutes=1)
    return (moment if has_whole_minutes else moment.astimezone(UTC)).isoformat()
