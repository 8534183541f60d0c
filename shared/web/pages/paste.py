"""Deadlines or sums for many tasks, pasted from a spreadsheet: first shown beside what is on record, then recorded,
one command a task."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import uuid5

from starlette.datastructures import FormData
from starlette.responses import Response

from shared.domain.decider import Command
from shared.domain.ranks import Act
from shared.domain.task import CLOSED, FundTask, RequestExtension, SetDeadline, ShortenDeadline
from shared.i18n import format_date, format_number, render
from shared.unit.roles import may_give
from shared.values.message import Message
from shared.views.view import Document
from shared.web.figures import beside
from shared.web.forms import Option
from shared.web.forms.reading import TOO_LONG_TYPED
from shared.web.pages.choices import source_options
from shared.web.pages.doing import visit_title
from shared.web.pages.many import Outcome, done_by
from shared.web.pages.posted import HAPPENED, command_id_in, happened_in
from shared.web.pages.tasks import own_tasks
from shared.web.pasting import Pasted, PastedRow, PasteProblem, read_paste
from shared.web.sections import Section, route
from shared.web.visit import Visit

TEXT, COLUMN, REASON, SOURCE, CONFIRMED = "text", "column", "reason", "funding_source", "confirmed"
DEADLINE, SUM = "deadline", "secured_vnd"
COLUMNS = {DEADLINE: Message("deadlines", "Deadlines"), SUM: Message("sums", "Guaranteed sums")}
LONGEST_LINE = 500
LABELS = {
    HAPPENED: Message("when", "When it happened"),
    REASON: Message("reason", "Reason for all, where the table has none"),
    SOURCE: Message("source", "Source of funding, for sums"),
}
EMPTY: Mapping[str, str] = {}

SAME = Message("same_already", "It is so already.")
CLOSED_TASK = Message("closed_task", "The task is closed.")
REASON_NEEDED = Message(
    "reason_needed", "A deadline that is moved needs a reason: in the table, or in the field below."
)
NO_RIGHT = Message("no_right", "Only the head of the unit or a deputy brings a deadline forward.")
EXTENSION_WAITS = Message("extension_waits", "A request for an extension is waiting to be decided on.")
SOURCE_NEEDED = Message("source_needed", "Say where the money comes from.")


class Step(NamedTuple):
    """What is to become of one row: a command with its data, or why there is none."""

    row: PastedRow
    task: Document
    before: str
    after: str
    command: type[Command] | None
    data: Mapping[str, Any]
    why_not: Message | None


async def paste_page(visit: Visit) -> Response:
    if visit.request.method != "POST":
        return _page(visit, {}, Pasted(), ())
    fields = await visit.form()
    column = str(fields.get(COLUMN, ""))
    column = column if column in COLUMNS else DEADLINE
    typed = {name: str(fields.get(name, "")) for name in (TEXT, REASON, SOURCE, HAPPENED)} | {COLUMN: column}
    pasted, steps = await beside(partial(_steps, visit, typed))
    happened, no_instant = happened_in(typed[HAPPENED], visit)
    wrong = {HAPPENED: no_instant} if no_instant else {}
    wrong |= {name: visit.say(TOO_LONG_TYPED) for name in (REASON, SOURCE) if len(typed[name]) > LONGEST_LINE}
    if wrong or fields.get(CONFIRMED) != "1" or not any(step.command for step in steps):
        return await beside(partial(_page, visit, typed, pasted, steps, wrong))
    return await _give(visit, fields, [step for step in steps if step.command], happened)


def _steps(visit: Visit, typed: Mapping[str, str]) -> tuple[Pasted, list[Step]]:
    tasks = {task["task_id"]: task for task in own_tasks(visit)}
    pasted = read_paste(typed[TEXT], typed[COLUMN], tasks)
    return pasted, [_step(visit, row, tasks[str(row.values["task_id"])], typed) for row in pasted.rows]


def step_of(
    row: PastedRow, task: Document, column: str, may: Mapping[type[Command], bool], reason: str, source: str
) -> tuple[type[Command] | None, dict[str, Any], Message | None]:
    """The command that makes the row so, its data, or why there is none."""
    value = row.values[column]
    if task["status"] in CLOSED:
        return None, {}, CLOSED_TASK
    if isinstance(value, date):
        return _move(task, value, str(row.values.get("reason") or reason), may)
    if not source and not task["funding_source"]:
        return None, {}, SOURCE_NEEDED
    if value == task["secured_vnd"] and source in ("", task["funding_source"]):
        return None, {}, SAME
    return FundTask, {"secured_vnd": value, "funding_source": source or task["funding_source"]}, None


def _move(
    task: Document, day: date, reason: str, may: Mapping[type[Command], bool]
) -> tuple[type[Command] | None, dict[str, Any], Message | None]:
    data: dict[str, Any] = {"deadline": day.isoformat()}
    if task["original_deadline"] is None:
        return SetDeadline, data | ({"past_because": reason} if reason else {}), None
    now = date.fromisoformat(task["deadline"])
    if day == now:
        return None, {}, SAME
    if task["extensions"] and task["extensions"][-1]["outcome"] == "pending":
        return None, {}, EXTENSION_WAITS
    if not reason:
        return None, {}, REASON_NEEDED
    command = RequestExtension if day > now else ShortenDeadline
    return (command, data | {"reason": reason}, None) if may[command] else (None, {}, NO_RIGHT)


def _step(visit: Visit, row: PastedRow, task: Document, typed: Mapping[str, str]) -> Step:
    column = typed[COLUMN]
    may: dict[type[Command], bool] = {
        command: may_give(visit.actor, command, visit.service) for command in (RequestExtension, ShortenDeadline)
    }
    reason, source = typed[REASON].strip()[:LONGEST_LINE], typed[SOURCE].strip()[:LONGEST_LINE]
    command, data, why_not = step_of(row, task, column, may, reason, source)
    before, after = (_in_words(visit, value) for value in (task[column], row.values[column]))
    return Step(row, task, before, after, command, data, why_not)


def _in_words(visit: Visit, value: Any) -> str:
    match value:
        case None:
            return ""
        case int():
            return f"{format_number(value, visit.lang)} đ"
        case _:
            return format_date(value if isinstance(value, date) else date.fromisoformat(value))


async def _give(visit: Visit, fields: FormData, steps: Sequence[Step], happened: datetime | None) -> Response:
    command_id = command_id_in(fields)
    outcomes = []
    for step in steps:
        if step.command is None:
            continue
        task_id = step.task["task_id"]
        data = {**step.data, "task_id": task_id}
        given = await visit.give(step.command.NAME, data, uuid5(command_id, task_id), happened)
        why = given.problem.detail_in(visit.lang) if given.problem else ""
        outcomes.append(Outcome(step.task, visit_title(visit, step.task), why))
    return visit.render(
        "doing/outcomes.html",
        page_title=visit.t("Paste from Excel"),
        done_ones=[each for each in outcomes if not each.why],
        refused_ones=[each for each in outcomes if each.why],
        unknown=0,
        done=done_by(visit, outcomes, {step.command.NAME for step in steps if step.command}),
    )


def _page(
    visit: Visit, typed: Mapping[str, str], pasted: Pasted, steps: Sequence[Step], wrong: Mapping[str, str] = EMPTY
) -> Response:
    return visit.render(
        "tasks/paste.html",
        422 if wrong or (typed and not any(step.command for step in steps)) else 200,
        page_title=visit.t("Paste from Excel"),
        typed={TEXT: "", REASON: "", SOURCE: "", HAPPENED: "", COLUMN: DEADLINE} | {**typed},
        source_options=source_options(visit),
        columns=[Option(name, visit.say(label)) for name, label in COLUMNS.items()],
        steps=[
            {
                "step": step,
                "title": visit_title(visit, step.task),
                "verb": visit.say(VERBS[step.command.NAME]) if step.command else "",
                "why_not": render(step.why_not, visit.lang) if step.why_not else "",
            }
            for step in steps
        ],
        wrong=[_wrong(visit, problem) for problem in pasted.problems],
        left_out=pasted.left_out,
        to_do=0 if wrong else sum(step.command is not None for step in steps),
        wrong_fields=wrong,
        problems=[{"id": f"f-{name}", "label": visit.say(LABELS[name]), "error": why} for name, why in wrong.items()],
    )


VERBS = {
    "set-deadline": Message("verb", "set the deadline"),
    "request-extension": Message("verb", "ask for an extension"),
    "shorten-deadline": Message("verb", "bring the deadline forward"),
    "fund-task": Message("verb", "guarantee the sum"),
}


def _wrong(visit: Visit, problem: PasteProblem) -> dict[str, Any]:
    label = problem.label
    where = render(label, visit.lang) if isinstance(label, Message) else label
    return {"row": problem.row, "where": where, "why": render(problem.message, visit.lang)}


SECTION = Section(routes=(route("/tasks/paste", paste_page, ("GET", "POST"), Act.RECORD),), only_units=True)
