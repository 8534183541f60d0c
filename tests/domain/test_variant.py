from datetime import date

import pytest

from shared.domain import variant
from shared.domain.variant import AGGREGATE, AdjustVariant, Demand, PrepareVariant, WithdrawAdjustment, demanded
from shared.events.variant import AdjustmentWithdrawn, VariantAdjusted, VariantPrepared
from tests.domain.scenario import DEPUTY, LEAD, OFFICER, assert_all_told, given, rejecting, silent_on

WORLD = {("task", "1-03"): "a task", ("task", "1-04"): "another"}
COST = {"planned_vnd": 450_000_000, "reason": "In thêm cho phương án trực tuyến"}
DEADLINE = date(2020, 9, 8)


def adjust(task_id: str = "1-03", **fields: object) -> AdjustVariant:
    return AdjustVariant(variant="outbreak", task_id=task_id, **(fields or COST))


def adjusted(task_id: str = "1-03", **fields: object) -> VariantAdjusted:
    return VariantAdjusted(task_id=task_id, **(fields or COST))


WITHDRAW = WithdrawAdjustment(variant="outbreak", task_id="1-03")
PREPARE = PrepareVariant(variant="outbreak")
DROPPED = {"applies": False, "reason": "Không tập trung đông người"}
ADJUSTED = (adjusted(),)
SIGNED = (*ADJUSTED, VariantPrepared(signed_by=LEAD.id))

ACCEPTED = {
    "a task costs more": ((), adjust(), OFFICER, adjusted()),
    "a task does not apply": (ADJUSTED, adjust("1-04", **DROPPED), OFFICER, adjusted("1-04", **DROPPED)),
    "an adjustment is replaced as a whole": (ADJUSTED, adjust(**DROPPED), OFFICER, adjusted(**DROPPED)),
    "a signed variant is adjusted": (SIGNED, adjust("1-04"), OFFICER, adjusted("1-04")),
    "an adjustment is withdrawn": (SIGNED, WITHDRAW, OFFICER, AdjustmentWithdrawn(task_id="1-03")),
    "the lead declares it prepared": (ADJUSTED, PREPARE, LEAD, SIGNED[-1]),
    "a variant without adjustments is prepared": ((), PREPARE, LEAD, SIGNED[-1]),
    "it is declared prepared again after an adjustment": ((*SIGNED, adjusted("1-04")), PREPARE, LEAD, SIGNED[-1]),
    "it is declared prepared again after one was withdrawn": (
        (*SIGNED, AdjustmentWithdrawn(task_id="1-03")), PREPARE, LEAD, SIGNED[-1],
    ),
}  # fmt: skip
SILENT = {
    "a task without an adjustment has none to withdraw": ((), WITHDRAW, OFFICER),
    "the same adjustment does not open a signed variant": (SIGNED, adjust(), OFFICER),
}
FULL = tuple(adjusted(f"x-{number}") for number in range(variant.MOST_ADJUSTMENTS))
REJECTED = [
    ((), adjust("9-99"), OFFICER, "task_not_found"),
    ((), adjust(reason="Chưa rõ"), OFFICER, "nothing_adjusted"),
    (ADJUSTED, PREPARE, OFFICER, "not_the_lead"),
    (SIGNED, PREPARE, DEPUTY, "not_the_lead"),
    (FULL, adjust(), OFFICER, "variant_adjustments_full"),
]


@pytest.mark.parametrize(("history", "command", "actor", "event"), ACCEPTED.values(), ids=ACCEPTED.keys())
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).seeing(WORLD).when(command, actor).then(event)
    given(AGGREGATE, *history, event).seeing(WORLD).when(command, actor).nothing_happened()


@silent_on(SILENT)
def test_nothing_happens_when(history, command, actor):
    given(AGGREGATE, *history).seeing(WORLD).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_a_variant_refuses(history, command, actor, code):
    given(AGGREGATE, *history).seeing(WORLD).when(command, actor).rejected(code)


def test_everything_is_told():
    assert_all_told(variant, ACCEPTED, REJECTED)


@pytest.mark.parametrize(
    ("case", "scenario", "adjustment", "expected"),
    [
        ("none", "both", None, (False, 100, DEADLINE)),
        ("none", "none", None, (False, 100, DEADLINE)),
        ("none", "outbreak", None, (True, 100, DEADLINE)),
        ("outbreak", "none", None, (True, 100, DEADLINE)),
        ("outbreak", "none", {"applies": True}, (False, 100, DEADLINE)),
        ("outbreak", "both", {"applies": False}, (True, 100, DEADLINE)),
        ("outbreak", "none", {"planned_vnd": 0}, (True, 0, DEADLINE)),
        ("outbreak", "both", {"deadline": date(2020, 9, 1)}, (False, 100, date(2020, 9, 1))),
        ("storm", "both", None, (False, 100, DEADLINE)),
        ("storm", "storm", None, (False, 100, DEADLINE)),
        ("storm", "outbreak", None, (True, 100, DEADLINE)),
        ("storm", "none", None, (True, 100, DEADLINE)),
    ],
)
def test_a_case_demands_what_the_tasks_own_scenario_says_unless_it_is_adjusted(case, scenario, adjustment, expected):
    says = adjusted(**adjustment, reason="Theo phương án") if adjustment else None
    found = demanded(case, says, scenario=scenario, planned_vnd=100, deadline=DEADLINE)
    suspended, planned_vnd, deadline = expected
    assert found == Demand(suspended=suspended, planned_vnd=planned_vnd, deadline=deadline)
