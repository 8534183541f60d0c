"""One congress on servers of its own, with the processes that serve it and what can be done to them."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence, Set
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from random import Random
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from nats.aio.client import Client
from pymongo.errors import PyMongoError

from daihoi.ops.supervisor import Supervisor
from services.tracker.projection.errors import FenceLost
from services.tracker.projection.lease import holder_of
from services.tracker.projection.rebuild import rebuild
from services.tracker.projection.store import ViewStore
from shared.eventstore.envelope import decode
from shared.eventstore.errors import EventStoreError
from shared.eventstore.jetstream_api import js_api, stream_info
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.streams import provision
from shared.platform.embedded import Endpoints
from shared.platform.mongo import mongo_database
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.issuer import make_issuer_keys
from shared.values.units import services
from tests.contract.wire import Wire, wire_to
from tests.faults.disks import Disk
from tests.faults.load import Load, Orders
from tests.own_cluster import OwnCluster
from tests.own_servers import OwnServers
from tests.servers import operator_of
from tests.waiting import until

SERVED = ("subcommittee", "logistics", "tracker")
POLICY_REFUSED = "vn.daihoi.policy.refused.v1"
RESTART_EVERY_S = 0.1
STRIKE_TIMEOUT_S = 180
REBUILD_TRIES = 30
REBUILD_AGAIN_AFTER_S = 1.0

type Starts = dict[str, Sequence[str]]
"""How processes are started that are not started as usual."""


async def last_of(connection: Client, stream: str) -> int:
    """Raises `Unavailable`."""
    return int((await stream_info(connection, stream))["state"]["last_seq"])


def dying(service: str, point: str, count: int, blow: str = "SIGKILL") -> list[str]:
    return [sys.executable, "-m", "tests.faults.dying", service, point, str(count), blow]


class Forged(NamedTuple):
    """An event that no service has written: its id, and what it is stored under."""

    id: str
    subject: str


async def refused_by_policies(ledger: Ledger) -> dict[str, str]:
    """By the id of what a policy has put on record: what the event is stored under that it could not follow. The
    record names that event by its id or by its place."""
    told = [stored async for page in ledger.read() for stored in page]
    envelopes = [decode(stored.body) for stored in told]
    subjects: dict[object, str] = {}
    for stored, envelope in zip(told, envelopes, strict=True):
        subjects |= {envelope.id: stored.subject, stored.sequence: stored.subject}
    refusals = [each for each in envelopes if each.type == POLICY_REFUSED]
    return {each.id: subjects.get(each.subject) or subjects.get(each.data.get("sequence"), "") for each in refusals}


class Scene:
    """`random` is for choices of the fault: the load has made its own."""

    def __init__(self, random: Random, servers: OwnServers | OwnCluster, settings: Settings) -> None:
        self.random, self.servers, self.settings = random, servers, settings
        self.processes: Supervisor
        self.load: Load
        self.ledger: Ledger
        self.views: ViewStore
        self.connection: Client
        self.client: CommandClient
        self.first: dict[str, subprocess.Popen[bytes]]
        """The processes as they were started first."""
        self.nats_wire: Wire
        self.mongo_wire: Wire
        self.disk: Disk
        """That of the server whose disk is a small one."""
        self.forged: list[Forged] = []
        self.left_alone: set[str] = set()
        """Dead processes that nobody starts again."""

    async def answered(self, share: float) -> None:
        """Until this share of all commands is answered."""

        async def so_many() -> bool:
            return self.load.answered >= share * self.load.orders.count

        await until(so_many, STRIKE_TIMEOUT_S)

    async def midway(self) -> None:
        await self.answered(self.random.uniform(0.15, 0.5))

    def start(self, name: str, command: Sequence[str] = ()) -> "subprocess.Popen[bytes]":
        return self.processes.start(name, command)

    def signal(self, name: str, blow: signal.Signals) -> None:
        os.kill(self.processes.children[name].pid, blow)

    async def dead(self, name: str, child: "subprocess.Popen[bytes] | None" = None) -> None:
        """Until the process has been killed as it was started to be."""
        code = await self.ended(child or self.processes.children[name])
        assert code == -signal.SIGKILL, f"{name} ended with {code}, not by the fault"

    async def ended(self, child: "subprocess.Popen[bytes]") -> int:
        """The exit code, as soon as there is one. Raises `TimeoutError` with what was run."""
        try:
            async with asyncio.timeout(STRIKE_TIMEOUT_S):
                while child.poll() is None:
                    await asyncio.sleep(RESTART_EVERY_S)
        except TimeoutError as error:
            raise TimeoutError(f"this has not ended: {child.args}") from error
        return int(child.returncode)

    async def another_holds_the_lease(self, than: "subprocess.Popen[bytes]") -> None:
        async def another() -> bool:
            holder = await holder_of(self.views.database)
            return bool(holder) and f"/{than.pid}/" not in holder

        await until(another, STRIKE_TIMEOUT_S)

    async def says(self, services: Sequence[str], codes: Set[str]) -> None:
        """Until one of these services is not ready and has one of these findings about itself."""

        async def so() -> bool:
            healths = [await self.client.health(name) for name in services]
            found = {each.code for health in healths if not health.ready for each in health.findings}
            return bool(found & codes)

        await until(so, STRIKE_TIMEOUT_S)

    async def holds(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Until it does; where a server does not answer it is asked again."""

        async def so() -> bool:
            with suppress(EventStoreError, PyMongoError):
                return await condition()
            return False

        so.__qualname__ = condition.__qualname__
        await until(so, STRIKE_TIMEOUT_S)

    async def quiet(self) -> bool:
        """Whether the ledger has every stream whole, and every policy is through with it."""
        streams = [service_stream(self.settings.congress, each) for each in services()]
        stored = [await last_of(self.connection, stream) for stream in streams]
        if sum(stored) != await self.ledger.last_sequence():
            return False
        found = await js_api(self.connection, f"CONSUMER.LIST.{ledger_stream(self.settings.congress)}", {})
        return all(not each["num_pending"] and not each["num_ack_pending"] for each in found["consumers"])

    async def views_at_the_end(self) -> bool:
        """Whether the views hold the whole ledger."""
        return (await self.views.checkpoint()).sequence == await self.ledger.last_sequence()

    async def discard_what_is_parked(self) -> None:
        """As the sub-committee's office would, until nothing is parked any more."""
        async with asyncio.timeout(STRIKE_TIMEOUT_S):
            while parked := await self.views.documents("parked"):
                for each in parked:
                    place = {"sequence": each["_id"], "stored_under": each["subject"]}
                    told = place | {"origin_sequence": each["origin"]["sequence"], "reason": "không đọc được"}
                    await self.load.give("subcommittee", "discard-parked-event", told)
                await self.holds(self.views_at_the_end)

    async def projected_to(self) -> int | None:
        """Where the tracker that projects says it stands; `None` where it is not ready or there is none."""
        told = [await self.client.health("tracker")]
        if told[0].detail.get("role") == "standby":
            told = await self.client.healths("tracker")
        (active,) = [health for health in told if health.detail.get("role") == "active"] or [None]
        return int(str(active.detail["checkpoint"])) if active and active.ready else None

    async def keep_up(self) -> None:
        """Starts again what died, for ever."""
        while True:
            for name in SERVED:
                if name not in self.left_alone and self.processes.children[name].poll() is not None:
                    self.start(name)
            await asyncio.sleep(RESTART_EVERY_S)

    async def rebuild(self) -> None:
        """A rebuild beside everything else; what is away or moves too fast is tried again."""
        for _ in range(REBUILD_TRIES):
            with suppress(FenceLost, EventStoreError, PyMongoError):
                await rebuild(self.ledger, self.views, lambda *_: None)
                return
            await asyncio.sleep(REBUILD_AGAIN_AFTER_S)
        raise TimeoutError("no rebuild came to its end")


@asynccontextmanager
async def a_scene(
    servers: OwnServers | OwnCluster, folder: Path, seed: str, starts: Callable[[Random], Starts], *, wired: bool
) -> AsyncIterator[Scene]:
    """Everything started and ready. `wired` puts wires between the services and the servers."""
    async with AsyncExitStack() as stack:
        direct = servers.endpoints
        congress = "faults"
        settings = Settings(
            congress=congress,
            nats_url=direct.nats_url,
            nats_replicas=servers.replicas,
            nats_credentials=direct.nats_credentials or None,
            mongo_url=direct.mongo_url,
            data_dir=folder,
        )
        make_issuer_keys(settings.issuer_private_key_path, settings.issuer_public_key_path)
        connection = await stack.enter_async_context(nats_connection(direct.nats_url, "faults", operator_of(direct)))
        await provision(connection, congress, servers.replicas)
        database = await stack.enter_async_context(mongo_database(direct.mongo_url, settings.database))
        scene = Scene(Random(f"{seed}/fault"), servers, settings)  # noqa: S311 - no secret
        seen = await _wires(stack, scene, direct) if wired else direct
        scene.connection = connection
        scene.client = CommandClient(connection, congress)
        scene.ledger, scene.views = Ledger(connection, congress), ViewStore(database)
        scene.load = Load(scene.client, settings, Orders(Random(f"{seed}/load")))  # noqa: S311 - no secret
        scene.processes = Supervisor(settings, seen)
        stack.callback(_stop, scene.processes)
        commands = starts(scene.random)
        for name in (*SERVED, *(commands.keys() - set(SERVED))):
            scene.start(name, commands.get(name, ()))
        scene.first = dict(scene.processes.children)
        keeping = asyncio.create_task(scene.keep_up())
        stack.callback(keeping.cancel)
        await until(lambda: _all_ready(scene), STRIKE_TIMEOUT_S)
        yield scene


async def _all_ready(scene: Scene) -> bool:
    healths = await asyncio.gather(*(scene.client.health(name) for name in SERVED))
    return all(health.ready for health in healths)


def _stop(processes: Supervisor) -> None:
    for child in processes.children.values():
        if child.poll() is None:
            child.send_signal(signal.SIGCONT)
            child.kill()
    processes.stop()


async def _wires(stack: AsyncExitStack, scene: Scene, direct: Endpoints) -> Endpoints:
    """What the services reach the servers by."""
    scene.nats_wire, nats_url = await stack.enter_async_context(wire_to(direct.nats_url))
    scene.mongo_wire, other = await stack.enter_async_context(wire_to(direct.mongo_url))
    wired = urlsplit(direct.mongo_url)._replace(netloc=urlsplit(other).netloc)
    return Endpoints(nats_url, urlunsplit(wired), direct.nats_credentials)
