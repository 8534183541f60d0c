"""Modules stay as long as somebody reads at one sitting."""

from pathlib import Path

PROJECT = Path(__file__).parents[2]
MOST_LINES = 350


def test_no_module_is_longer_than_somebody_reads_at_one_sitting():
    lengths = {
        path.relative_to(PROJECT).as_posix(): len(path.read_text("utf-8").splitlines())
        for tree in ("daihoi", "services", "shared")
        for path in (PROJECT / tree).rglob("*.py")
    }
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}
