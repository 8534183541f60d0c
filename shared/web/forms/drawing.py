"""The fields of a form as they are shown, with what is called how in the reader's language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from shared.domain.decider import Command
from shared.entering.fields import NEW_IDS, Schema
from shared.entering.typed import kind_of
from shared.i18n import Language, render
from shared.values.choice_words import words_of_choice
from shared.values.code_lists import ENTRY_PATTERN, EVERY_CASE, CodeList, entries_to_choose
from shared.values.command_words import COMMAND_WORDS, words_of_field
from shared.values.message import WORDS, Message
from shared.web.forms.fields import Control, Field, Form, Making, Option
from shared.web.forms.reading import lines_of
from shared.web.forms.specs import GROUP, LIST_NAMES, Spec, specs_of
from shared.web.forms.texts import Tree, default_of, is_blank, tree_of_value

IN_EVERY_CASE = frozenset(("open-task", "publish-catalogue", "import-catalogue"))
"""Commands that may name work to be done in every case."""
FIRST_ROWS = 3
"""Blank rows of a list that has to have some, to begin with."""
IN_VIETNAMESE = Message("in_vietnamese", "{field}, in Vietnamese")
IN_ENGLISH = Message("in_english", "{field}, in English")
NO_MORE_ROWS = Message("no_more_rows", "No more rows fit in one form; record these first.")
PART_OF = Message("part_of", "{field}: {part}")
FILE_TO_KEEP = Message("file", "File")
YES, NO = Message("yes", "Yes"), Message("no", "No")
CHOSEN: Mapping[str, Message] = {
    "meeting_id": Message("chosen", "Meeting"),
    "directive_id": Message("chosen", "Directive"),
    "document_id": Message("chosen", "Document"),
    "review_id": Message("chosen", "Which review"),
    "resource_id": Message("chosen", "Hall, room, lodging or vehicle"),
    "publication_id": Message("chosen", "Which publication"),
    "clearance_id": Message("chosen", "Clearance"),
    "incident_id": Message("chosen", "Which incident"),
    "organisation_id": Message("chosen", "Organisation"),
}
"""What fields are called that hold an id, where it is chosen by name."""
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


def drawn(making: Making, lang: Language, trees: Mapping[str, Tree]) -> Form:
    command = making.command
    drawn = _Drawn(making, lang)
    left_out = {*making.without, *_id_to_give(command, trees)}
    fields: list[Field] = []
    for spec in specs_of(command):
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
                if is_listed_group and part.control is None and is_blank(part, texts):
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
                control, values = "choices", tuple(lines_of(spec, tree))
            case str() if control != "lines":
                text = tree
                control = self._control(spec, text, options)
                options = _with_values(options, (text,)) if options else ()
                if control in ("choice", "yes-no") and not default_of(spec) and not (text and required):
                    options = (Option("", ""), *options)
            case str():
                text = tree
            case _ if control == "choices":
                values = tuple(cast(Sequence[str], tree))
            case _:
                rows = self._rows(spec, cast(Sequence[Tree], tree), path, required)
        most = spec.schema.get("maxItems", spec.schema.get("maxLength"))
        hint = words.hint if control not in ("choice", "choices") else ""
        if rows and len(rows) >= spec.most_rows > 1:
            hint = render(NO_MORE_ROWS, self.lang)
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
            chosen = CHOSEN.get(spec.name) if options else None
            label = render(chosen, self.lang) if chosen else self._label(spec, above)
            self.words[key] = _Words(label, options, suggestions, self._hint(spec, name))
        return self.words[key]

    def _rows(self, spec: Spec, rows: Sequence[Tree], path: str, required: bool) -> tuple[tuple[Field, ...], ...]:
        begins_empty = required and not rows and path == spec.name
        blanks = FIRST_ROWS if begins_empty else 1
        blank = {part.name: tree_of_value(part, {}, self.lang) for part in spec.parts}
        shown = [*rows, *[blank] * min(blanks, max(spec.most_rows - len(rows), 0))]
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
        """What can be chosen for a field of text, unless that is the id of what is registered; of a number, by its
        whole path."""
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
