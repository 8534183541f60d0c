"""What was posted, as a command takes it."""

import re
from collections.abc import Mapping
from typing import Any

from shared.domain.decider import Refused
from shared.entering.cells import DAMAGED_TEXT
from shared.entering.money import dong_of
from shared.entering.plain import plain
from shared.entering.typed import kind_of
from shared.unit.field_errors import MESSAGES
from shared.values.code_lists import CodeList, entries_to_choose
from shared.values.message import Message
from shared.web.forms.fields import FieldProblem
from shared.web.forms.specs import GROUP, LIST_NAMES, NUMBERED, Spec
from shared.web.forms.texts import MOST_ROWS, Tree

LONGEST_TYPED = 500
"""Letters of what is no text: a day, a number."""
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
ABSENT: Any = object()
TOO_LONG_TYPED = Message("too_long_typed", "This is too long.")


def data_of(spec: Spec, tree: Tree, path: str, problems: list[FieldProblem]) -> Any:
    """`ABSENT` for what is empty."""
    match tree:
        case Mapping():
            parts = {
                part.name: value
                for part in spec.parts
                if part.control != "file"
                and (value := data_of(part, tree[part.name], f"{path}.{part.name}", problems)) is not ABSENT
            }
            return _with_name(parts) if parts and spec.name == GROUP else parts or ABSENT
        case str() if spec.control == "lines" and "\ufffd" not in tree:
            return lines_of(spec, tree) or ABSENT
        case str():
            return _value(spec, tree, path, problems) if tree.strip() else ABSENT
        case _ if spec.control == "choices":
            return list(tree) or ABSENT
        case _:
            if len(tree) > spec.most_rows:
                problems.append(FieldProblem(path, MESSAGES["too_long"].filled(max_length=spec.most_rows)))
            rows = [_row(spec, row, at, path, problems) for at, row in enumerate(tree[: spec.most_rows])]
            return rows or ABSENT


def _entry_named(code_list: CodeList, text: str) -> str:
    """The id of the entry that is called so, however it is spelled; the text where there is none, or several."""
    entries = entries_to_choose(code_list)
    ids = {entry.id for entry in entries if plain(text) in (plain(entry.name.vi), plain(entry.name.en))}
    is_id = any(entry.id == text for entry in entries)
    return text if is_id or len(ids) != 1 else ids.pop()


def _row(spec: Spec, row: Tree, at: int, path: str, problems: list[FieldProblem]) -> Any:
    value = data_of(spec, row, f"{path}.{at}", problems)
    values = {} if value is ABSENT else value
    return {"number": at + 1} | values if (spec.command, spec.name) == NUMBERED else values


def _with_name(group: dict[str, Any]) -> dict[str, Any]:
    """The number of a group on the congress's list says its name."""
    names = (entry.name for entry in entries_to_choose(CodeList.GROUPS) if entry.id == str(group.get("number")))
    return {"name": name.model_dump()} | group if (name := next(names, None)) else group


def lines_of(spec: Spec, text: str) -> list[str]:
    """The lines of a text; one more than there may be says that there are too many."""
    lines = filter(None, (line.strip() for line in text.split("\n")))
    most = spec.schema.get("maxItems", MOST_ROWS)
    return [line for _, line in zip(range(most + 1), lines, strict=False)]


def _value(spec: Spec, text: str, path: str, problems: list[FieldProblem]) -> Any:
    kind = kind_of(spec.name, spec.schema)
    if "\ufffd" in text:
        problems.append(FieldProblem(path, DAMAGED_TEXT.filled(found="\ufffd")))
        return ABSENT
    if kind.name in ("text", "id"):
        return _entry_named(LIST_NAMES[spec.name], text) if spec.name in LIST_NAMES else text
    text = text.strip()
    if len(text) > LONGEST_TYPED:
        problems.append(FieldProblem(path, TOO_LONG_TYPED))
        return ABSENT
    if kind.name == "number" and _WHOLE.fullmatch(text):
        return int(text)
    try:
        return dong_of(text) if kind.name == "sum" else kind.read(text, spec.schema)
    except Refused as why:
        problems.append(FieldProblem(path, why.message))
        return ABSENT
