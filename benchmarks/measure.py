"""A row of the table, what it aims at, and timing things in turn."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from statistics import median


class Against(StrEnum):
    """What an aim is measured by."""

    VALUE = "value"
    FLOOR = "floor"
    PEER = "peer"


@dataclass(frozen=True)
class Aim:
    """`at_least` or at most `bound`: of the value itself, or of its ratio to the floor or to the peer."""

    bound: float
    against: Against
    at_least: bool

    def met_by(self, row: "Row") -> bool | None:
        """Nothing where the floor or the peer was not measured."""
        reached = {Against.VALUE: row.value, Against.FLOOR: row.ratio_to_floor, Against.PEER: row.ratio_to_peer}
        value = reached[self.against]
        if value is None:
            return None
        return value >= self.bound if self.at_least else value <= self.bound

    def told(self, unit: str) -> str:
        of_what = unit if self.against is Against.VALUE else f"× {self.against}"
        return f"{'≥' if self.at_least else '≤'} {self.bound:g} {of_what}"


@dataclass(frozen=True)
class Row:
    """`floor` and `peer` are in the unit of `value`, and empty where there is none; `peer_name` says who it is.

    `on_mongod` and `mongod_floor` are the same on a real mongod. `spread` is the least and the most that the ratio to
    the floor was in a part of the run. `missed_because` is told where an aim is missed.
    """

    name: str
    value: float
    unit: str
    events: int
    floor: float | None = None
    peer: float | None = None
    peer_name: str = ""
    on_mongod: float | None = None
    mongod_floor: float | None = None
    spread: tuple[float, float] | None = None
    mongod_spread: tuple[float, float] | None = None
    aims: tuple[Aim, ...] = ()
    missed_because: str = ""

    @property
    def ratio_to_floor(self) -> float | None:
        return self.value / self.floor if self.floor else None

    @property
    def ratio_to_peer(self) -> float | None:
        return self.value / self.peer if self.peer else None

    @property
    def ratio_on_mongod(self) -> float | None:
        return self.on_mongod / self.mongod_floor if self.on_mongod and self.mongod_floor else None

    def beside(self, on_mongod: "Row | None") -> "Row":
        """This row, with what was measured on a real mongod."""
        if on_mongod is None:
            return self
        measured = {"on_mongod": on_mongod.value, "mongod_floor": on_mongod.floor, "mongod_spread": on_mongod.spread}
        return replace(self, **measured)

    @property
    def missed(self) -> bool:
        return any(aim.met_by(self) is False for aim in self.aims)

    def as_json(self) -> dict[str, object]:
        ratios = {"ratio_to_floor": self.ratio_to_floor, "ratio_to_peer": self.ratio_to_peer}
        aims = [{"aim": aim.told(self.unit), "hit": aim.met_by(self)} for aim in self.aims]
        return {**asdict(self), **ratios, "aims": aims}


async def seconds(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def in_turn(rounds: int, *works: Callable[[int], Awaitable[float]]) -> list[float]:
    """The median of what each of `works` gives, round by round, one after the other; each is told the round."""
    return [median(samples) for samples in await samples_in_turn(rounds, *works)]


async def samples_in_turn(rounds: int, *works: Callable[[int], Awaitable[float]]) -> list[list[float]]:
    """All that `in_turn` takes the medians of."""
    taken: list[list[float]] = [[] for _ in works]
    for number in range(rounds):
        for work, samples in zip(works, taken, strict=True):
            samples.append(await work(number))
    return taken


async def at_once(turn: Callable[[], Awaitable[float]], how_many: int, in_flight: int) -> list[float]:
    """What `turn` gives, so many times with so many under way."""
    left = iter(range(how_many))

    async def worker() -> list[float]:
        return [await turn() for _ in left]

    samples = await asyncio.gather(*(worker() for _ in range(in_flight)))
    return [spent for each in samples for spent in each]


def timed(work: Callable[[int], Awaitable[object]]) -> Callable[[int], Awaitable[float]]:
    """`work`, giving its seconds."""

    async def measured(number: int) -> float:
        return await seconds(partial(work, number))

    return measured


def percentile(samples: list[float], percent: int) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def peak_memory_mib() -> float:
    """The most memory this process ever held at once."""
    for line in Path("/proc/self/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.split()[0]) / 1024
    raise LookupError("this kernel does not tell VmHWM")
