"""Giving a command by a form of its own: shown, read back, given, and shown again with what is wrong beside its
field.

What was typed stays. The same form sent again is the same command; one that was made before somebody else changed
what it is about is shown again with both, and given once whoever wrote it says so."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from starlette.datastructures import FormData
from starlette.responses import Response

from shared.domain.decider import Command
from shared.i18n import title_of_position
from shared.unit.commands import Answer
from shared.unit.problems import COMMAND_ID_REUSED, Problem
from shared.values.code_lists import CodeList, name_of, units_to_choose
from shared.web.forms import (
    NO_CHOICES,
    Choices,
    Field,
    Form,
    Option,
    form_of,
    read_form,
    with_problem,
    with_typed,
)
from shared.web.visit import Visit

type Data = dict[str, Any]
type Typed = Mapping[str, Sequence[str]]

MORE, ANYWAY, CONFIRMED = "more", "anyway", "confirmed"
"""What the buttons of a form say: one more row, record it although somebody else changed it, do what was shown."""


def _as_it_is(data: Data, command_id: UUID) -> Data:
    return data


@dataclass(frozen=True)
class Giving:
    """One form. `back` leads away from it, `done` to where one goes once it is given, and `then` does what follows.
    `about` is the entity and the id of what the form's `values` are of. `finish` makes the data of a command whole,
    from what was read and the command's id; `shape` changes what the form looks like. With `effect` the command is
    shown first with what it would do, as `template` draws it, and given once that is confirmed."""

    command: type[Command]
    back: str
    done: Callable[[Answer, Data], str] | str = ""
    about: tuple[str, str] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    choices: Choices = NO_CHOICES
    without: Collection[str] = ()
    finish: Callable[[Data, UUID], Data] = _as_it_is
    shape: Callable[[Form], Form] = lambda form: form
    effect: Callable[[Data], Mapping[str, Any]] | None = None
    then: Callable[[FormData, UUID], Awaitable[Problem | None]] | None = None
    title: str = ""
    lead: str = ""
    button: str = ""
    trail: Sequence[Mapping[str, str]] = ()
    template: str = "subcommittee/form.html"
    context: Mapping[str, Any] = field(default_factory=dict)


class Sent(NamedTuple):
    """What goes along with a form: its command's id, and the last event that whoever made it had seen."""

    command_id: UUID
    seen: int
    typed: Typed = MappingProxyType({})


async def give_by_form(visit: Visit, giving: Giving) -> Response:
    """Answers both the request for the form and what was posted with it."""
    if visit.request.method != "POST":
        return _shown(visit, giving, _form(visit, giving), Sent(uuid4(), _touched(visit, giving)))
    posted = await visit.form()
    sent = Sent(posted_id(posted), number_in(str(posted.get("seen", ""))), texts_of(posted))
    read = read_form(giving.command, sent.typed, sent.command_id)
    form = giving.shape(with_typed(_form(visit, giving), sent.typed, read.errors))
    if MORE in sent.typed:
        return _shown(visit, giving, giving.shape(with_typed(_form(visit, giving), sent.typed)), sent)
    if read.errors:
        return _shown(visit, giving, form, sent, 422)
    now = _touched(visit, giving)
    if now > sent.seen and ANYWAY not in sent.typed and (meanwhile := _meanwhile(visit, giving, form)):
        return _shown(visit, giving, form, sent._replace(seen=now), 409, meanwhile=meanwhile)
    data = giving.finish(read.data, sent.command_id)
    if giving.effect and CONFIRMED not in sent.typed:
        return _shown(visit, giving, form, sent, effect=giving.effect(data))
    given = await visit.give(giving.command.NAME, data, sent.command_id)
    problem = given.problem
    if given.answer and giving.then:
        problem = await giving.then(posted, sent.command_id)
    if problem or given.answer is None:
        return _refused(visit, giving, problem, sent)
    done = giving.done or giving.back
    return visit.redirect(done if isinstance(done, str) else done(given.answer, data), done=giving.command.NAME)


def posted_id(posted: FormData) -> UUID:
    """The id that the form was made with; another where there is none."""
    try:
        return UUID(str(posted.get("command_id", "")))
    except ValueError:
        return uuid4()


def texts_of(posted: FormData) -> dict[str, list[str]]:
    return {name: [text for text in posted.getlist(name) if isinstance(text, str)] for name in posted}


def first_of(typed: Typed, name: str) -> str:
    """Empty where nothing was posted under this name."""
    return next(iter(typed.get(name, ())), "")


def _refused(visit: Visit, giving: Giving, problem: Problem | None, sent: Sent) -> Response:
    form = _form(visit, giving)
    if problem is None:
        return _shown(visit, giving, giving.shape(with_typed(form, sent.typed)), sent, 500)
    if problem.code == COMMAND_ID_REUSED.code:
        sent = sent._replace(command_id=uuid4())
    return _shown(visit, giving, giving.shape(with_problem(form, problem, sent.typed)), sent, problem.status)


def _form(visit: Visit, giving: Giving) -> Form:
    return giving.shape(
        form_of(
            giving.command,
            lang=visit.lang,
            values=giving.values,
            fixed=giving.fixed,
            choices=giving.choices,
            without=giving.without,
        )
    )


def _touched(visit: Visit, giving: Giving) -> int:
    touch = visit.views.touch(*giving.about) if giving.about else None
    return touch.sequence if touch else 0


def _meanwhile(visit: Visit, giving: Giving, form: Form) -> Mapping[str, Any]:
    """What is on record now beside what was written, where they differ."""
    touch = visit.views.touch(*giving.about) if giving.about else None
    if touch is None:
        return {}
    now = {field.path: field for field in _form(visit, giving).all_fields}
    pairs = [
        {"label": field.label, "now": _said(now.get(field.path)), "yours": _said(field)}
        for field in form.all_fields
        if field.control not in ("hidden", "rows")
    ]
    return {
        "who": title_of_position(touch.actor, visit.lang),
        "when": touch.recorded,
        "values": [pair for pair in pairs if pair["now"] != pair["yours"]],
    }


def _said(field: Field | None) -> str:
    """As people read it: what is chosen by its words."""
    if field is None:
        return ""
    words = {option.value: option.label for option in field.options}
    return ", ".join(words.get(value, value) for value in (field.values or (field.value,)))


def _shown(
    visit: Visit,
    giving: Giving,
    form: Form,
    sent: Sent,
    status: int = 200,
    *,
    meanwhile: Mapping[str, Any] | None = None,
    effect: Mapping[str, Any] | None = None,
) -> Response:
    wrong = [{"id": field.id, "label": field.label, "error": field.error} for field in form.wrong]
    context = {
        "page_title": giving.title or form.title,
        "lead": giving.lead,
        "trail": giving.trail,
        "form": form,
        "back": giving.back,
        "command_id": str(sent.command_id),
        "seen": sent.seen,
        "typed": sent.typed,
        "problems": [*form.summary, *wrong],
        "meanwhile": meanwhile,
        "effect": effect,
        "button": giving.button or giving.title or form.title,
        **giving.context,
    }
    return visit.render(giving.template, status, **context)


def number_in(text: str) -> int:
    """Zero where it is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def without_what_is_held(data: Data, held: Mapping[str, Any]) -> Data:
    """What a correction is to change: the fields that say otherwise than the record."""
    return {name: value for name, value in data.items() if name not in held or plain(value) != plain(held[name])}


def plain(value: Any) -> Any:
    """A text in two languages, or any object, without its empty parts."""
    return {name: part for name, part in value.items() if part} if isinstance(value, Mapping) else value


def fresh_id(base: str, held: Mapping[str, Any] | None, data: Data, command_id: UUID) -> str:
    """`base`, unless what is `held` under it says something else than `data`; then with a part of the command's id,
    so that the same command again is the same."""
    is_same = held is not None and all(plain(held.get(name)) == plain(value) for name, value in data.items())
    return base if held is None or is_same else f"{base}-{command_id.hex[:6]}"


def unit_options(visit: Visit) -> list[Option]:
    return [Option(unit.id, name_of(CodeList.UNITS, unit.id, visit.lang)) for unit in units_to_choose()]


def page_of(total: int, on_a_page: int, asked: str) -> tuple[int, int]:
    """Which page of a list is shown, and how many there are."""
    pages = max(1, -(-total // on_a_page))
    return min(max(1, number_in(asked)), pages), pages
