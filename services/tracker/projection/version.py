"""The version of the fold, which made a set of views: a digest of the code of whatever the fold imports.

What is said in words is no part of it: comments, docstrings, sentences of events, titles of units, translations.
"""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from shared.values.units import WRITERS

ROOT = Path(__file__).parents[3]
BEGINS_WITH = "services.tracker.projection.fold"
DISCOVERED = ("shared.events", "shared.views")
"""Packages whose modules are found by looking: no import names them."""
NO_PART = (
    *("shared.eventstore.direct", "shared.eventstore.errors", "shared.eventstore.ledger"),
    *("shared.values.message", "shared.values.units"),
)
"""What brings the bytes, and what is said to people: no document depends on it. Of the registry of units the writers
count."""


@cache
def fold_version() -> str:
    """Sixteen hexadecimal digits."""
    running = hashlib.sha256(repr(sorted(WRITERS.items())).encode())
    for source, tree in sorted(_trees().items()):
        running.update(f"{source.relative_to(ROOT)}\n{_code(tree)}".encode())
    return running.hexdigest()[:16]


def _code(tree: ast.Module) -> str:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [line for line in node.body if not _is_only_words(line)]
    return ast.dump(tree)


def _is_only_words(line: ast.stmt) -> bool:
    """A docstring, or the sentence of an event."""
    if isinstance(line, ast.Expr):
        return isinstance(line.value, ast.Constant)
    return isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "SENTENCE"


def fold_sources() -> list[Path]:
    """The modules that the fold imports or finds, and those that these import."""
    return sorted(_trees())


def _trees() -> dict[Path, ast.Module]:
    trees: dict[Path, ast.Module] = {}
    waiting = {BEGINS_WITH, *_discovered()}
    while waiting:
        module = waiting.pop()
        if module not in NO_PART and (source := _source_of(module)) and source not in trees:
            trees[source] = ast.parse(source.read_bytes())
            waiting.update(_imported(trees[source]))
    return trees


def _discovered() -> Iterator[str]:
    for package in DISCOVERED:
        for path in (ROOT / package.replace(".", "/")).glob("*.py"):
            yield f"{package}.{path.stem}"


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def _source_of(module: str) -> Path | None:
    """The file of a module of ours; nothing for any other, and for what is no module."""
    path = ROOT / module.replace(".", "/")
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((path for path in candidates if module.startswith(("services.", "shared.")) and path.is_file()), None)
