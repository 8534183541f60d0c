"""Money from what is planned to what is settled: the tasks say what is planned and guaranteed, the accounts that
logistics keeps say what was advanced, spent and settled."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Self

from pydantic import BaseModel

from shared.domain.task import TaskStatus
from shared.reports.cells import Share
from shared.reports.conditions import state_of
from shared.reports.duties import is_duty
from shared.reports.order import unit_order
from shared.values.code_lists import Entries
from shared.views.view import Document

STATES = ("cancelled", "suspended")
NO_TASK = "no_task"
OF_TASKS = ("duties", *STATES)
NO_RATE = Share.of(0, 0)


class Sums(BaseModel):
    """In đồng; planned + surplus = secured + unsecured. A suspended task counts in full. For a cancelled one nothing
    is planned any more, so all that was guaranteed for it is left over. `settled_vnd` is what was spent in accounts
    that are settled."""

    planned_vnd: int = 0
    secured_vnd: int = 0
    unsecured_vnd: int = 0
    surplus_vnd: int = 0
    advanced_vnd: int = 0
    spent_vnd: int = 0
    settled_vnd: int = 0

    @classmethod
    def of(cls, task: Document | None, account: Document | None) -> Self:
        """Either may be missing."""
        planned = task["planned_vnd"] if task and task["status"] != TaskStatus.CANCELLED else 0
        secured = (task["secured_vnd"] or 0) if task else 0
        spent = account["spent_vnd"] if account else 0
        return cls(
            planned_vnd=planned,
            secured_vnd=secured,
            unsecured_vnd=max(0, planned - secured),
            surplus_vnd=max(0, secured - planned),
            advanced_vnd=account["advanced_vnd"] if account else 0,
            spent_vnd=spent,
            settled_vnd=spent if account and account["settled_on"] else 0,
        )

    @classmethod
    def total(cls, parts: Iterable["Sums"]) -> Self:
        added = dict.fromkeys(Sums.model_fields, 0)
        for part in parts:
            for name in added:
                added[name] += getattr(part, name)
        return cls(**added)


class Disbursed(Sums):
    """`rate` of disbursement: spent of what is guaranteed, beyond 100% where more was spent. Both are of the same
    tasks: what was spent in accounts of no single task, for which no task guarantees anything, is in neither."""

    rate: Share

    @classmethod
    def of_tasks(cls, parts: Iterable[Sums]) -> Self:
        sums = Sums.total(parts)
        return cls(**sums.model_dump(), rate=Share.of(sums.spent_vnd, sums.secured_vnd))

    @classmethod
    def of_no_task(cls, parts: Iterable[Sums]) -> Self:
        return cls(**Sums.total(parts).model_dump(), rate=NO_RATE)


class Money(BaseModel):
    """`by_unit` is of tasks to be done or done, `elsewhere` of continuing duties, of cancelled and suspended tasks,
    and of accounts that belong to no single task; `totals` of all of it."""

    by_unit: dict[str, Disbursed]
    elsewhere: dict[str, Disbursed]
    totals: Disbursed


type Accounts = Mapping[str, Document]
"""Documents of the view `expenses`, by the key of their task."""
NO_ACCOUNTS: Accounts = MappingProxyType({})


def accounts_by_task(tasks: Sequence[Document], expenses: Iterable[Document]) -> tuple[Accounts, list[Document]]:
    """An account has the id of its task: the task of its own unit, or else the only one of that id. Those that belong
    to none or to several come second."""
    by_id: dict[str, list[Document]] = defaultdict(list)
    for task in tasks:
        by_id[task["task_id"]].append(task)
    accounts, others = {}, []
    for expense in expenses:
        candidates = by_id[expense["_id"]]
        own = [task for task in candidates if task["unit"] == expense["unit"]] or candidates
        if len(own) == 1:
            accounts[own[0]["_id"]] = expense
        else:
            others.append(expense)
    return accounts, others


def money_of(tasks: Sequence[Document], expenses: Iterable[Document], listed: Entries | None = None) -> Money:
    """`tasks` are all there are, continuing duties too; `listed` are the units of the congress."""
    accounts, others = accounts_by_task(tasks, expenses)
    units = unit_order((task["unit"] for task in tasks), listed)
    by_unit: dict[str, list[Sums]] = {unit: [] for unit in units}
    elsewhere: dict[str, list[Sums]] = {place: [] for place in OF_TASKS}
    for task in tasks:
        place = _elsewhere(task)
        (elsewhere[place] if place else by_unit[task["unit"]]).append(Sums.of(task, accounts.get(task["_id"])))
    of_tasks = [part for parts in (*by_unit.values(), *elsewhere.values()) for part in parts]
    of_none = Disbursed.of_no_task(Sums.of(None, account) for account in others)
    return Money(
        by_unit={unit: Disbursed.of_tasks(parts) for unit, parts in by_unit.items()},
        elsewhere={place: Disbursed.of_tasks(parts) for place, parts in elsewhere.items()} | {NO_TASK: of_none},
        totals=Disbursed(**Sums.total([*of_tasks, of_none]).model_dump(), rate=Disbursed.of_tasks(of_tasks).rate),
    )


def _elsewhere(task: Document) -> str | None:
    """Where it is counted, if not with its unit."""
    if is_duty(task):
        return "duties"
    state = state_of(task)
    return state if state in STATES else None
