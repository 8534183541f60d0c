"""One command for several tasks: a form with what they share, then each task by itself, and what came of each."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid5

from starlette.datastructures import FormData
from starlette.responses import Response

from shared.domain.decider import Refusal
from shared.unit.roles import Act
from shared.values.command_words import COMMAND_WORDS
from shared.views.view import Document
from shared.web.forms import form_of, read_form, with_typed
from shared.web.pages.choices import choices_for
from shared.web.pages.doing import command_of, visit_title
from shared.web.pages.offered import HELP
from shared.web.pages.posted import HAPPENED, command_id_in, happened_in, typed_in
from shared.web.pages.repeated import recorded_before, remember_recorded
from shared.web.pages.tasks import FOR_MANY
from shared.web.sections import Section, route
from shared.web.visit import Visit

TASKS = "task"
"""The name that ticks have."""
MOST_AT_ONCE = 200
CONFIRMED = "confirmed"

NOTHING_TICKED = Refusal("nothing_ticked", "No task is ticked. Go back and tick those that are meant.")
TOO_MANY_TICKED = Refusal("too_many_ticked", "{count} tasks are ticked, and {most} can be done at once.")


class Outcome(NamedTuple):
    """What came of one task; `why` is empty where it was done."""

    task: Document
    title: str
    why: str


async def many_page(visit: Visit) -> Response:
    command = command_of(visit)
    if command is None or command.NAME not in FOR_MANY:
        return visit.not_found()
    fields = await visit.form()
    ticked = list(dict.fromkeys(str(value) for value in fields.getlist(TASKS)))
    if not ticked:
        return visit.refused(NOTHING_TICKED(), 422)
    if len(ticked) > MOST_AT_ONCE:
        return visit.refused(TOO_MANY_TICKED(count=len(ticked), most=MOST_AT_ONCE), 422)
    tasks = [task for name in ticked if (task := visit.views.document("tasks", f"{visit.service}/{name}"))]
    unknown = len(ticked) - len(tasks)
    form = form_of(command, lang=visit.lang, choices=choices_for(visit, command), without=("task_id",))
    shown = _Shown(visit, command.NAME, tasks, unknown)
    if fields.get(CONFIRMED) != "1" or not tasks:
        return shown.form(form)
    typed = typed_in(fields)
    posted = read_form(command, typed)
    happened, wrong = happened_in(str(fields.get(HAPPENED, "")), visit)
    if posted.errors or wrong:
        return shown.form(with_typed(form, typed, posted.errors), fields, wrong)
    command_id = command_id_in(fields)
    if before := recorded_before(visit, command.NAME, typed, command_id):
        return shown.form(with_typed(form, typed), fields, before=before)
    outcomes = []
    for task in tasks:
        own_id = uuid5(command_id, task["task_id"])
        data = {**read_form(command, typed, own_id).data, "task_id": task["task_id"]}
        given = await visit.give(command.NAME, data, own_id, happened)
        why = given.problem.detail_in(visit.lang) if given.problem else ""
        outcomes.append(Outcome(task, visit_title(visit, task), why))
    remember_recorded(visit, command.NAME, typed, command_id)
    return shown.outcomes(outcomes)


def done_by(visit: Visit, outcomes: Sequence[Outcome], names: Collection[str]) -> str:
    """What the page says was done; nothing where some of it was not."""
    if any(each.why for each in outcomes):
        return ""
    return ", ".join(visit.say(COMMAND_WORDS[name]) for name in sorted(names))


class _Shown(NamedTuple):
    visit: Visit
    name: str
    tasks: Sequence[Document]
    unknown: int

    def form(
        self, form: Any, fields: FormData | None = None, wrong: str = "", before: datetime | None = None
    ) -> Response:
        visit = self.visit
        problems = [{"id": field.id, "label": field.label, "error": field.error} for field in form.wrong]
        return visit.render(
            "doing/many.html",
            409 if before else 422 if fields else 200,
            page_title=visit.say(HELP[self.name].title),
            help=visit.say(HELP[self.name].text),
            form=form,
            name=self.name,
            tasks=[{"id": task["task_id"], "title": visit_title(visit, task)} for task in self.tasks],
            unknown=self.unknown,
            before=before,
            command_id=str(command_id_in(fields)) if fields else "",
            happened={"value": str(fields.get(HAPPENED, "")) if fields else "", "error": wrong},
            problems=[*form.summary, *problems],
        )

    def outcomes(self, outcomes: Sequence[Outcome]) -> Response:
        visit = self.visit
        return visit.render(
            "doing/outcomes.html",
            page_title=visit.say(HELP[self.name].title),
            done_ones=[each for each in outcomes if not each.why],
            refused_ones=[each for each in outcomes if each.why],
            unknown=self.unknown,
            done=done_by(visit, outcomes, {self.name}),
        )


SECTION = Section(
    routes=(route("/tasks/do/{command}", many_page, ("POST",), Act.RECORD),),
    only_units=True,
)
