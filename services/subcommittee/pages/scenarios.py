"""The cases that the congress prepares for: compared, the one in force, and switching to another."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from services.subcommittee.pages.forms import FORM, answer_form, may, unit_options
from services.subcommittee.scenario import SwitchScenario
from shared.events.scenario import CURRENT
from shared.i18n import format_number
from shared.reports.lists_in_use import lists_in_use
from shared.reports.scenarios import Amount, Comparison, Row, Side, compare, effect_of_switching, standing
from shared.unit.roles import Act
from shared.values.code_lists import CodeList, name_of
from shared.web.actions import Action
from shared.web.figures import worked_out
from shared.web.pages.commanding import Own
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit

PATH = "/scenarios"
MOST_SHOWN = 200
READ = ("tasks", "scenarios", "catalogue", "code_lists")


async def scenarios_page(visit: Visit) -> Response:
    unit = visit.query.get("unit", "")
    unit = unit if any(each.value == unit for each in unit_options(visit)) else ""
    comparison = await worked_out(
        visit,
        ("compared", unit),
        READ,
        lambda views: compare(
            views["tasks"], views["scenarios"], unit or None, views["catalogue"], lists_in_use(views)
        ),
    )
    held = await worked_out(
        visit, "standing", READ, lambda views: standing(views["tasks"], views["scenarios"], lists_in_use(views))
    )
    current = held.in_force.scenario if held.in_force else ""
    return visit.render(
        "subcommittee/scenarios.html",
        page_title=visit.t("Cases prepared for"),
        held=held,
        comparison=comparison,
        cases=[
            {"id": case, "label": name_of(CodeList.CASES, case, visit.lang), "in_force": case == current}
            for case in comparison.cases
        ],
        unit_rows=[_row(visit, comparison, name, row) for name, row in comparison.by_unit.items()],
        total=_row(visit, comparison, "", comparison.total),
        differing=[
            {"task": each, "values": [_side(visit, each.sides[case]) for case in comparison.cases]}
            for each in comparison.differing[:MOST_SHOWN]
        ],
        left_out=max(0, len(comparison.differing) - MOST_SHOWN),
        unit=unit,
        unit_options=unit_options(visit),
        actions=_actions(visit),
    )


def _actions(visit: Visit) -> list[Action]:
    if not (may(visit, SwitchScenario)):
        return []
    return [Action(visit.t("Switch the case in force"), f"{PATH}/switch", first=True)]


def _row(visit: Visit, comparison: Comparison, unit: str, row: Row) -> Mapping[str, Any]:
    return {
        "unit": unit,
        "values": [_amount(visit, row.amounts[case]) for case in comparison.cases],
        "differs": any(each.tasks or each.planned_vnd for each in row.differences.values()),
    }


def _amount(visit: Visit, amount: Amount) -> str:
    return visit.t(
        "{tasks} tasks, {planned} đồng", tasks=amount.tasks, planned=format_number(amount.planned_vnd, visit.lang)
    )


def _side(visit: Visit, side: Side) -> Mapping[str, Any]:
    return side.model_dump()


async def switch_page(visit: Visit) -> Response:
    current = visit.views.document("scenarios", CURRENT)
    own = Own(
        title=visit.t("Switch the case in force"),
        help=visit.t("In force now: {case}", case=name_of(CodeList.CASES, current["scenario"], visit.lang))
        if current
        else visit.t("No case is in force yet."),
        button=visit.t("See what would change"),
        trail=[{"href": PATH, "label": visit.t("Cases prepared for")}],
        about=CURRENT,
        effect=lambda data: _effect(visit, data),
        template="subcommittee/switch.html",
    )
    values = {"scenario": visit.query["case"]} if "case" in visit.query else {}
    return await answer_form(visit, SwitchScenario, PATH, own, values=values)


def _effect(visit: Visit, data: Mapping[str, Any]) -> Mapping[str, Any]:
    tasks, scenarios = visit.views.documents("tasks"), visit.views.documents("scenarios")
    case = str(data.get("scenario", ""))
    effect = effect_of_switching(tasks, scenarios, case)
    return {"done": effect, "case": name_of(CodeList.CASES, case, visit.lang), "most": MOST_SHOWN}


SECTION = Section(
    routes=(
        route(PATH, scenarios_page),
        route(f"{PATH}/switch", switch_page, FORM, Act.DECIDE),
    ),
    links=(Link("Cases prepared for", PATH),),
)
