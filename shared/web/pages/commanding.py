"""Giving one command with a form: shown, read back, given, and told beside its fields where it was refused.

What was typed stays whatever happens. The form's command id goes with it, so that sending it twice records nothing
twice; where somebody else has changed the same thing since the form was made, it says so and asks once more.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from shared.domain.decider import Command
from shared.domain.task import OpenTask
from shared.entering.fields import NEW_IDS
from shared.i18n import render
from shared.reports.lines import Names
from shared.unit.problems import COMMAND_ID_REUSED, Problem
from shared.values.command_words import COMMAND_WORDS, FIELD_WORDS
from shared.values.message import Message
from shared.views.view import Document
from shared.web.forms import (
    NO_CHOICES,
    Choices,
    Form,
    Option,
    Posted,
    Typed,
    form_of,
    read_form,
    with_problem,
    with_typed,
)
from shared.web.pages.choices import choices_for
from shared.web.pages.meanwhile import Meanwhile, since_seen
from shared.web.pages.offered import HELP
from shared.web.pages.posted import CONFIRMED, HAPPENED, MORE, command_id_in, happened_in, seen_in, typed_in
from shared.web.pages.repeated import recorded_before, remember_recorded
from shared.web.pages.uploading import FILE_FIELD, keep_files, with_elsewhere
from shared.web.rendering import text_in
from shared.web.visit import Visit

GIVEN_BEFORE = Message(
    "given_before",
    "This form was recorded before, with other values. What stands here now is recorded too if you send it again.",
)


@dataclass(frozen=True)
class Own:
    """What a page with a form of its own settles of it. `about` is the id of what the command changes, where none of
    its fields says it. `finish` makes the data whole, from what was read and the command's id; `shape` changes what
    the form looks like. With `effect` the command is shown first with what it would do, as `template` draws it, and
    given once that is confirmed. `also` does what follows, and `then` says where it leads."""

    title: str = ""
    help: str = ""
    button: str = ""
    trail: Sequence[Mapping[str, str]] = ()
    about: str = ""
    without: Collection[str] = ()
    choices: Choices = NO_CHOICES
    finish: Callable[[dict[str, Any], UUID], dict[str, Any]] = lambda data, _: data
    shape: Callable[[Form], Form] = lambda form: form
    effect: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    also: Callable[[FormData, UUID], Awaitable[Problem | None]] | None = None
    then: Callable[[Mapping[str, Any]], str] | None = None
    template: str = "doing/form.html"
    context: Mapping[str, Any] = field(default_factory=dict)


PLAIN = Own()


@dataclass(frozen=True)
class Giving:
    """One command and what is settled of it: `fixed` fields go along hidden, `values` are what it starts with,
    `document` is what is on record of what it is about; `back` is where one came from, `then` where it leads."""

    command: type[Command]
    fixed: Mapping[str, Any]
    values: Mapping[str, Any]
    document: Document | None
    back: str
    then: str
    subject: str = ""
    groups: Names = field(default_factory=dict)
    """Task groups to choose among, where the command names one."""
    lists: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """Lists that the command corrects as a whole, as they stand."""
    own: Own = PLAIN

    @property
    def takes_files(self) -> bool:
        return "evidence" in self.command.model_fields

    def entity_id(self, data: Mapping[str, Any]) -> str:
        return self.own.about or (str(data.get(self.command.ID, "")) if self.command.ID else "")


class Filled(NamedTuple):
    """What came with a POST."""

    typed: Mapping[str, Sequence[str]]
    posted: Posted
    command_id: UUID
    happened: datetime | None
    happened_text: str
    happened_error: str


async def answer(visit: Visit, giving: Giving) -> Response:
    """The page of the form, or what came of it."""
    if visit.request.method != "POST":
        return _page(visit, giving, _form(visit, giving), visit.views.sequence, uuid4())
    fields = await visit.form()
    typed, problem = await _typed(visit, giving, fields)
    filled = _read(visit, giving, typed, command_id_in(fields))
    form = _form(visit, giving)
    data = {**_with_name_of_group(filled.posted.data, giving.groups), **giving.fixed}
    data = giving.own.finish(_with_lists(data, giving.lists, typed), filled.command_id)
    seen = visit.views.sequence
    if MORE in typed:
        return _page(visit, giving, with_typed(form, typed), seen_in(fields) or 0, filled.command_id, filled=filled)
    if filled.posted.errors or filled.happened_error or problem:
        page_form = with_typed(form, typed, filled.posted.errors)
        if problem:
            page_form = _with_file_problem(page_form, problem)
        return _page(visit, giving, page_form, seen_in(fields) or 0, filled.command_id, filled=filled, status=422)
    if meanwhile := await _meanwhile(visit, giving, data, seen_in(fields), filled.command_id):
        page_form = with_typed(form, typed)
        return _page(
            visit, giving, page_form, seen, filled.command_id, filled=filled, meanwhile=meanwhile, status=409
        )
    if before := recorded_before(visit, giving.command.NAME, typed, filled.command_id):
        page_form = with_typed(form, typed)
        return _page(visit, giving, page_form, seen, filled.command_id, filled=filled, before=before, status=409)
    if giving.own.effect and CONFIRMED not in typed:
        page_form, effect = with_typed(form, typed), giving.own.effect(data)
        return _page(visit, giving, page_form, seen, filled.command_id, filled=filled, effect=effect)
    given = await visit.give(giving.command.NAME, data, filled.command_id, filled.happened)
    problem_of_it = given.problem
    if giving.own.also and not problem_of_it:
        problem_of_it = await giving.own.also(fields, filled.command_id)
    if problem_of_it:
        return _refused(visit, giving, form, filled, seen, problem_of_it)
    remember_recorded(visit, giving.command.NAME, typed, filled.command_id)
    then = f"/tasks/{data['task_id']}" if giving.command is OpenTask else giving.then
    if giving.own.then:
        then = giving.own.then(data)
    return visit.redirect(then, done=giving.command.NAME)


async def _typed(
    visit: Visit, giving: Giving, fields: FormData
) -> tuple[dict[str, list[str]], tuple[str, str] | None]:
    """What was typed, with the files that came along kept and named in the fields."""
    typed = typed_in(fields)
    if not giving.takes_files:
        return typed, None
    files = [
        (name, value)
        for name, value in fields.multi_items()
        if isinstance(value, UploadFile) and name.endswith(f".{FILE_FIELD}")
    ]
    return await keep_files(visit, typed, files)


def _read(visit: Visit, giving: Giving, typed: Mapping[str, Sequence[str]], command_id: UUID) -> Filled:
    text = next(iter(typed.get(HAPPENED, ())), "")
    happened, error = happened_in(text, visit)
    posted = read_form(giving.command, typed, command_id)
    return Filled(typed, posted, command_id, happened, text, error)


def _with_lists(data: dict[str, Any], lists: Mapping[str, Sequence[Any]], typed: Typed) -> dict[str, Any]:
    """Where nothing stands in its field any more a list is to be empty; as it was before it needs no correction."""
    emptied: dict[str, Any] = {name: [] for name in lists if name in typed and name not in data}
    whole = data | emptied
    return {name: value for name, value in whole.items() if name not in lists or value != list(lists[name])}


def _with_name_of_group(data: Mapping[str, Any], groups: Names) -> dict[str, Any]:
    """Groups that there are have their names already."""
    match data:
        case {"group": {"number": int(number)}} if number in groups:
            name = {lang: text for lang, text in groups[number].items() if text}
            return {**data, "group": {"number": number, "name": name}}
        case _:
            return dict(data)


def _form(visit: Visit, giving: Giving, values: Mapping[str, Any] | None = None) -> Form:
    choices = choices_for(visit, giving.command)
    if giving.groups:
        listed = [
            Option(str(number), f"{number}. {text_in(name, visit.lang)}") for number, name in giving.groups.items()
        ]
        choices = replace(choices, options={**choices.options, "group.number": listed})
    if (itself := giving.fixed.get("task_id")) and "on" in choices.options:
        others = [option for option in choices.options["on"] if option.value != itself]
        choices = replace(choices, options={**choices.options, "on": others})
    own = giving.own.choices
    return form_of(
        giving.command,
        lang=visit.lang,
        values=giving.values if values is None else values,
        fixed=giving.fixed,
        choices=Choices({**choices.options, **own.options}, {**choices.suggestions, **own.suggestions}),
        without=giving.own.without,
    )


def _refused(visit: Visit, giving: Giving, form: Form, filled: Filled, seen: int, problem: Problem) -> Response:
    command_id = filled.command_id
    if problem.code == COMMAND_ID_REUSED.code:
        command_id = uuid4()
        details = {"detail": render(GIVEN_BEFORE, "en"), "detail_vi": render(GIVEN_BEFORE, "vi")}
        problem = problem.model_copy(update=details)
    happened_error = ""
    if problem.code.startswith("happened_"):
        happened_error = problem.detail_in(visit.lang)
    page_form = with_problem(form, problem, filled.typed)
    if happened_error:
        page_form = replace(page_form, summary=())
    filled = filled._replace(happened_error=happened_error)
    return _page(visit, giving, page_form, seen, command_id, filled=filled, status=problem.status)


async def _meanwhile(
    visit: Visit, giving: Giving, data: Mapping[str, Any], seen: int | None, command_id: UUID
) -> Meanwhile | None:
    if seen is None or giving.command.NAME in NEW_IDS:
        return None  # a new one takes nothing from what others have added
    return await since_seen(visit, giving.command.ENTITY, giving.entity_id(data), seen, command_id)


def _compared(visit: Visit, giving: Giving, form: Form) -> list[dict[str, str]]:
    """Field by field: what is on record now, and what was written."""
    document = giving.document or {}
    names = giving.command.model_fields.keys() & document.keys() - {giving.command.ID}
    now = _form(visit, giving, {name: document[name] for name in names if document[name] is not None})
    values = {field.path: field.value for field in now.all_fields}
    return [
        {"label": field.label, "now": values[field.path], "yours": field.value}
        for field in form.all_fields
        if field.control not in ("hidden", "file", "rows") and field.path.partition(".")[0] in names
        and field.path in values
    ]  # fmt: skip


# --- the page ---
def _page(
    visit: Visit,
    giving: Giving,
    form: Form,
    seen: int,
    command_id: UUID,
    *,
    filled: Filled | None = None,
    meanwhile: Meanwhile | None = None,
    effect: Mapping[str, Any] | None = None,
    before: datetime | None = None,
    status: int = 200,
) -> Response:
    own, name, form = giving.own, giving.command.NAME, giving.own.shape(form)
    form = with_elsewhere(_without_names_of_groups(form, giving), visit)
    help_ = HELP.get(name)
    title = (
        visit.say(help_.title) if help_ else visit.say(COMMAND_WORDS[name]) if name in COMMAND_WORDS else form.title
    )
    happened_error = filled.happened_error if filled else ""
    title = own.title or title
    return visit.render(
        own.template,
        status,
        page_title=title,
        button=own.button or title,
        effect=effect,
        typed=filled.typed if filled else {},
        **own.context,
        form=form,
        giving=giving,
        help=own.help or (visit.say(help_.text) if help_ else ""),
        seen=seen,
        command_id=str(command_id),
        happened={"value": filled.happened_text if filled else "", "error": happened_error},
        problems=_problems(visit, form, happened_error),
        meanwhile=meanwhile,
        before=before,
        compared=_compared(visit, giving, form) if meanwhile else [],
        most_mb=visit.place.at_work.settings.most_evidence_bytes // 1024**2,
    )


def _without_names_of_groups(form: Form, giving: Giving) -> Form:
    if not giving.groups:
        return form
    shown = (
        replace(each, label=render(FIELD_WORDS["group"], form.lang)) if each.path == "group.number" else each
        for each in form.fields
        if not each.path.startswith("group.name")
    )
    return replace(form, fields=tuple(shown))


def _problems(visit: Visit, form: Form, happened_error: str) -> list[Any]:
    """For the summary: each leads to its field."""
    wrong: list[Any] = [{"id": field.id, "label": field.label, "error": field.error} for field in form.wrong]
    if happened_error:
        wrong.append({"id": f"f-{HAPPENED}", "label": visit.t("When it happened"), "error": happened_error})
    return [*form.summary, *wrong]


def _with_file_problem(form: Form, problem: tuple[str, str]) -> Form:
    """The form, with the problem beside the field that the file came in."""
    path, sentence = problem

    def with_error(field: Any) -> Any:
        rows = tuple(tuple(with_error(each) for each in row) for row in field.rows)
        return replace(field, rows=rows, error=sentence if field.path == path else field.error)

    shown = any(field.path == path for field in form.all_fields)
    if not shown:
        return replace(form, summary=(*form.summary, sentence))
    return replace(form, fields=tuple(with_error(field) for field in form.fields))
