"""A form made from a command, and what was posted with it read back: values as people type them.

Everything in a form is text in the reader's language, ready to be shown. Reading never raises: what can't be read
stands beside its field, and what only the service can judge is left to it.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, NamedTuple, cast
from uuid import UUID

from shared.domain.decider import Command, Refused
from shared.entering.cells import DAMAGED_TEXT
from shared.entering.fields import NEW_IDS, Schema, new_id, schema_of
from shared.entering.money import dong_of
from shared.entering.typed import kind_of
from shared.i18n import LANGUAGES, LISTED, Language, format_date, format_minute, format_number, render
from shared.unit.field_errors import MESSAGES
from shared.unit.problems import AND_MORE, Problem
from shared.values.choice_words import words_of_choice
from shared.values.code_lists import ENTRY_PATTERN, EVERY_CASE, CodeList, entries_to_choose
from shared.values.command_words import COMMAND_WORDS, words_of_field
from shared.values.message import WORDS, Message

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


LIST_NAMES = {**LISTED, "units": CodeList.UNITS}
TEXTAREAS = frozenset(
    (
        *("reason", "note", "text", "details", "outcome", "lessons", "remark", "resolution", "cause", "proposal"),
        *("what", "purpose"),
    )
)
"""Fields in which people write sentences, beside those that say because of what."""
IN_EVERY_CASE = frozenset(("open-task", "publish-catalogue", "import-catalogue"))
"""Commands that may name work to be done in every case."""
NOBODY_TYPES = frozenset(("sha256", "size_bytes", "media_type", "kept"))
"""Parts of a piece of evidence that whoever keeps the file fills in."""
FILE = "file"
WHOLE = "request"
"""Where a problem names no field."""
GROUP = "group"
NUMBERED = ("conclude-meeting", "points")
"""Rows that are numbered in turn where nobody numbers them."""
FIRST_ROWS = 3
"""Blank rows of a list that has to have some, to begin with."""
MOST_ROWS = 1000
MOST_DEPTH = 8
LONGEST_NAME = 200
LONGEST_TYPED = 500
"""Letters of what is no text: a day, a number."""
_INDEX = re.compile(r"[0-9]{1,4}", re.ASCII)
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_ABSENT: Any = object()

IN_VIETNAMESE = Message("in_vietnamese", "{field}, in Vietnamese")
IN_ENGLISH = Message("in_english", "{field}, in English")
PART_OF = Message("part_of", "{field}: {part}")
IN_LINE = Message("in_line", "Line {number}: {message}")
FILE_TO_KEEP = Message("file", "File")
TOO_LONG_TYPED = Message("too_long_typed", "This is too long.")
YES, NO = Message("yes", "Yes"), Message("no", "No")
HINTS: Mapping[str, Message] = {
    "day": Message("day", "Such as 30/12/2026"),
    "instant": Message("instant", "Such as 20/12/2026 08:00"),
    "sum": Message("sum", "In đồng, such as 12,000,000"),
    "lines": Message("lines", "One in each line"),
    "id": Message("id", "Letters without marks, digits and hyphens, such as a-1"),
    "term": Message("term", "Such as 2020-2025"),
    "code": Message("code", "Such as 1.03"),
    "due_offset_days": Message("due_offset_days", "Days before the opening with a minus sign, such as -30"),
    "contact": Message("contact", "An e-mail address or a telephone number"),
    "link": Message("link", "Begins with https://"),
    "points.number": Message("points_number", "Numbered in turn where left empty"),
}


class Spec(NamedTuple):
    """One field of a command, made ready: `parts` are those of an object, or of each row of a list of objects.
    `control` is none for an object, of which only the parts are shown."""

    command: str
    name: str
    schema: Schema
    control: Control | None
    required: bool
    parts: tuple["Spec", ...] = ()

    @property
    def default(self) -> str:
        """The text of a field that nobody has filled in."""
        return "" if self.control == "file" else _text_of(self, self.schema.get("default"), "vi")


type Tree = Mapping[str, Tree] | Sequence[Tree] | str
"""Texts as a command has its fields: an object by name, rows and ticked choices one after the other."""


def form_of(
    command: type[Command],
    *,
    lang: Language,
    values: Mapping[str, Any] | None = None,
    fixed: Mapping[str, Any] | None = None,
    choices: Choices = NO_CHOICES,
    without: Collection[str] = (),
) -> Form:
    """To give `command` with. `values` is data as the command takes it, shown as people write it; `fixed` goes along
    hidden; the fields in `without` are not there, nor is an id that `new_id` gives."""
    fixed, values = fixed or {}, values or {}
    making = Making(command, choices, fixed, without)
    known = {**values, **fixed}
    return _form(making, lang, {spec.name: _tree_of_value(spec, known, lang) for spec in _specs(command)})


def read_form(command: type[Command], posted: Typed, command_id: UUID | None = None) -> Posted:
    """What was posted, as the command takes it. Empty fields and rows are left out, names that the command does not
    know are ignored. With `command_id` the data has the id that nobody need invent. Raises nothing."""
    problems: list[FieldProblem] = []
    trees = _trees_of(command, posted)
    data = {
        spec.name: value
        for spec in _specs(command)
        if (value := _data_of(spec, trees[spec.name], spec.name, problems)) is not _ABSENT
    }
    if command_id is not None:
        data |= new_id(command.NAME, data, command_id)
    return Posted(data, tuple(problems))


def with_typed(form: Form, posted: Typed, errors: Sequence[FieldProblem] = ()) -> Form:
    """The form with what was typed, and why some of it can't be read; it has one blank row more than filled ones, as
    whoever asks for one more row wants."""
    told = [(problem.path, render(problem.message, form.lang)) for problem in errors]
    return _told(_retyped(form, posted), told)


def with_problem(form: Form, problem: Problem, posted: Typed) -> Form:
    """The form with what was typed, and the service's refusal of it beside the fields that it names; else in the
    summary."""
    retyped = _retyped(form, posted)
    if not problem.errors:
        return replace(retyped, summary=(problem.detail_in(form.lang),))
    told = [
        (error.field, error.message_vi if form.lang == "vi" and error.message_vi else error.message)
        for error in problem.errors
    ]
    if (more := problem.error_count - len(told)) > 0:
        told.append((WHOLE, render(AND_MORE.filled(count=more), form.lang)))
    return _told(retyped, told)


# --- what a command takes ---
@cache
def _specs(command: type[Command]) -> tuple[Spec, ...]:
    """Those that have to be given first, in the order of the command."""
    schema = schema_of(command)
    required = frozenset(schema.get("required", ()))
    specs = [
        _spec(command.NAME, name, part, required=name in required) for name, part in schema["properties"].items()
    ]
    return tuple(sorted(specs, key=lambda spec: (spec.name == "reason", not spec.required)))


def _spec(command: str, name: str, schema: Schema, *, required: bool, above: str = "") -> Spec:
    match schema:
        case {"type": "array", "items": {"properties": _} as items}:
            parts = _parts(command, items)
            if (command, name) == NUMBERED:
                parts = tuple(part._replace(required=part.required and part.name != "number") for part in parts)
            kept = {part.name for part in parts} >= NOBODY_TYPES
            file = (Spec(command, FILE, {"type": "string"}, "file", required=False),) if kept else ()
            return Spec(command, name, schema, "rows", required, (*parts, *file))
        case {"type": "array", "items": items}:
            return Spec(command, name, schema, "choices" if "enum" in items or name == "units" else "lines", required)
        case {"properties": _}:
            return Spec(command, name, schema, None, required, _parts(command, schema, above=name))
        case _:
            return Spec(command, name, schema, _control(above if name in LANGUAGES else name, schema), required)


def _parts(command: str, schema: Schema, above: str = "") -> tuple[Spec, ...]:
    required = frozenset(schema.get("required", ()))
    return tuple(
        _spec(command, name, part, required=name in required, above=above)
        for name, part in schema["properties"].items()
    )


def _control(name: str, schema: Schema) -> Control:
    if name in NOBODY_TYPES:
        return "hidden"
    match kind_of(name, schema).name:
        case "yes_or_no":
            return "yes-no"
        case "choice" | "day" | "instant" | "number" | "sum" as same:
            return cast(Control, same)
        case _:
            is_long = name.endswith("because") or (name in TEXTAREAS and "format" not in schema)
            return "textarea" if is_long else "text"


# --- texts of values, and of what was posted ---
def _tree_of_value(spec: Spec, values: Mapping[str, Any], lang: Language) -> Tree:
    value = values.get(spec.name, spec.schema.get("default"))
    match spec.control:
        case None:
            parts = value if isinstance(value, Mapping) else {}
            return {part.name: _tree_of_value(part, parts, lang) for part in spec.parts}
        case "rows":
            rows = [row for row in value or () if isinstance(row, Mapping)]
            return [{part.name: _tree_of_value(part, row, lang) for part in spec.parts} for row in rows]
        case "choices":
            return [str(each) for each in value or ()]
        case "lines":
            return "\n".join(" ".join(str(each).split("\n")) for each in value or ())
        case _:
            return _text_of(spec, value, lang)


def _text_of(spec: Spec, value: Any, lang: Language) -> str:
    """A value as people write it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() if spec.control == "sum":
            return format_number(value, lang)
        case datetime():
            return value.isoformat() if value.second or value.microsecond else format_minute(value)
        case date():
            return format_date(value)
        case str() if spec.control == "day":
            return _text_of(spec, date.fromisoformat(value), lang) if _is_of(date, value) else value
        case str() if spec.control == "instant":
            return _text_of(spec, datetime.fromisoformat(value), lang) if _is_of(datetime, value) else value
        case _:
            return str(value)


def _is_of(kind: type[date], text: str) -> bool:
    try:
        kind.fromisoformat(text)
    except ValueError:
        return False
    return True


def _trees_of(command: type[Command], posted: Typed) -> Mapping[str, Tree]:
    root = _nested(posted)
    return {spec.name: _tree_of_posted(spec, root.get(spec.name, _Node())) for spec in _specs(command)}


class _Node(dict[str, "_Node"]):
    """What was posted under names that begin alike."""

    texts: Sequence[str] = ()


def _nested(posted: Typed) -> _Node:
    root = _Node()
    for name, texts in posted.items():
        parts = name.split(".", MOST_DEPTH) if len(name) <= LONGEST_NAME else ()
        if not parts or len(parts) > MOST_DEPTH:
            continue
        node = root
        for part in parts:
            node = node.setdefault(part, _Node())
        node.texts = texts
    return root


def _tree_of_posted(spec: Spec, node: _Node) -> Tree:
    match spec.control:
        case None:
            return {part.name: _tree_of_posted(part, node.get(part.name, _Node())) for part in spec.parts}
        case "rows":
            indices = sorted(int(name) for name in node if _INDEX.fullmatch(name) and str(int(name)) == name)
            rows = (
                {part.name: _tree_of_posted(part, node[str(at)].get(part.name, _Node())) for part in spec.parts}
                for at in indices
            )
            return [row for row in rows if not _is_blank_row(spec, row)][: MOST_ROWS + 1]
        case "choices":
            return list(dict.fromkeys(filter(None, (text.strip() for text in node.texts[: MOST_ROWS + 1]))))
        case "lines":
            return "\n".join(map(whole_letters, node.texts[: MOST_ROWS + 1]))
        case _:
            return whole_letters(node.texts[0]) if node.texts else ""


def whole_letters(text: str) -> str:
    """Lines as everywhere but in a browser; no half letters, which no page can carry."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\r\n", "\n").replace("\r", "\n")


def _is_blank_row(spec: Spec, row: Mapping[str, Tree]) -> bool:
    return all(_is_blank(part, row[part.name]) for part in spec.parts)


def _is_blank(spec: Spec, tree: Tree) -> bool:
    match tree:
        case str():
            return tree.strip() in ("", spec.default)
        case Mapping():
            return _is_blank_row(spec, tree)
        case _:
            return not tree


# --- data of texts ---
def _data_of(spec: Spec, tree: Tree, path: str, problems: list[FieldProblem]) -> Any:
    """`_ABSENT` for what is empty."""
    match tree:
        case Mapping():
            parts = {
                part.name: value
                for part in spec.parts
                if part.control != "file"
                and (value := _data_of(part, tree[part.name], f"{path}.{part.name}", problems)) is not _ABSENT
            }
            return _with_name(parts) if parts and spec.name == GROUP else parts or _ABSENT
        case str() if spec.control == "lines" and "\ufffd" not in tree:
            return _lines(spec, tree) or _ABSENT
        case str():
            return _value(spec, tree, path, problems) if tree.strip() else _ABSENT
        case _ if spec.control == "choices":
            return list(tree) or _ABSENT
        case _:
            if len(tree) > MOST_ROWS:
                problems.append(FieldProblem(path, MESSAGES["too_long"].filled(max_length=MOST_ROWS)))
            rows = [_row(spec, row, at, path, problems) for at, row in enumerate(tree[:MOST_ROWS])]
            return rows or _ABSENT


def _row(spec: Spec, row: Tree, at: int, path: str, problems: list[FieldProblem]) -> Any:
    value = _data_of(spec, row, f"{path}.{at}", problems)
    values = {} if value is _ABSENT else value
    return {"number": at + 1} | values if (spec.command, spec.name) == NUMBERED else values


def _with_name(group: dict[str, Any]) -> dict[str, Any]:
    """The number of a group on the congress's list says its name."""
    names = (entry.name for entry in entries_to_choose(CodeList.GROUPS) if entry.id == str(group.get("number")))
    return {"name": name.model_dump()} | group if (name := next(names, None)) else group


def _lines(spec: Spec, text: str) -> list[str]:
    """One more than there may be says that there are too many."""
    lines = filter(None, (line.strip() for line in text.split("\n")))
    most = spec.schema.get("maxItems", MOST_ROWS)
    return [line for _, line in zip(range(most + 1), lines, strict=False)]


def _value(spec: Spec, text: str, path: str, problems: list[FieldProblem]) -> Any:
    kind = kind_of(spec.name, spec.schema)
    if "\ufffd" in text:
        problems.append(FieldProblem(path, DAMAGED_TEXT.filled(found="\ufffd")))
        return _ABSENT
    if kind.name in ("text", "id"):
        return text
    text = text.strip()
    if len(text) > LONGEST_TYPED:
        problems.append(FieldProblem(path, TOO_LONG_TYPED))
        return _ABSENT
    if kind.name == "number" and _WHOLE.fullmatch(text):
        return int(text)
    try:
        return dong_of(text) if kind.name == "sum" else kind.read(text, spec.schema)
    except Refused as why:
        problems.append(FieldProblem(path, why.message))
        return _ABSENT


# --- what is shown ---
def _form(making: Making, lang: Language, trees: Mapping[str, Tree]) -> Form:
    command = making.command
    drawn = _Drawn(making, lang)
    left_out = {*making.without, *_id_to_give(command, trees)}
    fields: list[Field] = []
    for spec in _specs(command):
        tree = trees[spec.name]
        if spec.name in making.fixed:
            fields += drawn.hidden(spec, tree, spec.name)
        elif spec.name not in left_out:
            fields += drawn.fields(spec, tree, spec.name, required=spec.required)
    words = COMMAND_WORDS.get(command.NAME)
    title = render(words, lang) if words else command.NAME.replace("-", " ").capitalize()
    return Form(command.NAME, title, tuple(fields), lang, making)


def _id_to_give(command: type[Command], trees: Mapping[str, Tree]) -> set[str]:
    name, _ = NEW_IDS.get(command.NAME, ("", ""))
    return {name} if name and not trees.get(name) else set()


class _Words(NamedTuple):
    """What is the same for a field in all rows."""

    label: str
    options: tuple[Option, ...]
    suggestions: tuple[str, ...]
    hint: str


@dataclass(frozen=True)
class _Drawn:
    making: Making
    lang: Language
    words: dict[tuple[int, str], _Words] = field(default_factory=dict)

    def fields(self, spec: Spec, tree: Tree, path: str, *, required: bool, above: str = "") -> Iterator[Field]:
        if spec.control is None:
            label = self._label(spec, above)
            is_listed_group = spec.name == GROUP and bool(entries_to_choose(CodeList.GROUPS))
            for part in spec.parts:
                texts = cast(Mapping[str, Tree], tree)[part.name]
                if is_listed_group and part.control is None and _is_blank(part, texts):
                    continue
                needed = required and part.required
                yield from self.fields(part, texts, f"{path}.{part.name}", required=needed, above=label)
        elif spec.control == "hidden":
            yield from self.hidden(spec, tree, path)
        else:
            yield self._field(spec, tree, path, required, above)

    def hidden(self, spec: Spec, tree: Tree, path: str) -> Iterator[Field]:
        """Each text of it, to go along as it is."""
        match tree:
            case str():
                if spec.control != "file":
                    yield Field(path, self._label(spec, ""), "hidden", value=tree)
            case Mapping():
                for part in spec.parts:
                    yield from self.hidden(part, tree[part.name], f"{path}.{part.name}")
            case _ if spec.control == "choices":
                for text in tree:
                    yield Field(path, self._label(spec, ""), "hidden", value=cast(str, text))
            case _:
                for at, row in enumerate(tree):
                    yield from self.hidden(spec, row, f"{path}.{at}")

    def _field(self, spec: Spec, tree: Tree, path: str, required: bool, above: str) -> Field:
        words = self._words_of(spec, path, above)
        control, options, text = cast(Control, spec.control), words.options, ""
        values: tuple[str, ...] = ()
        rows: tuple[tuple[Field, ...], ...] = ()
        match tree:
            case str() if control == "lines" and options:
                control, values = "choices", tuple(_lines(spec, tree))
            case str() if control != "lines":
                text = tree
                control = self._control(spec, text, options)
                options = _with_values(options, (text,)) if options else ()
                if control in ("choice", "yes-no") and not spec.default and not (text and required):
                    options = (Option("", ""), *options)
            case str():
                text = tree
            case _ if control == "choices":
                values = tuple(cast(Sequence[str], tree))
            case _:
                rows = self._rows(spec, cast(Sequence[Tree], tree), path, required)
        most = spec.schema.get("maxItems", spec.schema.get("maxLength"))
        hint = words.hint if control not in ("choice", "choices") else ""
        return Field(
            path=path,
            label=words.label,
            control=control,
            required=required,
            hint=hint,
            most=most,
            options=_with_values(options, values) if values else options,
            suggestions=words.suggestions,
            value=text,
            values=values,
            rows=rows,
        )

    @staticmethod
    def _control(spec: Spec, text: str, options: Sequence[Option]) -> Control:
        if options and spec.control != "yes-no":
            return "choice"
        return "textarea" if spec.control == "text" and "\n" in text else cast(Control, spec.control)

    def _words_of(self, spec: Spec, path: str, above: str) -> _Words:
        key = (id(spec), above)  # kept as long as the program runs
        if key not in self.words:
            name = ".".join(part for part in path.split(".") if not part.isdecimal())
            options = self._chosen(self.making.choices.options, spec, name) or tuple(self._listed(spec, name))
            suggestions = () if options else self._chosen(self.making.choices.suggestions, spec, name)
            self.words[key] = _Words(self._label(spec, above), options, suggestions, self._hint(spec, name))
        return self.words[key]

    def _rows(self, spec: Spec, rows: Sequence[Tree], path: str, required: bool) -> tuple[tuple[Field, ...], ...]:
        most = min(spec.schema.get("maxItems", MOST_ROWS), MOST_ROWS)
        begins_empty = required and not rows and path == spec.name
        blanks = FIRST_ROWS if begins_empty else 1
        blank = {part.name: _tree_of_value(part, {}, self.lang) for part in spec.parts}
        shown = [*rows, *[blank] * min(blanks, max(most - len(rows), 0))]
        return tuple(
            tuple(
                field
                for part in spec.parts
                for field in self.fields(
                    part,
                    cast(Mapping[str, Tree], row)[part.name],
                    f"{path}.{at}.{part.name}",
                    required=part.required and at < max(len(rows), int(required)),
                )
            )
            for at, row in enumerate(shown)
        )

    def _label(self, spec: Spec, above: str) -> str:
        words = FILE_TO_KEEP if spec.control == "file" else words_of_field(spec.command, spec.name)
        label = render(words, self.lang) if isinstance(words, Message) else words
        if not above:
            return label
        in_language = {"vi": IN_VIETNAMESE, "en": IN_ENGLISH}.get(spec.name)
        return render(
            in_language.filled(field=above) if in_language else PART_OF.filled(field=above, part=label.lower()),
            self.lang,
        )

    def _hint(self, spec: Spec, name: str) -> str:
        is_id = spec.control == "text" and kind_of(spec.name, spec.schema).name == "id"
        hints = (HINTS.get(key) for key in (name, spec.name, "id" if is_id else str(spec.control)))
        hint = next(filter(None, hints), None)
        return render(hint, self.lang) if hint else ""

    def _listed(self, spec: Spec, name: str) -> Iterator[Option]:
        schema = spec.schema.get("items", spec.schema)
        if spec.control == "yes-no":
            yield Option("true", render(YES, self.lang))
            yield Option("false", render(NO, self.lang))
        for code in schema.get("enum", ()):
            words = words_of_choice(spec.name, code)
            yield Option(code, _capital(render(words, self.lang)) if words else str(code))
        code_list = _list_of(spec, name, schema)
        for entry in entries_to_choose(code_list) if code_list else ():
            yield Option(entry.id, entry.name.en if self.lang == "en" and entry.name.en else entry.name.vi)
        if code_list is CodeList.CASES and spec.command in IN_EVERY_CASE:
            yield Option(EVERY_CASE, _capital(render(WORDS[EVERY_CASE], self.lang)))

    @staticmethod
    def _chosen[Each](by_name: Mapping[str, Sequence[Each]], spec: Spec, name: str) -> tuple[Each, ...]:
        """Of a field of text, unless that is the id of what is registered; of a number, by its whole path."""
        if spec.control == "number":
            return tuple(by_name.get(name, ()))
        is_new = spec.command.startswith("register-") or (spec.command, spec.name) == ("open-task", "task_id")
        if (is_new and spec.name.endswith("_id")) or spec.control not in ("text", "textarea", "lines", "choices"):
            return ()
        return tuple(by_name.get(name) or by_name.get(spec.name) or ())


def _list_of(spec: Spec, name: str, schema: Schema) -> CodeList | None:
    if name.endswith(f"{GROUP}.number"):
        return CodeList.GROUPS
    if spec.control not in ("text", "choices"):
        return None
    if spec.name == "kind" and schema.get("pattern") == ENTRY_PATTERN:
        return CodeList.INCIDENT_KINDS
    return LIST_NAMES.get(spec.name)


def _with_values(options: Sequence[Option], values: Sequence[str]) -> tuple[Option, ...]:
    known = {option.value for option in options}
    return (*options, *(Option(value, value) for value in values if value and value not in known))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- what is wrong ---
def _retyped(form: Form, posted: Typed) -> Form:
    return _form(form.made, form.lang, _trees_of(form.made.command, posted))


def _told(form: Form, told: Sequence[tuple[str, str]]) -> Form:
    """Each sentence beside the field that it is about; a hidden field has none beside it."""
    shown = [field.path for field in form.all_fields if field.control != "hidden"]
    errors: dict[str, list[str]] = {}
    summary: list[str] = []
    for path, sentence in told:
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


def _flat(fields: tuple[Field, ...]) -> Iterator[Field]:
    for each in fields:
        yield each
        for row in each.rows:
            yield from _flat(row)
