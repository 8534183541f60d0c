"""The texts of a form: of values as people write them, and of what was posted."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from shared.domain.decider import Command
from shared.i18n import Language, format_date, format_minute, format_number
from shared.web.forms.fields import Typed
from shared.web.forms.specs import Spec, specs_of

type Tree = Mapping[str, Tree] | Sequence[Tree] | str
"""Texts as a command has its fields: an object by name, rows and ticked choices one after the other."""

MOST_ROWS = 1000
MOST_DEPTH = 8
LONGEST_NAME = 200
_INDEX = re.compile(r"[0-9]{1,4}", re.ASCII)


def tree_of_value(spec: Spec, values: Mapping[str, Any], lang: Language) -> Tree:
    value = values.get(spec.name, spec.schema.get("default"))
    match spec.control:
        case None:
            parts = value if isinstance(value, Mapping) else {}
            return {part.name: tree_of_value(part, parts, lang) for part in spec.parts}
        case "rows":
            rows = [row for row in value or () if isinstance(row, Mapping)]
            return [{part.name: tree_of_value(part, row, lang) for part in spec.parts} for row in rows]
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


def trees_of(command: type[Command], posted: Typed) -> Mapping[str, Tree]:
    root = _nested(posted)
    return {spec.name: _tree_of_posted(spec, root.get(spec.name, _Node())) for spec in specs_of(command)}


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
            return list(islice((row for row in rows if not is_blank_row(spec, row)), spec.most_rows + 1))
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


def is_blank_row(spec: Spec, row: Mapping[str, Tree]) -> bool:
    return all(is_blank(part, row[part.name]) for part in spec.parts)


def is_blank(spec: Spec, tree: Tree) -> bool:
    match tree:
        case str():
            return tree.strip() in ("", default_of(spec))
        case Mapping():
            return is_blank_row(spec, tree)
        case _:
            return not tree


def default_of(spec: Spec) -> str:
    """The text of a field that nobody has filled in."""
    return "" if spec.control == "file" else _text_of(spec, spec.schema.get("default"), "vi")
