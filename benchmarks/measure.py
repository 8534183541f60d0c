"""A row of the table, and timing things in turn."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """`floor` is in the same unit as `value`; `aim` says what the ratio should be."""

    name: str
    value: float
    unit: str
    floor: float
    aim: str
    events: int

    @property
    def ratio_to_floor(self) -> float:
        return self.value / self.floor

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "ratio_to_floor": self.ratio_to_floor, "peer": None, "ratio_to_peer": None}


async def seconds(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


def percentile(samples: list[float], percent: int) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
