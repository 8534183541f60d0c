"""What a library does not promise is relied on in one module each, and looked at again with each of its versions."""

import ast
from importlib.metadata import version
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
TREES = ("services", "shared", "daihoi", "benchmarks")
SEEN_WITH = {
    "nats_parser.py": ("nats-py", "2.16.0"),
    "broker.py": ("faststream", "0.7.8"),
    "xlsx_table.py": ("openpyxl", "3.1.5"),
}
"""The module that knows the insides, and the version whose insides it knows."""
PUBLIC = {"_replace", "_asdict", "_fields", "_make", "_id", "_exit"}
"""Named so by Python, and a file's id by GridFS."""


@pytest.mark.parametrize("module", SEEN_WITH)
def test_the_insides_of_a_library_are_those_that_were_looked_at(module):
    library, seen = SEEN_WITH[module]
    assert version(library) == seen, (
        f"{module} relies on the insides of {library} {seen}; look at {library} {version(library)} again, mend the "
        f"module where they differ, and write the new version here and in the module. Until then: DAIHOI_PLAIN=1"
    )


def test_nobody_else_reaches_into_a_library():
    paths = [path for tree in TREES for path in (PROJECT / tree).rglob("*.py")]
    reaching = {path.name: names for path in paths if (names := strange_names(path))}
    assert reaching.keys() <= SEEN_WITH.keys(), reaching


def strange_names(path: Path) -> set[str]:
    """Names with an underscore in front that are asked of something, and that the module itself does not give."""
    tree = ast.parse(path.read_text("utf-8"))
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    own = {node.attr for node in attributes if is_self(node.value) and isinstance(node.ctx, ast.Store)}
    own |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    asked = {node.attr for node in attributes if not is_self(node.value) or is_super(node.value)}
    hidden = {name for name in asked if name.startswith("_") and not name.endswith("__")}
    hidden |= {name for name in asked if name.startswith("__pydantic")}
    return hidden - own - PUBLIC


def is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "super"
