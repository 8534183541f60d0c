"""Somebody who begins a congress of their own by `docs/start.md`: `daihoi up` in one terminal, every command in
another. All of them run in this process, on a pair of servers that others may use too."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from shared.platform.embedded import Endpoints
from shared.platform.settings import Settings
from shared.unit.issuer import make_issuer_keys
from tests.documents.pages import PROJECT
from tests.documents.reader import COLUMNS, in_place, running, without_progress_bars
from tests.program import Shell

CONGRESS = "congdoan-xi"
RUN_ALREADY = ("cd ", "source ", "make up")
_VARIES = ((r"\b[0-9a-f]{64}\b", "…"),)
FILTER_TIMEOUT_S = 60


class Newcomer:
    def __init__(self, shell: Shell, congress: str) -> None:
        self._shell, self._congress = shell, congress

    def run(self, command: str) -> str:
        """What it prints, on the standard error output first, without what varies."""
        if command.startswith(RUN_ALREADY):
            return ""
        words, piped = _parted(command)
        if words[0] == "export":
            self._shell.environment |= dict(word.split("=", 1) for word in words[1:])
            self._shell.environment["DAIHOI_CONGRESS"] = self._congress
            return ""
        assert words[0] == "daihoi", f"nobody who follows the guide needs another program: {command}"
        ended = self._shell.run(*words[1:])
        printed = without_progress_bars(ended.stderr) + _through(piped, ended.stdout)
        for pattern, placeholder in _VARIES:
            printed = in_place(pattern, placeholder, printed)
        return "".join(f"{line.rstrip()}\n" for line in printed.replace(self._congress, CONGRESS).splitlines())


def _parted(command: str) -> tuple[list[str], str]:
    """The words of a command, and what its output goes through."""
    command, _, piped = re.sub(r"\\\n\s*", " ", command).partition(" | ")
    return shlex.split(command), piped


def _through(piped: str, text: str) -> str:
    if not piped:
        return text
    ended = subprocess.run(
        ["sh", "-c", piped], input=text, capture_output=True, text=True, timeout=FILTER_TIMEOUT_S, check=True
    )
    return ended.stdout


@contextmanager
def newcomer(folder: Path, endpoints: Endpoints, language: str) -> Iterator[Newcomer]:
    """In an empty folder with the files of the congress, beside a `daihoi up` that ends with the block."""
    congress = f"t-{uuid4().hex[: len(CONGRESS) - 2]}"  # as long as the guide's, so that tables keep their form
    shell = Shell(folder, endpoints, congress)
    shell.environment |= {"DAIHOI_LANG": language, "DAIHOI_DATA_DIR": str(folder / ".daihoi"), "COLUMNS": COLUMNS}
    settings = Settings(congress=congress, data_dir=folder / ".daihoi")
    make_issuer_keys(settings.issuer_private_key_path, settings.issuer_public_key_path)
    (folder / "data").symlink_to(PROJECT / "data")
    with running(["-m", "daihoi", "up"], folder, os.environ | shell.environment, "mongodb://"):
        yield Newcomer(shell, congress)
