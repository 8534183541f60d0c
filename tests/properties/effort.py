"""How long the properties are looked for, and whether every run looks in the same places."""

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from hypothesis import settings

LONGER = int(os.environ.get("DAIHOI_TEST_LONGER", "0"))
"""So many times as long as usual, with a random seed; 0: as usual, in the same places on every run."""


def short_and_long(short: int, long: int) -> pytest.MarkDecorator:
    """A test is told how many `examples` to look at: few guard every change, `make test-all` looks at many."""
    return pytest.mark.parametrize("examples", [short, pytest.param(long, marks=pytest.mark.long)])


def effort(examples: int, steps: int = 50) -> "settings":
    from hypothesis import (
        HealthCheck,
        Phase,
        settings,
    )  # which every process of a run would load for the number alone

    return settings(
        max_examples=examples * max(LONGER, 1),
        stateful_step_count=steps,
        derandomize=not LONGER,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
