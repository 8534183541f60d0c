"""What a unit's lead demands of its work."""

from shared.domain import unit_rules
from shared.domain.decider import Actor
from shared.domain.unit_rules import AGGREGATE, SetUnitRules
from shared.events.unit_rules import UnitRulesChanged
from tests.domain.scenario import DEPUTY, LEAD, OFFICER, accepting, assert_all_told, given, rejecting, silent_on


def demand(evidence: bool) -> SetUnitRules:
    return SetUnitRules(evidence_required=evidence, reason="Việc giải quyết tại chỗ")


def demanded(evidence: bool) -> UnitRulesChanged:
    return UnitRulesChanged(evidence_required=evidence, reason="Việc giải quyết tại chỗ")


ACCEPTED = {
    "the lead does without evidence": ((), demand(False), LEAD, demanded(False)),
    "the lead asks for it again": ((demanded(False),), demand(True), LEAD, demanded(True)),
}
SILENT = {
    "evidence is asked for as it was from the beginning": ((), demand(True), LEAD),
    "evidence is done without for another reason": (
        (demanded(False).model_copy(update={"reason": "Khác"}),), demand(False), LEAD,
    ),
}  # fmt: skip
REJECTED = [
    ((), demand(False), actor, "no_right_to_set_rules")
    for actor in (OFFICER, DEPUTY, Actor("security.lead", "logistics"), Actor("policy.x", "logistics"))
]


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@silent_on(SILENT)
def test_nothing_happens_when(history, command, actor):
    given(AGGREGATE, *history).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_the_rules_are_the_leads_alone(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_every_command_event_and_refusal_is_told_here():
    assert_all_told(unit_rules, ACCEPTED, REJECTED)
