from datetime import date

from services.subcommittee import directive
from services.subcommittee.directive import AGGREGATE
from shared.events.directive import DirectiveIssued, DirectiveKind
from tests.domain.scenario import OFFICER, accepting, assert_all_told, given, rejecting

REVIEW = {
    "kind": DirectiveKind.REVIEW,
    "text": {"vi": "Rà soát lại từng đầu việc chính"},
    "units": ("propaganda", "logistics", "security"),
    "meeting_id": "2020-08-13",
    "point": 1,
    "due_on": date(2020, 8, 25),
}


def issue(**changes: object) -> directive.IssueDirective:
    return directive.IssueDirective(directive_id="review-1", **REVIEW | changes)


ISSUED = (DirectiveIssued(**REVIEW),)

ACCEPTED = {"a point of a conclusion becomes an order to the units": ((), issue(), OFFICER, ISSUED[-1])}
REJECTED = [
    (ISSUED, issue(due_on=None), OFFICER, "directive_already_issued"),
    ((), issue(meeting_id=None), OFFICER, "point_without_meeting"),
]


@accepting(ACCEPTED)
def test_accepted(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_rejected(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_everything_is_told():
    assert_all_told(directive, ACCEPTED, REJECTED)
