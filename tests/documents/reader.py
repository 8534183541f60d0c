"""A reader who does what the documents say: the demo first, then every command, in one shell beside `daihoi up`."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Timer

from tests.documents.forked import write_client
from tests.documents.pages import PROJECT

START_TIMEOUT_S = 240
COMMAND_TIMEOUT_S = 120
LOOK_EVERY_S = 0.05
COLUMNS = "100"
ENDED = "\x01ended"

_PROGRESS_BAR = re.compile(r"^[^│┃┏┡\n]*[━╸╺]{20}.*\n", re.MULTILINE)
_SEQUENCE = re.compile(r"^ *(\d+)(?=  \d\d/\d\d/)", re.MULTILINE)
_VARIES = (
    (r"\b20(?!20)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+", "yyyy-mm-ddThh:mm:ss.ffffff"),
    (r"\b\d\d/\d\d/20(?!20)\d\d \d\d:\d\d", "dd/mm/yyyy hh:mm"),
    (r"\b\d\d/\d\d/20(?!20)\d\d", "dd/mm/yyyy"),
    (r"\b\d+ ms\b", "… ms"),
    (r"[\w.-]+/\d+/[0-9a-f]{8}\b", "host/process/…"),
    (r"\b[0-9a-f]{16}(?=\.| của)", "…"),
    (r"(?:(?<=projects, in term )|(?<=đang tổng hợp, lượt ))\d+", "…"),
)
"""When and where it was told, what with, and how fast; the sample itself is about 2020."""


class Reader:
    """Runs commands in one shell, in a folder that looks like a checkout in which the demo has been run."""

    def __init__(self, shell: "subprocess.Popen[str]", sample_end: int) -> None:
        self._shell = shell
        self.sample_end = sample_end
        """The ledger sequence of the sample's last event."""

    def run(self, command: str) -> str:
        """What it prints on both streams, without what varies."""
        if command == "daihoi up":  # it runs already, in a terminal of its own
            return ""
        return without_what_varies(self._printed(command), self.sample_end)

    def _printed(self, command: str) -> str:
        assert self._shell.stdin
        assert self._shell.stdout
        patience = Timer(COMMAND_TIMEOUT_S, self._shell.kill)
        patience.daemon = True
        patience.start()
        self._shell.stdin.write(f"{{ {command}\n}} </dev/null 2>&1\nprintf '{ENDED}\\n'\n")
        self._shell.stdin.flush()
        printed = ""
        while not printed.endswith(f"{ENDED}\n"):
            line = self._shell.stdout.readline()
            assert line, f"ended the shell, or took longer than {COMMAND_TIMEOUT_S} s: {command}\n{printed}"
            printed += line
        patience.cancel()
        return printed.removesuffix(f"{ENDED}\n")


def without_progress_bars(printed: str) -> str:
    return _PROGRESS_BAR.sub("", printed)


def without_what_varies(printed: str, sample_end: int) -> str:
    """Progress bars go. Placeholders come where the output differs from one telling to the next.

    That is also where in the ledger an event of the sample stands: the units work side by side.
    """

    def stand_in(sequence: re.Match[str]) -> str:
        is_early = int(sequence.group(1)) <= sample_end
        return "…".rjust(len(sequence.group())) if is_early else sequence.group()

    text = _SEQUENCE.sub(stand_in, without_progress_bars(printed))
    for pattern, placeholder in _VARIES:
        text = in_place(pattern, placeholder, text)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def in_place(pattern: str, placeholder: str, text: str) -> str:
    """A table's cell stays as wide as it is."""

    def replaced(part: re.Match[str]) -> str:
        return f"{placeholder}{part['rest']}".rstrip().ljust(len(part.group()))

    renewed = re.sub(rf"{pattern}(?P<rest>[^│\n]*)", replaced, text)
    return renewed if renewed == text else in_place(pattern, placeholder, renewed)


@contextmanager
def reader() -> Iterator[Reader]:
    """In a folder and on servers of its own; everything stops at the end."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DAIHOI_")}
    environment |= {"PYTHONPATH": str(PROJECT), "PYTHONUTF8": "1", "COLUMNS": COLUMNS}
    with ExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="daihoi-", ignore_cleanup_errors=True))
        folder = Path(name)
        address = folder / "program.sock"
        _lay_out(folder, address)
        sample_end = _tell_the_sample(folder, environment)
        for arguments, until in (
            (["-m", "daihoi", "up"], "mongodb://"),
            (["-m", "tests.documents.forked", str(address)], "ready"),
        ):
            stack.enter_context(running(arguments, folder, environment, until))
        shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.enter_context(shell)
        stack.callback(shell.kill)
        yield Reader(shell, sample_end)


def _lay_out(folder: Path, address: Path) -> None:
    """A virtual environment as far as the pages need one, and the sample's files."""
    tools = folder / ".venv" / "bin"
    tools.mkdir(parents=True)
    (tools / "activate").write_text(f"PATH={tools}:$PATH\n")
    write_client(tools / "daihoi", address)
    (tools / "python3").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tools / "python3").chmod(0o755)
    (folder / "data").symlink_to(PROJECT / "data")


def _tell_the_sample(folder: Path, environment: Mapping[str, str]) -> int:
    demo = subprocess.run(
        [sys.executable, "-m", "daihoi", "demo", "--lang", "en"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=START_TIMEOUT_S,
        check=False,
    )
    assert demo.returncode == 0, demo.stdout
    report = json.loads((folder / "out" / "report.json").read_bytes())
    return int(report["as_of"]["sequence"])


@contextmanager
def running(arguments: list[str], folder: Path, environment: Mapping[str, str], until: str) -> Iterator[None]:
    """A Python process for the length of the block, which begins when the process has printed `until`."""
    printed = folder / f"{arguments[1]}.log"
    with (
        printed.open("wb") as log,
        subprocess.Popen(
            [sys.executable, *arguments], cwd=folder, env=environment, stdout=log, stderr=log
        ) as process,
    ):
        try:
            deadline = time.monotonic() + START_TIMEOUT_S
            while until not in printed.read_text("utf-8"):
                assert process.poll() is None, printed.read_text("utf-8")
                assert time.monotonic() < deadline, printed.read_text("utf-8")
                time.sleep(LOOK_EVERY_S)
            yield
        finally:
            process.terminate()
