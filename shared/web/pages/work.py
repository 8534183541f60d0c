"""My work: what is due, late, sent back, and what waits for whoever is signed in."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from starlette.responses import Response

from shared.domain.paper import same
from shared.domain.task import CLOSED
from shared.reports.cells import count, where
from shared.reports.deadlines import deadlines_of
from shared.reports.lists_in_use import units_in_use
from shared.reports.my_work import Attention, MyWork, Whose, my_work, pending_extension, wanting
from shared.reports.order import unit_order
from shared.reports.reviews import summarise
from shared.reports.task_list import Reader, TaskRow, row_of
from shared.values.message import Message
from shared.values.units import SUBCOMMITTEE
from shared.views.view import Document
from shared.web.figures import beside
from shared.web.pages.tasks import own_tasks, whose_of
from shared.web.rendering import text_in
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit

UNIT_LISTS = (Attention.TO_ACCEPT, Attention.TO_EXTEND, Attention.RETURNED, Attention.LATE, Attention.WEEK)
TILES = (
    (Attention.LATE, Message("tile", "Overdue"), "bad"),
    (Attention.TODAY, Message("tile", "Due today"), "watch"),
    (Attention.WEEK, Message("tile", "Due within 7 days"), "info"),
    (Attention.RETURNED, Message("tile", "Returned"), "watch"),
    (Attention.TO_ACCEPT, Message("tile", "To accept"), "watch"),
    (Attention.TO_EXTEND, Message("tile", "Extensions to decide"), "watch"),
    (Attention.OBSTRUCTED, Message("tile", "Obstructed"), "bad"),
    (Attention.UNFUNDED, Message("tile", "Without funding"), "watch"),
)
TITLES = {
    Attention.TO_ACCEPT: Message("list", "Handed in: accept or return"),
    Attention.TO_EXTEND: Message("list", "Extensions to decide on"),
    Attention.RETURNED: Message("list", "Returned to be mended"),
    Attention.LATE: Message("list", "Overdue"),
    Attention.WEEK: Message("list", "Due today and within 7 days"),
}
FOR_WHO_DECIDES = frozenset((Attention.TO_ACCEPT, Attention.TO_EXTEND))
TO_APPROVE = (
    ("publications", "proposed", "/publications", Message("publications", "Publications to approve")),
    ("clearances", "requested", "/clearances", Message("clearances", "Clearances to decide on")),
)
"""View, the status that waits, the page, and what it is called."""
SHOWN = 8
SHOWN_OF_UNITS = 50


async def work_page(visit: Visit) -> Response:
    return await beside(partial(_of_subcommittee if visit.service == SUBCOMMITTEE else _of_unit_itself, visit))


def _of_unit_itself(visit: Visit) -> Response:
    whose = whose_of(visit)
    tasks = own_tasks(visit)
    wants_mine = _wants_mine(visit, whose, tasks)
    attentions = [each for each, *_ in TILES if whose.decides or each not in FOR_WHO_DECIDES]
    work = my_work(tasks, whose, visit.today, attentions, only_mine=wants_mine, shown=SHOWN)
    address = "/tasks?whose=mine&view=" if wants_mine else "/tasks?view="
    by_attention = {each.attention: each for each in work.lists}
    return visit.render(
        "work.html",
        page_title=visit.t("My work"),
        tabs=_tabs(visit, work, wants_mine),
        tiles=[
            {
                "count": by_attention[each].count,
                "label": visit.say(label),
                "href": f"{address}{each}",
                "tone": tone,
            }
            for each, label, tone in TILES
            if each in by_attention
        ],
        lists=[
            {
                "id": each,
                "title": visit.say(TITLES[each]),
                "count": by_attention[each].count,
                "href": f"{address}{each}",
                "rows": [_row(visit, row) for row in by_attention[each].tasks],
            }
            for each in UNIT_LISTS
            if each in by_attention and by_attention[each].count
        ],
        approvals=_approvals(visit) if whose.decides else [],
    )


def _wants_mine(visit: Visit, whose: Whose, tasks: Sequence[Document]) -> bool:
    """Who leads sees the unit's work first, everybody else their own where there is some."""
    match visit.query.get("whose"):
        case "mine":
            return True
        case "unit":
            return False
        case _:
            return not whose.decides and bool(wanting(tasks, Attention.MINE, whose, visit.today))


def _tabs(visit: Visit, work: MyWork, wants_mine: bool) -> list[dict[str, Any]]:
    return [
        {
            "label": visit.t("The whole unit"),
            "href": "/work?whose=unit",
            "current": not wants_mine,
            "count": work.unit,
        },
        {"label": visit.t("In my charge"), "href": "/work?whose=mine", "current": wants_mine, "count": work.mine},
    ]


def _row(visit: Visit, row: TaskRow) -> dict[str, Any]:
    title = text_in({"vi": row.title_vi, "en": row.title_en}, visit.lang)
    document = visit.views.document("tasks", f"{row.unit}/{row.id}") or {}
    extension = pending_extension(document) if document else None
    return {"row": row, "title": title, "extension": extension, "address": f"/tasks/{row.id}"}


def _approvals(visit: Visit) -> list[dict[str, Any]]:
    """What waits for a yes on the unit's own pages, where it has them."""
    paths = {link.path for link in visit.place.links}
    waiting = (
        (path, label, sum(document["status"] == status for document in visit.views.documents(view)))
        for view, status, path, label in TO_APPROVE
        if path in paths
    )
    return [{"href": path, "label": visit.say(label), "count": count} for path, label, count in waiting if count]


# --- the sub-committee's ---
def _of_subcommittee(visit: Visit) -> Response:
    tasks = visit.views.documents("tasks")
    extensions = [task for task in tasks if pending_extension(task)]
    reviews = summarise(tasks, visit.views.documents("reviews")).latest
    return visit.render(
        "work_subcommittee.html",
        page_title=visit.t("My work"),
        extensions=[_of_unit(visit, task) for task in extensions[:SHOWN_OF_UNITS]],
        extension_count=len(extensions),
        proposals=_proposals(visit, tasks),
        reviews=[review for review in reviews if review.status == "open"],
        points=_points_without_directive(visit),
        deadlines_to_confirm=deadlines_of(visit.views.documents("congress"), tasks).proposed,
        units=_units(visit, tasks),
    )


def _of_unit(visit: Visit, task: Document) -> dict[str, Any]:
    row = row_of(task, visit.register, visit.today)
    address = f"{visit.place.addresses.get(task['unit'], '')}/tasks/{task['task_id']}"
    title = text_in(task["title"], visit.lang)
    return {"row": row, "title": title, "extension": pending_extension(task), "address": address}


def _proposals(visit: Visit, tasks: Sequence[Document]) -> list[dict[str, Any]]:
    """Open obstacles about which something is proposed, those to the sub-committee first."""
    names = Reader.of(visit.actor).names
    proposals = [
        (same(obstacle["proposed_to"]) not in names, task, obstacle)
        for task in tasks
        for obstacle in task.get("obstacles", ())
        if obstacle["resolved_at"] is None and obstacle["proposed_to"] and task["status"] not in CLOSED
    ]
    first = sorted(proposals, key=lambda proposal: proposal[0])[:SHOWN_OF_UNITS]
    return [{**_of_unit(visit, task), "obstacle": obstacle} for _, task, obstacle in first]


def _points_without_directive(visit: Visit) -> list[dict[str, Any]]:
    ordered = {
        (directive["meeting_id"], directive["point"])
        for directive in visit.views.documents("directives")
        if directive.get("meeting_id")
    }
    return [
        {"meeting": meeting, "point": point}
        for meeting in visit.views.documents("meetings")
        for point in meeting["points"]
        if (meeting["_id"], point["number"]) not in ordered
    ]


def _units(visit: Visit, tasks: Sequence[Document]) -> list[dict[str, Any]]:
    """Every unit that takes part, and how its tasks stand."""
    units = unit_order(
        {task["unit"] for task in tasks}, units_in_use({"code_lists": visit.views.documents("code_lists")})
    )
    return [
        {
            "unit": unit,
            "cells": count(where(tasks, "unit", unit), visit.today),
            "address": f"{visit.place.addresses.get(unit, '')}/tasks",
        }
        for unit in units
    ]


SECTION = Section(routes=(route("/work", work_page),), links=(Link("My work", "/work"),))
