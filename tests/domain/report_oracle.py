"""Every number of the report's sections, counted again from raw events: types, times and data as the ledger holds
them. Nothing of the views, the reports or the domain is used, so a mistake there is not made here as well."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

SHIFT = timedelta(hours=7)
SUMS = ("planned_vnd", "secured_vnd", "unsecured_vnd", "surplus_vnd", "advanced_vnd", "spent_vnd", "settled_vnd")
CONDITIONS = ("not_begun", "under_way", "obstructed", "submitted")

type Fields = dict[str, Any]


class Raw(NamedTuple):
    """`type` without its beginning and version: `task.opened`."""

    type: str
    source: str
    subject: str
    at: datetime
    data: Fields


def local_day(at: datetime) -> date:
    return (at + SHIFT).date()


# --- what became of each task ---
def retold(events: Iterable[Raw]) -> tuple[list[Fields], dict[str, Fields], dict[int, str]]:
    """The tasks by unit and id, the accounts by id, and the reasons of the switches by number."""
    tasks: dict[tuple[str, str], Fields] = {}
    accounts: dict[str, Fields] = {}
    switches: dict[int, str] = {}
    for event in events:
        if event.type == "scenario.switched":
            switches[event.data["number"]] = event.data["reason"]
        elif event.type.startswith("expense."):
            account = accounts.setdefault(event.subject, {"advanced": 0, "spent": 0, "settled": False, "amounts": {}})
            _on_account(account, event)
        elif event.type == "task.opened":
            tasks[event.source, event.subject] = _opened(event)
        else:
            task = tasks[event.source, event.subject]
            _ON_TASK.get(event.type, lambda *_: None)(task, event)
    return list(tasks.values()), accounts, switches


def _opened(event: Raw) -> Fields:
    data = event.data
    return {
        "unit": event.source, "id": event.subject, "group": data["group"]["number"], "phase": data["phase"],
        "planned": data["planned_vnd"], "is_duty": bool(data["duty"]), "secured": 0, "deadline": None,
        "collective": None, "state": "open", "began": False, "blocked": None, "out": False, "switch": None,
        "done_on": None, "percent": 0, "obstacles": {}, "cancelled_because": None,
    }  # fmt: skip


def _on_account(account: Fields, event: Raw) -> None:
    if event.type == "expense.settled":
        account["settled"] = True
        return
    data = event.data
    for paid, name in (("advanced", "advance_id"), ("spent", "spending_id")):
        if name in data:
            amounts = account["amounts"]
            amounts[paid, data[name]] = data.get("after", data).get("amount_vnd", amounts.get((paid, data[name])))
            account[paid] = sum(amount for (kind, _), amount in amounts.items() if kind == paid)


def _day(data: Fields) -> date:
    return date.fromisoformat(data["deadline"])


def _follows(task: Fields, event: Raw) -> None:
    deadline = event.data["deadline"]
    task.update(
        out=event.data["suspended"],
        planned=event.data["planned_vnd"],
        deadline=date.fromisoformat(deadline) if deadline else None,
        switch=event.data["switch"],
    )


def _put_right(task: Fields, event: Raw) -> None:
    after = event.data["after"]
    same = {"collective": "collective", "secured_vnd": "secured", "planned_vnd": "planned"}
    task.update({there: after[here] for here, there in same.items() if here in after})
    if "deadline" in after:
        task["deadline"] = _day(after)
    if "completed_on" in after:
        task["done_on"] = date.fromisoformat(after["completed_on"])


def _hindered(task: Fields, event: Raw) -> None:
    task["obstacles"][event.data["obstacle_id"]] = [event.data, None]


def _freed(task: Fields, event: Raw) -> None:
    task["obstacles"][event.data["obstacle_id"]][1] = event.data["resolution"]


_ON_TASK: dict[str, Callable[[Fields, Raw], None]] = {
    "task.assigned": lambda task, event: task.update(collective=event.data["collective"]),
    "task.deadline-set": lambda task, event: task.update(deadline=task["deadline"] or _day(event.data)),
    "task.extension-granted": lambda task, event: task.update(deadline=max(task["deadline"], _day(event.data))),
    "task.deadline-shortened": lambda task, event: task.update(deadline=min(task["deadline"], _day(event.data))),
    "task.funded": lambda task, event: task.update(secured=event.data["secured_vnd"]),
    "task.started": lambda task, _: task.update(state="going", began=True),
    "task.progressed": lambda task, event: task.update(percent=event.data["percent"]),
    "task.blocked": lambda task, event: task.update(state="blocked", blocked=event.data["reason"]),
    "task.unblocked": lambda task, _: task.update(state="going" if task["began"] else "open"),
    "task.submitted": lambda task, _: task.update(state="submitted"),
    "task.returned": lambda task, _: task.update(state="going"),
    "task.completed": lambda task, event: task.update(state="done", done_on=local_day(event.at), percent=100),
    "task.cancelled": lambda task, event: task.update(state="cancelled", cancelled_because=event.data["reason"]),
    "task.reopened": lambda task, _: task.update(state="going" if task["began"] else "open", done_on=None),
    "task.scenario-followed": _follows,
    "task.corrected": _put_right,
    "task.obstacle-opened": _hindered,
    "task.obstacle-resolved": _freed,
}


# --- what of it stands in the report ---
def is_out(task: Fields) -> bool:
    return task["out"] and task["state"] not in ("done", "cancelled")


def unresolved(task: Fields) -> list[str]:
    named = [obstacle["what"] for obstacle, resolution in task["obstacles"].values() if resolution is None]
    return [*([task["blocked"]] if task["state"] == "blocked" else []), *named]


def condition(task: Fields) -> str | None:
    if task["state"] in ("done", "cancelled") or task["out"]:
        return None
    if unresolved(task):
        return "obstructed"
    return {"open": "not_begun", "going": "under_way", "submitted": "submitted"}[task["state"]]


def conditions(tasks: Iterable[Fields]) -> dict[str, int]:
    every = [condition(task) for task in tasks]
    return {name: every.count(name) for name in CONDITIONS}


def lateness(task: Fields, today: date) -> int:
    """In days; nothing for what is not late, not to be done or without a deadline."""
    if task["deadline"] is None or task["state"] == "cancelled" or is_out(task):
        return 0
    return max(0, ((task["done_on"] or today) - task["deadline"]).days)


def is_coming(task: Fields, today: date, days: int) -> bool:
    open_ = task["state"] not in ("done", "cancelled") and not task["out"]
    return open_ and task["deadline"] is not None and 0 <= (task["deadline"] - today).days <= days


def money(task: Fields | None, account: Fields | None) -> dict[str, int]:
    """What is suspended counts in full; of what is cancelled nothing is planned, and all that was secured is over."""
    planned, secured = (task["planned"], task["secured"]) if task else (0, 0)
    if task and task["state"] == "cancelled":
        planned = 0
    advanced, spent, settled = (account["advanced"], account["spent"], account["settled"]) if account else (0, 0, 0)
    lacking, over = max(planned - secured, 0), max(secured - planned, 0)
    return dict(zip(SUMS, (planned, secured, lacking, over, advanced, spent, spent * settled), strict=True))


def account_of(task: Fields, tasks: Iterable[Fields], accounts: dict[str, Fields]) -> Fields | None:
    """Logistics keeps the accounts: its own task has the first right to the one of its id."""
    same_id = [other["unit"] for other in tasks if other["id"] == task["id"]]
    owner = "logistics" if "logistics" in same_id else same_id[0] if len(same_id) == 1 else None
    return accounts.get(task["id"]) if owner == task["unit"] else None


def added(parts: Iterable[dict[str, int]]) -> dict[str, int]:
    whole = dict.fromkeys(SUMS, 0)
    for part in parts:
        whole = {name: whole[name] + part[name] for name in SUMS}
    return whole
