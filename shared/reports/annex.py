"""The annex of every item: what it is, whose it is, until when, with which money, how far it is and what stands in
its way. Numbered 1, 1.1, 1.2 …, with subtotals; continuing duties have a table of their own."""

from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel

from shared.reports.arrangement import AnnexBy, Arranged, Heading, arranged_by
from shared.reports.cells import Cells, cell_of, count
from shared.reports.conditions import state_of
from shared.reports.lines import offset_of
from shared.reports.money import Sums
from shared.reports.obstacles import ObstacleLine, unresolved_of
from shared.reports.schedule import InCharge, days_late, in_charge_of
from shared.views.view import Document


class AnnexRow(InCharge):
    """`state` is completed, cancelled, suspended or a condition, `cell` what the calendar makes of it. Only obstacles
    that are open stand here."""

    number: str
    group: int
    phase: str
    coordinating: list[str]
    original_deadline: date | None
    deadline: date | None
    due_offset_days: int | None
    product: str | None
    sums: Sums
    percent: int
    state: str
    cell: str
    completed_on: date | None
    days_late: int
    obstacles: list[ObstacleLine]
    remark: str | None


class AnnexSection(BaseModel):
    """`key` is the number of the group, the id of the unit, the collective in charge, or the phase."""

    number: str
    key: str
    name_vi: str
    name_en: str
    cells: Cells
    sums: Sums
    rows: list[AnnexRow]


class Annex(BaseModel):
    """Its sections' cells and sums add up to its own."""

    by: AnnexBy
    sections: list[AnnexSection]
    cells: Cells
    sums: Sums


def annex_of(arranged: Arranged, by: AnnexBy) -> Annex:
    sections = [
        _section(number, heading, tasks, arranged)
        for number, (heading, tasks) in enumerate(arranged_by(arranged, by), start=1)
    ]
    return Annex(
        by=by,
        sections=sections,
        cells=count(arranged.tasks, arranged.today),
        sums=Sums.total(section.sums for section in sections),
    )


def _section(number: int, heading: Heading, tasks: Sequence[Document], arranged: Arranged) -> AnnexSection:
    rows = [
        _row(f"{number}.{place}", task, arranged.accounts.get(task["_id"]), arranged.today)
        for place, task in enumerate(tasks, start=1)
    ]
    return AnnexSection(
        number=str(number),
        key=heading.key,
        name_vi=heading.vi,
        name_en=heading.en,
        cells=count(tasks, arranged.today),
        sums=Sums.total(row.sums for row in rows),
        rows=rows,
    )


def _row(number: str, task: Document, account: Document | None, today: date) -> AnnexRow:
    same_fields = ("phase", "original_deadline", "deadline", "completed_on")
    return AnnexRow(
        **in_charge_of(task),
        **{name: task[name] for name in same_fields},
        **{name: task.get(name) for name in ("product", "remark")},
        number=number,
        group=task["group"]["number"],
        coordinating=task.get("coordinating") or [],
        due_offset_days=offset_of(task),
        sums=Sums.of(task, account),
        percent=task.get("percent") or 0,
        state=state_of(task),
        cell=cell_of(task, today),
        days_late=days_late(task, today),
        obstacles=list(unresolved_of(task)),
    )
