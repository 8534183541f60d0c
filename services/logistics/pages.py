"""The logistics unit's own pages: bookings by the week, one resource, the accounts of the tasks and one of them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from starlette.responses import Response

from services.logistics.expenses import (
    AdvanceMoney,
    EstimateExpense,
    RecordSpending,
    ReviseEstimate,
    SettleExpense,
)
from services.logistics.expenses.corrections import CorrectAdvance, CorrectEstimate, CorrectSpending
from services.logistics.resources import (
    CorrectReservation,
    CorrectResource,
    RegisterResource,
    ReleaseReservation,
    ReserveResource,
)
from shared.events.resource import ResourceKind
from shared.reports.expenses import FLAG_NAMES, Account, accounts_of, not_estimated
from shared.reports.unit_lists import Booking, ResourceLine, resource_list
from shared.unit.roles import may_give
from shared.values.local_time import LOCAL_TIME, local_date
from shared.values.types import FIRST_DAY, LAST_DAY
from shared.web.actions import Action, action, actions
from shared.web.local_paths import local_path
from shared.web.pages.commanding import Giving, Own, answer
from shared.web.pages.story import story_for
from shared.web.rendering import text_in
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit

A_WEEK = timedelta(days=7)
BOOK = "/bookings/new"
SUMS = ("estimated_vnd", "guaranteed_vnd", "unsecured_vnd", "advanced_vnd", "spent_vnd", "left_vnd", "overspent_vnd")


async def bookings_page(visit: Visit) -> Response:
    query = visit.query
    kind = query.get("kind", "")
    resources = resource_list(
        visit.views.documents("resources"),
        FIRST_DAY,
        kind=kind if kind in set(ResourceKind) else "",
        text=query.get("q", ""),
    )
    monday = _monday_of(query.get("week", ""), _day_to_show(resources, visit.today))
    days = [monday + timedelta(days=day) for day in range(7)]
    return visit.render(
        "logistics/bookings.html",
        page_title=visit.t("Bookings"),
        days=days,
        rows=[{"resource": resource, "days": [_on(resource, day) for day in days]} for resource in resources],
        this_week=_monday_of("", visit.today),
        earlier=monday - A_WEEK if monday - A_WEEK >= FIRST_DAY else None,
        later=monday + A_WEEK if monday + A_WEEK <= LAST_DAY else None,
        kinds=[kind.value for kind in ResourceKind],
        kind=kind,
        actions=actions(_to_book(visit, {}), action(visit, RegisterResource, {})),
    )


def _day_to_show(resources: Iterable[ResourceLine], today: date) -> date:
    """Today where something is booked in its week; else the day of the next booking, or of the last one."""
    monday = _monday_of("", today)
    days = [(local_date(each.starts), local_date(each.ends)) for line in resources for each in line.bookings]
    if any(first < monday + A_WEEK and monday <= last for first, last in days):
        return today
    firsts = [first for first, _ in days]
    return min((day for day in firsts if day > today), default=max(firsts, default=today))


def _monday_of(text: str, today: date) -> date:
    """The Monday of the week that is asked for, or of this week where what was asked is no week."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    day = min(max(day, FIRST_DAY + A_WEEK), LAST_DAY - A_WEEK)
    return day - timedelta(days=day.weekday())


def _on(resource: ResourceLine, day: date) -> list[dict[str, Any]]:
    """The bookings of a day, each with the hours that it takes of it."""
    bookings = (
        booking for booking in resource.bookings if local_date(booking.starts) <= day <= local_date(booking.ends)
    )
    return [{"booking": booking, "hours": _hours(booking, day)} for booking in bookings]


def _hours(booking: Booking, day: date) -> str:
    starts, ends = booking.starts.astimezone(LOCAL_TIME), booking.ends.astimezone(LOCAL_TIME)
    first = f"{starts:%H:%M}" if starts.date() == day else "00:00"
    last = f"{ends:%H:%M}" if ends.date() == day else "24:00"
    return f"{first}–{last}"


def _to_book(visit: Visit, fields: Mapping[str, str]) -> Action | None:
    form = action(visit, ReserveResource, fields, first=True)
    return form._replace(href=f"{BOOK}?{form.href.partition('?')[2]}") if form else None


async def book_page(visit: Visit) -> Response:
    """Leads to the week of what was booked."""
    if not may_give(visit.actor, ReserveResource, visit.service):
        return visit.not_found()
    back = local_path(visit.query.get("back", ""), "/bookings")
    resource = visit.views.document("resources", visit.query.get("resource_id", ""))
    fixed = {"resource_id": resource["_id"]} if resource else {}
    subject = text_in(resource["name"], visit.lang) if resource else ""
    own = Own(then=lambda data: f"/bookings?week={local_date(datetime.fromisoformat(data['starts']))}")
    return await answer(visit, Giving(ReserveResource, fixed, {}, resource, back, back, subject, own=own))


async def resource_page(visit: Visit) -> Response:
    resource_id = visit.request.path_params["resource_id"]
    document = visit.views.document("resources", resource_id)
    if document is None:
        return visit.not_found()
    named = {"resource_id": resource_id}
    (line,) = resource_list([document], visit.today)
    return visit.render(
        "logistics/resource.html",
        page_title=document["name"]["vi"],
        resource=document,
        line=line,
        bookings=[
            {
                "booking": booking,
                "actions": actions(
                    action(visit, ReleaseReservation, {**named, "reservation_id": booking.reservation_id}),
                    action(visit, CorrectReservation, {**named, "reservation_id": booking.reservation_id}),
                ),
            }
            for booking in line.bookings
        ],
        story=await story_for(visit, "resource", resource_id),
        actions=actions(_to_book(visit, named), action(visit, CorrectResource, named)),
    )


async def expenses_page(visit: Visit) -> Response:
    expenses, tasks = visit.views.documents("expenses"), visit.views.documents("tasks")
    accounts = accounts_of(expenses, tasks)
    return visit.render(
        "logistics/expenses.html",
        page_title=visit.t("Expenses"),
        flag_names=FLAG_NAMES,
        accounts=[{"account": account, "task": _task(visit, account.task_id)} for account in accounts],
        sums=_sums(accounts),
        lacking=[
            {"line": line, "actions": actions(action(visit, EstimateExpense, {"task_id": line.id}))}
            for line in not_estimated(expenses, [task for task in tasks if task["unit"] == visit.service])
        ],
        actions=actions(action(visit, EstimateExpense, {}, first=True)),
    )


def _sums(accounts: Iterable[Account]) -> dict[str, int]:
    return {name: sum(getattr(account, name) for account in accounts) for name in SUMS}


def _task(visit: Visit, task_id: str) -> dict[str, Any] | None:
    return visit.views.document("tasks", f"{visit.service}/{task_id}")


async def expense_page(visit: Visit) -> Response:
    task_id = visit.request.path_params["task_id"]
    document = visit.views.document("expenses", task_id)
    if document is None:
        return visit.not_found()
    (account,) = accounts_of([document], visit.views.documents("tasks"))
    return visit.render(
        "logistics/expense.html",
        page_title=visit.t("Expenses of task {id}", id=task_id),
        expense=document,
        flag_names=FLAG_NAMES,
        account=account,
        task=_task(visit, task_id),
        movements=_movements(visit, document),
        story=await story_for(visit, "expense", task_id),
        actions=_of_account(visit, document),
    )


def _movements(visit: Visit, expense: dict[str, Any]) -> list[dict[str, Any]]:
    """Advances and spending by day, each with its correction."""
    named = {"task_id": expense["_id"]}
    advances = [
        {"kind": "advance", **each, "fix": action(visit, CorrectAdvance, {**named, "advance_id": each["advance_id"]})}
        for each in expense["advances"]
    ]
    spending = [
        {
            "kind": "spending",
            **each,
            "fix": action(visit, CorrectSpending, {**named, "spending_id": each["spending_id"]}),
        }
        for each in expense["spending"]
    ]
    return sorted([*advances, *spending], key=lambda movement: movement["on"])


def _of_account(visit: Visit, expense: dict[str, Any]) -> list[Action]:
    named = {"task_id": expense["_id"]}
    if expense["settled_on"]:
        return actions(action(visit, CorrectEstimate, named))
    return actions(
        action(visit, RecordSpending, named, first=True),
        action(visit, AdvanceMoney, named),
        action(visit, ReviseEstimate, named),
        action(visit, SettleExpense, named),
        action(visit, CorrectEstimate, named),
    )


SECTION = Section(
    routes=(
        route("/bookings", bookings_page),
        route(BOOK, book_page, ("GET", "POST")),
        route("/resources/{resource_id}", resource_page),
        route("/expenses", expenses_page),
        route("/expenses/{task_id}", expense_page),
    ),
    links=(Link("Bookings", "/bookings"), Link("Expenses", "/expenses")),
)
