"""The congress itself: what is on record of it, amending it, and the deadlines that follow from its opening day."""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from starlette.datastructures import FormData
from starlette.responses import Response

from services.subcommittee.code_list import PublishList
from services.subcommittee.congress import AmendCongress, Clearable, ConfirmDeadlines, FoundCongress
from services.subcommittee.pages.forms import Data, answer_form, first_of, may, without_what_is_held
from services.subcommittee.templates import lists_to_publish, templates
from shared.events.congress import CONGRESS, Particulars
from shared.eventstore.canonical import canonical
from shared.reports.congress import Amendment, on_record
from shared.reports.deadlines import DeadlineLine, Deadlines, Standing, batches, deadlines_of
from shared.unit.problems import Problem
from shared.unit.roles import Act
from shared.values.choice_words import words_of_choice
from shared.values.command_words import words_of_field
from shared.values.message import Message
from shared.web.actions import Action
from shared.web.figures import worked_out
from shared.web.pages.commanding import Own
from shared.web.pages.posted import command_id_in, typed_in
from shared.web.paging import paged
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit

PATH = "/congress"
LINES_ON_A_PAGE = 200
MARK_LETTERS = 8
"""Of one deadline among all of them."""
SETS = {
    "party-congress": Message("party-congress", "A congress of the Party"),
    "trade-union": Message("trade-union", "A congress of a trade union"),
}


async def congress_page(visit: Visit) -> Response:
    recorded = on_record(visit.views.documents("congress"))
    if recorded is None:
        return visit.render("subcommittee/no_congress.html", page_title=visit.t("Congress"))
    deadlines = await deadlines_that_follow(visit)
    return visit.render(
        "subcommittee/congress.html",
        page_title=visit.t("Congress"),
        recorded=recorded,
        amendments=[_amended(visit, amendment) for amendment in reversed(recorded.amendments)],
        deadlines=deadlines,
        actions=_actions(visit),
    )


def _actions(visit: Visit) -> list[Action]:
    if not may(visit, AmendCongress):
        return []
    return [Action(visit.t("Amend"), f"{PATH}/amend", first=True)]


def _amended(visit: Visit, amendment: Amendment) -> Mapping[str, Any]:
    changes = [
        {
            "name": _label(visit, name),
            "before": _shown(visit, name, change.before),
            "after": _shown(visit, name, change.after),
        }
        for name, change in amendment.changes.items()
    ]
    return {"at": amendment.at, "by": amendment.by, "reason": amendment.reason, "changes": changes}


def _label(visit: Visit, name: str) -> str:
    words = words_of_field(AmendCongress.NAME, name)
    return visit.say(words) if isinstance(words, Message) else words


def _shown(visit: Visit, name: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case {"vi": str(vi), **others}:
            return " / ".join(filter(None, (vi, str(others.get("en", "")))))
        case str() if name in ("opening_day", "closing_day"):
            return "/".join(reversed(value.split("-")))
        case _:
            words = words_of_choice(name, str(value))
            return visit.say(words) if words else str(value)


# --- founding and amending ---
async def found_page(visit: Visit) -> Response:
    if on_record(visit.views.documents("congress")) is not None:
        return visit.redirect(PATH)
    own = Own(
        title=visit.t("Put the congress on record"),
        help=visit.t("What it is called, who issues its papers, and when it opens. All of it can be amended later."),
        trail=[{"href": "/begin", "label": visit.t("First steps")}],
        about=CONGRESS,
        without=("time_zone",),
        also=lambda posted, command_id: _publish_lists(visit, posted, command_id),
        template="subcommittee/found.html",
        context={
            "sets": [
                {"value": name, "label": visit.say(SETS[name]) if name in SETS else name} for name in templates()
            ],
            "may_choose_lists": may(visit, PublishList),
        },
    )
    return await answer_form(visit, FoundCongress, "/begin", own)


async def _publish_lists(visit: Visit, posted: FormData, command_id: UUID) -> Problem | None:
    """Publishes the lists of the chosen set that nobody has published yet."""
    chosen = str(posted.get("template", ""))
    if chosen not in templates() or not may(visit, PublishList):
        return None
    published = visit.views.by_key("code_lists")
    for wish in lists_to_publish(chosen, {}):
        if wish.code_list.value not in published:
            data = wish.model_dump(mode="json", exclude_defaults=True)
            given = await visit.give(PublishList.NAME, data, uuid5(command_id, wish.code_list.value))
            if given.problem:
                return given.problem
    return None


async def amend_page(visit: Visit) -> Response:
    recorded = on_record(visit.views.documents("congress"))
    if recorded is None:
        return visit.redirect(f"{PATH}/found")
    held = recorded.model_dump(mode="json", include=set(Particulars.model_fields))
    own = Own(
        help=visit.t(
            "Change what is wrong or has been decided since, and say why. No deadline moves by it: those that follow "
            "from a new opening day are shown afterwards, to be confirmed."
        ),
        trail=[{"href": PATH, "label": visit.t("Congress")}],
        about=CONGRESS,
        without=("cleared", "time_zone"),
        finish=lambda data, _: _changes(held, data),
        then=lambda data: f"{PATH}/deadlines" if "opening_day" in data else PATH,
    )
    return await answer_form(visit, AmendCongress, PATH, own, values=held, document=held)


def _changes(held: Mapping[str, Any], data: Data) -> Data:
    """What the form says otherwise than the record; what is empty in it is taken off the record, where it can be."""
    wanted = {name: value for name, value in data.items() if name in held}
    changed = without_what_is_held(wanted, held)
    cleared = [each.value for each in Clearable if held[each.value] is not None and each.value not in wanted]
    reason = {"reason": data["reason"]} if "reason" in data else {}
    return changed | ({"cleared": cleared} if cleared else {}) | reason


# --- the deadlines that follow from the opening day ---
async def deadlines_that_follow(visit: Visit, *, with_all: bool = False) -> Deadlines:
    """Worked out once for each state of the views."""
    return await worked_out(
        visit,
        ("deadlines", with_all),
        ("congress", "tasks"),
        lambda views: deadlines_of(views["congress"], views["tasks"], with_those_by_hand=with_all),
    )


async def deadlines_page(visit: Visit) -> Response:
    return await _deadlines_shown(visit)


async def _deadlines_shown(
    visit: Visit,
    status: int = 200,
    problem: Problem | None = None,
    *,
    ticked: Sequence[str] | None = None,
    changed: int = 0,
    confirmed: int = 0,
) -> Response:
    query = visit.query
    with_all = query.get("all") == "1"
    deadlines = await deadlines_that_follow(visit, with_all=with_all)
    lines = deadlines.lines
    listed = paged(lines, query, LINES_ON_A_PAGE)
    posted = typed_in(await visit.form()) if visit.request.method == "POST" else {}
    return visit.render(
        "subcommittee/deadlines.html",
        status,
        page_title=visit.t("Deadlines that follow from the opening day"),
        deadlines=deadlines,
        lines=[
            {
                "line": line,
                "value": _tick(line),
                "ticked": _follows(line) if ticked is None else _tick(line) in ticked,
            }
            for line in listed.rows
        ],
        page=listed.page,
        pages=listed.pages,
        with_all=with_all,
        every_as=_of_all([line for line in lines if _follows(line)]),
        may_confirm=may(visit, ConfirmDeadlines),
        past_because=first_of(posted, "past_because"),
        problems=[problem.detail_in(visit.lang)] if problem else [],
        changed=changed,
        confirmed=confirmed,
    )


def _follows(line: DeadlineLine) -> bool:
    """Whether it is proposed to move, unless somebody asks for those that were agreed by hand as well."""
    return line.proposed and line.standing is not Standing.BY_HAND


def _tick(line: DeadlineLine) -> str:
    """What somebody ticks: the task, and its deadline before and after as the page showed them."""
    return f"{line.unit}/{line.id}|{line.deadline or ''}|{line.follows}"


async def confirm_page(visit: Visit) -> Response:
    """What is on record already of what was asked for is done; the rest is confirmed, if nothing else changed."""
    posted = await visit.form()
    typed, command_id = typed_in(posted), command_id_in(posted)
    deadlines = await deadlines_that_follow(visit, with_all=True)
    if "every" in typed:
        chosen, changed = _every(visit, deadlines, first_of(typed, "every_as"))
        ticked = [_tick(line) for line in chosen]
    else:
        ticked = list(dict.fromkeys(typed.get("move", [])))
        chosen, changed = _ticked(visit, deadlines, ticked)
    if changed:
        return await _deadlines_shown(visit, 409, ticked=ticked, changed=changed)
    because = {"past_because": text} if (text := first_of(typed, "past_because").strip()) else {}
    confirmed = 0
    for data in _confirmations(deadlines, chosen, because):
        part_id = uuid5(command_id, canonical(data).decode())
        given = await visit.give(ConfirmDeadlines.NAME, data, part_id)
        if given.problem:
            return await _deadlines_shown(
                visit, given.problem.status, given.problem, ticked=ticked, confirmed=confirmed
            )
        confirmed += len(data["moves"])
    return visit.redirect(f"{PATH}/deadlines", done=ConfirmDeadlines.NAME if ticked or confirmed else "")


def _ticked(visit: Visit, deadlines: Deadlines, ticked: Sequence[str]) -> tuple[list[DeadlineLine], int]:
    """The lines that are still as the page showed them, and how many others are neither so nor done."""
    as_shown = {_tick(line): line for line in deadlines.lines}
    chosen = [as_shown[tick] for tick in ticked if tick in as_shown]
    tasks = visit.views.by_key("tasks")
    gone = [tick for tick in ticked if tick not in as_shown and not _is_done(tasks, tick)]
    return chosen, len(gone)


def _is_done(tasks: Mapping[str, Any], tick: str) -> bool:
    name, _, days = tick.partition("|")
    return name in tasks and tasks[name]["agreed_deadline"] == days.rpartition("|")[2]


def _every(visit: Visit, deadlines: Deadlines, every_as: str) -> tuple[list[DeadlineLine], int]:
    """All that is proposed by now, and how many were not shown so, or are neither proposed any more nor done."""
    shown = {every_as[at : at + MARK_LETTERS] for at in range(0, len(every_as), MARK_LETTERS)}
    chosen = [line for line in deadlines.lines if _follows(line)]
    now = {_mark(f"{line.unit}/{line.id}", line.follows.isoformat()) for line in chosen}
    gone = shown - now
    if gone:
        gone -= {_mark(name, task["agreed_deadline"]) for name, task in visit.views.by_key("tasks").items()}
    return chosen, len(now - shown) + len(gone)


def _confirmations(deadlines: Deadlines, chosen: Sequence[DeadlineLine], because: Data) -> Iterator[Data]:
    for lines in batches(line.model_copy(update={"proposed": True}) for line in chosen):
        moves = [
            {
                "unit": line.unit,
                "task_id": line.id,
                "replaces": line.deadline and line.deadline.isoformat(),
                "deadline": line.follows.isoformat(),
            }
            for line in lines
        ]
        opening_day = deadlines.opening_day
        yield {"opening_day": opening_day and opening_day.isoformat(), "moves": moves, **because}


def _of_all(lines: Sequence[DeadlineLine]) -> str:
    """A mark of each, one after the other, so that all can be confirmed as they were shown."""
    return "".join(_mark(f"{line.unit}/{line.id}", line.follows.isoformat()) for line in lines)


def _mark(task: str, follows: str | None) -> str:
    digest = hashlib.blake2b(f"{task}|{follows}".encode(), digest_size=MARK_LETTERS * 6 // 8).digest()
    return base64.urlsafe_b64encode(digest).decode()


SECTION = Section(
    routes=(
        route(PATH, congress_page),
        route(f"{PATH}/found", found_page, ("GET", "POST"), Act.RECORD),
        route(f"{PATH}/amend", amend_page, ("GET", "POST"), Act.RECORD),
        route(f"{PATH}/deadlines", deadlines_page),
        route(f"{PATH}/deadlines/confirm", confirm_page, ("POST",), Act.DECIDE),
    ),
    links=(Link("Congress", PATH),),
)
