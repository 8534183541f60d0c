"""From an order to what was done for it, and from a piece of work back to the sentence that ordered it.

A trace never guesses: it follows the names on record, and what is named but not on record is shown as such.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from shared.domain.task import TaskStatus
from shared.i18n import LANGUAGES
from shared.reports.clearances import waiting
from shared.reports.lines import is_suspended, lacks, offset_of
from shared.reports.order import in_order_of_id, task_order
from shared.reports.reviews import line_of_review
from shared.views.view import Document

type Views = Mapping[str, Sequence[Document]]
"""Of `meetings`, `directives`, `catalogue` and `tasks`; `reviews` and `clearances` may be missing."""


class Role(StrEnum):
    MEETING = "meeting"
    POINT = "point"
    DIRECTIVE = "directive"
    UNIT = "unit"
    TASK = "task"
    ITEM = "item"
    REVIEW = "review"
    EVIDENCE = "evidence"


class Node(BaseModel):
    """One thing, what ordered it (`above`) and what was done for it (`below`). `facts` depend on the role; a node
    that is named somewhere and not on record has `on_record` false and no text."""

    role: Role
    id: str
    vi: str = ""
    en: str = ""
    on_record: bool = True
    facts: dict[str, Any] = {}
    above: list["Node"] = []
    below: list["Node"] = []


def trace(what: str, views: Views) -> list[Node]:
    """Every point (`2020-08-13#1`), meeting, directive or task (`logistics/1-03`, `1-03`) of the name `what`."""
    meeting_id, _, number = what.partition("#")
    if number:
        meeting = _of_id(views["meetings"], meeting_id)
        points = [point for point in meeting["points"] if str(point["number"]) == number] if meeting else []
        return [_point(meeting_id, point, views, above=[_meeting(meeting_id, views)]) for point in points]
    nodes = []
    if _of_id(views["meetings"], what):
        nodes.append(_meeting(what, views, with_below=True))
    if directive := _of_id(views["directives"], what):
        nodes.append(_directive(directive, views, above=_ordered_by(directive, views)))
    tasks = [task for task in views["tasks"] if what in (task["_id"], task["task_id"])]
    return nodes + [_task(task, views, above=_origins(task, views)) for task in tasks]


def _of_id(documents: Sequence[Document], document_id: str) -> Document | None:
    return next((document for document in documents if document["_id"] == document_id), None)


# --- upwards ---
def _origins(task: Document, views: Views) -> list[Node]:
    """The catalogue's entry that a task was opened for, the directive that it carries out, and its reviews."""
    origins = []
    if item_id := task["catalogue_item"]:
        item = _of_id(views["catalogue"], item_id)
        facts = {name: item[name] for name in ("code", "catalogue", "note")} if item else {}
        origins.append(_node(Role.ITEM, item_id, item and item["title"], facts))
    if directive_id := task.get("directive_id"):
        origins.append(_directive_above(directive_id, views))
    own = (review for review in views.get("reviews", ()) if review["unit"] == task["unit"])
    reviews = in_order_of_id(review for review in own if task["task_id"] in review["items"])
    return origins + [
        _review(review, views, above=[_directive_above(review["directive_id"], views)]) for review in reviews
    ]


def _directive_above(directive_id: str, views: Views) -> Node:
    """A directive with the conclusion that it carries out, and nothing of what was done for it."""
    directive = _of_id(views["directives"], directive_id)
    if directive is None:
        return _node(Role.DIRECTIVE, directive_id, None)
    facts, above = _facts_of_directive(directive), _ordered_by(directive, views)
    return _node(Role.DIRECTIVE, directive_id, directive["text"], facts, above=above)


def _ordered_by(directive: Document, views: Views) -> list[Node]:
    """The point of a conclusion and, above it, the meeting; the meeting alone where no point is named."""
    meeting_id, number = directive["meeting_id"], directive["point"]
    if meeting_id is None:
        return []
    meeting = _meeting(meeting_id, views)
    if number is None:
        return [meeting]
    points = (_of_id(views["meetings"], meeting_id) or {"points": []})["points"]
    text = next((point["text"] for point in points if point["number"] == number), None)
    return [_node(Role.POINT, f"{meeting_id}#{number}", text, above=[meeting])]


# --- downwards ---
def _meeting(meeting_id: str, views: Views, *, with_below: bool = False) -> Node:
    meeting = _of_id(views["meetings"], meeting_id)
    facts = {"held_on": meeting["held_on"]} if meeting else {}
    below = []
    if with_below and meeting:
        below = [_point(meeting_id, point, views) for point in meeting["points"]]
        below += _directives_of(meeting_id, None, views)
    return _node(Role.MEETING, meeting_id, meeting and meeting["title"], facts, below=below)


def _point(meeting_id: str, point: Document, views: Views, *, above: Sequence[Node] = ()) -> Node:
    below = _directives_of(meeting_id, point["number"], views)
    return _node(Role.POINT, f"{meeting_id}#{point['number']}", point["text"], above=above, below=below)


def _directives_of(meeting_id: str, number: int | None, views: Views) -> list[Node]:
    place = (meeting_id, number)
    directives = [
        document for document in views["directives"] if (document["meeting_id"], document["point"]) == place
    ]
    return [_directive(directive, views) for directive in in_order_of_id(directives)]


def _directive(directive: Document, views: Views, *, above: Sequence[Node] = ()) -> Node:
    """The reviews that it ordered, then each unit's tasks; a unit without any too, unless it sent a review."""
    named = [task for task in views["tasks"] if task.get("directive_id") == directive["_id"]]
    units = [*directive["units"], *sorted({task["unit"] for task in named} - set(directive["units"]))]
    reviews = [review for review in views.get("reviews", ()) if review.get("directive_id") == directive["_id"]]
    below = [_review(review, views) for review in in_order_of_id(reviews)]
    answered = {review["unit"] for review in reviews} - {task["unit"] for task in named}
    below += [_unit(unit, named, views) for unit in units if unit not in answered]
    facts = _facts_of_directive(directive)
    return _node(Role.DIRECTIVE, directive["_id"], directive["text"], facts, above=above, below=below)


OF_A_REVIEW = {"unit", "status", "signed_by", "tasks", "confirmed", "gaps_at_opening", "left"}


def _review(review: Document, views: Views, *, above: Sequence[Node] = ()) -> Node:
    """Under it every task in which it found a gap, as that task stands now."""
    by_id = {task["_id"]: task for task in views["tasks"] if task["unit"] == review["unit"]}
    lacking = [task_id for task_id, item in review["items"].items() if item["found"] or item["at_opening"]]
    tasks = [by_id.get(f"{review['unit']}/{task_id}") for task_id in lacking]
    facts = line_of_review(review, by_id).model_dump(include=OF_A_REVIEW)
    ordered = sorted((task for task in tasks if task), key=task_order)
    below = [] if above else [_task(task, views) for task in ordered]
    return _node(Role.REVIEW, review["_id"], {}, facts, above=above, below=below)


def _facts_of_directive(directive: Document) -> Document:
    return {name: directive[name] for name in ("kind", "units", "due_on")}


def _unit(unit: str, tasks: Sequence[Document], views: Views) -> Node:
    ordered = sorted((task for task in tasks if task["unit"] == unit), key=task_order)
    return _node(Role.UNIT, unit, {}, {"tasks": len(ordered)}, below=[_task(task, views) for task in ordered])


def _task(task: Document, views: Views, *, above: Sequence[Node] = ()) -> Node:
    facts = {name: task[name] for name in ("unit", "status", "percent", "deadline")}
    if (offset := offset_of(task)) is not None:
        facts["due_offset_days"] = offset
    facts["missing"] = [] if task["status"] == TaskStatus.CANCELLED else list(lacks(task))
    lacking = waiting([task], views.get("clearances", ()))
    facts["waiting_for_clearance"] = {line.clearance_id: line.status for line in lacking}
    if is_suspended(task):
        facts["suspended"] = True
    if because := task.get("past_because"):
        facts["past_because"] = because
    evidence = task.get("evidence") or []
    below = [_node(Role.EVIDENCE, str(number), {}, item) for number, item in enumerate(evidence, start=1)]
    return _node(Role.TASK, task["_id"], task["title"], facts, above=above, below=below)


def _node(
    role: Role, node_id: str, text: Document | None, facts: Document | None = None, **around: Sequence[Node]
) -> Node:
    """`text` is in both languages, empty where the thing has none, and `None` where it is not on record; `around` is
    what stands `above` and `below`."""
    words = {lang: words for lang, words in (text or {}).items() if lang in LANGUAGES}
    nodes = {where: list(nodes) for where, nodes in around.items()}
    return Node(role=role, id=node_id, on_record=text is not None, facts=facts or {}, **words, **nodes)
