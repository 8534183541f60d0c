"""Scenarios: which one is in force, how far the units have followed, and how their variants differ. Pure arithmetic
over the `scenarios` and `tasks` views."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from pydantic import BaseModel

from services.tracker.reports.lines import NamedTask, Names, group_names, is_suspended, name_of, offset_of
from services.tracker.reports.order import task_order, unit_order
from shared.domain.task import CLOSED, TaskStatus
from shared.domain.variant import AGGREGATE, demanded
from shared.events.scenario import CURRENT
from shared.events.variant import VariantAdjusted, VariantEvent
from shared.values.code_lists import CodeList, Entries
from shared.values.types import Case, Scenario
from shared.views.view import Document, Recorded


class Switch(BaseModel):
    number: int
    scenario: str
    reason: str
    at: datetime
    by: str


class InForce(Switch):
    """`behind` are the units that have not followed it yet, `unprepared` those whose variant nobody has signed."""

    behind: list[str]
    unprepared: list[str] = []


class UnitStanding(BaseModel):
    """`recorded` and `followed` are numbers of switches, 0 for none."""

    unit: str
    recorded: int
    followed: int
    suspended: int


class VariantStanding(BaseModel):
    """Prepared when `signed_by` says by whom."""

    unit: str
    variant: str
    adjustments: int
    signed_by: str | None
    signed_at: datetime | None


class Standing(BaseModel):
    in_force: InForce | None
    switches: list[Switch]
    units: list[UnitStanding]
    variants: list[VariantStanding]


class Amount(BaseModel):
    tasks: int = 0
    planned_vnd: int = 0


class Row(BaseModel):
    """`difference` is the outbreak less no epidemic."""

    none: Amount
    outbreak: Amount
    difference: Amount


class GroupRow(Row):
    name_vi: str
    name_en: str


class Side(BaseModel):
    applies: bool
    planned_vnd: int
    deadline: date | None
    due_offset_days: int | None = None
    reason: str = ""
    """Why it was adjusted; empty where the task's own scenario decides."""


class Difference(NamedTask):
    none: Side
    outbreak: Side


class Comparison(BaseModel):
    """Cancelled tasks are left out. A completed task is in both variants as it was completed."""

    total: Row
    by_unit: dict[str, Row]
    by_group: dict[str, GroupRow]
    variants: list[VariantStanding]
    differing: list[Difference]


type Sides = dict[Case, Side]


def in_force(scenarios: Iterable[Document], listed: Entries | None = None) -> InForce | None:
    """`listed` are the units of the congress, here and below."""
    documents = {document["_id"]: document for document in scenarios}
    current = documents.get(CURRENT)
    if current is None:
        return None
    units = _units(documents, listed=listed)
    followed = {unit: documents.get(unit, {}).get("followed", 0) for unit in units}
    behind = [unit for unit, number in followed.items() if number < current["number"]]
    variants = (variant for variant in _variants(documents, units) if variant.variant == current["scenario"])
    unprepared = [variant.unit for variant in variants if variant.signed_by is None]
    switch = {name: current[name] for name in Switch.model_fields}
    return InForce(**switch, behind=behind, unprepared=unprepared)


def _units(
    documents: dict[str, Document], tasks: Iterable[Document] = (), listed: Entries | None = None
) -> list[str]:
    """Every unit that takes part or that has said something."""
    on_record = (document["unit"] for document in (*documents.values(), *tasks) if "unit" in document)
    return unit_order(on_record, listed)


def unprepared_units(recorded: Iterable[Recorded], listed: Entries | None = None) -> list[str]:
    """The units whose variant nobody has signed, of all that is on record about one case."""
    histories: dict[str, list[VariantEvent]] = {}
    for entry in recorded:
        if isinstance(entry.event, VariantEvent):
            histories.setdefault(entry.envelope.source, []).append(entry.event)
    variants = {unit: AGGREGATE.fold(histories.get(unit, ())) for unit in unit_order(histories, listed)}
    return [unit for unit, variant in variants.items() if variant is None or variant.signed_by is None]


def standing(tasks: Sequence[Document], scenarios: Sequence[Document], listed: Entries | None = None) -> Standing:
    documents = {document["_id"]: document for document in scenarios}
    units = _units(documents, tasks, listed)
    return Standing(
        in_force=in_force(scenarios, listed),
        switches=[Switch(**switch) for switch in documents.get(CURRENT, {}).get("switches", ())],
        units=[
            UnitStanding(
                unit=unit,
                recorded=documents.get(unit, {}).get("number", 0),
                followed=documents.get(unit, {}).get("followed", 0),
                suspended=sum(task["unit"] == unit and is_suspended(task) for task in tasks),
            )
            for unit in units
        ],
        variants=_variants(documents, units),
    )


def _variants(documents: dict[str, Document], units: Iterable[str]) -> list[VariantStanding]:
    keys = [(unit, case.value, documents.get(f"{unit}/{case.value}", {})) for unit in units for case in Case]
    return [
        VariantStanding(
            unit=unit,
            variant=case,
            adjustments=len(document.get("adjustments", ())),
            **{name: document.get(name) for name in ("signed_by", "signed_at")},
        )
        for unit, case, document in keys
    ]


def compare(
    tasks: Sequence[Document],
    scenarios: Iterable[Document],
    unit: str | None = None,
    catalogue: Sequence[Document] = (),
    lists: Mapping[CodeList, Entries] | None = None,
) -> Comparison:
    """Both variants side by side, whichever is in force; of one `unit` where it is named. `lists` are the code lists
    of the congress."""
    documents = {document["_id"]: document for document in scenarios}
    listed, groups = (lists[CodeList.UNITS], lists[CodeList.GROUPS]) if lists else (None, ())
    units = [unit] if unit else _units(documents, tasks, listed)
    live = [task for task in tasks if task["status"] != TaskStatus.CANCELLED and task["unit"] in units]
    ordered = sorted(live, key=task_order)
    compared = [(task, {case: _side(task, case, documents) for case in Case}) for task in ordered]
    return Comparison(
        total=_row(sides for _, sides in compared),
        by_unit={name: _row(sides for task, sides in compared if task["unit"] == name) for name in units},
        by_group=_by_group(compared, group_names(ordered, catalogue, groups)),
        variants=_variants(documents, units),
        differing=[
            Difference(**name_of(task), none=sides[Case.NONE], outbreak=sides[Case.OUTBREAK])
            for task, sides in compared
            if _differ(sides)
        ],
    )


def _side(task: Document, case: Case, documents: dict[str, Document]) -> Side:
    if task["status"] in CLOSED:
        offset = offset_of(task)
        return Side(applies=True, planned_vnd=task["planned_vnd"], deadline=task["deadline"], due_offset_days=offset)
    variant = documents.get(f"{task['unit']}/{case.value}", {})
    adjustment = variant.get("adjustments", {}).get(task["task_id"])
    demand = demanded(
        case,
        VariantAdjusted.model_validate(adjustment) if adjustment else None,
        scenario=Scenario(task["scenario"]),
        planned_vnd=task["original_planned_vnd"],
        deadline=date.fromisoformat(task["agreed_deadline"]) if task["agreed_deadline"] else None,
    )
    return Side(
        applies=not demand.suspended,
        planned_vnd=demand.planned_vnd,
        deadline=demand.deadline,
        due_offset_days=None if demand.deadline else task.get("due_offset_days"),
        reason=adjustment["reason"] if adjustment else "",
    )


def _differ(sides: Sides) -> bool:
    """A task that applies in neither does not differ, whatever is said of its cost."""
    one, other = ((side.applies, side.planned_vnd, side.deadline) for side in sides.values())
    return one != other and (one[0] or other[0])


def _row(compared: Iterable[Sides]) -> Row:
    amounts = {case: Amount() for case in Case}
    for sides in compared:
        for case, side in sides.items():
            if side.applies:
                amounts[case].tasks += 1
                amounts[case].planned_vnd += side.planned_vnd
    none, outbreak = amounts[Case.NONE], amounts[Case.OUTBREAK]
    more = Amount(tasks=outbreak.tasks - none.tasks, planned_vnd=outbreak.planned_vnd - none.planned_vnd)
    return Row(none=none, outbreak=outbreak, difference=more)


def _by_group(compared: Sequence[tuple[Document, Sides]], names: Names) -> dict[str, GroupRow]:
    rows = {number: _row(sides for task, sides in compared if task["group"]["number"] == number) for number in names}
    return {
        str(number): GroupRow(**row.model_dump(), name_vi=names[number]["vi"], name_en=names[number]["en"])
        for number, row in rows.items()
    }
