"""One task: all that is on record of it, its whole story, and what this visitor may do with it now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from shared.domain.ranks import Act
from shared.domain.task import CLOSED
from shared.eventstore.errors import Unavailable
from shared.i18n import Language, format_date, format_number, render, title_of_position
from shared.reports.lines import ESSENTIALS, is_suspended
from shared.reports.my_work import is_returned, pending_extension
from shared.reports.obstacles import lines_of
from shared.reports.pages import task_page
from shared.values.code_lists import EVERY_CASE, CodeList, is_listed, name_of
from shared.values.field_names import VALUES
from shared.values.local_time import local_date
from shared.values.message import Message, word
from shared.values.units import SUBCOMMITTEE
from shared.views.task_records import with_records
from shared.views.view import Document
from shared.web.actions import Action
from shared.web.naming import name_in
from shared.web.pages.doing import task_of, visit_title
from shared.web.pages.offered import GROUP_TITLES, actions_for, may_do
from shared.web.pages.story import story_of
from shared.web.pages.tasks import missing_in_words
from shared.web.rendering import text_in
from shared.web.sections import Section, route
from shared.web.visit import Visit

SHOWN_OF_STORY = 60
"""Of the history, unless all of it is wanted."""
KB, MB = 1024, 1024**2


async def page(visit: Visit) -> Response:
    task = task_of(visit)
    if task is None:
        return visit.not_found()
    try:
        rows = await visit.views.history("task", task["task_id"])
    except Unavailable:
        rows = []
    wants_all = visit.query.get("history") == "all"
    shown = rows if wants_all else rows[-SHOWN_OF_STORY:]
    report = task_page(task, visit.views.documents("organisations"), visit.today)
    full = with_records(task)
    return visit.render(
        "tasks/task.html",
        page_title=f"{task['task_id']}. {visit_title(visit, task)}",
        task=full,
        line=report.line,
        holder=report.holder,
        title=visit_title(visit, task),
        actions=actions_for(task, visit.actor, visit.service),
        titles=GROUP_TITLES,
        instruct=_instruct(visit, task),
        may=lambda name: may_do(visit.actor, name, visit.service),
        is_live=task["status"] not in CLOSED,
        is_suspended=is_suspended(task),
        returned=_last_return(task) if is_returned(task) else None,
        pending=pending_extension(task),
        essentials=_essentials(visit, task, report.line),
        deadlines=deadlines_of(task, visit.lang),
        obstacles=list(lines_of(task)),
        evidence=_evidence(visit, task),
        clearances=_clearances(visit, task),
        dependencies=_dependencies(visit, full),
        variants=_variants(visit, task),
        reviews=_reviews(visit, task),
        has_reviews=any(link.path == "/reviews" for link in visit.place.links),
        scenario=_case(task["scenario"], visit.lang),
        followed=_case(task["followed"]["scenario"], visit.lang) if task["followed"] else "",
        group=_group(visit, task),
        origins=_came_from(visit, task),
        phases=VALUES["phase"],
        moves={
            "deadline_shortened": visit.t("Brought forward"),
            "deadline_moved": visit.t("Moved with the opening day"),
        },
        missing_in_words=lambda names: missing_in_words(names, visit),
        story=story_of(shown, visit.lang),
        left_out=len(rows) - len(shown),
    )


def _instruct(visit: Visit, task: Document) -> str:
    """Where those who lead the sub-committee instruct on this task; nothing for others."""
    if not visit.may(Act.DECIDE, SUBCOMMITTEE):
        return ""
    query = urlencode({"unit": visit.service, "task_id": task["task_id"]})
    return f"{visit.place.addresses[SUBCOMMITTEE]}/do/give-instruction?{query}"


def _last_return(task: Document) -> Document:
    return next(entry for entry in reversed(task["history"]) if entry["what"] == "returned")


def _essentials(visit: Visit, task: Document, line: Any) -> list[dict[str, Any]]:
    """The four of them, each with the action that settles it."""
    deadline_action = "set-deadline" if task["original_deadline"] is None else "request-extension"
    if pending_extension(task):
        deadline_action = ""
    values: Mapping[str, tuple[str, str]] = {
        "collective": (line.collective or "", "assign-task"),
        "individual": (line.individual or "", "assign-task"),
        "deadline": (format_date(line.deadline) if line.deadline else "", deadline_action),
        "funding": (_funding(visit, task), "fund-task"),
    }
    return [
        {
            "name": name,
            "value": value,
            "missing": name in line.missing,
            "action": action if action and may_do(visit.actor, action, visit.service) else "",
        }
        for name, (value, action) in ((name, values[name]) for name in ESSENTIALS)
    ]


def _funding(visit: Visit, task: Document) -> str:
    if task["secured_vnd"] is None:
        return visit.t("No funding needed") if not task["planned_vnd"] else ""
    source = task["funding_source"] or ""
    listed = (
        name_of(CodeList.FUNDING_SOURCES, source, visit.lang)
        if is_listed(CodeList.FUNDING_SOURCES, source)
        else source
    )
    return f"{format_number(task['secured_vnd'], visit.lang)} đ · {listed}"


def deadlines_of(task: Document, lang: Language) -> list[dict[str, Any]]:
    """How the deadline came to be what it is: the original one, then every request, decision and move, in order."""
    entries = [_extension(extension, lang) for extension in task["extensions"]]
    entries += [
        {
            "at": change["at"],
            "what": change["what"],
            "before": change["replaces"],
            "after": change["deadline"],
            "reason": change.get("reason") or "",
            "by": title_of_position(change["by"], lang),
            "decided": "",
        }
        for change in task["history"]
        if change["what"] in ("deadline_shortened", "deadline_moved")
    ]
    return sorted(entries, key=lambda entry: str(entry["at"]))


def _extension(extension: Document, lang: Language) -> dict[str, Any]:
    decided_by = title_of_position(extension["decided_by"], lang) if extension["decided_by"] else ""
    return {
        "at": extension["requested_at"],
        "what": f"extension_{extension['outcome']}",
        "before": extension["replaces"],
        "after": extension["deadline"],
        "reason": extension["reason"],
        "by": title_of_position(extension["requested_by"], lang),
        "decided": decided_by,
        "decided_at": extension["decided_at"],
        "refused_because": extension["refused_because"] or "",
    }


def _evidence(visit: Visit, task: Document) -> list[dict[str, Any]]:
    """For the macro `files`: what the unit keeps is handed out here, what is elsewhere where its link leads."""
    rows = []
    for piece in task["evidence"]:
        kept = visit.views.document("evidence", f"{visit.service}/{piece['sha256']}") if piece.get("kept") else None
        link = f"/evidence/{piece['sha256']}" if kept else piece.get("link") or ""
        by = title_of_position(piece["submitted_by"], visit.lang)
        day = format_date(local_date(datetime.fromisoformat(piece["submitted_at"])))
        rows.append(
            {
                "title": piece["title"],
                "href": link,
                "external": not kept,
                "size": size_in_words(piece["size_bytes"], visit.lang),
                "note": f"{piece.get('media_type') or ''} · SHA-256 {piece['sha256'][:16]}… · {by}, {day}".lstrip(
                    " ·"
                ),
                "sha256": piece["sha256"],
            }
        )
    return rows


def size_in_words(size_bytes: int, lang: Language) -> str:
    """Rounded up, in the largest unit of which there is one at least."""
    if size_bytes < KB:
        return f"{size_bytes} B"
    unit, name = (MB, "MB") if size_bytes >= MB else (KB, "KB")
    return f"{format_number(-(-size_bytes // unit), lang)} {name}"


def _clearances(visit: Visit, task: Document) -> list[dict[str, Any]]:
    needs = []
    for need in task["clearances"]:
        name = need["clearance_id"]
        known = visit.views.document("known_clearances", f"{visit.service}/{name}")
        own = visit.views.document("clearances", name)
        status = (
            own["status"] if own else known["decision"] if known else "requested" if need["kind"] else "not_decided"
        )
        needs.append({"id": name, "holder": need["holder"] or (own or {}).get("holder") or "", "status": status})
    return needs


def _dependencies(visit: Visit, task: Document) -> list[dict[str, Any]]:
    others = []
    for entry in task["dependencies"]:
        other = visit.views.document("tasks", f"{visit.service}/{entry['task_id']}")
        others.append(
            {
                "id": entry["task_id"],
                "title": visit_title(visit, other) if other else "",
                "status": other["status"] if other else "",
            }
        )
    return others


def _variants(visit: Visit, task: Document) -> list[dict[str, Any]]:
    """What the unit's variants make of the task, where they say so."""
    own = (each for each in visit.views.documents("scenarios") if each.get("kind") == "variant")
    return [
        {
            "case": _case(each["variant"], visit.lang),
            "signed_by": each["signed_by"],
            **each["adjustments"][task["task_id"]],
        }
        for each in own
        if each["unit"] == visit.service and task["task_id"] in each["adjustments"]
    ]


def _reviews(visit: Visit, task: Document) -> list[dict[str, Any]]:
    own = [
        review
        for review in visit.views.documents("reviews")
        if review["unit"] == visit.service and task["task_id"] in review["items"]
    ]
    return [
        {
            "id": review["review_id"],
            "name": name_in("reviews", review, visit.lang),
            "status": review["status"],
            **review["items"][task["task_id"]],
        }
        for review in own
    ]


def _case(case: str, lang: Language) -> str:
    if case == EVERY_CASE or not is_listed(CodeList.CASES, case):
        name = word(case)
        return render(name, lang) if isinstance(name, Message) else name
    return name_of(CodeList.CASES, case, lang)


def _group(visit: Visit, task: Document) -> str:
    group = task.get("group") or {}
    number = str(group.get("number", ""))
    name = name_of(CodeList.GROUPS, number, visit.lang) if is_listed(CodeList.GROUPS, number) else ""
    return f"{number}. {name or text_in(group.get('name'), visit.lang)}" if number else ""


def _came_from(visit: Visit, task: Document) -> Sequence[Action]:
    """What it was ordered by, each with where that is read, as far as that is on record here."""
    directive_id, item = task.get("directive_id"), task.get("catalogue_item")
    origins = []
    if directive_id:
        directive = visit.views.document("directives", directive_id)
        is_ours = directive is not None and visit.service in directive["units"]
        label = name_in("directives", directive, visit.lang) if directive else directive_id
        origins.append(Action(label, f"/directives/{directive_id}" if is_ours else ""))
    if item:
        entry = visit.views.document("catalogue", item)
        label = visit.t("Item {item} of the catalogue", item=entry["code"] if entry else item)
        origins.append(Action(label, ""))
    return origins


SECTION = Section(routes=(route("/tasks/{task_id}", page),), only_units=True)
