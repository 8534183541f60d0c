"""The commands of a unit for people: which there are, and what one of them takes."""

from collections.abc import Mapping, Sequence

from rich.console import Group

from daihoi.ops.task_units import takes_unit_of_task
from daihoi.terminal.labels import table_of
from shared.domain.decider import Command
from shared.entering.fields import GIVEN_BY_POLICIES, NEW_IDS, Schema, schema_of
from shared.entering.typed import kind_of
from shared.i18n import Language, render, translate
from shared.unit.asyncapi import sentence_of
from shared.values.command_words import COMMAND_WORDS, words_of_field
from shared.values.message import Message
from shared.values.units import title_of

KIND_NAMES = {
    "choice": Message("choice", "one of these"),
    "number": Message("number", "whole number"),
    "sum": Message("sum", "sum in đồng"),
    "yes_or_no": Message("yes_or_no", "true or false"),
    "day": Message("day", "day"),
    "instant": Message("instant", "day and time of day"),
    "id": Message("id", "id"),
    "text": Message("text", "text"),
    "numbered": Message("numbered", "number and name"),
    "parts": Message("parts", "JSON with parts"),
    "list": Message("list", "list, as JSON"),
    "id_list": Message("id_list", "ids with commas between"),
}
MOST_CHOICES = 12


def offered_table(unit: str, commands: Mapping[str, type[Command]], lang: Language) -> Group:
    title = translate("Commands of {name}", lang, name=title_of(unit, lang))
    table = table_of(title, lang, "Command", "What it does")
    for name, command in commands.items():
        if name not in GIVEN_BY_POLICIES:
            table.add_row(name, meaning_of(command, lang))
    return Group(table, translate("`daihoi do COMMAND --help` shows what one of them takes.", lang))


def meaning_of(command: type[Command], lang: Language) -> str:
    """What a command is for. Where it has no words of ours, its source says so to who reads English."""
    if words := COMMAND_WORDS.get(command.NAME):
        return render(words, lang)
    return sentence_of(command) if lang == "en" else ""


def fields_parts(command: type[Command], lang: Language) -> Group:
    """What it is for, its fields, and how it may be typed."""
    schema = schema_of(command)
    fields, required = schema.get("properties", {}), schema.get("required", ())
    table = table_of(translate("Fields of {command}", lang, command=command.NAME), lang, *HEADINGS)
    for name in sorted(fields, key=lambda name: name not in required):
        table.add_row(*_row(command.NAME, name, fields[name], _need(command, name, lang), lang))
    about = meaning_of(command, lang)
    more = sentence_of(command) if lang == "en" else ""
    example = f"daihoi do {command.NAME} {example_of(command)}".rstrip()
    return Group(*dict.fromkeys(filter(None, (about, more))), table, translate("For example:", lang), f"  {example}")


HEADINGS = ("Field", "What it is", "Needed", "Kind", "Example")


def example_of(command: type[Command]) -> str:
    """All that has to be given, as it may be typed."""
    schema = schema_of(command)
    names = [name for name in schema.get("required", ()) if name != new_id_of(command)]
    return " ".join(f"{name}={_example(name, schema['properties'][name])}" for name in names)


def _row(command: str, name: str, schema: Schema, need: str, lang: Language) -> Sequence[str]:
    words = words_of_field(command, name)
    kind = render(KIND_NAMES[kind_of(name, schema).name], lang)
    if choices := schema.get("enum"):
        kind = f"{kind}: {', '.join(map(str, choices[:MOST_CHOICES]))}"
    return name, render(words, lang) if isinstance(words, Message) else "", need, kind, _example(name, schema)


def _need(command: type[Command], name: str, lang: Language) -> str:
    if name == new_id_of(command):
        return translate("proposed where left out", lang)
    if name == "unit" and takes_unit_of_task(command):
        return translate("that of the task where left out", lang)
    return translate("yes", lang) if command.model_fields[name].is_required() else ""


def new_id_of(command: type[Command]) -> str:
    return NEW_IDS.get(command.NAME, ("", ""))[0]


def _example(name: str, schema: Schema) -> str:
    return EXAMPLES.get(name) or kind_of(name, schema).example


EXAMPLES = {
    "task_id": "1-03",
    "catalogue_item": "1-03",
    "unit": "logistics",
    "units": "logistics,security",
    "item_ids": "1-03,1-04",
    "due_offset_days": "-3",
    "scenario": "none",
    "organisation_id": "van-phong",
    "since": "01/11/2026",
    "sha256": "…",
    "contact": "0912345678",
}
