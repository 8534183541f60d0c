"""The lists of the congress in the file that says all of it: which units take part under which names, which cases they
prepare for, and the like."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from daihoi.importing.congress_answers import loaded
from shared.domain.decider import Refusal
from shared.values.brief import brief_text
from shared.values.code_lists import CodeList

LISTS, TEMPLATE, ABOUT = "lists", "template", "about"
BESIDE_THE_ANSWERS = (LISTS, TEMPLATE, ABOUT)
"""What the file may say that is no particular of the congress; `about` is for its readers alone."""
MOST_SHOWN = 60

NO_LISTS = Refusal("no_lists", "In {path}, {name} is to hold lists by their names: {names}.")
NO_ENTRIES = Refusal("no_entries", "In {path}, the list {name} is to hold entries such as {example}.")
EXAMPLE = '{"id": "y-te", "vi": "Tổ Y tế", "en": "Health team"}'


def lists_in(path: Path) -> list[dict[str, Any]]:
    """The data of a `publish-list` for each list in the file. Raises a refusal."""
    told = loaded(path)
    lists = told.get(LISTS) if isinstance(told, dict) else None
    if lists is None:
        return []
    if not isinstance(lists, dict) or not lists.keys() <= {*CodeList}:
        raise NO_LISTS(path=path, name=LISTS, names=", ".join(CodeList))
    return [{"code_list": name, "entries": [*_entries(path, name, entries)]} for name, entries in lists.items()]


def template_in(path: Path) -> str:
    """The name of the set that the other lists are taken from; empty where the file names none."""
    told = loaded(path)
    return str(told.get(TEMPLATE) or "") if isinstance(told, dict) else ""


def _entries(path: Path, name: str, entries: object) -> Iterator[dict[str, Any]]:
    for entry in entries if isinstance(entries, list) else [None]:
        if not isinstance(entry, Mapping) or not entry.keys() <= {"id", "vi", "en"} or not {"id", "vi"} <= entry.keys():
            raise NO_ENTRIES(path=path, name=brief_text(name, MOST_SHOWN), example=EXAMPLE)
        title = {language: str(entry[language]) for language in ("vi", "en") if language in entry}
        yield {"id": str(entry["id"]), "name": title}
