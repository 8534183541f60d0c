"""In which order several workers take the tests, and which go together.

What takes long begins first, so that all workers end at about the same time. After that, files that wait for servers
and files that only compute take turns, for the first leave a processor idle that the second can use. Tests of a file
stay with one worker, for some share what is set up for their module; the long ones that share nothing are handed out
one by one.
"""

from collections.abc import Iterable
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

LONG_FILES = (
    "faults/test_matrix.py",
    "integration/test_cli.py",
    "properties/test_hostile_commands.py",
    "faults/test_outages.py",
    "faults/test_two_trackers.py",
    "properties/test_services.py",
    "faults/test_lost_events.py",
    "domain/test_histories.py",
    "properties/test_aggregates.py",
    "integration/test_rebuild.py",
    "integration/test_backup.py",
)
"""They take turns as well: three that keep a processor busy, then one that mostly waits."""
FOLDERS = ("faults", "integration", "properties", "contract", "web")
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


def places_in_line(paths: Iterable[Path]) -> dict[Path, tuple[int, float]]:
    """By the file: whether it is a long one, and where it stands among those that are like it."""
    files = sorted(set(paths), key=lambda path: (_place(path.parent.name, FOLDERS), path))
    waiting = [path for path in files if path.parent.name in FOLDERS]
    computing = [path for path in files if path.parent.name not in FOLDERS]
    share = {path: place / len(line) for line in (waiting, computing) for place, path in enumerate(line)}
    return {path: (_place(f"{path.parent.name}/{path.name}", LONG_FILES), share[path]) for path in files}


def _place(name: str, line: tuple[str, ...]) -> int:
    return line.index(name) if name in line else len(line)


class FilesAndLongTests(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid if file.removeprefix("tests/") in ONE_BY_ONE else file
