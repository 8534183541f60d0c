"""A congress with all its services running, to which anything is sent; and what has to come of it.

Whatever is sent is refused with a code, or it is in the views. Where neither is so, the message names what was sent.
"""

import asyncio
import itertools
import re
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import bson
import nats.errors
import orjson

from daihoi.ops.supervisor import Supervisor, all_services
from services.tracker.history.folded import Folded
from services.tracker.history.verify import verify
from services.tracker.projection.store import ViewStore
from shared.domain.decider import Actor, Command, Refused
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import Envelope, decode
from shared.eventstore.errors import Undecodable
from shared.eventstore.jetstream_api import js_api, stream_info
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.store import EventStore
from shared.eventstore.streams import provision
from shared.platform.embedded import Endpoints
from shared.platform.mongo import mongo_database
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.commands import CommandHandler, CommandRequest
from shared.unit.issuer import make_issuer_keys
from shared.unit.tokens import mint_token
from shared.values.units import services
from tests.congress import every_stream
from tests.contract.units import SERVICE_AGGREGATES
from tests.properties.hostile_values import Hostile, as_body, everything_full, labels_of
from tests.properties.sent import SHORT, Sent, Wrong, told
from tests.properties.ways import Step, all_ways, examples
from tests.servers import drop_database, operator_of

HAPPENED = datetime(2020, 8, 17, 2, tzinfo=UTC)
ANSWER_TIMEOUT_S = 30
STANDS_STILL_S = 90
REST_TIMEOUT_S = 180
LOOK_EVERY_S = 0.05
NO_ANSWER = {"code": "no answer", "detail": f"within {ANSWER_TIMEOUT_S} s"}
NO_REFUSALS = frozenset({"no answer", "internal", "unavailable", "conflict", "service_not_running"})
"""What is no answer to a hostile command: it says that something broke, or to send the same again."""
CODE = re.compile("[a-z_]+")
POLICY_REFUSED = "vn.daihoi.policy.refused.v1"


class Besieged:
    """`wrong` collects what must not be."""

    def __init__(self, settings: Settings, supervisor: Supervisor, connection: Any, views: ViewStore) -> None:
        self.congress, self.supervisor, self.connection, self.views = settings.congress, supervisor, connection, views
        self.client, self.ledger = CommandClient(connection, settings.congress), Ledger(connection, settings.congress)
        self.wrong: list[Wrong] = []
        self.sent: dict[str, Sent] = {}
        """By the id of the command, and by those of its events."""
        self.asked = 0
        self.accepted: set[tuple[str, str]] = set()
        """By service, the commands that led to something at least once."""
        self._numbers = itertools.count(1)
        self.settings = settings
        self._tokens: dict[str, str] = {}
        self._read = 0
        self._elsewhere = {
            service: CommandHandler(EventStore(connection, self.congress, service), aggregates)
            for service, aggregates in SERVICE_AGGREGATES.items()
        }
        """Other instances of the services, which remember nothing."""

    # --- sending ---
    def actor(self, service: str, position: str) -> Actor:
        return Actor(f"{service}.{position}", service)

    def token(self, actor: Actor) -> str:
        if actor.id not in self._tokens:
            key = self.settings.issuer_private_key_path.read_bytes()
            lasting = timedelta(hours=5)
            self._tokens[actor.id] = mint_token(key, self.congress, actor, datetime.now(UTC), lasting)
        return self._tokens[actor.id]

    async def give(self, service: str, name: str, position: str, request: dict[str, Any], what: str) -> Sent:
        """Whatever `request` is. Remembers what was sent, and judges the answer."""
        self.asked += 1
        headers = {"Authorization": f"Bearer {self.token(self.actor(service, position))}"}
        subject = f"cmd.{self.congress}.{service}.{name}"
        try:
            reply = await self.connection.request(
                subject, as_body(request), timeout=ANSWER_TIMEOUT_S, headers=headers
            )
            answer = orjson.loads(reply.data)
        except (nats.errors.Error, TimeoutError):
            answer = NO_ANSWER
        sent = Sent(service, name, what, answer)
        self.sent[str(request.get("command_id"))] = sent
        self.sent |= {each["id"]: sent for each in answer.get("events", ())}
        if sent.came_true:
            self.accepted.add((service, name))
        self._judge(sent)
        return sent

    def _judge(self, sent: Sent) -> None:
        code = sent.answer.get("code")
        if code is None:
            assert isinstance(sent.answer["sequence"], int)
        elif code in NO_REFUSALS or not CODE.fullmatch(code):
            self.wrong.append(Wrong("not refused by a rule", sent))
        elif not sent.answer.get("detail_vi"):
            self.wrong.append(Wrong("refused without a word of Vietnamese", sent))

    async def besiege(
        self, service: str, command: type[Command], hostile: Iterable[Sequence[Hostile]], *, full: bool = True
    ) -> None:
        """Sends the valid command, and then each of the hostile ones, to where the valid one would be accepted; and
        those with every field `full`."""
        way = all_ways().get(command)
        last = way[-1] if way else Step(examples(command)[0], "lead")
        place = await self._prepared(service, way or [last])
        sent = await self.give(service, command.NAME, last.position, request_of(last, place), "as it should be")
        for combination in hostile:
            if sent.came_true:
                place = await self._prepared(service, way or [last])
            request = request_of(last, place)
            for each in combination:
                request = each.put_into(request)
            sent = await self.give(service, command.NAME, last.position, request, labels_of(combination))
            if sent.came_true:
                await self._next(service, last, place, sent)
        for label, data in everything_full(command, last.command.model_dump(mode="json")) if full else ():
            place = await self._prepared(service, way or [last])
            await self.give(service, command.NAME, last.position, request_of(last, place, data), label)

    async def _prepared(self, service: str, way: Sequence[Step]) -> str:
        """All that has to come before, under names of its own, which end with the mark that it returns."""
        mark = str(next(self._numbers))
        for step in way[:-1]:
            request = request_of(step, mark)
            await self.give(service, step.command.NAME, step.position, request, "on the way")
        return mark

    async def _next(self, service: str, last: Step, mark: str, after: Sent) -> None:
        """The next command on the same entity, given to an instance that has to load it first."""
        request = CommandRequest(command_id=uuid4(), data=last.renamed(mark), happened=HAPPENED)
        try:
            await self._elsewhere[service].handle(last.command.NAME, request, self.actor(service, last.position))
        except Refused as refused:
            if refused.code in NO_REFUSALS:
                self.wrong.append(Wrong(f"the next command is told {refused.code}", after))
        except Exception as error:
            self.wrong.append(Wrong(f"the next command ends in {type(error).__name__}", after))
        self.sent[str(request.command_id)] = after

    # --- what has to come of it ---
    async def settle(self) -> None:
        """Until everything that was accepted is in the views. Where that can't be, it says which command did it."""
        waits, since = "", time.monotonic()
        while now := await self.what_waits():
            if now != waits:
                waits, since = now, time.monotonic()
            if time.monotonic() - since > STANDS_STILL_S or self._dead():
                await self._tell_what_stands_still(waits)
                break
            await asyncio.sleep(LOOK_EVERY_S)
        await self._look_at_new_events()
        self.wrong += [Wrong("its process has ended", name) for name in self._dead()]

    async def come_to_rest(self) -> None:
        """Fails where that takes too long, and says what it waits for."""
        deadline = time.monotonic() + REST_TIMEOUT_S
        while waits := await self.what_waits():
            assert time.monotonic() < deadline, waits
            await asyncio.sleep(LOOK_EVERY_S)

    async def what_waits(self) -> str:
        """Until the ledger has every stream whole, every policy is through with it, and so are the views."""
        streams = [await stream_info(self.connection, service_stream(self.congress, each)) for each in services()]
        stored, end = sum(each["state"]["last_seq"] for each in streams), await self.ledger.last_sequence()
        if stored != end:
            return f"the ledger has {end} of {stored} events"
        found = await js_api(self.connection, f"CONSUMER.LIST.{ledger_stream(self.congress)}", {})
        for each in found["consumers"]:
            if waiting := each["num_pending"] + each["num_ack_pending"]:
                return f"{waiting} events wait for {each['name']}, which is at {each['ack_floor']['stream_seq']}"
        checkpoint = (await self.views.checkpoint()).sequence
        return f"the views are at {checkpoint} of {end}" if checkpoint != end else ""

    def _dead(self) -> list[str]:
        return [name for name, child in self.supervisor.children.items() if child.poll() is not None]

    async def _tell_what_stands_still(self, waits: str) -> None:
        reasons = [reason for name in all_services() for reason in (await self.client.health(name)).reasons]
        self.wrong.append(Wrong(f"everything stands still, {waits}", "; ".join(reasons)[:600]))
        async for stored, error in self._not_storable():
            self.wrong.append(Wrong(f"accepted, and not to be stored ({error!r})", self._blame(stored)))

    async def _not_storable(self) -> AsyncIterator[tuple[Stored, Exception]]:
        """Events of which no document or no audit row can be made."""
        folded = Folded()
        async for page in self.ledger.read():
            for stored in page:
                try:
                    outcome = folded.take([stored])
                    documents = [each for view in outcome.documents.values() for each in view.values()]
                    for document in (*documents, *outcome.audit_rows):
                        bson.encode(document)
                except Exception as error:
                    yield stored, error

    async def _look_at_new_events(self) -> None:
        for parked in await self.views.documents("parked"):
            if parked["_id"] > self._read and parked["reason"] != "behind":
                stored = await self.ledger.event(parked["_id"])
                assert stored is not None
                self.wrong.append(Wrong(f"accepted, then parked ({parked['reason']})", self._blame(stored)))
        async for page in self.ledger.read(self._read):
            for stored in page:
                self._read = stored.sequence
                envelope = envelope_of(stored)
                if envelope and envelope.type == POLICY_REFUSED and envelope.data["code"] in NO_REFUSALS:
                    told = f"{envelope.data['code']}, {envelope.data['detail'][:SHORT]}"
                    how = f"policy {envelope.data['policy']} ends in {told}"
                    self.wrong.append(Wrong(how, self._blame(stored)))

    def _blame(self, stored: Stored) -> Sent | str:
        """The command that led to an event, by a policy or by itself."""
        envelope = envelope_of(stored)
        ids = (envelope.id, envelope.correlationid) if envelope else ()
        return next((self.sent[each] for each in ids if each in self.sent), stored.subject)

    async def audit_verify(self) -> None:
        verdict = await verify(self.ledger, self.views, lambda *_: None)
        if not verdict.nothing_wrong:
            self.wrong.append(Wrong("audit verify does not hold", str(verdict)))

    def told(self) -> str:
        """What is wrong; empty where nothing is."""
        return told(self.wrong, self.asked)


def envelope_of(stored: Stored) -> Envelope | None:
    try:
        return decode(stored.body)
    except Undecodable:
        return None


def request_of(step: Step, mark: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
    told = step.renamed(mark, data)
    return {"command_id": str(uuid4()), "data": told, "happened": HAPPENED.isoformat()}


@asynccontextmanager
async def besieged(endpoints: Endpoints, congress: str, folder: Path) -> AsyncIterator[Besieged]:
    """All services in processes of their own, ready."""
    settings = Settings(
        congress=congress, nats_url=endpoints.nats_url, mongo_url=endpoints.mongo_url, data_dir=folder
    )
    make_issuer_keys(settings.issuer_private_key_path, settings.issuer_public_key_path)
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(
            nats_connection(endpoints.nats_url, "siege", operator_of(endpoints))
        )
        await provision(connection, congress)
        database = await stack.enter_async_context(mongo_database(endpoints.mongo_url, settings.database))
        supervisor = Supervisor(settings, endpoints)
        try:
            for name in all_services():
                supervisor.start(name)
            await supervisor.wait_until_ready(CommandClient(connection, congress))
            yield Besieged(settings, supervisor, connection, ViewStore(database))
        finally:
            supervisor.stop()
            await drop_database(endpoints.mongo_url, database.name)
            for name in every_stream(congress):
                await js_api(connection, f"STREAM.DELETE.{name}", {})
