"""What a report says, in a form that later versions keep to: so it can be compared with what was handed up.

The documents of the views and the report's JSON change their shape from version to version. What stands here is taken
by name from the report: figures, and the lines of its lists. A version that wants more in it adds another form, and
goes on making the earlier ones.
"""

from collections.abc import Callable, Iterator, Mapping

from pydantic import BaseModel

from shared.reports.annex import AnnexRow
from shared.reports.cells import Cells
from shared.reports.consolidated import Report
from shared.reports.money import Sums
from shared.views.view import Document

FORM = 2
"""The form of reports that are issued today."""

_CELLS = (
    *("tasks", "completed_on_time", "completed_late", "open_in_time", "open_overdue", "no_deadline", "suspended"),
    *("cancelled", "completed", "planned_vnd", "secured_vnd", "unsecured_vnd", "surplus_vnd"),
)
_CONDITIONS = ("not_begun", "under_way", "obstructed", "submitted")
_SUMS = ("planned_vnd", "secured_vnd", "unsecured_vnd", "surplus_vnd", "advanced_vnd", "spent_vnd", "settled_vnd")
_GUARANTEES = ("planned_vnd", "secured_vnd", "unsecured_vnd", "surplus_vnd")
_STOPPED_STATES = ("cancelled", "suspended")
_TASK = ("id", "unit")
_IN_CHARGE = ("collective", "individual", "directing_leader")
_ROW = (
    *(*_TASK, *_IN_CHARGE, "title_vi", "group", "phase", "coordinating", "original_deadline", "deadline"),
    *("due_offset_days", "product", "percent", "state", "cell", "completed_on", "days_late", "remark"),
)
_OBSTACLE = (
    *(*_TASK, "obstacle_id", "what", "cause", "proposal", "proposed_to", "opened_on", "resolved_on", "resolution"),
)
_LATE = (*_TASK, "cell", "deadline", "days_late")
_STOPPED = (*_TASK, "state", "reason", "on", "by")
_COMING = (*_TASK, "deadline")
_EXTENSION = (*_TASK, "replaces", "deadline", "reason", "outcome")


def content_of(report: Report, form: int = FORM) -> list[Document] | None:
    """Lines of JSON in any order, whatever the annex is arranged by; nothing for a form of a later version."""
    made = _FORMS.get(form)
    return None if made is None else list(made(report))


def _first_form(report: Report) -> Iterator[Document]:
    """Where nothing was planned or guaranteed for what is cancelled or suspended."""
    stopped = Sums.total(line.sums for line in report.stopped)
    money, elsewhere = report.money, dict(report.money.elsewhere)
    beside = Sums.total(elsewhere[state] for state in _STOPPED_STATES)
    for state in _STOPPED_STATES:
        elsewhere[state] = _without_guarantees(elsewhere[state], elsewhere[state])
    duties = _without_guarantees(elsewhere["duties"], stopped)
    elsewhere["duties"] = _with_guarantees(duties, beside)
    totals = _without_guarantees(money.totals, stopped)
    money = money.model_copy(update={"elsewhere": elsewhere, "totals": totals})
    yield from _second_form(report.model_copy(update={"money": money}), _row_of_first_form)


def _second_form(report: Report, made_row: Callable[[AnnexRow], Document] | None = None) -> Iterator[Document]:
    yield {"about": "report", "today": report.as_of.today.isoformat(), "coming_days": report.coming.days}
    yield from _counted(report)
    yield from _amounts(report)
    for row in (row for section in report.annex.sections for row in section.rows):
        yield (made_row or _row)(row)
    for about, lines, names in (
        ("obstacle", report.obstacles.lines, _OBSTACLE),
        ("late", report.late, _LATE),
        ("stopped", report.stopped, _STOPPED),
        ("coming", report.coming.lines, _COMING),
        ("extension", report.extensions.lines, _EXTENSION),
    ):
        for line in lines:
            yield {"about": about, **_named(line, names)}


def _counted(report: Report) -> Iterator[Document]:
    conditions = report.conditions
    yield {"about": "totals", **_cells(report.totals), **_named(conditions.totals, _CONDITIONS)}
    for by, cells, counted in (
        ("unit", report.by_unit, conditions.by_unit),
        ("group", report.by_group, conditions.by_group),
        ("phase", report.by_phase, conditions.by_phase),
    ):
        for key in _not_empty(cells):
            yield {"about": by, "key": key, **_cells(cells[key]), **_named(counted[key], _CONDITIONS)}
    for duties in report.duties.localities:
        yield {"about": "locality", "key": duties.locality, **_cells(duties.totals)}


def _amounts(report: Report) -> Iterator[Document]:
    money = report.money
    yield {"about": "money", **_named(money.totals, _SUMS)}
    for place, lines in (("unit", money.by_unit), ("elsewhere", money.elsewhere)):
        for key, line in lines.items():
            if any(sums := _named(line, _SUMS).values()):
                yield {"about": f"money of {place}", "key": key, **dict(zip(_SUMS, sums, strict=True))}


def _row(row: AnnexRow) -> Document:
    obstacles = [obstacle.what for obstacle in row.obstacles]
    return {"about": "row", **_named(row, _ROW), **_named(row.sums, _SUMS), "obstacles": obstacles}


def _row_of_first_form(row: AnnexRow) -> Document:
    return _row(row) | (dict.fromkeys(_GUARANTEES, 0) if row.state in _STOPPED_STATES else {})


def _without_guarantees[Line: Sums](line: Line, taken: Sums) -> Line:
    return line.model_copy(update={name: getattr(line, name) - getattr(taken, name) for name in _GUARANTEES})


def _with_guarantees[Line: Sums](line: Line, added: Sums) -> Line:
    return line.model_copy(update={name: getattr(line, name) + getattr(added, name) for name in _GUARANTEES})


def _not_empty(cells: Mapping[str, Cells]) -> Iterator[str]:
    """A unit that a later process knows, and which had nothing to do, makes no other report."""
    return (key for key, one in cells.items() if one.tasks or one.cancelled)


def _cells(cells: Cells) -> Document:
    return _named(cells, _CELLS)


def _named(model: BaseModel, names: tuple[str, ...]) -> Document:
    dumped = model.model_dump(mode="json", include=set(names))
    return {name: dumped[name] for name in names}


_FORMS: Mapping[int, Callable[[Report], Iterator[Document]]] = {1: _first_form, 2: _second_form}
