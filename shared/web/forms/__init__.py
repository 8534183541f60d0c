"""A form made from a command, and what was posted with it read back: values as people type them.

Everything in a form is text in the reader's language, ready to be shown. Reading never raises: what can't be read
stands beside its field, and what only the service can judge is left to it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from shared.domain.decider import Command
from shared.entering.fields import new_id
from shared.i18n import Language, render
from shared.unit.problems import AND_MORE, Problem
from shared.web.forms.drawing import drawn
from shared.web.forms.fields import (
    NO_CHOICES,
    Choices,
    Field,
    FieldProblem,
    Form,
    Making,
    Option,
    Posted,
    Typed,
)
from shared.web.forms.reading import ABSENT, data_of
from shared.web.forms.specs import specs_of
from shared.web.forms.telling import WHOLE, retyped, with_sentences
from shared.web.forms.texts import tree_of_value, trees_of, whole_letters

__all__ = [
    "NO_CHOICES",
    "Choices",
    "Field",
    "FieldProblem",
    "Form",
    "Option",
    "Posted",
    "Typed",
    "form_of",
    "read_form",
    "whole_letters",
    "with_problem",
    "with_typed",
]


def form_of(
    command: type[Command],
    *,
    lang: Language,
    values: Mapping[str, Any] | None = None,
    fixed: Mapping[str, Any] | None = None,
    choices: Choices = NO_CHOICES,
    without: Collection[str] = (),
) -> Form:
    """The form to give `command` with. `values` is data as the command takes it, shown as people write it; `fixed`
    goes along hidden; the fields in `without` are not there, nor is an id that `new_id` gives."""
    fixed, values = fixed or {}, values or {}
    making = Making(command, choices, fixed, without)
    known = {**values, **fixed}
    return drawn(making, lang, {spec.name: tree_of_value(spec, known, lang) for spec in specs_of(command)})


def read_form(command: type[Command], posted: Typed, command_id: UUID | None = None) -> Posted:
    """What was posted, as the command takes it. Empty fields and rows are left out, names that the command does not
    know are ignored. With `command_id` the data has the id that nobody need invent. Raises nothing."""
    problems: list[FieldProblem] = []
    trees = trees_of(command, posted)
    data = {
        spec.name: value
        for spec in specs_of(command)
        if (value := data_of(spec, trees[spec.name], spec.name, problems)) is not ABSENT
    }
    if command_id is not None:
        data |= new_id(command.NAME, data, command_id)
    return Posted(data, tuple(problems))


def with_typed(form: Form, posted: Typed, errors: Sequence[FieldProblem] = ()) -> Form:
    """The form with what was typed, and why some of it can't be read; it has one blank row more than filled ones, as
    whoever asks for one more row wants."""
    sentences = [(problem.path, render(problem.message, form.lang)) for problem in errors]
    return with_sentences(retyped(form, posted), sentences)


def with_problem(form: Form, problem: Problem, posted: Typed) -> Form:
    """The form with what was typed, and the service's refusal of it beside the fields that it names; else in the
    summary."""
    shown = retyped(form, posted)
    if not problem.errors:
        return replace(shown, summary=(problem.detail_in(form.lang),))
    sentences = [
        (error.field, error.message_vi if form.lang == "vi" and error.message_vi else error.message)
        for error in problem.errors
    ]
    if (more := problem.error_count - len(sentences)) > 0:
        sentences.append((WHOLE, render(AND_MORE.filled(count=more), form.lang)))
    return with_sentences(shown, sentences)
