"""A disk of a server's own, small enough to be filled."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SIZE = "64m"
PIECES = (1 << 20, 1 << 12, 1)
"""Bytes that are written at once: large pieces until none fits, then smaller ones."""


class NotHere(Exception):
    """A fault can't be brought about on this machine; the message says why."""


class Disk:
    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Until not one byte more fits."""
        with self._filler.open("wb", buffering=0) as filler:
            for piece in PIECES:
                with suppress(OSError):
                    while True:
                        filler.write(bytes(piece))

    def make_room(self) -> None:
        self._filler.unlink()


@contextmanager
def disk_at(folder: Path) -> Iterator[Disk]:
    """A small disk for what is written to `folder`. Raises `NotHere`."""
    folder.mkdir(parents=True)
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "daihoi-faults", str(folder)],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotHere("it takes a disk that can be filled, and only root on Linux can mount one") from error
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
