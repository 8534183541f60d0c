"""What moved between two reports: every number of one less that of the other."""

from collections.abc import Mapping

from services.tracker.reports.cells import Cells
from services.tracker.reports.consolidated import Movements, Report


def movements(before: Report, after: Report) -> Movements:
    return Movements(
        since=before.as_of,
        totals=_moved(before.totals, after.totals),
        by_unit=_each(before.by_unit, after.by_unit),
        by_group=_each(before.by_group, after.by_group),
        by_phase=_each(before.by_phase, after.by_phase),
    )


def _each(before: Mapping[str, Cells], after: Mapping[str, Cells]) -> dict[str, dict[str, int]]:
    """What was not there before counts from nothing."""
    names = [*after, *(name for name in before if name not in after)]
    return {name: _moved(before.get(name, Cells()), after.get(name, Cells())) for name in names}


def _moved(before: Cells, after: Cells) -> dict[str, int]:
    return {name: getattr(after, name) - getattr(before, name) for name in Cells.model_fields}
