"""Sets of code lists that a congress can begin with, chosen by name. What a set does not say of a list is as it is by
default."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from services.subcommittee.code_list import PublishList
from shared.domain.decider import Refusal, Refused
from shared.domain.entering import entered
from shared.unit.field_errors import message_of
from shared.values.brief import brief_text
from shared.values.code_lists import DEFAULTS, LIST_NAMES, CodeList, Entries

FOLDER = Path(__file__).parent
FILE = TypeAdapter(dict[CodeList, list[dict[str, str]]])
NOT_VALID = Refusal("list_not_valid", "The list «{list}» can't be published: {reason}.")
ENTRY_NOT_VALID = Refusal(
    "list_not_valid", "The list «{list}» can't be published: entry {number}, {entry}: {field}: {reason}."
)
MOST_SHOWN = 60
NO_SUCH_TEMPLATE = Refusal("no_such_template", "There is no set of lists {name}; there are {names}.")

type ListEntries = Sequence[Mapping[str, str]]
"""Entries as people write them in files: `id`, `vi` and, if they like, `en`."""


def templates() -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in FOLDER.glob("*.json")))


def lists_to_publish(template: str, own: Mapping[CodeList, ListEntries]) -> tuple[PublishList, ...]:
    """A command for each list: of the set, all of them; `own` lists stand in place of the set's. Without a set, the
    own lists alone. An empty list stays free, so nothing is published of it. Raises the refusals `no_such_template`
    and `list_not_valid`."""
    lists = {**(lists_of(template) if template else {}), **own}
    return tuple(publishing(code_list, lists[code_list], template) for code_list in CodeList if lists.get(code_list))


def publishing(code_list: CodeList, entries: ListEntries, template: str = "") -> PublishList:
    """Raises the refusal `list_not_valid`, which says what is wrong first."""
    named = [{"id": entry["id"], "name": {"vi": entry.get("vi", ""), "en": entry.get("en", "")}} for entry in entries]
    data: dict[str, Any] = {"code_list": code_list.value, "entries": named}
    try:
        return entered(PublishList, data | ({"template": template} if template else {}))
    except ValidationError as error:
        raise _not_valid(code_list, entries, error.errors()[0]) from error


def _not_valid(code_list: CodeList, entries: ListEntries, wrong: Any) -> Refused:
    """`wrong` is one of pydantic's errors; names the entry and what of it, where it is about one."""
    shown = {"list": LIST_NAMES[code_list], "reason": message_of(wrong)}
    match wrong["loc"]:
        case ("entries", int(at), *fields):
            entry = f"«{brief_text(entries[at]['id'], MOST_SHOWN)}»"
            named = [str(field) for field in fields if field != "name"]
            return ENTRY_NOT_VALID(number=at + 1, entry=entry, field=".".join(named) or "id", **shown)
        case _:
            return NOT_VALID(**shown)


def lists_of(template: str) -> Mapping[CodeList, ListEntries]:
    """All lists of a set. Raises the refusal `no_such_template`."""
    if template not in templates():
        raise NO_SUCH_TEMPLATE(name=template, names=", ".join(templates()))
    by_default = {code_list: _as_written(entries) for code_list, entries in DEFAULTS.items()}
    return {**by_default, **_in_file(template)}


@cache
def _in_file(template: str) -> Mapping[CodeList, ListEntries]:
    return FILE.validate_json((FOLDER / f"{template}.json").read_bytes())


def _as_written(entries: Entries) -> ListEntries:
    return [{"id": entry.id, **entry.name.model_dump()} for entry in entries]
