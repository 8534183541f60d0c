"""What a unit has heard of security's decisions."""

from itertools import permutations

import pytest

from shared.domain import known_clearance
from shared.domain.decider import Actor
from shared.domain.known_clearance import AGGREGATE, NoteClearance
from shared.events.known_clearance import ClearanceDecision, ClearanceNoted
from shared.unit.support_unit import NOTE_CLEARANCES
from tests.congress import envelope_of
from tests.domain.scenario import accepting, assert_all_told, given, silent_on

POLICY = Actor("policy.note-granted-clearances", "logistics")
DECISIONS = tuple(ClearanceDecision)


def hear(decision: str) -> NoteClearance:
    return NoteClearance(clearance_id="bus", decision=decision)


def noted(decision: str) -> ClearanceNoted:
    return ClearanceNoted(decision=decision)


ACCEPTED = {
    "the first decision is noted": ((), hear("granted"), POLICY, noted("granted")),
    "a withdrawal is noted": ((noted("granted"),), hear("withdrawn"), POLICY, noted("withdrawn")),
    "a withdrawal may be heard of first": ((), hear("withdrawn"), POLICY, noted("withdrawn")),
}
SILENT = {"a grant is heard of after its withdrawal": ((noted("withdrawn"),), hear("granted"), POLICY)}


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@silent_on(SILENT)
def test_nothing_happens_when(history, command, actor):
    given(AGGREGATE, *history).when(command, actor).nothing_happened()


def test_every_command_event_and_refusal_is_told_here():
    assert_all_told(known_clearance, ACCEPTED, ())


@pytest.mark.parametrize("order", list(permutations(["granted", "withdrawn", "granted"])))
def test_a_withdrawal_holds_in_whatever_order_the_news_arrives(order):
    state = None
    for decision in order:
        state = AGGREGATE.fold(AGGREGATE.decide(hear(decision), state, POLICY), state)
    assert state.decision is not ClearanceDecision.GRANTED


@pytest.mark.parametrize("decision", DECISIONS)
def test_each_decision_of_security_is_noted_under_the_clearance_that_it_is_about(decision):
    (policy,) = [each for each in NOTE_CLEARANCES if each.reads(f"vn.daihoi.clearance.{decision}.v1")]
    event = policy.events[0].model_validate({"reason": "Hết hạn"})
    envelope = envelope_of(event, "security", "clearance", "bus", 0)
    assert policy.react(event, envelope) == (hear(decision),)
