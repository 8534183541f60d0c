"""The code lists of the congress: their entries, and adding, renaming, retiring and restoring one."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from services.subcommittee.code_list import AddEntry, AmendEntry, RestoreEntry, RetireEntry
from services.subcommittee.pages.forms import FORM, answer_form, may
from shared.domain.decider import Command
from shared.reports.code_lists import list_lines, list_page
from shared.unit.roles import Act
from shared.values.code_lists import LIST_NAMES, CodeList, Entry
from shared.values.message import Message
from shared.web.actions import Action
from shared.web.pages.commanding import Own
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit

PATH = "/lists"
COMMANDS: Mapping[str, type[Command]] = {
    command.NAME: command for command in (AddEntry, AmendEntry, RetireEntry, RestoreEntry)
}

WORDS: Mapping[type[Command], Message] = {
    AddEntry: Message("add_entry", "Add an entry"),
    AmendEntry: Message("amend_entry", "Rename"),
    RetireEntry: Message("retire_entry", "Retire"),
    RestoreEntry: Message("restore_entry", "Restore"),
}


async def lists_page(visit: Visit) -> Response:
    lines = list_lines(visit.views.documents("code_lists"))
    return visit.render(
        "subcommittee/lists.html",
        page_title=visit.t("Code lists"),
        lines=[{"line": line, "name": visit.say(LIST_NAMES[CodeList(line.id)])} for line in lines],
    )


async def list_one_page(visit: Visit) -> Response:
    code_list = _list(visit)
    if code_list is None:
        return visit.not_found()
    page = list_page(visit.views.documents("code_lists"), code_list, with_retired=True)
    return visit.render(
        "subcommittee/list.html",
        page_title=visit.say(LIST_NAMES[code_list]),
        page=page,
        entries=[{"entry": entry, "actions": _actions(visit, code_list, entry)} for entry in page.entries],
        actions=_action(visit, code_list, AddEntry),
    )


def _list(visit: Visit) -> CodeList | None:
    name = visit.request.path_params["code_list"]
    return CodeList(name) if name in CodeList else None


def _actions(visit: Visit, code_list: CodeList, entry: Entry) -> list[Action]:
    possible = (AmendEntry, RestoreEntry) if entry.retired else (AmendEntry, RetireEntry)
    return [action for command in possible for action in _action(visit, code_list, command, entry.id)]


def _action(visit: Visit, code_list: CodeList, command: type[Command], entry_id: str = "") -> list[Action]:
    if not (may(visit, command)):
        return []
    query = f"?entry_id={entry_id}" if entry_id else ""
    return [Action(visit.say(WORDS[command]), f"{PATH}/{code_list}/{command.NAME}{query}", not entry_id)]


async def change_page(visit: Visit) -> Response:
    code_list, command = _list(visit), COMMANDS.get(visit.request.path_params["command"])
    if code_list is None or command is None:
        return visit.not_found()
    entry_id = visit.query.get("entry_id", "")
    entries = list_page(visit.views.documents("code_lists"), code_list, with_retired=True).entries
    entry = next((entry for entry in entries if entry.id == entry_id), None)
    if (entry is None) != (command is AddEntry):
        return visit.not_found()
    fixed: dict[str, Any] = {"code_list": code_list.value} | ({"entry_id": entry.id} if entry else {})
    name = visit.say(LIST_NAMES[code_list])
    own = Own(
        help=entry.name.vi if entry else name,
        trail=[{"href": PATH, "label": visit.t("Code lists")}, {"href": f"{PATH}/{code_list}", "label": name}],
    )
    values = {"name": entry.name.model_dump()} if entry and command is AmendEntry else {}
    return await answer_form(visit, command, f"{PATH}/{code_list}", own, fixed=fixed, values=values, document=values)


SECTION = Section(
    routes=(
        route(PATH, lists_page),
        route(f"{PATH}/{{code_list}}", list_one_page),
        route(f"{PATH}/{{code_list}}/{{command}}", change_page, FORM, Act.DECIDE),
    ),
    links=(Link("Code lists", PATH),),
)
