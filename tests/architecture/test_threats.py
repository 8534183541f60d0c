"""Every threat names the tests that show how it is stopped."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (PROJECT / "docs" / "threats.md").read_text("utf-8").splitlines()
    if line.startswith("|") and not line.startswith(("| who |", "|---"))
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_a_threat_is_stopped_by_something_that_a_test_shows(row):
    _, _, stopped, shown = row
    tests = re.findall(r"`(tests/[a-z_/]+\.py)(?:::(test_[a-z0-9_]+))?`", shown)
    assert stopped
    assert tests
    for file, name in tests:
        assert re.search(rf"^(?:async )?def {name or 'test_'}", (PROJECT / file).read_text("utf-8"), re.MULTILINE), (
            name
        )


def test_most_of_them_are_about_the_bus():
    assert len(ROWS) > 12
