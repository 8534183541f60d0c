"""What is wrong, said beside the fields that it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.i18n import render
from shared.values.command_words import words_of_field
from shared.values.message import Message
from shared.web.forms.drawing import drawn
from shared.web.forms.fields import Field, Form, Typed
from shared.web.forms.texts import trees_of

WHOLE = "request"
"""Where a problem names no field."""
IN_LINE = Message("in_line", "Line {number}: {message}")


def retyped(form: Form, posted: Typed) -> Form:
    return drawn(form.made, form.lang, trees_of(form.made.command, posted))


def with_sentences(form: Form, sentences: Sequence[tuple[str, str]]) -> Form:
    """Each sentence beside the field that it is about; a hidden field has none beside it."""
    shown = [field.path for field in form.all_fields if field.control != "hidden"]
    errors: dict[str, list[str]] = {}
    summary: list[str] = []
    for path, sentence in sentences:
        if (at := _field_for(path, shown)) is None:
            summary.append(sentence if path == WHOLE else f"{_label_of(form, path)}: {sentence}")
        else:
            line = path.removeprefix(f"{at}.")
            numbered = (
                IN_LINE.filled(number=int(line) + 1, message=sentence) if line.isdecimal() and line != path else None
            )
            errors.setdefault(at, []).append(render(numbered, form.lang) if numbered else sentence)
    return replace(form, fields=_with_errors(form.fields, errors), summary=tuple(summary))


def _label_of(form: Form, path: str) -> str:
    words = words_of_field(form.name, path.rpartition(".")[2])
    return render(words, form.lang) if isinstance(words, Message) else words


def _field_for(path: str, shown: Sequence[str]) -> str | None:
    """The field itself, the one that it stands in, or the first that stands in it."""
    if path in shown:
        return path
    around = [name for name in shown if path.startswith(f"{name}.")]
    within = [name for name in shown if name.startswith(f"{path}.")]
    return max(around, key=len) if around else next(iter(within), None)


def _with_errors(fields: tuple[Field, ...], errors: Mapping[str, Sequence[str]]) -> tuple[Field, ...]:
    return tuple(
        replace(
            each,
            error=" ".join(errors.get(each.path, ())),
            rows=tuple(_with_errors(row, errors) for row in each.rows),
        )
        if each.path in errors or each.rows
        else each
        for each in fields
    )
