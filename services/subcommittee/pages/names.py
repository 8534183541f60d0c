"""Names in tasks that the register does not have: where each is used, and what is to become of it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from services.subcommittee.naming import MergeName
from services.subcommittee.organisation import AddPosition, RegisterOrganisation
from services.subcommittee.pages.forms import may
from shared.domain.decider import Command
from shared.reports.names import Register
from shared.reports.unregistered import Alike, UnregisteredName, UnregisteredNames, unregistered_names
from shared.values.command_words import COMMAND_WORDS, words_of_field
from shared.values.message import Message
from shared.web.actions import Action
from shared.web.figures import Documents, worked_out
from shared.web.paging import paged
from shared.web.sections import Section, route
from shared.web.visit import Visit

PATH = "/register/-/names"
"""No organisation has such an id."""
ON_A_PAGE = 50
TASKS_SHOWN = 10
LONGEST_NAME = 500
"""Of `Brief` in shared.values.types: no longer name can be merged or registered."""
POSITIONS = frozenset(("individual", "directing_leader"))


async def names_page(visit: Visit) -> Response:
    names = await worked_out(visit, "unregistered", ("tasks", "organisations"), _names)
    listed = paged(names.names, visit.query, ON_A_PAGE)
    collectives = {task["_id"]: task["collective"] for task in visit.views.documents("tasks")}
    return visit.render(
        "subcommittee/names.html",
        page_title=visit.t("Names that are not on the register"),
        rows=[
            {"name": name, "used": _used(visit, name.used_in), "actions": _actions(visit, name, collectives)}
            for name in listed.rows
        ],
        ambiguous=[
            {"name": each.name, "organisations": each.organisations, "tasks": _tasks(visit, each.used_in)}
            for each in names.ambiguous
        ],
        page=listed.page,
        pages=listed.pages,
        total=listed.matching,
    )


def _names(views: Documents) -> UnregisteredNames:
    return unregistered_names(views["tasks"], views["organisations"])


def _used(visit: Visit, used_in: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    return [{"role": _role(visit, role), **_tasks(visit, tasks)} for role, tasks in used_in.items()]


def _role(visit: Visit, role: str) -> str:
    words = words_of_field("assign-task", role)
    return visit.say(words) if isinstance(words, Message) else words


def _tasks(visit: Visit, keys: list[str]) -> dict[str, Any]:
    """Links to the first of them, each at its unit."""
    shown = [
        {"id": task_id, "href": f"{visit.place.addresses.get(unit, '')}/tasks/{task_id}"}
        for unit, _, task_id in (key.partition("/") for key in keys[:TASKS_SHOWN])
    ]
    return {"tasks": shown, "more": len(keys) - len(shown)}


def _actions(visit: Visit, name: UnregisteredName, collectives: Mapping[str, str | None]) -> list[Action]:
    """It means something on the register under another name, or is missing there. Who holds the position that a task
    names is nobody's own name: a person is put into a position on the page of the organisation."""
    if len(name.name) > LONGEST_NAME or not may(visit, MergeName):
        return []
    merging = [
        Action(visit.t("Merge into {name}", name=each.position or each.organisation), _merging(name.name, each))
        for each in name.alike
    ]
    return [
        *merging,
        _to(visit, MergeName, "/do/merge-name", alias=name.name, label=visit.t("Merge into another name")),
        *_registering(visit, name, collectives),
    ]


def _registering(visit: Visit, name: UnregisteredName, collectives: Mapping[str, str | None]) -> list[Action]:
    as_office = _to(visit, RegisterOrganisation, "/new/organisation", name=name.name)
    if not POSITIONS & name.used_in.keys():
        return [as_office]
    register = Register(visit.views.documents("organisations"))
    tasks = (task for role in name.used_in.keys() & POSITIONS for task in name.used_in[role])
    offices = {office.id for task in tasks if (office := register.office(collectives.get(task) or ""))}
    at = {"organisation_id": next(iter(offices))} if len(offices) == 1 else {}
    as_position = _to(visit, AddPosition, "/do/add-position", position=name.name, **at)
    return [as_position] if POSITIONS >= name.used_in.keys() else [as_position, as_office]


def _to(visit: Visit, command: type[Command], path: str, *, label: str = "", **fields: str) -> Action:
    return Action(label or visit.say(COMMAND_WORDS[command.NAME]), f"{path}?{urlencode(fields | {'back': PATH})}")


def _merging(name: str, into: Alike) -> str:
    fields = {"alias": name, "organisation_id": into.organisation_id, "back": PATH}
    return f"/do/merge-name?{urlencode(fields | ({'position': into.position} if into.position else {}))}"


SECTION = Section(routes=(route(PATH, names_page),))
