"""A unit service as a FastStream application: commands by request/reply, policies on a durable consumer, health."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from faststream import AckPolicy
from faststream.nats import NatsBroker, NatsMessage
from nats.aio.client import DEFAULT_INBOX_PREFIX, Client
from pydantic import BaseModel

from shared.domain import evidence
from shared.domain.decider import Aggregate, Command
from shared.eventstore.credentials import credentials_for
from shared.eventstore.ledger import Ledger
from shared.eventstore.objects import EvidenceStore
from shared.eventstore.operating import as_operator_if_possible, provide_streams
from shared.eventstore.store import EventStore
from shared.eventstore.streams import check_streams
from shared.platform.embedded import Endpoints, endpoints
from shared.platform.nats import Teller, connection_options, servers_of
from shared.platform.nats_keys import Credentials
from shared.platform.plain import is_plain
from shared.platform.settings import Settings
from shared.unit.accepted_keys import accepted_keys
from shared.unit.answering import fits, is_inbox, respond, unread
from shared.unit.application import ServiceApp
from shared.unit.asyncapi import Json, answer_asyncapi, asyncapi
from shared.unit.broker import STOP_TIMEOUT_S, HandOverBroker, UnitBroker, security_at
from shared.unit.commands import Answer, CommandHandler
from shared.unit.consumer import make_consumer
from shared.unit.discards import Discards
from shared.unit.door import Door
from shared.unit.following import Follower
from shared.unit.handing_out import HANDING_OUT, EvidenceGiver
from shared.unit.health import Health, answer_health, unit_health, with_keys
from shared.unit.health_file import HealthFile
from shared.unit.issuer import provide_issuer_keys
from shared.unit.keeping import KEEPING, EvidenceKeeper
from shared.unit.policies import Policy
from shared.unit.problems import ANSWER_TOO_LARGE, Problem, problem_of
from shared.unit.refusals import OFFERED, REFUSALS, RetryPolicy, SettleRefusal
from shared.unit.retrying import Retries
from shared.unit.revocations import Revocations
from shared.unit.signed_out import SignedOut
from shared.unit.tokens import TokenVerifier
from shared.unit.unseen import Unseen

COMMANDS_AT_ONCE = 64
CLOSED_LOOK_S = 1.0
READ_FROM_A_STREAM = "Nats-Stream"
"""A header of the server's. Whoever reads may have what they read sent to any subject, by the server's rights."""

logger = logging.getLogger(__name__)


class Part(Protocol):
    """What begins and ends with a service."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@dataclass(frozen=True)
class AtWork:
    """A service while it runs, for a face of it. `look` says how it is."""

    service: "UnitService"
    settings: Settings
    servers: Endpoints
    connection: Client
    store: EventStore
    ledger: Ledger
    door: Door
    look: Callable[[], Awaitable[Health]]


type Face = Callable[[AtWork], Part | None]
"""Makes what shows the service to people, beside the commands over NATS."""


@dataclass(frozen=True)
class UnitService:
    """What one service is made of: the aggregates that answer its commands, and its policies."""

    name: str
    aggregates: tuple[Aggregate, ...]
    policies: tuple[Policy, ...] = ()

    @property
    def _writing(self) -> tuple[Aggregate, ...]:
        """All aggregates that write to the service's stream."""
        return (*self.aggregates, REFUSALS)

    def contract(self) -> Json:
        """What it speaks, as an AsyncAPI document."""
        return asyncapi(self.name, self._writing, self.policies, offered=self.offered)

    @property
    def offered(self) -> tuple[type[Command], ...]:
        """What callers may give beside the commands of its aggregates."""
        return (*OFFERED, *KEEPING, *HANDING_OUT) if self.keeps_evidence else OFFERED

    @property
    def keeps_evidence(self) -> bool:
        return evidence.AGGREGATE in self.aggregates

    def app(self, face: Face | None = None) -> ServiceApp:
        """The application; nothing is connected or started before it runs."""

        @asynccontextmanager
        async def lifespan() -> AsyncIterator[None]:
            settings = Settings()
            with endpoints(settings, with_mongo=False) as servers:
                provide_issuer_keys(settings, to_mint=False)
                await provide_streams(settings, servers)
                credentials = credentials_for(servers.nats_credentials, settings.congress, self.name)
                async with service_broker(servers.nats_url, self.name, credentials) as broker:
                    await check_streams(broker.connection, settings.congress, self.name, settings.nats_replicas)
                    async with self._at_work(app, broker, settings, servers, face):
                        yield

        app = ServiceApp(lifespan, logger)
        return app

    @asynccontextmanager
    async def _at_work(
        self, app: ServiceApp, broker: UnitBroker, settings: Settings, servers: Endpoints, face: Face | None
    ) -> AsyncIterator[None]:
        """Whatever begins and ends with the application."""
        store = EventStore(broker.connection, settings.congress, self.name, replicas=settings.nats_replicas)
        watching = asyncio.create_task(store.watch.keep_looking())
        closing = asyncio.create_task(when_closed(broker.connection, app.exit))
        for part in self._subscribe(broker, settings, store, servers, face):
            app.after_startup(part.start)
            app.on_shutdown(part.stop)
        app.add_broker(broker)
        try:
            yield
        finally:
            watching.cancel()
            closing.cancel()

    def _subscribe(
        self, broker: UnitBroker, settings: Settings, store: EventStore, servers: Endpoints, face: Face | None
    ) -> list[Part]:
        """What is to be started beside the broker, and stopped before it."""
        congress, connection = settings.congress, broker.connection
        discards, ledger = Discards(connection, congress), Ledger(connection, congress)
        handler = CommandHandler(store, self._writing, discards=discards)
        handler.offer(RetryPolicy, Retries(ledger, discards, self.name, self.policies, handler))
        handler.offer(SettleRefusal, handler.execute)
        if self.keeps_evidence:
            kept = EvidenceStore(connection, congress, self.name)
            EvidenceKeeper(kept, handler, self.name, settings.most_evidence_bytes).offer()
            EvidenceGiver(kept, handler, self.name).offer()
        verifier = TokenVerifier(accepted_keys(settings), congress, self.name)
        door = Door(self.name, handler, verifier, Revocations(connection, congress), SignedOut(connection, congress))
        answer_commands(broker, congress, door)

        async def make_own_consumer() -> None:
            async with as_operator_if_possible(settings, servers, connection) as making:
                await make_consumer(making, congress, self.name, self.policies)

        follower = (
            Follower(connection, congress, self.name, self.policies, handler, make_own_consumer)
            if self.policies
            else None
        )
        unseen = Unseen(connection, congress, self.name)

        async def look() -> Health:
            health = await unit_health(connection, settings, store, follower, unseen)
            return with_keys(health, self.name, verifier.key_id)

        answer_health(broker, congress, self.name, settings.instance_name, look)
        answer_asyncapi(broker, congress, self.name, self.contract)
        shown = face(AtWork(self, settings, servers, connection, store, ledger, door, look)) if face else None
        return [part for part in (HealthFile(settings, self.name, look), follower, shown) if part]


async def when_closed(connection: Client, end: Callable[[], None]) -> None:
    """Calls `end` once the connection is closed for good, as nats-py does where credentials are revoked: a process
    that hears nobody any more is started again, with the credentials of then, rather than kept."""
    while not connection.is_closed:
        await asyncio.sleep(CLOSED_LOOK_S)
    if connection.last_error:
        logger.error("the connection to NATS is closed for good, so this process ends: %s", connection.last_error)
    end()


def service_broker(url: str, service: str, credentials: Credentials | None = None) -> UnitBroker:
    """Raises `PlatformError` where TLS is demanded and its files can't be used; so does its `connect` where no server
    can be trusted, or it does not let these credentials in."""
    made, teller = UnitBroker if is_plain() else HandOverBroker, Teller(url, service)
    return made(
        teller,
        servers_of(url),
        **connection_options(service, teller),
        security=security_at(url, credentials),
        inbox_prefix=credentials.inbox_prefix if credentials else DEFAULT_INBOX_PREFIX,
        graceful_timeout=STOP_TIMEOUT_S,
        apply_types=False,
        logger=logger,
        log_level=logging.DEBUG,
    )


def answer_commands(broker: UnitBroker, congress: str, door: Door) -> None:
    """`cmd.<congress>.<service>.<name>`, one queue group: any instance of the service may answer.

    Each command is answered by a task that starts at once. FastStream's workers would pass it on through a queue and
    two semaphores, which costs more than to decide and to append.
    """
    free = asyncio.Semaphore(COMMANDS_AT_ONCE)
    subscriber = broker.subscriber(
        f"cmd.{congress}.{door.service}.*",
        queue=door.service,
        ack_policy=AckPolicy.MANUAL,
        no_reply=True,
        decoder=unread,
        title=f"{door.service} commands",
    )

    async def work_on(message: NatsMessage) -> None:
        name = message.raw_message.subject.rpartition(".")[2]
        try:
            answer = await door.answer(name, message.headers.get("Authorization"), message.body)
            await respond(broker, message.reply_to, _as_bytes(broker, answer))
        finally:
            free.release()

    @subscriber
    async def on_command(message: NatsMessage) -> None:
        if message.reply_to and not is_inbox(message.reply_to):
            logger.warning("a command whose answer is to go to %r is not looked at", message.reply_to[:200])
            return
        if READ_FROM_A_STREAM in message.headers:
            logger.warning("a command that JetStream has read out of a stream is not looked at")
            return
        await free.acquire()
        task = asyncio.eager_task_factory(asyncio.get_running_loop(), work_on(message))
        if not task.done():
            broker.at_work.add(task)
            task.add_done_callback(broker.at_work.discard)


def _as_bytes(broker: NatsBroker, answer: BaseModel) -> bytes:
    body = answer.model_dump_json(exclude_defaults=isinstance(answer, Problem)).encode()
    if isinstance(answer, Answer) and not fits(broker, body):
        return _as_bytes(broker, problem_of(ANSWER_TOO_LARGE(count=len(answer.events), sequence=answer.sequence)))
    return body
