"""Every fault once, with a fixed seed, but those that take longest: `make faults` runs all, and for longer."""

import pytest

from tests.faults.matrix import COLUMNS, Matrix, matrix
from tests.faults.table import FAULTS, Fault

SEED = 20_200_813
SHORT = [pytest.param(each, id=each.name) for each in FAULTS if not each.slow]


@pytest.fixture(scope="module")
def told(request: pytest.FixtureRequest) -> Matrix:
    """Those faults at once that this run asks about."""
    ours = [item for item in request.session.items if item.path == request.path]
    faults = [item.callspec.params["fault"] for item in ours]
    return matrix(faults, len(faults), SEED, lambda _: None)


@pytest.mark.parametrize("fault", SHORT)
def test_every_invariant_holds_after_the_fault(told: Matrix, fault: Fault) -> None:
    (cells,) = told[fault]
    if cells.not_here:
        pytest.skip(cells.not_here)
    assert not cells.failures, "\n".join([cells.again, *cells.logs.values()])
    assert tuple(cells.wrong) == COLUMNS, "every invariant was looked at"
