"""What a form is: its fields, what there is to choose from, and what is wrong with them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from shared.domain.decider import Command
from shared.i18n import Language
from shared.values.message import Message

MOST_FIELDS = 1000
"""In one form, as it is sent: the server reads no more of them."""

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
    are ticked of `choices`; `rows` holds the fields of each row, the last ones blank. `suggestions` are for a
    datalist. `most` is how many characters, or entries of a list, there may be. `error` is empty where nothing is
    wrong."""

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
        """The fields in the order of the page, those within rows too."""
        return flat(self.fields)

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


def flat(fields: tuple[Field, ...]) -> Iterator[Field]:
    for each in fields:
        yield each
        for row in each.rows:
            yield from flat(row)
