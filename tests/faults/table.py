"""The faults of the matrix: what is done to which process or server, and when it is over."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any

from pymongo.errors import PyMongoError

from shared.eventstore.names import ledger_stream, service_stream
from tests.contract.wire import APPEND, GOES_ON, IS_CUT
from tests.faults.hostile import (
    document_that_grew_too_large,
    event_that_cant_be_stored,
    policy_meets_an_event_of_tomorrow,
)
from tests.faults.load import APPENDS_AT_LEAST
from tests.faults.scene import STRIKE_TIMEOUT_S, Scene, Starts, dying
from tests.own_cluster import OwnCluster
from tests.own_servers import DATABASE, OwnServer
from tests.waiting import until

UNITS = ("subcommittee", "logistics")
LAPSED_S = 6.5
"""Longer than a tracker may stand still and keep its lease."""
BALLAST_BYTES = 10_000
BALLAST_AT_ONCE = 50


def nothing_special(_: Random) -> Starts:
    return {}


@dataclass(frozen=True)
class Fault:
    """One row. `starts` says which processes are not started as usual, `strike` returns when the fault is over; it
    fails where the fault did not come about. `small_disk` names the server that gets one. `slow` rows run in
    `make faults` only. `cluster` rows run on three nats-servers."""

    name: str
    strike: Callable[[Scene], Awaitable[None]]
    starts: Callable[[Random], Starts] = nothing_special
    wired: bool = False
    small_disk: str = ""
    slow: bool = False
    cluster: bool = False


def unit_killed(point: str, service: str = "", most: int = APPENDS_AT_LEAST, *, slow: bool = False) -> Fault:
    """A service is killed when it comes to a point of its work for the second to `most`-th time, and started again.
    It has to come there so often in every load."""

    def starts(random: Random) -> Starts:
        name = service or random.choice(UNITS)
        return {name: dying(name, point, random.randint(2, most))}

    return Fault(f"unit killed {spoken(point)}", killed(point), starts, slow=slow)


def tracker_killed(point: str, *, slow: bool = False) -> Fault:
    def starts(random: Random) -> Starts:
        return {"tracker": dying("tracker", point, random.randint(2, 6))}

    return Fault(f"tracker killed {spoken(point)}", killed(point), starts, slow=slow)


def killed(point: str) -> Callable[[Scene], Awaitable[None]]:
    async def strike(scene: Scene) -> None:
        (name,) = [name for name, child in scene.first.items() if point in child.args]
        await scene.dead(name, scene.first[name])

    return strike


def spoken(point: str) -> str:
    return point.replace("_", " ").replace("policys", "policy's")


def lives_with(name: str, point: str, services: tuple[str, ...], *, slow: bool = False) -> Fault:
    """Nothing is killed: the services live with it from the beginning to the end."""

    async def strike(scene: Scene) -> None:
        await scene.midway()

    def starts(_: Random) -> Starts:
        return {service: dying(service, point, 0) for service in services}

    return Fault(name, strike, starts, slow=slow)


def rebuild_killed(point: str, *, slow: bool = False) -> Fault:
    """The tracker goes on beside it; then somebody rebuilds to the end."""

    async def strike(scene: Scene) -> None:
        await scene.answered(scene.random.uniform(0, 0.3))
        scene.start("rebuild", dying("rebuild", point, 1))
        await scene.dead("rebuild")
        await scene.rebuild()

    return Fault(f"rebuild killed {spoken(point)}", strike, slow=slow)


def server_of(scene: Scene, name: str) -> OwnServer:
    return scene.servers.nats if name == "nats-server" else scene.servers.mongo


def server_killed(name: str, *, slow: bool = False) -> Fault:
    async def strike(scene: Scene) -> None:
        await scene.midway()
        server_of(scene, name).kill()
        await server_of(scene, name).start()

    return Fault(f"{name} killed", strike, slow=slow)


async def killed_after_the_last_commit(scene: Scene) -> None:
    """What SecantusDB forgets is a small commit, and no event comes by which the tracker would find out."""
    await scene.answered(1)
    await scene.holds(scene.quiet)
    await scene.holds(scene.views_at_the_end)
    scene.signal("tracker", signal.SIGSTOP)
    await scene.load.give_the_last()
    await scene.holds(scene.quiet)
    end = await scene.ledger.last_sequence()
    scene.signal("tracker", signal.SIGCONT)
    async with asyncio.timeout(STRIKE_TIMEOUT_S):
        while (await scene.views.checkpoint()).sequence < end:
            pass
    scene.servers.mongo.kill()
    await scene.servers.mongo.start()


def server_stands_still(name: str, *, slow: bool = False) -> Fault:
    async def strike(scene: Scene) -> None:
        await scene.midway()
        server_of(scene, name).pause()
        await asyncio.sleep(scene.random.uniform(2, 5))
        server_of(scene, name).go_on()

    return Fault(f"{name} stands still", strike, slow=slow)


async def nats_disk_full(scene: Scene) -> None:
    """Nothing is acknowledged, a service says so, and what was acknowledged is there when there is room again. A
    stream that could not be written, or all of JetStream, is back only when the server is started again."""
    await scene.midway()
    scene.disk.fill()
    left_open = scene.load.left_open

    async def a_command_is_not_answered() -> bool:
        return scene.load.left_open > left_open

    await until(a_command_is_not_answered)
    await scene.says(UNITS, {"append_unacknowledged", "jetstream_silent"})
    scene.disk.make_room()
    await scene.servers.nats.stop()
    await scene.servers.nats.start()


async def mongo_disk_full(scene: Scene) -> None:
    """Others use up what room the server has kept; it is back only when it is started again."""
    await scene.midway()
    scene.disk.fill()
    others: Any = scene.views.database.client["others"]["ballast"]
    with suppress(PyMongoError):
        while True:
            await others.insert_many([{"weight": bytes(BALLAST_BYTES)} for _ in range(BALLAST_AT_ONCE)])
    await scene.says(["tracker"], {"mongo_silent"})
    scene.disk.make_room()
    await scene.servers.mongo.stop()
    await scene.servers.mongo.start()


def process_stands_still(name: str, services: tuple[str, ...], shortest_s: float, *, slow: bool = False) -> Fault:
    async def strike(scene: Scene) -> None:
        await scene.midway()
        service = scene.random.choice(services)
        scene.signal(service, signal.SIGSTOP)
        await asyncio.sleep(shortest_s + scene.random.uniform(0, 2))
        scene.signal(service, signal.SIGCONT)

    return Fault(f"{name} stands still", strike, slow=slow)


def another_takes_over(point: str, *, slow: bool = False) -> Fault:
    """A tracker stands still at a point of its work until another has taken over, and then goes on with it."""

    async def strike(scene: Scene) -> None:
        first = scene.first["tracker"]
        scene.start("second", [*dying("tracker", point, 0)])
        await scene.another_holds_the_lease(first)
        first.send_signal(signal.SIGCONT)

    def starts(random: Random) -> Starts:
        return {"tracker": dying("tracker", point, random.randint(2, 6), "SIGSTOP")}

    return Fault(f"tracker replaced while it stands {spoken(point)}", strike, starts, slow=slow)


def two_of_a_unit(_: Random) -> Starts:
    return {"second": [sys.executable, "-m", "daihoi", "service", "logistics"]}


async def one_of_two_killed(scene: Scene) -> None:
    """Two processes of one unit share the work; one is killed."""
    scene.left_alone.add("logistics")
    await scene.answered(scene.random.uniform(0.4, 0.7))
    scene.signal("logistics", signal.SIGKILL)
    await scene.dead("logistics")


async def connections_cut(scene: Scene) -> None:
    await scene.midway()
    for _ in range(3):
        for wire in (scene.nats_wire, scene.mongo_wire):
            wire.close()
        await asyncio.sleep(scene.random.uniform(0.1, 1))


async def connections_slow(scene: Scene) -> None:
    await scene.midway()
    for wire in (scene.nats_wire, scene.mongo_wire):
        wire.delay_s = scene.random.uniform(0.02, 0.1)
    await asyncio.sleep(3)
    for wire in (scene.nats_wire, scene.mongo_wire):
        wire.delay_s = 0


async def leaders_killed(scene: Scene) -> None:
    """Who leads the busiest stream is killed, then who leads the ledger, then again; each comes back first."""
    assert isinstance(scene.servers, OwnCluster)
    busiest, ledger = service_stream(scene.settings.congress, "logistics"), ledger_stream(scene.settings.congress)
    for stream, share in ((busiest, 0.15), (ledger, 0.4), (busiest, 0.65)):
        await scene.answered(share + scene.random.uniform(0, 0.15))
        leader = await scene.servers.leader_of(scene.connection, stream)
        leader.kill()
        assert await scene.servers.leader_of(scene.connection, stream) is not leader
        await leader.start()
        await asyncio.to_thread(scene.servers.wait_until_level)


def answers_lost(name: str, then: str, *, slow: bool = False) -> Fault:
    """An append is stored, and its answer never arrives."""

    async def strike(scene: Scene) -> None:
        for share in (0.1, 0.25, 0.4):
            await scene.answered(share)
            scene.nats_wire.lose_answer(APPEND, then)
        await scene.answered(0.8)
        assert scene.nats_wire.lost, "no answer was lost"

    return Fault(name, strike, wired=True, slow=slow)


FAULTS = (
    unit_killed("before_the_append"),
    unit_killed("between_append_and_ack"),
    unit_killed("between_the_messages_of_a_batch", most=4),
    unit_killed("before_the_policys_ack", "logistics", most=10),
    Fault("one of a unit's two processes killed", one_of_two_killed, two_of_a_unit),
    tracker_killed("before_the_transaction", slow=True),
    tracker_killed("inside_the_transaction"),
    tracker_killed("after_the_transaction", slow=True),
    rebuild_killed("in_mid_filling"),
    rebuild_killed("in_mid_swap"),
    rebuild_killed("after_the_swap", slow=True),
    server_killed("nats-server"),
    server_killed(DATABASE),
    Fault(f"{DATABASE} killed after the last commit", killed_after_the_last_commit),
    Fault("nats-server's disk full", nats_disk_full, small_disk="nats", slow=True),
    Fault(f"{DATABASE}'s disk full", mongo_disk_full, small_disk="mongo", slow=True),
    server_stands_still("nats-server", slow=True),
    server_stands_still(DATABASE, slow=True),
    process_stands_still("unit", UNITS, 2, slow=True),
    process_stands_still("tracker", ("tracker",), 2),
    process_stands_still("tracker, past its lease,", ("tracker",), LAPSED_S, slow=True),
    another_takes_over("before_the_transaction"),
    another_takes_over("inside_the_transaction", slow=True),
    Fault("connections cut", connections_cut, wired=True),
    Fault("connections slow", connections_slow, wired=True, slow=True),
    answers_lost("answers lost", GOES_ON),
    answers_lost("answers lost, connections cut", IS_CUT, slow=True),
    lives_with("clock jumps", "clock_jumps", ("subcommittee", "logistics", "tracker")),
    lives_with("deliveries come twice", "deliveries_come_twice", ("logistics",)),
    lives_with("deliveries come late", "deliveries_come_late", ("logistics",), slow=True),
    Fault("event that can't be stored", event_that_cant_be_stored),
    Fault("document that grew too large", document_that_grew_too_large),
    Fault("policy meets an event of tomorrow", policy_meets_an_event_of_tomorrow),
    Fault("leaders of a three-node cluster killed", leaders_killed, slow=True, cluster=True),
)
