"""Meetings of the sub-committee, the points of their conclusions, and what was done for each point."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from starlette.responses import Response

from services.subcommittee.directive import IssueDirective
from services.subcommittee.meeting import ConcludeMeeting, CorrectMeeting, RecordMeeting
from services.subcommittee.pages.forms import FORM, Data, answer_form, fresh_id, may, without_what_is_held
from shared.reports.trace import Role, trace
from shared.reports.unit_lists import meeting_list
from shared.unit.roles import Act
from shared.web.actions import Action
from shared.web.figures import worked_out
from shared.web.forms import Field, Form
from shared.web.pages.commanding import Own
from shared.web.pages.ordered import TRACED, ordered
from shared.web.pages.story import story_for
from shared.web.rendering import text_in
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit

PATH = "/meetings"


async def meetings_page(visit: Visit) -> Response:
    lines = meeting_list(visit.views.documents("meetings"), text=visit.query.get("q", ""))
    ordered: dict[str, int] = {}
    for directive in visit.views.documents("directives"):
        ordered[directive["meeting_id"]] = ordered.get(directive["meeting_id"], 0) + 1
    return visit.render(
        "subcommittee/meetings.html",
        page_title=visit.t("Meetings"),
        lines=[{"line": line, "directives": ordered.get(line.id, 0)} for line in lines],
        actions=[Action(visit.t("Record a meeting"), "/new/meeting", first=True)]
        if may(visit, RecordMeeting)
        else [],
    )


async def meeting_page(visit: Visit) -> Response:
    meeting = _meeting(visit)
    if meeting is None:
        return visit.not_found()
    meeting_id = meeting["_id"]
    nodes = await worked_out(visit, ("traced", meeting_id), TRACED, partial(trace, meeting_id))
    node = next(node for node in nodes if node.role is Role.MEETING)
    points = [each for each in node.below if each.role is Role.POINT]
    return visit.render(
        "subcommittee/meeting.html",
        page_title=text_in(meeting["title"], visit.lang),
        meeting=meeting,
        points=[
            {"node": point, "number": point.id.partition("#")[2], "directives": list(map(ordered, point.below))}
            for point in points
        ],
        others=[ordered(each) for each in node.below if each.role is Role.DIRECTIVE],
        may_issue=may(visit, IssueDirective),
        actions=_actions(visit, meeting),
        story=await story_for(visit, "meeting", meeting_id),
    )


def _meeting(visit: Visit) -> Mapping[str, Any] | None:
    return visit.views.document("meetings", visit.request.path_params["meeting_id"])


def _actions(visit: Visit, meeting: Mapping[str, Any]) -> list[Action]:
    here = f"{PATH}/{meeting['_id']}"
    possible = []
    if not meeting["points"] and may(visit, ConcludeMeeting):
        possible.append(Action(visit.t("Record the conclusion"), f"{here}/conclude", first=True))
    if may(visit, CorrectMeeting):
        possible.append(Action(visit.t("Correct"), f"{here}/correct"))
    return possible


# --- forms ---
async def record_page(visit: Visit) -> Response:
    def with_id(data: Data, command_id: UUID) -> Data:
        """A meeting is called by its day."""
        if not isinstance(day := data.get("held_on"), str):
            return {**data, "meeting_id": "-"}
        held = visit.views.document("meetings", day)
        return {**data, "meeting_id": fresh_id(day, held, data, command_id)}

    own = Own(
        title=visit.t("Record a meeting"),
        help=visit.t("When it was held, who chaired it, who took part. The conclusion is recorded afterwards."),
        trail=_trail(visit),
        without=("meeting_id",),
        finish=with_id,
        then=lambda data: f"{PATH}/{data['meeting_id']}",
    )
    return await answer_form(visit, RecordMeeting, PATH, own)


async def conclude_page(visit: Visit) -> Response:
    meeting = _meeting(visit)
    if meeting is None:
        return visit.not_found()
    own = Own(
        title=visit.t("Record the conclusion"),
        help=visit.t("The points of the chair's conclusion, in their order; they are numbered as they stand here."),
        trail=_trail(visit, meeting),
        finish=lambda data, _: _numbered(data),
        shape=_without_numbers,
    )
    fixed, back = {"meeting_id": meeting["_id"]}, f"{PATH}/{meeting['_id']}"
    return await answer_form(visit, ConcludeMeeting, back, own, fixed=fixed)


def _numbered(data: Data) -> Data:
    points = [{**point, "number": number} for number, point in enumerate(data.get("points", ()), start=1)]
    return {**data, "points": points}


def _without_numbers(form: Form) -> Form:
    """Nobody counts the points: they are numbered as they stand."""

    def shaped(field: Field) -> Field:
        rows = tuple(
            tuple(replace(each, label=f"{number}. {each.label}") for each in row if not each.path.endswith(".number"))
            for number, row in enumerate(field.rows, start=1)
        )
        return replace(field, rows=rows) if field.path == "points" else field

    return replace(form, fields=tuple(map(shaped, form.fields)))


async def correct_page(visit: Visit) -> Response:
    meeting = _meeting(visit)
    if meeting is None:
        return visit.not_found()
    held = {name: meeting[name] for name in ("title", "held_on", "chair")}
    own = Own(
        help=visit.t(
            "Put right what was written down wrongly. A point is named by its number, with its right words."
        ),
        trail=_trail(visit, meeting),
        finish=lambda data, _: without_what_is_held(data, held),
    )
    fixed, back = {"meeting_id": meeting["_id"]}, f"{PATH}/{meeting['_id']}"
    return await answer_form(visit, CorrectMeeting, back, own, fixed=fixed, values=held, document=held)


async def directive_page(visit: Visit) -> Response:
    """Gives a directive, from a point of a conclusion or from none."""
    meeting_id, number = visit.query.get("meeting_id", ""), visit.query.get("point", "")
    meeting = visit.views.document("meetings", meeting_id)
    points = meeting["points"] if meeting else ()
    point = next((point for point in points if str(point["number"]) == number), None)
    if (meeting_id and meeting is None) or (number and point is None):
        return visit.not_found()
    fixed: dict[str, Any] = {"meeting_id": meeting_id} if meeting else {}
    fixed |= {"point": point["number"]} if point else {}
    back = f"{PATH}/{meeting_id}" if meeting else "/directives"
    own = Own(
        title=visit.t("Issue a directive"),
        help=visit.t(
            "Point {number} of the conclusion: {text}", number=number, text=text_in(point["text"], visit.lang)
        )
        if point
        else "",
        trail=_trail(visit, meeting) if meeting else [{"href": "/directives", "label": visit.t("Directives")}],
        without=("directive_id", *(() if meeting else ("meeting_id", "point")), *(("point",) if not point else ())),
        finish=lambda data, command_id: _with_id(visit, data, command_id),
    )
    values = {"text": point["text"]} if point else {}
    return await answer_form(visit, IssueDirective, back, own, fixed=fixed, values=values)


def _with_id(visit: Visit, data: Data, command_id: UUID) -> Data:
    named = [str(data[name]) for name in ("meeting_id", "point") if name in data]
    base = "-".join(["cd", *named]) if named else f"cd-{visit.today}"
    held = visit.views.document("directives", base)
    return {**data, "directive_id": fresh_id(base, held, data, command_id)}


def _trail(visit: Visit, meeting: Mapping[str, Any] | None = None) -> list[dict[str, str]]:
    steps = [{"href": PATH, "label": visit.t("Meetings")}]
    if meeting:
        steps.append({"href": f"{PATH}/{meeting['_id']}", "label": text_in(meeting["title"], visit.lang)})
    return steps


SECTION = Section(
    routes=(
        route(PATH, meetings_page),
        route("/new/meeting", record_page, FORM, Act.RECORD),
        route(f"{PATH}/{{meeting_id}}", meeting_page),
        route(f"{PATH}/{{meeting_id}}/conclude", conclude_page, FORM, Act.RECORD),
        route(f"{PATH}/{{meeting_id}}/correct", correct_page, FORM, Act.RECORD),
        route("/new/directive", directive_page, FORM, Act.RECORD),
    ),
    links=(Link("Meetings", PATH),),
)
