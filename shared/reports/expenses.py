"""The accounts of the tasks, and what somebody should look at. For one task and for the sum of all
estimated + surplus = guaranteed + unsecured, and guaranteed + overspent = spent + left.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pydantic import BaseModel

from shared.domain.paper import same
from shared.domain.task import TaskStatus
from shared.reports.document_register import Warning  # noqa: A004
from shared.reports.lines import NamedTask, name_of
from shared.reports.money import accounts_by_task
from shared.reports.order import in_order_of_id, task_order
from shared.values.message import Message
from shared.views.view import Document

VOUCHER_USED_TWICE = Message("voucher_used_twice", "Voucher {voucher} is on record {count} times: {uses}.")
SPENT_BEYOND_ADVANCE = Message(
    "spent_beyond_advance",
    "{spent_vnd} VND were spent, {beyond_vnd} VND more than the {advanced_vnd} VND that were advanced.",
)
FLAG_NAMES = {
    "advanced_beyond_guaranteed": Message("advanced_beyond_guaranteed", "Advanced beyond what is guaranteed"),
    "spent_beyond_guaranteed": Message("spent_beyond_guaranteed", "Spent beyond what is guaranteed"),
    "estimated_beyond_guaranteed": Message("estimated_beyond_guaranteed", "Estimated beyond what is guaranteed"),
    "task_secures_another_sum": Message("task_secures_another_sum", "The task names another guaranteed sum"),
    "settled": Message("settled", "Settled"),
    "to_return": Message("to_return", "To be returned"),
    "still_due": Message("still_due", "Still due"),
}


class Account(BaseModel):
    """`unsecured_vnd` is what the guarantee lacks of the estimate, `surplus_vnd` what it is more; all in đồng."""

    task_id: str
    unit: str
    estimated_vnd: int
    guaranteed_vnd: int
    unsecured_vnd: int
    surplus_vnd: int
    funding_source: str
    advanced_vnd: int
    spent_vnd: int
    left_vnd: int
    overspent_vnd: int
    to_return_vnd: int | None
    still_due_vnd: int | None
    flags: list[str]
    reasons: list[str]
    """Why money went beyond what was guaranteed, in the words of those who let it."""
    warnings: list[Warning] = []


def accounts_of(expenses: Iterable[Document], tasks: Iterable[Document]) -> list[Account]:
    """The accounts by task. `tasks` says what is guaranteed there: an account that states another sum is flagged."""
    secured = {task["_id"]: task["secured_vnd"] for task in tasks}
    ordered = in_order_of_id(expenses)
    uses = _uses_of_vouchers(ordered)
    return [_account(expense, secured.get(f"{expense['unit']}/{expense['_id']}"), uses) for expense in ordered]


class NotEstimated(NamedTask):
    planned_vnd: int
    secured_vnd: int


def not_estimated(expenses: Iterable[Document], tasks: Sequence[Document]) -> list[NotEstimated]:
    """The tasks with money that no account has, by number; cancelled ones are left out."""
    accounts, _ = accounts_by_task(tasks, expenses)
    lines = [
        NotEstimated(**name_of(task), planned_vnd=task["planned_vnd"], secured_vnd=task["secured_vnd"] or 0)
        for task in sorted(tasks, key=task_order)
        if task["_id"] not in accounts and task["status"] != TaskStatus.CANCELLED
    ]
    return [line for line in lines if line.planned_vnd or line.secured_vnd]


def _account(expense: Document, secured_vnd: int | None, uses: dict[str, list[str]]) -> Account:
    movements = (*expense["advances"], *expense["spending"])
    estimated, guaranteed, spent = expense["amount_vnd"], expense["guaranteed_vnd"], expense["spent_vnd"]
    return Account(
        **{name: expense[name] for name in Account.model_fields.keys() & expense.keys()},
        task_id=expense["_id"],
        estimated_vnd=estimated,
        unsecured_vnd=max(0, estimated - guaranteed),
        surplus_vnd=max(0, guaranteed - estimated),
        left_vnd=max(0, guaranteed - spent),
        overspent_vnd=max(0, spent - guaranteed),
        flags=_flags(expense, secured_vnd),
        reasons=[movement["beyond_guaranteed_because"] for movement in movements if movement["beyond_vnd"]],
        warnings=_warnings(expense, uses),
    )


def _flags(expense: Document, secured_vnd: int | None) -> list[str]:
    guaranteed = expense["guaranteed_vnd"]
    flags = {
        "advanced_beyond_guaranteed": expense["advanced_vnd"] > guaranteed,
        "spent_beyond_guaranteed": expense["spent_vnd"] > guaranteed,
        "estimated_beyond_guaranteed": expense["amount_vnd"] > guaranteed,
        "task_secures_another_sum": secured_vnd != guaranteed,
        "settled": expense["settled_on"] is not None,
        "to_return": bool(expense["to_return_vnd"]),
        "still_due": bool(expense["still_due_vnd"]),
    }
    return [name for name, holds in flags.items() if holds]


# --- warnings: nothing is refused for them ---
def _uses_of_vouchers(expenses: Iterable[Document]) -> dict[str, list[str]]:
    """Where each voucher stands, `4-01/s1`, however its number is spelled."""
    uses: dict[str, list[str]] = defaultdict(list)
    for expense in expenses:
        for spent in expense["spending"]:
            uses[same(spent["voucher"])].append(f"{expense['_id']}/{spent['spending_id']}")
    return uses


def _warnings(expense: Document, uses: dict[str, list[str]]) -> list[Warning]:
    vouchers = {same(spent["voucher"]): str(spent["voucher"]).strip() for spent in expense["spending"]}
    warned = [
        VOUCHER_USED_TWICE.filled(voucher=written, count=len(uses[voucher]), uses=tuple(uses[voucher]))
        for voucher, written in vouchers.items()
        if len(uses[voucher]) > 1
    ]
    advanced, spent = expense["advanced_vnd"], expense["spent_vnd"]
    if spent > advanced:
        sums = {"spent_vnd": spent, "advanced_vnd": advanced, "beyond_vnd": spent - advanced}
        warned.append(SPENT_BEYOND_ADVANCE.filled(**sums))
    return [Warning.of(message) for message in warned]
