"""What is not to be done, for ever or for now: cancelled and suspended tasks with the reasons on record."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from shared.domain.task import TaskStatus
from shared.events.scenario import CURRENT
from shared.reports.conditions import state_of
from shared.reports.lines import NamedTask, name_of
from shared.reports.money import NO_ACCOUNTS, STATES, Accounts, Sums
from shared.values.local_time import local_date
from shared.views.view import Document


class StoppedLine(NamedTask):
    """`state` is cancelled or suspended. `switch` is the number of the sub-committee's switch that suspended it.
    `sums` is the money of the task. Views of earlier versions don't say why a task was cancelled."""

    state: str
    reason: str | None
    on: date | None
    by: str | None
    switch: int | None = None
    sums: Sums = Sums()


def stopped_of(
    tasks: Iterable[Document], scenarios: Iterable[Document], accounts: Accounts = NO_ACCOUNTS
) -> list[StoppedLine]:
    """Cancelled ones first, each in the order of `tasks`."""
    by_id = {document["_id"]: document for document in scenarios}
    lines = [_line(task, by_id, accounts) for task in tasks if state_of(task) in STATES]
    return sorted(lines, key=lambda line: STATES.index(line.state))


def _line(task: Document, scenarios: Mapping[str, Document], accounts: Accounts) -> StoppedLine:
    named = {**name_of(task), "sums": Sums.of(task, accounts.get(task["_id"]))}
    if task["status"] == TaskStatus.CANCELLED:
        return StoppedLine(**named, state="cancelled", **_cancelled(task))
    return StoppedLine(**named, state="suspended", **_suspended(task, scenarios))


def _cancelled(task: Document) -> Document:
    entries = [entry for entry in task.get("history", ()) if entry["what"] == "cancelled"]
    return _signed(entries[-1]) if entries else _signed({})


def _suspended(task: Document, scenarios: Mapping[str, Document]) -> Document:
    """The reason of the adjustment that leaves the task out, where there is one, or else that of the switch."""
    followed = task.get("followed") or {}
    number, case = followed.get("switch"), followed.get("scenario")
    switches = scenarios.get(CURRENT, {}).get("switches", ())
    switch: Document = next((switch for switch in switches if switch["number"] == number), {})
    adjustments = scenarios.get(f"{task['unit']}/{case}", {}).get("adjustments", {})
    adjustment = adjustments.get(task["task_id"]) or {}
    own = {"reason": adjustment["reason"]} if adjustment.get("applies") is False else {}
    return _signed(switch | own) | {"switch": number}


def _signed(entry: Document) -> Document:
    at = entry.get("at")
    on = local_date(datetime.fromisoformat(at)) if at else None
    return {"reason": entry.get("reason"), "on": on, "by": entry.get("by")}
