"""A unit service as a FastStream application: commands by request/reply, policies on durable consumers, health."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import nats.errors
import orjson
from faststream import AckPolicy, FastStream
from faststream.nats import JStream, NatsBroker, NatsMessage, PullSub
from nats.js.api import ConsumerConfig
from pydantic import BaseModel, ValidationError

from shared.domain.decider import Aggregate, Refused
from shared.eventstore.names import ledger_stream
from shared.eventstore.store import EventStore
from shared.eventstore.streams import provision
from shared.platform.embedded import endpoints
from shared.platform.nats import connection_options, servers_of
from shared.platform.settings import Settings
from shared.unit.asyncapi import Json, answer_asyncapi, as_bytes, asyncapi
from shared.unit.broker import UnitBroker
from shared.unit.commands import CommandHandler, CommandRequest
from shared.unit.health import answer_health, jetstream_health
from shared.unit.policies import REFUSALS, Policy, apply
from shared.unit.problems import BAD_JSON, INTERNAL, Problem, invalid_input, problem_of
from shared.unit.tokens import TokenVerifier, make_issuer_keys

COMMANDS_AT_ONCE = 64
STOP_TIMEOUT_S = 15.0
POLICY_ACK_WAIT_S = 5.0
POLICY_SIGN_OF_LIFE_S = 1.5
"""How often a policy at work tells the broker so; else what runs longer than the ack wait is delivered again."""
POLICY_RETRY_DELAY_S = 2.0
POLICY_TRIES = 5

logger = logging.getLogger(__name__)


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
        return asyncapi(self.name, self._writing, self.policies)

    def app(self) -> FastStream:
        """The application; nothing is connected or started before it runs."""

        @asynccontextmanager
        async def lifespan() -> AsyncIterator[None]:
            settings = Settings()
            with endpoints(settings, with_mongo=False) as servers:
                make_issuer_keys_if_embedded(settings)
                broker = service_broker(servers.nats_url, self.name)
                await broker.connect()
                await provision(broker.connection, settings.congress, settings.nats_replicas)
                store = EventStore(broker.connection, settings.congress, self.name, replicas=settings.nats_replicas)
                watching = asyncio.create_task(store.watch.keep_looking())
                self._subscribe(broker, settings, store)
                app.add_broker(broker)
                try:
                    yield
                finally:
                    watching.cancel()

        app = FastStream(lifespan=lifespan)
        return app

    def _subscribe(self, broker: NatsBroker, settings: Settings, store: EventStore) -> None:
        congress = settings.congress
        handler = CommandHandler(store, self._writing)
        verifier = TokenVerifier(settings.issuer_public_key_path.read_bytes(), congress, self.name)
        answer_commands(broker, congress, self.name, handler, verifier)
        for policy in self.policies:
            follow_policy(broker, congress, self.name, policy, handler)
        answer_health(broker, congress, self.name, lambda: jetstream_health(broker.connection, settings, store))
        answer_asyncapi(broker, congress, self.name, as_bytes(self.contract()))


def service_broker(url: str, service: str) -> NatsBroker:
    return UnitBroker(
        servers_of(url),
        **connection_options(service),
        graceful_timeout=STOP_TIMEOUT_S,
        apply_types=False,
        log_level=logging.DEBUG,
    )


def make_issuer_keys_if_embedded(settings: Settings) -> None:
    """A local issuer key, unless the settings name the key of another issuer."""
    if settings.issuer_public_key is None:
        make_issuer_keys(settings.issuer_private_key_path, settings.issuer_public_key_path)


def answer_commands(
    broker: NatsBroker, congress: str, service: str, handler: CommandHandler, verifier: TokenVerifier
) -> None:
    """`cmd.<congress>.<service>.<name>`, one queue group: any instance of the service may answer.

    Each command is answered by a task that starts at once. FastStream's workers would pass it on through a queue and
    two semaphores, which costs more than to decide and to append.
    """
    free = asyncio.Semaphore(COMMANDS_AT_ONCE)
    at_work: set[asyncio.Task[None]] = set()
    subscriber = broker.subscriber(
        f"cmd.{congress}.{service}.*",
        queue=service,
        ack_policy=AckPolicy.MANUAL,
        no_reply=True,
        decoder=_untouched,
        title=f"{service} commands",
    )

    async def work_on(message: NatsMessage) -> None:
        name = message.raw_message.subject.rpartition(".")[2]
        with subscriber.lock:
            try:
                answer = await _answer(name, message, service, handler, verifier)
                told = answer.model_dump_json(exclude_defaults=isinstance(answer, Problem)).encode()
                if message.reply_to:
                    await broker.connection.publish(message.reply_to, told)
            except nats.errors.Error:
                logger.exception("command %s was not answered", name)
            finally:
                free.release()

    @subscriber
    async def on_command(message: NatsMessage) -> None:
        await free.acquire()
        task = asyncio.eager_task_factory(asyncio.get_running_loop(), work_on(message))
        if not task.done():
            at_work.add(task)
            task.add_done_callback(at_work.discard)


async def _answer(
    name: str, message: NatsMessage, service: str, handler: CommandHandler, verifier: TokenVerifier
) -> BaseModel:
    try:
        actor = verifier.actor(message.headers.get("Authorization"))
        request = CommandRequest.model_validate(orjson.loads(message.body))
        return await handler.handle(name, request, actor)
    except Refused as refused:
        return problem_of(refused)
    except orjson.JSONDecodeError as error:
        return problem_of(BAD_JSON(reason=str(error)))
    except ValidationError as error:
        return invalid_input(error)
    except Exception:
        logger.exception("command %s failed", name)
        return problem_of(INTERNAL(service=service))


def follow_policy(broker: NatsBroker, congress: str, service: str, policy: Policy, handler: CommandHandler) -> None:
    """One durable consumer of the ledger; `max_ack_pending=1` keeps the order whoever serves it."""

    @broker.subscriber(
        f"evt.{congress}.{policy.service}.{policy.entity}.*",
        stream=JStream(ledger_stream(congress), declare=False),
        durable=f"policy-{service}-{policy.name}",
        config=ConsumerConfig(max_ack_pending=1, ack_wait=POLICY_ACK_WAIT_S),
        pull_sub=PullSub(batch_size=1, timeout=5.0),
        ack_policy=AckPolicy.MANUAL,
        decoder=_untouched,
        title=f"{service} policy {policy.name}",
    )
    async def on_event(message: NatsMessage) -> None:
        try:
            tries = message.raw_message.metadata.num_delivered
            async with _at_work(message):
                await apply(policy, message.body, handler, service, last_try=tries >= POLICY_TRIES)
        except Exception:
            logger.exception("policy %s will try again", policy.name)
            await message.nack(delay=POLICY_RETRY_DELAY_S)
        else:
            await message.ack()


@asynccontextmanager
async def _at_work(message: NatsMessage) -> AsyncIterator[None]:
    """Keeps the broker from delivering `message` again for as long as the block takes."""

    async def signs_of_life() -> None:
        while True:
            await asyncio.sleep(POLICY_SIGN_OF_LIFE_S)
            with suppress(nats.errors.Error):
                await message.in_progress()

    beating = asyncio.create_task(signs_of_life())
    try:
        yield
    finally:
        beating.cancel()


async def _untouched(message: NatsMessage) -> NatsMessage:
    """Handlers get the message itself: bad JSON is answered by name, not by the framework."""
    return message
