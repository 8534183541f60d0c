"""The register of organisations: their positions, who holds them, deputises and acts, and other names they go by."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from starlette.responses import Response

from services.subcommittee import organisation
from services.subcommittee.correcting_holders import CorrectHolder
from services.subcommittee.holding import (
    ActForPosition,
    DismissDeputy,
    HandOverPosition,
    HoldPosition,
    LeavePosition,
    NameDeputy,
)
from services.subcommittee.naming import MergeName, SeparateName
from services.subcommittee.organisation import (
    AddPosition,
    CorrectOrganisation,
    CorrectPosition,
    RegisterOrganisation,
    RegisterOrganisations,
    RemovePosition,
)
from services.subcommittee.pages.forms import FORM, Data, answer_form, may, without_what_is_held
from services.subcommittee.pages.names import PATH as NAMES
from shared.domain.decider import Command
from shared.events.organisation import OrganisationKind
from shared.reports.masking import masked_documents
from shared.reports.order import in_order_of_id
from shared.reports.positions import PositionLine, positions_of
from shared.reports.searching import has_words, words_of
from shared.unit.roles import Act
from shared.values.command_words import COMMAND_WORDS
from shared.values.types import slug
from shared.web.actions import Action
from shared.web.forms import NO_CHOICES, Choices, Option
from shared.web.local_paths import local_path
from shared.web.pages.commanding import Own
from shared.web.pages.story import story_for
from shared.web.paging import paged
from shared.web.rendering import text_in
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit

PATH = "/register"
ON_A_PAGE = 50
COMMANDS: Mapping[str, type[Command]] = {
    command.NAME: command
    for command in organisation.AGGREGATE.commands
    if command not in (RegisterOrganisation, RegisterOrganisations)
} | {command.NAME: command for command in (CorrectOrganisation, CorrectPosition, CorrectHolder)}


def organisations_of(visit: Visit) -> list[Any]:
    """The organisations as this visitor may read them: only some are shown how people are reached."""
    documents = in_order_of_id(visit.views.documents("organisations"))
    return documents if visit.may(Act.READ_RESTRICTED) else masked_documents("organisations", documents)


async def register_page(visit: Visit) -> Response:
    query = visit.query
    text, kind = query.get("q", ""), query.get("kind", "")
    documents = organisations_of(visit)
    lines: dict[str, list[PositionLine]] = {}
    for line in positions_of(documents, visit.today, text=text):
        lines.setdefault(line.organisation_id, []).append(line)
    words = words_of(text)
    shown = [
        document
        for document in documents
        if kind in ("", document["kind"])
        and (document["_id"] in lines or has_words(words, "", (document["_id"], *document["name"].values())))
    ]
    listed = paged(shown, query, ON_A_PAGE)
    return visit.render(
        "subcommittee/register.html",
        page_title=visit.t("Register of organisations"),
        rows=[{"organisation": document, "lines": lines.get(document["_id"], [])} for document in listed.rows],
        kinds=[(each.value, sum(document["kind"] == each for document in documents)) for each in OrganisationKind],
        kind=kind,
        page=listed.page,
        pages=listed.pages,
        total=listed.matching,
        actions=[
            *_action(visit, RegisterOrganisation, "/new/organisation", first=True),
            *_action(visit, RegisterOrganisations, "/import/register", label=visit.t("Import a register")),
            Action(visit.t("Names that are not on the register"), NAMES),
        ],
    )


def _action(visit: Visit, command: type[Command], href: str, *, first: bool = False, label: str = "") -> list[Action]:
    return [Action(label or visit.say(COMMAND_WORDS[command.NAME]), href, first)] if may(visit, command) else []


async def organisation_page(visit: Visit) -> Response:
    document = _organisation(visit)
    if document is None:
        return visit.not_found()
    organisation_id = document["_id"]
    lines = positions_of([document], visit.today)
    return visit.render(
        "subcommittee/organisation.html",
        page_title=text_in(document["name"], visit.lang),
        organisation=document,
        lines=[{"line": line, "actions": _of_position(visit, line)} for line in lines],
        aliases=[
            {"alias": alias, "actions": _give(visit, SeparateName, organisation_id, alias=alias["alias"])}
            for alias in document.get("aliases", ())
        ],
        actions=[
            *_give(visit, AddPosition, organisation_id, first=True),
            *_give(visit, MergeName, organisation_id),
            *_give(visit, CorrectOrganisation, organisation_id),
        ],
        story=await story_for(visit, "organisation", organisation_id),
    )


def _organisation(visit: Visit) -> Any:
    organisation_id = visit.request.path_params["organisation_id"]
    return next((document for document in organisations_of(visit) if document["_id"] == organisation_id), None)


def _of_position(visit: Visit, line: PositionLine) -> list[Action]:
    possible: list[type[Command]] = [HandOverPosition, LeavePosition] if line.holder else [HoldPosition]
    possible += [ActForPosition, DismissDeputy if line.deputises_for else NameDeputy]
    possible += [CorrectPosition, *([CorrectHolder] if line.holder else [])]
    possible += [] if line.holder or line.deputies else [RemovePosition]
    here = line.organisation_id
    return [action for command in possible for action in _give(visit, command, here, position=line.position)]


def _give(
    visit: Visit, command: type[Command], organisation_id: str, *, first: bool = False, **fields: str
) -> list[Action]:
    query = f"?{urlencode(fields)}" if fields else ""
    return _action(visit, command, f"{PATH}/{quote(organisation_id)}/{command.NAME}{query}", first=first)


# --- forms ---
async def add_page(visit: Visit) -> Response:
    def with_id(data: Data, _: UUID) -> Data:
        """An organisation is called by its name; whoever registers the same name again is told so."""
        name = data.get("name", {}).get("vi", "")
        return {**data, "organisation_id": slug(name).lower()[:60].strip("-") or "-"}

    back = local_path(visit.query.get("back", ""), "")
    own = Own(
        help=visit.t("An agency, a locality or a body that work is given to. Its positions are added afterwards."),
        trail=[{"href": PATH, "label": visit.t("Register of organisations")}],
        without=("organisation_id",),
        finish=with_id,
        then=lambda data: back or f"{PATH}/{data['organisation_id']}",
    )
    values = {"name": {"vi": visit.query.get("name", "")}}
    return await answer_form(visit, RegisterOrganisation, back or PATH, own, values=values)


async def change_page(visit: Visit) -> Response:
    """The page that gives one command about an organisation or a position of it."""
    document, command = _organisation(visit), COMMANDS.get(visit.request.path_params["command"])
    if document is None or command is None:
        return visit.not_found()
    organisation_id, position = document["_id"], visit.query.get("position", "")
    alias = visit.query.get("alias", "")
    if position and position not in document["positions"]:
        return visit.not_found()
    named = {"position": position} if position else {"alias": alias} if alias else {}
    held = _held(document, command, position)
    here = f"{PATH}/{organisation_id}"
    name = text_in(document["name"], visit.lang)
    own = Own(
        help=position or alias,
        trail=[{"href": PATH, "label": visit.t("Register of organisations")}, {"href": here, "label": name}],
        choices=_choices(document, command, position),
        finish=lambda data, _: without_what_is_held(data, held),
    )
    fixed = {"organisation_id": organisation_id, **named}
    return await answer_form(visit, command, here, own, fixed=fixed, values=held, document=dict(held), subject=name)


def _held(document: Mapping[str, Any], command: type[Command], position: str) -> Mapping[str, Any]:
    """What a correction is about, as it stands."""
    if command is CorrectOrganisation:
        return {"kind": document["kind"], "name": document["name"]}
    if command is CorrectPosition:
        return {"right_name": position}
    if command is CorrectHolder:
        holder = next((each for each in document.get("holders", ()) if each["position"] == position), None)
        return {"person": holder["person"], "since": holder["since"]} if holder else {}
    return {}


def _choices(document: Mapping[str, Any], command: type[Command], position: str) -> Choices:
    """Positions of this organisation alone, where one of them is meant."""
    others = [Option(name, name) for name in document["positions"] if name != position]
    if command is NameDeputy:
        return Choices({"deputises_for": others})
    return Choices({"position": others}) if command is MergeName else NO_CHOICES


SECTION = Section(
    routes=(
        route(PATH, register_page),
        route("/new/organisation", add_page, FORM, Act.RECORD),
        route(f"{PATH}/{{organisation_id}}", organisation_page),
        route(f"{PATH}/{{organisation_id}}/{{command}}", change_page, FORM, Act.RECORD),
    ),
    links=(Link("Register of organisations", PATH),),
)
