"""Somebody who begins a congress of their own by `docs/start.md`: `daihoi up` in one terminal, every command in
another. All but `daihoi up` and the services that it starts run in this process."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.platform.embedded import Endpoints
from tests.documents.pages import PROJECT
from tests.documents.reader import COLUMNS, in_place, running, without_progress_bars
from tests.program import Shell

CONGRESS = "congdoan-xi"
RUN_ALREADY = ("cd ", "source ", "make up")
_VARIES = (
    (r"\b[0-9a-f]{64}\b", "…"),
    (r"(?:(?<=ledger event )|(?<=bản ghi số )|(?<=bản ghi ))\d+", "…"),
    (r"(?m)(?<=│ )\d+(?= +│$)(?<=\d\d\d)", "…"),
)
"""Where in the ledger it stands: the units work side by side."""
FILTER_TIMEOUT_S = 60


class Newcomer:
    def __init__(self, shell: Shell) -> None:
        self.shell = shell

    def run(self, command: str) -> str:
        """What it prints, as a terminal shows it, without what varies."""
        if command.startswith(RUN_ALREADY):
            return ""
        words, piped = _parted(command)
        if words[0] == "export":
            self.shell.environment |= dict(word.split("=", 1) for word in words[1:])
            return ""
        assert words[0] == "daihoi", f"nobody who follows the guide needs another program: {command}"
        printed = without_progress_bars(self._printed(words[1:], piped))
        for pattern, placeholder in _VARIES:
            printed = in_place(pattern, placeholder, printed)
        return "".join(f"{line.rstrip()}\n" for line in printed.splitlines())

    def _printed(self, arguments: list[str], piped: str) -> str:
        ended = (self.shell.run if piped else self.shell.run_on_one_stream)(*arguments)
        assert ended.returncode == 0, ended.stderr
        return ended.stderr + _through(piped, ended.stdout) if piped else ended.stdout


def _parted(command: str) -> tuple[list[str], str]:
    """The words of a command, and what its output goes through."""
    command, _, piped = re.sub(r"\\\n\s*", " ", command).partition(" | ")
    return shlex.split(command), piped


def _through(piped: str, text: str) -> str:
    ended = subprocess.run(
        ["sh", "-c", piped], input=text, capture_output=True, text=True, timeout=FILTER_TIMEOUT_S, check=True
    )
    return ended.stdout


@contextmanager
def newcomer(folder: Path, language: str) -> Iterator[Newcomer]:
    """In an empty folder with the files of the congress, beside a `daihoi up` that ends with the block."""
    shell = Shell(folder, Endpoints("", ""), CONGRESS)
    shell.environment = {name: value for name, value in shell.environment.items() if not name.startswith("DAIHOI_")}
    shell.environment |= {"DAIHOI_CONGRESS": CONGRESS, "DAIHOI_LANG": language, "COLUMNS": COLUMNS}
    (folder / "data").symlink_to(PROJECT / "data")
    with running(["-m", "daihoi", "up"], folder, shell.environment, "mongodb://"):
        yield Newcomer(shell)
