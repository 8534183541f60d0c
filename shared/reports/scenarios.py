"""Scenarios: which one is in force, how far the units have followed, and how their variants differ. Pure arithmetic
over the `scenarios` and `tasks` views and the code lists."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from pydantic import BaseModel

from shared.domain.task import CLOSED, TaskStatus
from shared.domain.variant import AGGREGATE, demanded
from shared.events.scenario import CURRENT
from shared.events.variant import VariantAdjusted, VariantEvent
from shared.reports.cases import cases_of, narrowed
from shared.reports.lines import NamedTask, Names, group_names, is_suspended, name_of, offset_of
from shared.reports.order import task_order, unit_order
from shared.values.code_lists import NO_EPIDEMIC, CodeList, Entries
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
    """`cases` are in the order of their list, as `variants` are in each unit."""

    cases: list[str]
    in_force: InForce | None
    switches: list[Switch]
    units: list[UnitStanding]
    variants: list[VariantStanding]


class Amount(BaseModel):
    tasks: int = 0
    planned_vnd: int = 0


class Row(BaseModel):
    """One figure by case. `differences` say of every other case how much more it is than «none»."""

    amounts: dict[str, Amount]
    differences: dict[str, Amount]


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
    sides: dict[str, Side]
    """By case."""


class Comparison(BaseModel):
    """Cancelled tasks are left out. A completed task is in every variant as it was completed."""

    cases: list[str]
    total: Row
    by_unit: dict[str, Row]
    by_group: dict[str, GroupRow]
    variants: list[VariantStanding]
    differing: list[Difference]


class ChangedTask(NamedTask):
    """What is different once a case is in force: planned sum and deadline before and after."""

    planned_vnd: tuple[int, int]
    deadline: tuple[date | None, date | None]


class SwitchEffect(BaseModel):
    """What putting a case in force does to the tasks that are not closed: those that stop and that go on again, and
    those that go on otherwise. `by_unit` counts all of these."""

    suspended: list[NamedTask]
    resumed: list[NamedTask]
    changed: list[ChangedTask]
    by_unit: dict[str, int]


type Sides = dict[str, Side]


type Lists = Mapping[CodeList, Entries]
"""The code lists of the congress; units and cases are as by default where there are none."""


def in_force(
    scenarios: Iterable[Document], listed: Entries | None = None, tasks: Iterable[Document] = ()
) -> InForce | None:
    """`listed` are the units of the congress, here and below. One that is retired counts as long as it has tasks or
    has prepared a variant."""
    documents = {document["_id"]: document for document in scenarios}
    current = documents.get(CURRENT)
    if current is None:
        return None
    units = _units(documents, tasks, listed)
    followed = {unit: documents.get(unit, {}).get("followed", 0) for unit in units}
    behind = [unit for unit, number in followed.items() if number < current["number"]]
    variants = _variants(documents, units, [current["scenario"]])
    unprepared = [variant.unit for variant in variants if variant.signed_by is None]
    switch = {name: current[name] for name in Switch.model_fields}
    return InForce(**switch, behind=behind, unprepared=unprepared)


def _units(
    documents: dict[str, Document], tasks: Iterable[Document] = (), listed: Entries | None = None
) -> list[str]:
    """Every unit that takes part, and others with tasks or variants on record. That one noted a switch is nothing of
    its own: every service does."""
    variants = (document for document in documents.values() if document.get("kind") == "variant")
    on_record = (document["unit"] for document in (*variants, *tasks))
    return unit_order(on_record, listed)


def unprepared_units(recorded: Iterable[Recorded], listed: Entries | None = None) -> list[str]:
    """The units whose variant nobody has signed, of all that is on record about one case."""
    histories: dict[str, list[VariantEvent]] = {}
    for entry in recorded:
        if isinstance(entry.event, VariantEvent):
            histories.setdefault(entry.envelope.source, []).append(entry.event)
    variants = {unit: AGGREGATE.fold(histories.get(unit, ())) for unit in unit_order(histories, listed)}
    return [unit for unit, variant in variants.items() if variant is None or variant.signed_by is None]


def standing(tasks: Sequence[Document], scenarios: Sequence[Document], lists: Lists | None = None) -> Standing:
    listed, entries = (lists[CodeList.UNITS], lists[CodeList.CASES]) if lists else (None, None)
    cases = cases_of(entries, tasks, scenarios)
    documents = {document["_id"]: document for document in scenarios}
    units = _units(documents, tasks, listed)
    return Standing(
        cases=cases,
        in_force=in_force(scenarios, listed, tasks),
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
        variants=_variants(documents, units, cases),
    )


def _variants(documents: dict[str, Document], units: Iterable[str], cases: Sequence[str]) -> list[VariantStanding]:
    keys = [(unit, case, documents.get(f"{unit}/{case}", {})) for unit in units for case in cases]
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
    scenarios: Collection[Document],
    unit: str | None = None,
    catalogue: Sequence[Document] = (),
    lists: Lists | None = None,
    wanted: Collection[str] = (),
) -> Comparison:
    """The variants of «none» and of every other case side by side, whichever is in force; of one `unit` where it is
    named, and of the `wanted` cases alone where there are any."""
    listed, groups, entries = (
        (lists[CodeList.UNITS], lists[CodeList.GROUPS], lists[CodeList.CASES]) if lists else (None, (), None)
    )
    cases = narrowed(cases_of(entries, tasks, scenarios), wanted)
    documents = {document["_id"]: document for document in scenarios}
    units = [unit] if unit else _units(documents, tasks, listed)
    live = [task for task in tasks if task["status"] != TaskStatus.CANCELLED and task["unit"] in units]
    ordered = sorted(live, key=task_order)
    compared = [(task, {case: _side(task, case, documents) for case in cases}) for task in ordered]
    return Comparison(
        cases=cases,
        total=_row(cases, (sides for _, sides in compared)),
        by_unit={name: _row(cases, (sides for task, sides in compared if task["unit"] == name)) for name in units},
        by_group=_by_group(cases, compared, group_names(ordered, catalogue, groups)),
        variants=_variants(documents, units, cases),
        differing=[Difference(**name_of(task), sides=sides) for task, sides in compared if _differ(sides)],
    )


def effect_of_switching(tasks: Iterable[Document], scenarios: Iterable[Document], case: str) -> SwitchEffect:
    """Against how the tasks stand now, whichever case is in force and whoever has followed it."""
    documents = {document["_id"]: document for document in scenarios}
    live = sorted((task for task in tasks if task["status"] not in CLOSED), key=task_order)
    effect = SwitchEffect(suspended=[], resumed=[], changed=[], by_unit={})
    for task in live:
        side, is_stopped = _side(task, case, documents), is_suspended(task)
        change = ChangedTask(
            **name_of(task),
            planned_vnd=(task["planned_vnd"], side.planned_vnd),
            deadline=(task["deadline"], side.deadline),
        )
        if not side.applies and not is_stopped:
            effect.suspended.append(NamedTask(**name_of(task)))
        elif side.applies and is_stopped:
            effect.resumed.append(NamedTask(**name_of(task)))
        elif side.applies and any(before != after for before, after in (change.planned_vnd, change.deadline)):
            effect.changed.append(change)
        else:
            continue
        effect.by_unit[task["unit"]] = effect.by_unit.get(task["unit"], 0) + 1
    return effect


def _side(task: Document, case: str, documents: dict[str, Document]) -> Side:
    if task["status"] in CLOSED:
        offset = offset_of(task)
        return Side(applies=True, planned_vnd=task["planned_vnd"], deadline=task["deadline"], due_offset_days=offset)
    variant = documents.get(f"{task['unit']}/{case}", {})
    adjustment = variant.get("adjustments", {}).get(task["task_id"])
    demand = demanded(
        case,
        VariantAdjusted.model_validate(adjustment) if adjustment else None,
        scenario=task["scenario"],
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
    """A task that applies in no case does not differ, whatever is said of its cost."""
    demands = {(side.applies, side.planned_vnd, side.deadline) for side in sides.values()}
    return len(demands) > 1 and any(side.applies for side in sides.values())


def _row(cases: Sequence[str], compared: Iterable[Sides]) -> Row:
    amounts = {case: Amount() for case in cases}
    for sides in compared:
        for case, side in sides.items():
            if side.applies:
                amounts[case].tasks += 1
                amounts[case].planned_vnd += side.planned_vnd
    none = amounts[NO_EPIDEMIC]
    differences = {
        case: Amount(tasks=amount.tasks - none.tasks, planned_vnd=amount.planned_vnd - none.planned_vnd)
        for case, amount in amounts.items()
        if case != NO_EPIDEMIC
    }
    return Row(amounts=amounts, differences=differences)


def _by_group(cases: Sequence[str], compared: Sequence[tuple[Document, Sides]], names: Names) -> dict[str, GroupRow]:
    rows = {
        number: _row(cases, (sides for task, sides in compared if task["group"]["number"] == number))
        for number in names
    }
    return {
        str(number): GroupRow(**row.model_dump(), name_vi=names[number]["vi"], name_en=names[number]["en"])
        for number, row in rows.items()
    }
