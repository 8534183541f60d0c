"""The propaganda unit's own pages: the board of publications, one of them, and coverage by channel and day."""

from typing import Any

from starlette.responses import Response

from services.propaganda.publications import (
    ApprovePublication,
    CorrectPublication,
    ProposePublication,
    RejectPublication,
    ReleasePublication,
)
from shared.reports.coverage import coverage_of
from shared.reports.unit_lists import PublicationLine, PublicationStatus, publication_list
from shared.values.code_lists import CodeList, entries_to_choose
from shared.values.message import Message
from shared.values.types import Text
from shared.web.actions import Action, action, actions
from shared.web.pages.story import story_for
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit

MOST_RELEASED = 30
"""Of what is over, so many cards stand on the board; the rest is searched for."""


async def publications_page(visit: Visit) -> Response:
    query = visit.query
    channel, text = query.get("channel", ""), query.get("q", "")
    lines = publication_list(visit.views.documents("publications"), channel=channel or None, text=text)
    return visit.render(
        "propaganda/publications.html",
        page_title=visit.t("Publications"),
        lanes=[_lane(visit, status, lines) for status in PublicationStatus],
        channels=entries_to_choose(CodeList.CHANNELS),
        channel=channel,
        coverage=coverage_of(visit.views.documents("publications"), visit.views.documents("code_lists")),
        actions=actions(action(visit, ProposePublication, {}, first=True)),
    )


def _lane(visit: Visit, status: PublicationStatus, lines: list[PublicationLine]) -> dict[str, Any]:
    """What was released last stands first there; elsewhere what comes next."""
    there = [line for line in lines if line.status == status]
    is_over = status in (PublicationStatus.RELEASED, PublicationStatus.REJECTED)
    shown = there[::-1][:MOST_RELEASED] if is_over else there
    return {
        "title": visit.say(LANES[status]),
        "status": status.value,
        "tone": TONES[status],
        "cards": [{"line": line, "actions": _actions(visit, line.id, line.status, line.author)} for line in shown],
        "left_out": len(there) - len(shown),
    }


LANES = {
    PublicationStatus.PROPOSED: Message("proposed", "Waiting for approval"),
    PublicationStatus.APPROVED: Message("approved", "Approved, to be released"),
    PublicationStatus.RELEASED: Message("released", "Released publications"),
    PublicationStatus.REJECTED: Message("rejected", "Rejected publications"),
}
TONES = {
    PublicationStatus.PROPOSED: "watch",
    PublicationStatus.APPROVED: "good",
    PublicationStatus.RELEASED: "info",
    PublicationStatus.REJECTED: "bad",
}


def _actions(visit: Visit, publication_id: str, status: str, author: str) -> list[Action]:
    """Somebody else than its author judges it."""
    named = {"publication_id": publication_id}
    match status:
        case PublicationStatus.PROPOSED if author != visit.actor.id:
            return actions(
                action(visit, ApprovePublication, named, first=True), action(visit, RejectPublication, named)
            )
        case PublicationStatus.APPROVED:
            return actions(action(visit, ReleasePublication, named, first=True))
        case _:
            return []


async def publication_page(visit: Visit) -> Response:
    publication_id = visit.request.path_params["publication_id"]
    document = visit.views.document("publications", publication_id)
    if document is None:
        return visit.not_found()
    correct = action(visit, CorrectPublication, {"publication_id": publication_id})
    task = visit.views.document("tasks", f"{visit.service}/{document['task_id']}") if document["task_id"] else None
    return visit.render(
        "propaganda/publication.html",
        page_title=Text.model_validate(document["title"]).vi,
        publication=document,
        task=task,
        story=await story_for(visit, "publication", publication_id),
        actions=[*_actions(visit, publication_id, document["status"], document["author"]), *actions(correct)],
    )


SECTION = Section(
    routes=(
        route("/publications", publications_page),
        route("/publications/{publication_id}", publication_page),
    ),
    links=(Link("Publications", "/publications"),),
)
