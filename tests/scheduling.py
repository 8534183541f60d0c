"""In which order several workers take the tests, and which go together.

What takes long begins first, so that all workers end at about the same time. After that, files that wait for servers
and files that only compute take turns, for the first leave a processor idle that the second can use. Tests of a file
stay with one worker, for some share what is set up for their module; so do files that share what is set up for a run.
The long ones that share nothing are handed out one by one.
"""

from collections.abc import Iterable
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

LONG_FILES = (
    "faults/test_matrix.py",
    "web/test_api.py",
    "integration/test_cli.py",
    "properties/test_hostile_commands.py",
    "faults/test_outages.py",
    "integration/test_backup.py",
    "integration/test_start.py",
    "integration/test_embedded.py",
    "integration/test_shell.py",
    "faults/test_two_trackers.py",
    "properties/test_services.py",
    "faults/test_lost_events.py",
    "domain/test_histories.py",
    "properties/test_aggregates.py",
    "integration/test_hand_edited.py",
    "web/browser/test_every_page.py",
    "integration/test_rebuild.py",
)
"""They take turns as well: some that keep a processor busy, then one that mostly waits."""
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


TOGETHER = {
    "the browser": frozenset(
        {"web/browser/test_every_page.py", "web/browser/test_script.py", "web/browser/test_smoke.py"}
    ),
    "the sample": frozenset(
        {
            "web/test_api.py",
            "web/test_first_steps.py",
            "web/test_hostile_pages.py",
            "web/test_own_views.py",
            "web/test_records.py",
            "web/test_role_matrix.py",
            "web/test_task_pages.py",
        }
    ),
}
"""By what is set up once for a run and takes long: the files whose tests share it, and so a worker."""


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
        file = nodeid.partition("::")[0].removeprefix("tests/")
        if file in ONE_BY_ONE:
            return nodeid
        return next((what for what, files in TOGETHER.items() if file in files), file)
