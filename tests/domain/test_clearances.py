from services.security import clearances
from services.security.clearances import AGGREGATE
from shared.domain.decider import Actor
from shared.events.clearance import ClearanceGranted, ClearanceRefused, ClearanceRequested, ClearanceWithdrawn
from tests.domain.scenario import accepting, assert_all_told, given, rejecting

GUARD = Actor("security.guard", "security")
CHIEF = Actor("security.chief", "security")
NEED = {"kind": "vehicle", "holder": "Xe 18A-000.01", "purpose": "Đưa đón đại biểu"}

REQUEST = clearances.RequestClearance(clearance_id="c1", **NEED)
GRANT = clearances.GrantClearance(clearance_id="c1", conditions=["Đỗ ở cổng phụ"])
REFUSE = clearances.RefuseClearance(clearance_id="c1", reason="Chưa đăng kiểm")
WITHDRAW = clearances.WithdrawClearance(clearance_id="c1", reason="Đổi lộ trình")

REQUESTED = (ClearanceRequested(**NEED, requested_by=GUARD.id),)
GRANTED = (*REQUESTED, ClearanceGranted(conditions=("Đỗ ở cổng phụ",)))
REFUSED = (*REQUESTED, ClearanceRefused(reason="Chưa đăng kiểm"))
WITHDRAWN = (*GRANTED, ClearanceWithdrawn(reason="Đổi lộ trình"))

ACCEPTED = {
    "a clearance is requested in the name of the actor": ((), REQUEST, GUARD, REQUESTED[-1]),
    "somebody else grants it with conditions": (REQUESTED, GRANT, CHIEF, GRANTED[-1]),
    "somebody else grants it without any": (
        REQUESTED,
        clearances.GrantClearance(clearance_id="c1"),
        CHIEF,
        ClearanceGranted(),
    ),
    "somebody else refuses it": (REQUESTED, REFUSE, CHIEF, REFUSED[-1]),
    "a granted clearance is withdrawn": (GRANTED, WITHDRAW, CHIEF, WITHDRAWN[-1]),
}
REJECTED = [
    *(((), command, CHIEF, "clearance_not_found") for command in (GRANT, REFUSE, WITHDRAW)),
    (REQUESTED, REQUEST, CHIEF, "clearance_already_requested"),
    (REQUESTED, REQUEST.model_copy(update={"holder": "Xe khác"}), GUARD, "clearance_already_requested"),
    (REFUSED, GRANT, CHIEF, "clearance_already_decided"),
    (GRANTED, REFUSE, CHIEF, "clearance_already_decided"),
    (GRANTED, clearances.GrantClearance(clearance_id="c1"), CHIEF, "clearance_already_decided"),
    (WITHDRAWN, GRANT, CHIEF, "clearance_already_decided"),
    (REQUESTED, GRANT, GUARD, "own_request"),
    (REQUESTED, REFUSE, GUARD, "own_request"),
    (REQUESTED, WITHDRAW, CHIEF, "clearance_not_granted"),
    (REFUSED, WITHDRAW, CHIEF, "clearance_not_granted"),
    (WITHDRAWN, WITHDRAW.model_copy(update={"reason": "Lý do khác"}), CHIEF, "clearance_not_granted"),
]


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_nobody_decides_their_own_request_and_nothing_is_decided_twice(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_every_command_event_and_refusal_is_told_here():
    assert_all_told(clearances, ACCEPTED, REJECTED)
