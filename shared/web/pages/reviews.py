"""The reviews of the four essentials, and the sheet on which one is worked down, row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID, uuid4

from starlette.responses import Response

from shared.domain.review import CloseReview, OpenReview
from shared.domain.task import AssignTask
from shared.reports.reviews import SheetRow, review_lines, sheet_of
from shared.unit.problems import Problem
from shared.unit.roles import Act
from shared.values.message import Message
from shared.views.view import Document
from shared.web.actions import action, actions
from shared.web.forms import Option
from shared.web.naming import name_in
from shared.web.pages.choices import choices_for, source_options
from shared.web.pages.posted import SEEN, command_id_in, typed_in
from shared.web.pages.review_sheet import (
    CHOICE,
    Choice,
    choice_of,
    column_of,
    name_of_field,
    to_do,
    typed_in_row,
)
from shared.web.pages.story import position_of, story_for
from shared.web.pages.tasks import missing_in_words
from shared.web.paging import Paged, paged
from shared.web.rendering import text_in
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit

ROWS = 40
"""On a page of the sheet: all its fields together are fewer than a form may have."""
ONLY = "only"
"""The name of the button that records one row."""
SHOWN = {
    "": Message("all_tasks", "All tasks"),
    "left": Message("with_gaps_left", "With gaps left"),
    "unconfirmed": Message("not_confirmed", "Not confirmed yet"),
}
CHOICE_WORDS: Mapping[Choice, Message] = {
    Choice.CONFIRM: Message("confirm", "Confirm as it stands"),
    Choice.EXPLAIN: Message("explain", "Explain what is missing"),
    Choice.FILL_IN: Message("fill_in", "Only fill in"),
    Choice.LATER: Message("later", "Leave for later"),
}
LONGEST_SEEN = 18
LONGEST_COUNT = 4

CHANGED_MEANWHILE = Message(
    "changed_meanwhile",
    "{who} changed this task after you opened the sheet. Look at what stands here now and record once more.",
)
SOME_DONE = Message("some_done", "Rows recorded: {count}.")


async def reviews_page(visit: Visit) -> Response:
    reviews = [review for review in visit.views.documents("reviews") if review["unit"] == visit.service]
    lines = review_lines(reviews, visit.views.documents("tasks"))
    due = {line.review_id: _days_left(visit, line.due_on) for line in lines if line.status == "open"}
    return visit.render(
        "reviews/list.html",
        page_title=visit.t("Reviews of the four essentials"),
        lines=lines,
        names={review["review_id"]: name_in("reviews", review, visit.lang) for review in reviews},
        due=due,
        actions=actions(action(visit, OpenReview, {})),
    )


def _days_left(visit: Visit, due_on: str | None) -> int | None:
    return (date.fromisoformat(due_on) - visit.today).days if due_on else None


@dataclass
class Shown:
    """A row of the sheet as the page has it."""

    row: SheetRow
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    done: tuple[str, ...] = ()
    """What has just been recorded of it."""


class Sheet(NamedTuple):
    visit: Visit
    review: Document

    @property
    def path(self) -> str:
        return f"/reviews/{self.review['review_id']}"

    @property
    def rows(self) -> list[SheetRow]:
        return sheet_of(self.review, self.visit.views.by_key("tasks"))

    def page(
        self, shown: Sequence[Shown], status: int = 200, *, listed: Paged[SheetRow] | None = None, done: int = 0
    ) -> Response:
        visit, review = self.visit, self.review
        (line,) = review_lines([review], visit.views.documents("tasks"))
        is_open = line.status == "open"
        choices = choices_for(visit, AssignTask).suggestions
        notice = {"done": visit.say(SOME_DONE.filled(count=done))} if done else {}
        return visit.render(
            "reviews/sheet.html",
            status,
            page_title=name_in("reviews", review, visit.lang),
            review=review,
            line=line,
            due=_days_left(visit, line.due_on),
            shown=shown,
            title_of=lambda row: text_in({"vi": row.title_vi, "en": row.title_en}, visit.lang),
            name_of_field=name_of_field,
            missing=lambda gaps: missing_in_words(gaps, visit),
            can_record=is_open and visit.may(Act.RECORD),
            lacks={gap for each in shown for gap in each.row.missing},
            choice_options=[Option(choice, visit.say(words)) for choice, words in CHOICE_WORDS.items()],
            source_options=source_options(visit),
            offices=choices.get("collective", ()),
            positions=choices.get("individual", ()),
            tabs=self._tabs(),
            listed_page=listed,
            seen=str(visit.views.sequence),
            command_id=str(uuid4()),
            problems=self._problems(shown),
            problems_title=visit.t("What follows is not recorded yet. Please mend it:"),
            actions=actions(action(visit, CloseReview, {"review_id": line.review_id}, first=not line.left))
            if is_open
            else [],
            **notice,
        )

    def _tabs(self) -> list[dict[str, Any]]:
        rows, current = self.rows, self.visit.query.get("show", "")
        return [
            {
                "label": self.visit.say(label),
                "href": f"{self.path}?show={show}" if show else self.path,
                "current": show == current,
                "count": len(_wanted(rows, show)),
            }
            for show, label in SHOWN.items()
        ]

    def _problems(self, shown: Sequence[Shown]) -> list[dict[str, str]]:
        return [
            {"id": f"f-{name_of_field(each.row.id, at).replace('.', '-')}", "label": each.row.id, "error": why}
            for each in shown
            for at, why in each.errors.items()
        ]


def _wanted(rows: Sequence[SheetRow], show: str) -> list[SheetRow]:
    match show:
        case "left":
            return [row for row in rows if row.left]
        case "unconfirmed":
            return [row for row in rows if not row.confirmed]
        case _:
            return list(rows)


def _review_of(visit: Visit) -> Document | None:
    return visit.views.document("reviews", f"{visit.service}/{visit.request.path_params['review_id']}")


async def record_page(visit: Visit) -> Response:
    review = _review_of(visit)
    return await _record(Sheet(visit, review)) if review else visit.not_found()


async def review_page(visit: Visit) -> Response:
    review = _review_of(visit)
    if review is None:
        return visit.not_found()
    sheet = Sheet(visit, review)
    rows = _wanted(sheet.rows, visit.query.get("show", ""))
    listed = paged(rows, visit.query, ROWS)
    done = visit.query.get("done", "")
    count = int(done) if done.isascii() and done.isdecimal() and len(done) <= LONGEST_COUNT else 0
    return sheet.page([Shown(row) for row in listed.rows], listed=listed, done=count)


async def _record(sheet: Sheet) -> Response:
    """Gives what the rows say, one row after the other; those that are refused stay as they were typed."""
    visit, fields = sheet.visit, await sheet.visit.form()
    typed, form_id, only = typed_in(fields), command_id_in(fields), str(fields.get(ONLY, ""))
    seen = str(fields.get(SEEN, ""))
    posted = [row for row in sheet.rows if name_of_field(row.id, CHOICE) in typed]
    shown, recorded = [], 0
    for row in posted:
        texts = typed_in_row(row.id, typed)
        if only and only != row.id:
            shown.append(Shown(row, texts))
            continue
        outcome = await _record_row(visit, sheet.review["review_id"], row, texts, form_id, seen)
        recorded += bool(outcome.done) and not outcome.errors
        shown.append(outcome)
    is_refused = any(each.errors for each in shown)
    if not is_refused and not any(each.typed for each in shown):
        here = {name: visit.query[name] for name in ("show", "page") if name in visit.query}
        return visit.redirect(
            f"{sheet.path}?{urlencode(here)}" if here else sheet.path, str(recorded) if recorded else ""
        )
    now = visit.views.document("reviews", sheet.review["_id"]) or sheet.review
    fresh = {row.id: row for row in Sheet(visit, now).rows}
    for each in shown:
        each.row = fresh.get(each.row.id, each.row)
    return Sheet(visit, now).page(shown, 422 if is_refused else 200, done=recorded)


async def _record_row(
    visit: Visit, review_id: str, row: SheetRow, texts: Mapping[str, str], form_id: UUID, seen: str
) -> Shown:
    to_record = to_do(review_id, row, texts, form_id, visit.today)
    if choice_of(texts) is Choice.LATER:
        kept = {name: text for name, text in texts.items() if name != CHOICE}
        return Shown(row, texts if kept else {})
    if to_record.is_idle:
        return Shown(row)
    if to_record.problems:
        return Shown(row, texts, {problem.path: visit.say(problem.message) for problem in to_record.problems})
    if who := _changed_by(visit, row, seen):
        return Shown(row, texts, {CHOICE: visit.say(CHANGED_MEANWHILE.filled(who=position_of(who, visit.lang)))})
    done: list[str] = []
    for step in to_record.steps:
        given = await visit.give(step.command.NAME, step.data, step.id)
        if given.problem:
            columns = {CHOICE}.union(*(step.columns for step in to_record.steps[len(done) :]))
            left = {name: text for name, text in texts.items() if name in columns}
            return Shown(row, left, _errors_of(given.problem, visit), tuple(done))
        done.append(step.name)
    return Shown(row, done=tuple(done))


def _changed_by(visit: Visit, row: SheetRow, seen: str) -> str:
    """Who else has recorded something of the task since the sheet was made."""
    touch = visit.views.touch("task", row.id)
    if touch is None or not (seen.isascii() and seen.isdecimal() and len(seen) <= LONGEST_SEEN):
        return ""
    is_others = touch.sequence > int(seen) and not touch.is_by(visit.actor)
    return touch.actor if is_others else ""


def _errors_of(problem: Problem, visit: Visit) -> dict[str, str]:
    if not problem.errors:
        return {CHOICE: problem.detail_in(visit.lang)}
    return {
        column_of(error.field): error.message_vi if visit.lang == "vi" and error.message_vi else error.message
        for error in problem.errors
    }


async def review_story_page(visit: Visit) -> Response:
    review_id, review = visit.request.path_params["review_id"], _review_of(visit)
    if review is None:
        return visit.not_found()
    return visit.render(
        "reviews/story.html",
        page_title=visit.t("What has happened"),
        review_id=review_id,
        name=name_in("reviews", review, visit.lang),
        story=await story_for(visit, "review", review_id),
    )


SECTION = Section(
    routes=(
        route("/reviews", reviews_page),
        route("/reviews/{review_id}", review_page),
        route("/reviews/{review_id}", record_page, ("POST",), Act.RECORD),
        route("/reviews/{review_id}/story", review_story_page),
    ),
    links=(Link("Four essentials", "/reviews"),),
    only_units=True,
)
