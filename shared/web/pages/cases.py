"""The unit's work case by case: what is different in each, whether it is prepared, and which case is in force."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from starlette.responses import Response

from shared.domain.variant import AdjustVariant, PrepareVariant, WithdrawAdjustment
from shared.i18n import format_date, format_number
from shared.reports.lists_in_use import lists_in_use
from shared.reports.scenarios import Comparison, Difference, Side, Standing, compare, standing
from shared.values.code_lists import NO_EPIDEMIC, CodeList
from shared.views.code_lists import VIEW as LISTS
from shared.views.view import Document
from shared.web.actions import action, actions
from shared.web.figures import Documents, worked_out
from shared.web.paging import paged
from shared.web.rendering import in_language, text_in
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit

READ = ("tasks", "scenarios", "catalogue", LISTS.name)
ROWS = 100
"""Of tasks that differ, on a page."""


async def cases_page(visit: Visit) -> Response:
    now, compared = await worked_out(visit, "cases", READ, partial(_compared, visit.service))
    differing = paged(compared.differing, visit.query, ROWS)
    return visit.render(
        "cases/cases.html",
        page_title=visit.t("Cases of the congress"),
        in_force=now.in_force,
        unit=next((unit for unit in now.units if unit.unit == visit.service), None),
        switches=list(reversed(now.switches)),
        cases=[_case(visit, case, now) for case in compared.cases],
        variants=[_variant(visit, case, compared) for case in compared.cases],
        sums=_sums(visit, compared),
        differing=_differing(visit, compared.cases, differing.rows),
        adjustments=_adjustments(visit, compared.cases),
        listed_page=differing,
    )


def _compared(unit: str, views: Documents) -> tuple[Standing, Comparison]:
    tasks = [task for task in views["tasks"] if task["unit"] == unit]
    scenarios, lists = views["scenarios"], lists_in_use({LISTS.name: views[LISTS.name]})
    return standing(tasks, scenarios, lists), compare(tasks, scenarios, unit, views["catalogue"], lists)


def _case(visit: Visit, case: str, now: Standing) -> dict[str, Any]:
    name = in_language(visit.lang)["listed"](CodeList.CASES, case)
    return {"id": case, "label": name, "in_force": case == (now.in_force.scenario if now.in_force else NO_EPIDEMIC)}


def _variant(visit: Visit, case: str, compared: Comparison) -> dict[str, Any]:
    line = next(line for line in compared.variants if line.variant == case)
    prepare = action(visit, PrepareVariant, {"variant": case}, first=True) if not line.signed_by else None
    return {
        "line": line,
        "amount": compared.total.amounts[case],
        "actions": actions(prepare, action(visit, AdjustVariant, {"variant": case})),
    }


def _sums(visit: Visit, compared: Comparison) -> list[dict[str, Any]]:
    amounts = compared.total.amounts
    planned = [f"{format_number(amounts[case].planned_vnd, visit.lang)} đ" for case in compared.cases]
    counts = [format_number(amounts[case].tasks, visit.lang) for case in compared.cases]
    rows = ((visit.t("Tasks that apply"), counts), (visit.t("Planned funding"), planned))
    groups = [
        (
            text_in({"vi": row.name_vi, "en": row.name_en}, visit.lang),
            [format_number(row.amounts[case].tasks, visit.lang) for case in compared.cases],
        )
        for row in compared.by_group.values()
    ]
    return [
        {"label": label, "values": values, "differs": len(set(values)) > 1}
        for label, values in (*rows, *((visit.t("Tasks: {group}", group=name), values) for name, values in groups))
    ]


def _differing(visit: Visit, cases: Sequence[str], rows: Sequence[Difference]) -> list[dict[str, Any]]:
    return [
        {
            "label": f"{row.id}. {text_in({'vi': row.title_vi, 'en': row.title_en}, visit.lang)}",
            "href": f"/tasks/{row.id}",
            "values": [_in_words(visit, row.sides[case]) for case in cases],
            "differs": False,
        }
        for row in rows
    ]


def _in_words(visit: Visit, side: Side) -> str:
    """Whether the task applies in the case, its cost and its deadline there."""
    reason = f" ({side.reason})" if side.reason else ""
    if not side.applies:
        return visit.t("Not done") + reason
    parts = [visit.t("Done")]
    if side.planned_vnd:
        parts.append(f"{format_number(side.planned_vnd, visit.lang)} đ")
    if side.deadline:
        parts.append(visit.t("by {day}", day=format_date(side.deadline)))
    return " · ".join(parts) + reason


def _adjustments(visit: Visit, cases: Sequence[str]) -> list[dict[str, Any]]:
    return [
        _adjustment(visit, case, task_id, adjustment)
        for case in cases
        for task_id, adjustment in (_document(visit, case).get("adjustments") or {}).items()
    ]


def _document(visit: Visit, case: str) -> Document:
    return visit.views.document("scenarios", f"{visit.service}/{case}") or {}


def _adjustment(visit: Visit, case: str, task_id: str, adjustment: Document) -> dict[str, Any]:
    task = visit.views.document("tasks", f"{visit.service}/{task_id}")
    named = {"variant": case, "task_id": task_id}
    kept = {name: _as_typed(value) for name, value in adjustment.items() if value is not None}
    return {
        "case": in_language(visit.lang)["listed"](CodeList.CASES, case),
        "task_id": task_id,
        "title": text_in(task["title"], visit.lang) if task else "",
        "adjustment": adjustment,
        "actions": actions(action(visit, AdjustVariant, {**kept, **named}), action(visit, WithdrawAdjustment, named)),
    }


def _as_typed(value: Any) -> str:
    """The value as a form's field holds it."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


SECTION = Section(routes=(route("/cases", cases_page),), links=(Link("Cases", "/cases"),), only_units=True)
