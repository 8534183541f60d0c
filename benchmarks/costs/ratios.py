"""Rows about what something costs: with it, against without it, both measured in turn in the same run."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import batched
from math import ceil
from statistics import median
from typing import NamedTuple

from benchmarks.measure import Row, percentile, samples_in_turn

PARTS = 5
"""The spread of a ratio is that of the run's fifths."""

type Summary = Callable[[list[float]], float]
type Samples = Mapping[str, list[float]]
"""Of each way to do the same thing, in the order in which they were taken."""


class Comparison(NamedTuple):
    """What is told of the ratio of one way to another."""

    told: str
    ours: str
    floor: str


class Measured(NamedTuple):
    """One thing, done in several ways."""

    what: str
    unit: str
    samples: Samples
    summary: Summary
    events: int


async def take(
    rounds: int, works: Mapping[str, Callable[[int], Awaitable[float]]], warm_up: int = 0
) -> dict[str, list[float]]:
    """The samples of `rounds`, after some that don't count."""
    samples = await samples_in_turn(warm_up + rounds, *works.values())
    return {way: taken[warm_up:] for way, taken in zip(works, samples, strict=True)}


def latencies(what: str, samples: Samples, percentiles: Sequence[int] = (50, 99)) -> Iterator[Measured]:
    """`what` has a place for the percentile; the samples are seconds."""
    as_ms = {way: [spent * 1000 for spent in taken] for way, taken in samples.items()}
    tries = max(map(len, samples.values()))
    for percent in percentiles:
        name = what.format(f"p{percent}")
        yield Measured(name, "ms", as_ms, partial(_percentile, percent), tries)


def rates(what: str, samples: Samples, each_round: int) -> Measured:
    """The samples are seconds for `each_round` events."""
    per_second = {way: [each_round / spent for spent in taken] for way, taken in samples.items()}
    return Measured(what, "events/s", per_second, median, each_round)


def rows(comparisons: Iterable[Comparison], measured: Sequence[Measured]) -> list[Row]:
    """One for each comparison of ways in which a thing was done."""
    return [
        _row(f"{comparison.told}: {thing.what}", thing, comparison)
        for comparison in comparisons
        for thing in measured
        if {comparison.ours, comparison.floor} <= thing.samples.keys()
    ]


def _row(name: str, thing: Measured, comparison: Comparison) -> Row:
    ours, floor = thing.samples[comparison.ours], thing.samples[comparison.floor]
    parts = zip(_parts(ours), _parts(floor), strict=True)
    ratios = [thing.summary(part) / thing.summary(beside) for part, beside in parts]
    spread = min(ratios), max(ratios)
    return Row(name, thing.summary(ours), thing.unit, thing.events, thing.summary(floor), spread=spread)


def _parts(samples: list[float]) -> Iterator[list[float]]:
    return map(list, batched(samples, ceil(len(samples) / PARTS)))


def _percentile(percent: int, samples: list[float]) -> float:
    return percentile(samples, percent)
