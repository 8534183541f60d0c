"""`daihoi` as people run it: in this process, or in one of its own where the process is the point."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from daihoi.cli import console
from daihoi.cli.main import main
from shared.platform.embedded import Endpoints

PROJECT = Path(__file__).parents[1]
PROCESS_TIMEOUT_S = 300

type Ended = subprocess.CompletedProcess[str]


class Shell:
    """A folder and the environment of everything that runs there."""

    def __init__(self, folder: Path, endpoints: Endpoints, congress: str) -> None:
        self.folder = folder
        locked = {"DAIHOI_NATS_CREDENTIALS": endpoints.nats_credentials} if endpoints.nats_credentials else {}
        self.environment = {
            **os.environ,
            **locked,
            "DAIHOI_NATS_URL": endpoints.nats_url,
            "DAIHOI_MONGO_URL": endpoints.mongo_url,
            "DAIHOI_CONGRESS": congress,
            "DAIHOI_LANG": "en",
            "PYTHONPATH": str(PROJECT),
            "COLUMNS": "160",
        }

    def run(self, *arguments: str, **environment: str) -> Ended:
        """In a thread of its own, since the caller's may have a running loop."""
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(_run_here, arguments, self.folder, self.environment | environment).result()

    def run_on_one_stream(self, *arguments: str) -> Ended:
        """All that it says on stdout, as a terminal shows it."""
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(_run_here, arguments, self.folder, self.environment, on_one_stream=True).result()

    def run_in_a_process(self, *arguments: str, **environment: str) -> Ended:
        return subprocess.run(
            [sys.executable, "-m", "daihoi", *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=PROCESS_TIMEOUT_S,
            check=False,
        )

    def json(self, *arguments: str) -> Any:
        return json.loads(self._succeed(*arguments))

    def lines(self, *arguments: str) -> list[Any]:
        return [json.loads(line) for line in self._succeed(*arguments).splitlines()]

    def _succeed(self, *arguments: str) -> str:
        ended = self.run(*arguments, "--format", "json")
        assert ended.returncode == 0, ended.stderr
        return ended.stdout


def _run_here(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], *, on_one_stream: bool = False
) -> Ended:
    """The program's own `main`, with streams, folder and environment as a process would have them."""
    out = io.BytesIO()
    err = out if on_one_stream else io.BytesIO()
    own_environment = mock.patch.dict(os.environ, environment, clear=True)
    with own_environment, pytest.MonkeyPatch.context() as patch, chdir(folder):
        for screen in (console.out, console.err):
            patch.setattr(screen, "_width", None)  # which was COLUMNS when it was made
        patch.setattr(sys, "argv", ["daihoi", *arguments])
        patch.setattr(sys, "stdout", io.TextIOWrapper(out, "utf-8", write_through=on_one_stream))
        patch.setattr(sys, "stderr", io.TextIOWrapper(err, "utf-8", write_through=on_one_stream))
        with pytest.raises(SystemExit) as end:
            main()
        sys.stderr.flush()
        return subprocess.CompletedProcess(
            list(arguments), end.value.code or 0, out.getvalue().decode(), err.getvalue().decode()
        )
