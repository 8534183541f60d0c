"""The catalogue of work: its items by group, what each unit has of it, and assigning what waits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid5

from starlette.responses import Response

from services.subcommittee.catalogue import ITEMS_AT_ONCE, AssignItems, ImportCatalogue, PublishCatalogue
from services.subcommittee.pages.duties import directives_to_choose
from services.subcommittee.pages.forms import FORM, Data, answer_form, first_of, may, unit_options
from shared.reports.order import in_order_of_id
from shared.reports.searching import has_words, words_of
from shared.unit.roles import Act
from shared.values.code_lists import CodeList, is_listed, name_of
from shared.values.ordering import natural
from shared.web.actions import Action
from shared.web.forms import Field, Form
from shared.web.pages.commanding import Own
from shared.web.pages.posted import command_id_in, typed_in
from shared.web.paging import paged
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit

PATH = "/catalogue"
ON_A_PAGE = 200
STATES = ("waiting", "assigned", "withdrawn")
OF_EACH = "each"
"""In place of a unit: the one that each item names."""


def state_of(document: Mapping[str, Any]) -> str:
    if document.get("withdrawn"):
        return "withdrawn"
    return "assigned" if document["assigned_to"] else "waiting"


async def catalogue_page(visit: Visit) -> Response:
    return _shown(visit)


def _shown(
    visit: Visit,
    status: int = 200,
    problems: Sequence[str] = (),
    ticked: Sequence[str] = (),
    typed: Mapping[str, Sequence[str]] | None = None,
) -> Response:
    query = visit.query
    documents = visit.views.documents("catalogue")
    unit, state, words = query.get("unit", ""), query.get("state", ""), words_of(query.get("q", ""))
    items = [
        document
        for document in documents
        if unit in ("", document["assigned_to"] or document["unit"])
        and (state_of(document) == state if state else state_of(document) != "withdrawn")
        and has_words(words, "", (document["code"], document["title"]["vi"], document["title"].get("en", "")))
    ]
    items.sort(key=lambda document: (document["group"]["number"], natural(document["_id"])))
    listed = paged(items, query, ON_A_PAGE)
    tasks = visit.views.by_key("tasks")
    return visit.render(
        "subcommittee/catalogue.html",
        status,
        page_title=visit.t("Catalogue of work"),
        rows=[
            {
                "item": item,
                "id": item["_id"],
                "group": _group(visit, item),
                "state": state_of(item),
                "task": tasks.get(f"{item['assigned_to']}/{item['_id']}"),
            }
            for item in listed.rows
        ],
        counts={each: sum(state_of(document) == each for document in documents) for each in STATES},
        any_items=bool(documents),
        unit=unit,
        unit_options=unit_options(visit),
        state=state,
        page=listed.page,
        pages=listed.pages,
        total=listed.matching,
        ticked=ticked,
        typed=typed or {},
        directives=directives_to_choose(visit),
        may_assign=may(visit, AssignItems),
        problems=problems,
        actions=_actions(visit),
    )


def _group(visit: Visit, item: Mapping[str, Any]) -> str:
    group = item["group"]
    number = str(group["number"])
    if is_listed(CodeList.GROUPS, number):
        return f"{number}. {name_of(CodeList.GROUPS, number, visit.lang)}"
    name = group["name"].get("en") if visit.lang == "en" else ""
    return f"{group['number']}. {name or group['name']['vi']}"


def _actions(visit: Visit) -> list[Action]:
    if not may(visit, ImportCatalogue):
        return []
    return [
        Action(visit.t("Import a workbook"), f"{PATH}/import", first=True),
        Action(visit.t("Add items by hand"), "/new/items"),
    ]


# --- assigning ---
async def assign_page(visit: Visit) -> Response:
    """What is ticked, in one command a unit; what one unit is refused does not keep the others waiting."""
    posted = await visit.form()
    typed, command_id = typed_in(posted), command_id_in(posted)
    ticked = typed.get("item", [])
    items = [document for document in map(visit.views.by_key("catalogue").get, dict.fromkeys(ticked)) if document]
    if not items:
        return _shown(visit, 422, [visit.t("Tick the items to assign first.")], typed=typed)
    unit, directive_id = first_of(typed, "unit"), first_of(typed, "directive_id")
    problems = []
    for data in _assignments(items, unit, directive_id):
        given = await visit.give(AssignItems.NAME, data, uuid5(command_id, data["unit"] + data["item_ids"][0]))
        if given.problem:
            problems.append(given.problem.detail_in(visit.lang))
    if problems:
        return _shown(visit, 409, problems, ticked, typed)
    return visit.redirect(PATH, done=AssignItems.NAME)


def _assignments(items: Sequence[Mapping[str, Any]], unit: str, directive_id: str) -> Iterator[Data]:
    under = {"directive_id": directive_id} if directive_id else {}
    by_unit: dict[str, list[str]] = {}
    for item in in_order_of_id(items):  # type: ignore[arg-type]
        by_unit.setdefault(item["unit"] if unit in ("", OF_EACH) else unit, []).append(item["_id"])
    for name, item_ids in by_unit.items():
        for first in range(0, len(item_ids), ITEMS_AT_ONCE):
            yield {"unit": name, "item_ids": item_ids[first : first + ITEMS_AT_ONCE], **under}


# --- publishing by hand ---
async def publish_page(visit: Visit) -> Response:
    congress = visit.place.congress
    notes = [each["note"] for each in visit.views.documents("catalogue") if each["catalogue"] == congress]
    own = Own(
        title=visit.t("Add items by hand"),
        help=visit.t("A few items that stand in no workbook; what an office has typed already is imported."),
        trail=[{"href": PATH, "label": visit.t("Catalogue of work")}],
        shape=_one_at_a_time,
    )
    fixed = {"catalogue": congress, **({"note": notes[0]} if notes else {})}
    return await answer_form(visit, PublishCatalogue, PATH, own, fixed=fixed)


def _one_at_a_time(form: Form) -> Form:
    """Leaves one empty item on the form as long as nothing is typed."""

    def shaped(field: Field) -> Field:
        is_filled = any(each.value or each.values or each.error for row in field.rows for each in row)
        return field if is_filled else replace(field, rows=field.rows[:1])

    return replace(form, fields=tuple(map(shaped, form.fields)))


SECTION = Section(
    routes=(
        route(PATH, catalogue_page),
        route(f"{PATH}/assign", assign_page, ("POST",), Act.RECORD),
        route("/new/items", publish_page, FORM, Act.RECORD),
    ),
    links=(Link("Catalogue of work", PATH),),
)
