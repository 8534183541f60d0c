"""The version of the fold changes with everything that the fold consists of."""

import ast

from services.tracker.projection.version import FOLD, ROOT

PARTS = [
    path for name in FOLD for path in ([ROOT / name] if (ROOT / name).is_file() else (ROOT / name).rglob("*.py"))
]
NO_PART = {"shared.eventstore.direct", "shared.eventstore.errors", "shared.eventstore.ledger"}
"""What brings the bytes; what they say does not depend on it."""


def imported(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(("services.", "shared.")):
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def file_of(module):
    for path in (ROOT / module.replace(".", "/")).with_suffix(".py"), ROOT / module.replace(".", "/") / "__init__.py":
        if path.is_file():
            return path
    return None


def test_whatever_the_tracker_s_part_of_the_fold_uses_is_part_of_its_version():
    tracker = [path for path in PARTS if path.is_relative_to(ROOT / "services")]
    used = {file_of(module) for path in tracker for module in imported(path) if module not in NO_PART}
    missing = {path for path in used if path and path not in PARTS and path.name != "__init__.py"}
    assert missing == set()
