"""A form made from a command, and what was posted with it read back: values as people type them.

Everything in a form is text in the reader's language, ready to be shown. Reading never raises: what can't be read
stands beside its field, and what only the service can judge is left to it.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, NamedTuple
from uuid import UUID

from shared.domain.decider import Command, Refused
from shared.entering.fields import NEW_IDS, Schema, new_id, schema_of
from shared.entering.typed import kind_of
from shared.i18n import LISTED, Language, format_date, format_minute, format_number, render, translate
from shared.unit.problems import Problem
from shared.values.choice_words import words_of_choice
from shared.values.code_lists import ENTRY_PATTERN, EVERY_CASE, CodeList, entries_to_choose
from shared.values.command_words import COMMAND_WORDS, words_of_field
from shared.values.message import Message

type Control = Literal[
    "text",
    "textarea",
    "day",
    "instant",
    "number",
    "sum",
    "choice",
    "choices",
    "yes-no",
    "lines",
    "rows",
    "file",
    "hidden",
]
type Typed = Mapping[str, Sequence[str]]
"""What was posted: every text under each name."""


class Option(NamedTuple):
    """`value` is posted, `label` is read."""

    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """`path` is the name in HTML: `title.vi`, `evidence.0.link`. `value` is the text to show, `values` are those that
    are ticked of `choices`; `rows` holds the fields of each row, the last ones blank. `suggestions` are for a datalist.
    `most` is how many characters, or entries of a list, there may be. `error` is empty where nothing is wrong."""

    path: str
    label: str
    control: Control
    required: bool = False
    hint: str = ""
    most: int | None = None
    options: tuple[Option, ...] = ()
    suggestions: tuple[str, ...] = ()
    value: str = ""
    values: tuple[str, ...] = ()
    rows: tuple[tuple["Field", ...], ...] = ()
    error: str = ""

    @property
    def id(self) -> str:
        """For `id`, `for` and `aria-describedby`."""
        return f"f-{self.path.replace('.', '-')}"


class FieldProblem(NamedTuple):
    """Why what stands in the field `path` can't be read."""

    path: str
    message: Message


@dataclass(frozen=True)
class Posted:
    """`data` is for `Door.give`; with `errors` it is not whole and is not to be given."""

    data: dict[str, Any]
    errors: tuple[FieldProblem, ...] = ()


@dataclass(frozen=True)
class Choices:
    """What may be chosen beside the code lists in use and the words of the program, by a field's path without the
    numbers of rows (`holders.position`) or its last name (`position`). `options` close a field, `suggestions` help
    who types."""

    options: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    suggestions: Mapping[str, Sequence[str]] = field(default_factory=dict)


NO_CHOICES = Choices()


@dataclass(frozen=True)
class Form:
    """`title` says what the command does; `summary` what is wrong beside the fields."""

    name: str
    title: str
    fields: tuple[Field, ...]
    lang: Language
    made: "Making"
    summary: tuple[str, ...] = ()

    @property
    def all_fields(self) -> Iterator[Field]:
        """Those within rows too, in the order of the page."""
        return _flat(self.fields)

    @property
    def wrong(self) -> tuple[Field, ...]:
        """The fields with an error, for links from the summary to them."""
        return tuple(each for each in self.all_fields if each.error)

    @property
    def has_errors(self) -> bool:
        return bool(self.summary or self.wrong)


class Making(NamedTuple):
    """What a form is made from, to make it again with other texts."""

    command: type[Command]
    choices: Choices
    fixed: Mapping[str, Any]
    without: Collection[str]


def form_of(
    command: type[Command],
    *,
    lang: Language,
    values: Mapping[str, Any] | None = None,
    fixed: Mapping[str, Any] | None = None,
    choices: Choices = NO_CHOICES,
    without: Collection[str] = (),
) -> Form:
    """To give `command` with. `values` is data as the command takes it, or dates and sums as they are, shown as people
    write them; `fixed` goes along hidden; the fields in `without` are not there, nor is an id that `new_id` gives."""
    raise NotImplementedError


def read_form(command: type[Command], posted: Typed, command_id: UUID | None = None) -> Posted:
    """What was posted, as the command takes it. Empty fields and rows are left out, names that the command does not
    know are ignored. With `command_id` the data has the id that nobody need invent. Raises nothing."""
    raise NotImplementedError


def with_typed(form: Form, posted: Typed, errors: Sequence[FieldProblem] = ()) -> Form:
    """The form with what was typed, and why some of it can't be read; one blank row more than there are filled ones."""
    raise NotImplementedError


def with_problem(form: Form, problem: Problem, posted: Typed) -> Form:
    """The form with what was typed, and the service's refusal of it beside the fields that it names; else in the
    summary."""
    raise NotImplementedError
