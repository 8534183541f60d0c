import pytest
from pydantic import ValidationError

from services.subcommittee import parked_event
from services.subcommittee.parked_event import AGGREGATE, DiscardParkedEvent
from shared.domain.entering import entered
from shared.events.parked_event import ParkedEventDiscarded
from shared.values.types import MAX_SEQUENCE
from tests.domain.scenario import OFFICER, accepting, assert_all_told, given, rejecting

MEANT = {"stored_under": "evt.xx.logistics.task.1-03", "origin_sequence": 9, "reason": "gửi nhầm"}


def discard(**changes: object) -> DiscardParkedEvent:
    return DiscardParkedEvent(**{"sequence": 17, **MEANT, **changes})


DISCARDED = (ParkedEventDiscarded(**MEANT),)

ACCEPTED = {"a parked event is discarded": ((), discard(), OFFICER, DISCARDED[-1])}
REJECTED = [
    (DISCARDED, discard(reason="lý do khác"), OFFICER, "parked_event_already_discarded"),
    (DISCARDED, discard(origin_sequence=8), OFFICER, "parked_event_already_discarded"),
]


@accepting(ACCEPTED)
def test_accepted(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_rejected(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sequence": 0},
        {"sequence": MAX_SEQUENCE + 1},
        {"sequence": "17"},
        {"origin_sequence": 0},
        {"stored_under": "task.1-03"},
        {"stored_under": "evt.xx.logistics.task.1 03"},
        {"reason": " "},
    ],
)
def test_what_names_no_event_or_gives_no_reason_is_no_command(wrong):
    with pytest.raises(ValidationError):
        discard(**wrong)


@pytest.mark.parametrize("entity_id", ["a\u200bb", "e\u0302", "\x01", "a\u00a0", "đ" * 4000])
def test_what_is_stored_under_a_forged_subject_can_be_named_letter_by_letter(entity_id):
    told = {"sequence": 17, **MEANT, "stored_under": f"evt.xx.logistics.task.{entity_id}"}
    assert entered(DiscardParkedEvent, told).stored_under == told["stored_under"]


def test_the_id_is_the_sequence_in_the_ledger():
    assert discard().entity_id == "17"


def test_everything_is_told():
    assert_all_told(parked_event, ACCEPTED, REJECTED)
