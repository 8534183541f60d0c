"""One row of the sheet of a review: what is typed in it, as the commands that it comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from shared.domain.decider import Command
from shared.domain.review import ConfirmReviewItem, ExplainGap
from shared.domain.task import AssignTask, CommentOnTask, FundTask, SetDeadline
from shared.events.review import Essential
from shared.reports.reviews import SheetRow
from shared.values.message import Message
from shared.web.forms import FieldProblem, read_form, whole_letters

ROW = "row"
TYPED = ("collective", "individual", "deadline", "secured_vnd", "funding_source", "reason")
CHOICE = "choice"
REASON = "reason"


class Choice(StrEnum):
    """In the order of the keys that take them. `LATER` keeps what is typed and records nothing."""

    CONFIRM = "confirm"
    EXPLAIN = "explain"
    FILL_IN = "fill-in"
    LATER = "later"


FIELDS_OF: Mapping[type[Command], tuple[str, ...]] = {
    AssignTask: ("collective", "individual"),
    SetDeadline: ("deadline",),
    FundTask: ("secured_vnd", "funding_source"),
}
FILLED_BY: Mapping[type[Command], tuple[Essential, ...]] = {
    AssignTask: (Essential.COLLECTIVE, Essential.INDIVIDUAL),
    SetDeadline: (Essential.DEADLINE,),
    FundTask: (Essential.FUNDING,),
}
SAY_WHY = Message("say_why", "Say why it is missing.")
NOTHING_MISSING = Message("nothing_missing", "Nothing is missing here that could be explained.")
NOTHING_FILLED_IN = Message("nothing_filled_in", "Nothing is filled in.")


class Step(NamedTuple):
    """A command of the row; `name` tells it from the row's others."""

    name: str
    command: type[Command]
    data: dict[str, Any]
    id: UUID

    @property
    def columns(self) -> set[str]:
        """Where in the row stands what it records."""
        return {column_of(name) for name in self.data} - {CHOICE}


@dataclass
class RowToDo:
    """`problems` are beside fields of the row; with any of them nothing of the row is given."""

    steps: list[Step] = field(default_factory=list)
    problems: list[FieldProblem] = field(default_factory=list)

    @property
    def is_idle(self) -> bool:
        return not self.steps and not self.problems


def column_of(path: str) -> str:
    """Where in the row stands what a command has in the field `path`."""
    return REASON if path in ("text", "past_because", "reason") else path if path in TYPED else CHOICE


def name_of_field(task_id: str, name: str) -> str:
    return f"{ROW}.{task_id}.{name}"


def typed_in_row(task_id: str, typed: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What was posted for the row, by the field's name; what is empty is left out."""
    texts = {name: (typed.get(name_of_field(task_id, name)) or [""])[0] for name in (*TYPED, CHOICE)}
    return {name: whole_letters(text) for name, text in texts.items() if text.strip()}


def choice_of(typed: Mapping[str, str]) -> Choice | None:
    chosen = typed.get(CHOICE, "")
    return Choice(chosen) if chosen in Choice else None


def to_do(review_id: str, row: SheetRow, typed: Mapping[str, str], form_id: UUID, today: date) -> RowToDo:
    """What is typed is recorded, whether the row lacks it or not: what somebody else filled in meanwhile is refused
    in words. A reason explains every gap that stays; where none does it is a comment on the task."""
    choice, done = choice_of(typed), RowToDo()
    if choice is Choice.LATER or not typed:
        return done
    steps = _Steps(row.id, form_id, done)
    reason = typed.get(REASON, "")
    filled: list[str] = []
    for command, names in FIELDS_OF.items():
        given = {name: [typed[name]] for name in names if name in typed}
        if given:
            data = steps.take(command, given)
            if _fills(command, data, row):
                filled += FILLED_BY[command]
            if command is SetDeadline and reason and _is_over(data.get("deadline"), today):
                data["past_because"] = reason
                reason = ""
    remaining = [gap for gap in row.missing if gap not in filled]
    if choice is Choice.FILL_IN and not done.steps and not done.problems:
        done.problems.append(FieldProblem(CHOICE, NOTHING_FILLED_IN))
    if choice is Choice.EXPLAIN and not remaining:
        done.problems.append(FieldProblem(CHOICE, NOTHING_MISSING))
    elif choice is Choice.EXPLAIN and not reason:
        done.problems.append(FieldProblem(REASON, SAY_WHY))
    elif reason:
        steps.say(review_id, remaining, reason)
    if choice is Choice.CONFIRM:
        steps.add("confirm", ConfirmReviewItem, {"review_id": review_id})
    return done


def _fills(command: type[Command], data: Mapping[str, Any], row: SheetRow) -> bool:
    return command is not FundTask or data.get("secured_vnd", 0) >= row.planned_vnd


def _is_over(deadline: Any, today: date) -> bool:
    try:
        return date.fromisoformat(str(deadline)) < today
    except ValueError:
        return False


@dataclass
class _Steps:
    task_id: str
    form_id: UUID
    done: RowToDo

    def id_of(self, name: str) -> UUID:
        return uuid5(self.form_id, f"{self.task_id}/{name}")

    def add(self, name: str, command: type[Command], data: dict[str, Any]) -> dict[str, Any]:
        data["task_id"] = self.task_id
        self.done.steps.append(Step(name, command, data, self.id_of(name)))
        return data

    def take(self, command: type[Command], given: Mapping[str, list[str]], name: str = "") -> dict[str, Any]:
        """What was typed for the command, read. Its data may still be added to."""
        name = name or command.NAME
        posted = read_form(command, given, self.id_of(name))
        self.done.problems += [problem._replace(path=column_of(problem.path)) for problem in posted.errors]
        return self.add(name, command, posted.data)

    def say(self, review_id: str, remaining: Sequence[str], reason: str) -> None:
        for gap in remaining:
            data = self.take(ExplainGap, {"essential": [gap], "reason": [reason]}, f"explain-{gap}")
            data["review_id"] = review_id
        if not remaining:
            self.take(CommentOnTask, {"text": [reason]})
