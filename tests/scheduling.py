"""In which order several workers take the tests, and which go together.

What takes long begins first, so that all workers end at about the same time. Tests of a file stay with one worker,
for some share what is set up for their module; the long ones that share nothing are handed out one by one.
"""

from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

LONG_FILES = (
    "faults/test_matrix.py",
    "integration/test_cli.py",
    "properties/test_hostile_commands.py",
    "properties/test_services.py",
    "properties/test_aggregates.py",
    "domain/test_histories.py",
)
FOLDERS = ("faults", "integration", "properties", "contract")
ONE_BY_ONE = frozenset(
    {
        "faults/test_kept.py",
        "faults/test_kills.py",
        "faults/test_lost_events.py",
        "faults/test_outages.py",
        "faults/test_two_trackers.py",
        "integration/test_at_once.py",
        "integration/test_embedded.py",
        "integration/test_import.py",
        "integration/test_parked.py",
        "integration/test_rebuild.py",
        "integration/test_waiting.py",
    }
)
"""Files whose tests share nothing but the servers."""


def place_in_line(path: Path) -> tuple[int, int]:
    file = f"{path.parent.name}/{path.name}"
    return _place(file, LONG_FILES), _place(path.parent.name, FOLDERS)


def _place(name: str, line: tuple[str, ...]) -> int:
    return line.index(name) if name in line else len(line)


class FilesAndLongTests(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid if file.removeprefix("tests/") in ONE_BY_ONE else file
