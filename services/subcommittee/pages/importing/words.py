"""How what a workbook says is shown, in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.subcommittee.importing.annex import NO_UNIT
from services.subcommittee.importing.register_changes import NO_KIND, NO_SINCE
from services.subcommittee.importing.remarks import in_ranges
from services.subcommittee.importing.sources import NOT_LISTED
from shared.domain.decider import Command, Refused
from shared.entering.days import clear_day
from shared.entering.headings import NOT_TAKEN
from shared.entering.tables import Wrong
from shared.i18n import format_date, format_number, offset_in_words, render
from shared.values.choice_words import words_of_choice
from shared.values.code_lists import CodeList, is_listed, name_of
from shared.values.command_words import words_of_field
from shared.values.message import Message
from shared.web.visit import Visit

COLUMNS = {
    "title_vi": Message("title_vi", "Title in Vietnamese"),
    "title_en": Message("title_en", "Title in English"),
    "group_vi": Message("group_vi", "Group's name"),
    "organisation": Message("organisation", "Organisation"),
    "organisation_en": Message("organisation_en", "Organisation in English"),
    "phone": Message("phone", "Telephone"),
    "email": Message("email", "E-mail"),
    NOT_TAKEN: Message("not_taken", "not to be read"),
}
SAID_ON_PAGES = {
    NO_UNIT: Message("no_unit_said", "No column says which unit the tasks are for."),
    NO_KIND: Message("no_kind_said", "Nothing says what kind of organisation it is."),
    NO_SINCE: Message("no_since_said", "Nothing says since when the position is held."),
    NOT_LISTED: Message(
        "funding_source_not_listed",
        "«{found}» is not on the list of sources of funding, which has: {names}. Items {items} keep it as it is "
        "written; spending on them can name only what is on the list.",
    ),
}
"""What the command line says with its options."""
LISTS = {"unit": CodeList.UNITS, "scenario": CodeList.CASES, "funding_source": CodeList.FUNDING_SOURCES}


def column(visit: Visit, command: type[Command], name: str) -> str:
    words = COLUMNS.get(name) or words_of_field(command.NAME, name)
    return visit.say(words) if isinstance(words, Message) else words


def word(visit: Visit, field: str, code: str) -> str:
    words = words_of_choice(field, code)
    label = visit.say(words) if words else code
    return label[:1].upper() + label[1:]


def _value(visit: Visit, name: str, value: Any) -> str:
    if value in (None, "", ()):
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    if name in LISTS:
        listed = is_listed(LISTS[name], str(value))
        return name_of(LISTS[name], str(value), visit.lang) if listed else word(visit, name, str(value))
    if name == "due_offset_days":
        return offset_in_words(value, visit.lang)
    if name.endswith("_vnd"):
        return f"{format_number(value, visit.lang)} đ"
    if name in ("deadline", "since"):
        day = clear_day(str(value))
        return format_date(day) if day else str(value)
    return word(visit, name, str(value)) if name in ("phase", "kind") else str(value)


type Changes = Mapping[str, tuple[Any, Any]]
"""Of each field, what it was and what it becomes."""


def details(visit: Visit, command: type[Command], changes: Changes) -> list[tuple[str, str, str]]:
    return [
        (column(visit, command, name), _value(visit, name, old), _value(visit, name, new))
        for name, (old, new) in changes.items()
    ]


def sentence_of(visit: Visit, why: Refused) -> str:
    words = SAID_ON_PAGES.get(why.refusal)
    return render(words.filled(**why.params) if words else why.message, visit.lang)


def grouped(visit: Visit, errors: Sequence[Wrong]) -> list[Mapping[str, Any]]:
    """What is the same in many rows is told once."""
    rows: dict[tuple[str, str], list[int]] = {}
    for error in errors:
        rows.setdefault((error.column, sentence_of(visit, error.why)), []).append(error.row)
    return [
        {"place": place_of(visit, numbers, column), "sentence": sentence, "count": len(numbers)}
        for (column, sentence), numbers in rows.items()
    ]


def place_of(visit: Visit, rows: Sequence[int], column: str) -> str:
    numbers = in_ranges(sorted(set(filter(None, rows))))
    if numbers and column:
        return visit.t("Row {row}, column «{column}»", row=numbers, column=column)
    if numbers:
        return visit.t("Row {row}", row=numbers)
    return visit.t("The file")
