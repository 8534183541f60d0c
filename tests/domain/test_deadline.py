"""A deadline that is over by the day it is given: why is asked for, kept and shown."""

from datetime import UTC, date, datetime

import pytest

from daihoi.sample.story import Sample
from services.subcommittee.congress import ConfirmDeadlines
from services.subcommittee.directive import IssueDirective
from services.subcommittee.duty import HandOutDuty
from services.subcommittee.instruction import GiveInstruction
from shared.domain.correcting import Correction
from shared.domain.decider import Command, Refused
from shared.domain.review import OpenReview
from shared.domain.task import (
    InstructTask,
    MoveDeadline,
    NoteInstruction,
    RequestExtension,
    SetDeadline,
    ShortenDeadline,
)
from shared.domain.variant import AdjustVariant
from tests.contract.units import SERVICE_AGGREGATES

EVENING = datetime(2020, 9, 10, 16, 59, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2020, 9, 10, 17, 0, tzinfo=UTC)
DUE = "2020-09-10"
WHY = {"past_because": "Ghi bổ sung sau khi bão tan"}


def handed_out(**why: str) -> Command:
    duty = {"unit": "logistics", "duty": "sanitation", "localities": ["giao-thuy", "hai-hau"]}
    return HandOutDuty(**duty, phases=[{"phase": "after"}, {"phase": "before", "deadline": DUE, **why}])


COMMANDS = {
    "set-deadline": lambda **why: SetDeadline(task_id="1-03", deadline=DUE, **why),
    "request-extension": lambda **why: RequestExtension(task_id="1-03", deadline=DUE, reason="Bão", **why),
    "adjust-variant": lambda **why: AdjustVariant(
        variant="outbreak", task_id="1-03", deadline=DUE, reason="Dịch", **why
    ),
    "issue-directive": lambda **why: IssueDirective(
        directive_id="d1", kind="work", text={"vi": "Rà soát"}, units=["logistics"], due_on=DUE, **why
    ),
    "open-review": lambda **why: OpenReview(review_id="d1", directive_id="d1", due_on=DUE, **why),
    "hand-out-duty": handed_out,
    "move-deadline": lambda **why: MoveDeadline(task_id="1-03", deadline=DUE, opening_day="2020-09-24", **why),
    "confirm-deadlines": lambda **why: ConfirmDeadlines(
        opening_day="2020-09-24",
        moves=[
            {"unit": "logistics", "task_id": name, "deadline": day} for name, day in (("a", DUE), ("b", "2020-09-24"))
        ],
        **why,
    ),
    "shorten-deadline": lambda **why: ShortenDeadline(task_id="1-03", deadline=DUE, reason="Sớm hơn", **why),
    "instruct-task": lambda **why: InstructTask(task_id="1-03", instruction_id="i", text="Làm", due_on=DUE, **why),
    "note-instruction": lambda **why: NoteInstruction(
        task_id="1-03", instruction_id="i", text="Làm", due_on=DUE, given_by="subcommittee.lead", **why
    ),
    "give-instruction": lambda **why: GiveInstruction(
        instruction_id="i", unit="logistics", task_id="1-03", text="Làm", due_on=DUE, **why
    ),
}


COMMANDS_OF = {
    (service, command.NAME): command
    for service, aggregates in SERVICE_AGGREGATES.items()
    for aggregate in aggregates
    for command in aggregate.commands
}


def check(command: Command, happened: datetime) -> None:
    for part in command.parts():
        part.check_given_at(happened)


@pytest.mark.parametrize("make", COMMANDS.values(), ids=COMMANDS.keys())
def test_a_deadline_that_is_over_by_the_local_day_needs_a_reason(make):
    check(make(), EVENING)
    check(make(**WHY), AFTER_MIDNIGHT)
    with pytest.raises(Refused, match="was over by 2020-09-11") as refused:
        check(make(), AFTER_MIDNIGHT)
    assert refused.value.code == "deadline_in_the_past"


def test_every_command_that_carries_a_deadline_asks_why():
    """A field that is called otherwise than these escapes it: name it here."""
    deadlines = {"deadline", "due_on"}
    carrying = {command for command in COMMANDS_OF.values() if deadlines & command.model_fields.keys()}
    corrections = {command for command in carrying if issubclass(command, Correction)}
    assert all(command.model_fields["reason"].is_required() for command in corrections)
    dated = carrying - corrections
    assert {command.NAME for command in dated} == COMMANDS.keys() - {"hand-out-duty", "confirm-deadlines"}
    assert all("past_because" in command.model_fields for command in dated)


def test_the_sample_congress_is_told_without_an_excuse():
    sample = Sample()
    steps = [*sample.orders(), *sample.work(), *sample.scenarios()]
    dated = 0
    for step in steps:
        command = COMMANDS_OF[step.service, step.command].model_validate(step.data)
        check(command, step.happened)
        dated += getattr(command, "deadline", None) is not None
    assert dated > len(steps) // 20
    assert date.fromisoformat(DUE) <= sample.today
