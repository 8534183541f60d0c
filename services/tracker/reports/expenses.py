"""The accounts of the tasks: estimated, guaranteed, advanced, spent, left; and what somebody should look at."""

from collections.abc import Iterable

from pydantic import BaseModel

from services.tracker.projections.view import Document


class Account(BaseModel):
    """One task's money in đồng. `left_vnd` is what is guaranteed and not spent; below 0 more was spent than that."""

    task_id: str
    unit: str
    estimated_vnd: int
    guaranteed_vnd: int
    funding_source: str
    advanced_vnd: int
    spent_vnd: int
    left_vnd: int
    to_return_vnd: int | None
    still_due_vnd: int | None
    flags: list[str]
    reasons: list[str]
    """Why money went beyond what was guaranteed, in the words of those who let it."""


def accounts_of(expenses: Iterable[Document], tasks: Iterable[Document]) -> list[Account]:
    """By task. `tasks` says what is guaranteed there: an account that states another sum is flagged."""
    secured = {task["_id"]: task["secured_vnd"] for task in tasks}
    accounts = (_account(each, secured.get(f"{each['unit']}/{each['_id']}")) for each in expenses)
    return sorted(accounts, key=lambda account: account.task_id)


def _account(expense: Document, secured_vnd: int | None) -> Account:
    movements = (*expense["advances"], *expense["spending"])
    return Account(
        task_id=expense["_id"],
        unit=expense["unit"],
        estimated_vnd=expense["amount_vnd"],
        guaranteed_vnd=expense["guaranteed_vnd"],
        funding_source=expense["funding_source"],
        advanced_vnd=expense["advanced_vnd"],
        spent_vnd=expense["spent_vnd"],
        left_vnd=expense["guaranteed_vnd"] - expense["spent_vnd"],
        to_return_vnd=expense["to_return_vnd"],
        still_due_vnd=expense["still_due_vnd"],
        flags=_flags(expense, secured_vnd),
        reasons=[each["beyond_guaranteed_because"] for each in movements if each["beyond_vnd"]],
    )


def _flags(expense: Document, secured_vnd: int | None) -> list[str]:
    guaranteed = expense["guaranteed_vnd"]
    said = {
        "advanced_beyond_guaranteed": expense["advanced_vnd"] > guaranteed,
        "spent_beyond_guaranteed": expense["spent_vnd"] > guaranteed,
        "estimated_beyond_guaranteed": expense["amount_vnd"] > guaranteed,
        "task_secures_another_sum": secured_vnd != guaranteed,
        "settled": expense["settled_on"] is not None,
        "to_return": bool(expense["to_return_vnd"]),
        "still_due": bool(expense["still_due_vnd"]),
    }
    return [name for name, holds in said.items() if holds]
