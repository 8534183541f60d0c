"""What a unit's lead demands of its work."""

from io import StringIO

from rich.console import Console
from typer.testing import CliRunner

from daihoi.cli.main import app
from daihoi.terminal.rules_table import rules_table
from shared.domain import unit_rules
from shared.domain.decider import Actor
from shared.domain.unit_rules import AGGREGATE, SetUnitRules
from shared.events.unit_rules import UnitRulesChanged
from shared.history.sentences import summary
from shared.reports.unit_rules import rules_of
from shared.values.code_lists import registered_units
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


def test_the_rules_of_every_unit_are_told_by_name_and_in_words():
    said = {"unit": "logistics", "evidence_required": False, "reason": "Việc nhỏ", "set_by": "logistics.lead"}
    lines = rules_of([said | {"set_at": "2020-09-01T02:00:00Z"}], registered_units())
    assert [(line.unit, line.evidence_required) for line in lines] == [
        ("propaganda", True), ("logistics", False), ("security", True),
    ]  # fmt: skip
    console = Console(width=140, record=True, file=StringIO())
    console.print(rules_table(lines, "vi"))
    told = console.export_text()
    assert all(
        words in told for words in ("không bắt buộc có minh chứng", "mặc định", "01/09/2020 09:00", "Việc nhỏ")
    )
    data = {"evidence_required": False, "reason": "Việc nhỏ"}
    sentence = summary(UnitRulesChanged.TYPE, "logistics.lead", "current", data)["vi"]
    assert sentence.endswith("không bắt buộc có minh chứng; Việc nhỏ")


def test_the_names_of_all_views_are_listed_where_none_is_named():
    listed = CliRunner().invoke(app, ["view"]).stdout.split()
    assert {"tasks", "unit_rules"} <= set(listed)
