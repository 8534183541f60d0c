"""Rows about what something costs: with it, against without it, both measured in turn in the same run."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import batched
from math import ceil
from statistics import median
from typing import Any, NamedTuple

from benchmarks.measure import Row, samples_in_turn

PARTS = 5
"""The spread of a ratio is that of so many parts of the run, or of its rounds where these are fewer."""

type Samples = Mapping[Any, list[float]]
"""Of each way to do the same thing, in the order in which they were taken."""


class Comparison(NamedTuple):
    """`safety` is what one way has and the other has not."""

    safety: str
    ours: str
    floor: str


class Measured(NamedTuple):
    """One thing, done in several ways."""

    what: str
    unit: str
    samples: Samples
    events: int


async def take[Way: str](
    rounds: int, works: Mapping[Way, Callable[[int], Awaitable[float]]], warm_up: int = 0
) -> dict[Way, list[float]]:
    """The samples of `rounds`, after some that don't count."""
    samples = await samples_in_turn(warm_up + rounds, *works.values())
    return {way: taken[warm_up:] for way, taken in zip(works, samples, strict=True)}


def latencies(what: str, samples: Samples) -> Measured:
    """The samples are seconds."""
    as_ms = {way: [spent * 1000 for spent in taken] for way, taken in samples.items()}
    return Measured(what, "ms", as_ms, max(map(len, samples.values())))


def rates(what: str, samples: Samples, events: int, unit: str = "events/s") -> Measured:
    """The samples are seconds for all of `events`."""
    per_second = {way: [events / spent for spent in taken] for way, taken in samples.items()}
    return Measured(what, unit, per_second, events)


def rows(comparisons: Iterable[Comparison], measured: Sequence[Measured]) -> list[Row]:
    """One for each comparison of ways in which a thing was done."""
    return [
        _row(f"{comparison.safety}: {thing.what}", thing, comparison)
        for comparison in comparisons
        for thing in measured
        if {comparison.ours, comparison.floor} <= thing.samples.keys()
    ]


def _row(name: str, thing: Measured, comparison: Comparison) -> Row:
    ours, floor = thing.samples[comparison.ours], thing.samples[comparison.floor]
    parts = zip(_parts(ours), _parts(floor), strict=True)
    ratios = [median(part) / median(beside) for part, beside in parts]
    spread = min(ratios), max(ratios)
    return Row(name, median(ours), thing.unit, thing.events, median(floor), spread=spread)


def _parts(samples: list[float]) -> Iterator[list[float]]:
    return map(list, batched(samples, ceil(len(samples) / PARTS)))
