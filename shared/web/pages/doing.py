"""A form for every command: on a task, `/tasks/<id>/do/<command>`, and on anything else, `/do/<command>`."""

import itertools
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from shared.domain.correcting import Correction
from shared.domain.decider import Command
from shared.domain.task import OpenTask
from shared.reports.lines import Names, group_names
from shared.unit.roles import may_give
from shared.values.code_lists import CodeList, entries_to_choose
from shared.views.view import Document
from shared.web.forms import read_form
from shared.web.local_paths import local_path
from shared.web.naming import name_in
from shared.web.pages.commanding import Giving, answer
from shared.web.pages.offered import ABOUT_AN_ENTRY, is_about_a_task, offered_at
from shared.web.sections import Section, route
from shared.web.visit import Visit

BESIDE_CATALOGUE = "bs-"
BESIDE_FIELDS = frozenset(("back", "done", "lang"))
VIEWS_OF_ENTITIES = {
    "meeting": "meetings",
    "directive": "directives",
    "organisation": "organisations",
    "document": "documents",
    "review": "reviews",
    "resource": "resources",
    "publication": "publications",
    "clearance": "clearances",
    "incident": "incidents",
    "expense": "expenses",
    "variant": "scenarios",
}


def task_of(visit: Visit) -> Document | None:
    """The task of this unit that the address names."""
    return visit.views.document("tasks", f"{visit.service}/{visit.request.path_params['task_id']}")


def command_of(visit: Visit) -> type[Command] | None:
    """The one that the address names, where it is this visitor's to give."""
    command = offered_at(visit.place.at_work.service).get(visit.request.path_params["command"])
    return command if command and may_give(visit.actor, command, visit.service) else None


async def on_task_page(visit: Visit) -> Response:
    task, command = task_of(visit), command_of(visit)
    if task is None or command is None or not is_about_a_task(command) or command.NAME == "open-task":
        return visit.not_found()
    here = f"/tasks/{task['task_id']}"
    fixed = {"task_id": task["task_id"]}
    fixed |= {name: visit.query[name] for name in ABOUT_AN_ENTRY & command.model_fields.keys() if name in visit.query}
    subject = f"{task['task_id']}. {visit_title(visit, task)}"
    giving = Giving(command, fixed, _values(command, task, visit), task, here, here, subject)
    return await answer(visit, giving)


async def any_page(visit: Visit) -> Response:
    command = command_of(visit)
    if command is None:
        return visit.not_found()
    given = {name: [value] for name, value in visit.query.items() if name not in BESIDE_FIELDS}
    values = read_form(command, given).data
    back = local_path(visit.query.get("back", ""), "/work")
    document = _document(visit, command, values)
    groups = _groups(visit) if "group" in command.model_fields else {}
    lists = _lists_to_correct(command, document or {})
    about = values.get(command.ID) if command.ID and command is not OpenTask else None
    fixed = {command.ID: about} if command.ID and about else {}
    fixed |= {name: values[name] for name in OF_AN_ENTRY & values.keys()}
    view = VIEWS_OF_ENTITIES.get(command.ENTITY, "")
    subject = name_in(view, document, visit.lang) if document else ""
    started = {"task_id": _next_number(visit)} if command is OpenTask else {}
    values = {**started, **lists, **values}
    giving = Giving(command, fixed, values, document, back, back, subject, groups=groups, lists=lists)
    return await answer(visit, giving)


def _next_number(visit: Visit) -> str:
    """The next free id of a task beside the catalogue: «bs-1» and so on, for «bổ sung»."""
    own = {task["task_id"] for task in visit.views.documents("tasks") if task["unit"] == visit.service}
    return next(number for count in itertools.count(1) if (number := f"{BESIDE_CATALOGUE}{count}") not in own)


def _lists_to_correct(command: type[Command], document: Document) -> Mapping[str, Any]:
    """A list of texts is corrected as a whole, so that its form begins with what is on record."""
    if not issubclass(command, Correction):
        return {}
    names = command.VALUES.model_fields.keys() & document.keys()
    lists = {name: document[name] for name in names if isinstance(document[name], list)}
    return {name: texts for name, texts in lists.items() if all(isinstance(each, str) for each in texts)}


def _groups(visit: Visit) -> Names:
    """The task groups there are by now: those on the list, of the catalogue and of the tasks."""
    catalogue = [item for item in visit.views.documents("catalogue") if not item.get("withdrawn")]
    listed = entries_to_choose(CodeList.GROUPS)
    names = group_names(visit.views.documents("tasks"), catalogue, listed)
    names |= {item["group"]["number"]: item["group"]["name"] for item in catalogue} | names
    names |= {int(entry.id): entry.name.model_dump() for entry in listed if entry.id.isdecimal()}
    return dict(sorted(names.items()))


def _values(command: type[Command], task: Document, visit: Visit) -> Mapping[str, Any]:
    """What a form on a task starts with: what is on record, where the latest says all; else what the link says."""
    given = {name: [value] for name, value in visit.query.items() if name not in BESIDE_FIELDS | ABOUT_AN_ENTRY}
    linked = read_form(command, given).data
    if command.NAME not in STARTS_WITH_WHAT_IS:
        return linked
    names = command.model_fields.keys() & task.keys() - {"task_id"}
    return {name: task[name] for name in names if task[name] is not None} | linked


OF_AN_ENTRY = ABOUT_AN_ENTRY | {"reservation_id", "advance_id", "spending_id"}
"""Fields that a link fills in for good, beside the id of what its command is about."""
STARTS_WITH_WHAT_IS = frozenset(("assign-task", "fund-task", "describe-task", "report-progress"))
"""Commands whose fields say anew what the task has there."""


def _document(visit: Visit, command: type[Command], values: Mapping[str, Any]) -> Document | None:
    """What is on record of what the command is about."""
    view, entity_id = VIEWS_OF_ENTITIES.get(command.ENTITY, ""), str(values.get(command.ID, ""))
    if not view or not entity_id:
        return None
    return visit.views.document(view, entity_id) or visit.views.document(view, f"{visit.service}/{entity_id}")


def visit_title(visit: Visit, task: Document) -> str:
    title = task["title"]
    return str((visit.lang == "en" and title["en"]) or title["vi"])


SECTION = Section(
    routes=(
        route("/tasks/{task_id}/do/{command}", on_task_page, ("GET", "POST"), uploads=True),
        route("/do/{command}", any_page, ("GET", "POST")),
    )
)
