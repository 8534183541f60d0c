"""Servers flush every commit to the disk, and a test run commits for minutes: in memory a flush costs nothing."""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of each run's own is made in it
ROOM_BYTES = 4 * 1024**3


def keep_temporary_files_in_memory() -> None:
    """For this process and those it starts, where there is room and `TMPDIR` does not say otherwise."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
