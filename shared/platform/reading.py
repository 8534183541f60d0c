"""The one rule for files that a setting or an argument names: an ordinary file is read, and nothing is waited for
without a word. A pipe (`/dev/stdin`, bash's `<(…)`, one with a name) gives what it holds once, so it is taken where
once is enough."""

import errno
import os
import select
import stat
from collections.abc import Callable
from pathlib import Path

from shared.platform.files import NotOrdinary
from shared.values.message import Message

SILENCE_S = 30.0
NOT_ORDINARY = Message("not_ordinary", "Not an ordinary file")
NOBODY_WRITES = Message("nobody_writes", "Nothing came out of this pipe for {seconds} s")
_PIECE_BYTES = 64 * 1024


def check_ordinary(path: Path) -> None:
    """For whoever opens it by other means. Raises as `read_file`."""
    read_file(path, 0)


def read_file(
    path: Path, most: int, *, or_pipe: bool = False, check: Callable[[os.stat_result], None] | None = None
) -> bytes:
    """Its first bytes, `most` at most, once `check` has looked at what was opened. Raises `OSError`, and so
    `NotOrdinary` where it is no file, nor a pipe where one may be, or nothing comes out of that for `SILENCE_S`."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):  # of which no file can be made, not even to close it
        os.close(descriptor)
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        is_pipe = stat.S_ISFIFO(status.st_mode)
        if not (stat.S_ISREG(status.st_mode) or (is_pipe and or_pipe)):
            raise NotOrdinary(NOT_ORDINARY, path)
        if check:
            check(status)
        content = b""
        while len(content) < most:
            if is_pipe:
                _wait_for_more(descriptor, path)
            piece = file.read(min(_PIECE_BYTES, most - len(content)))
            if piece == b"":
                break
            content += piece or b""
        return content


def _wait_for_more(descriptor: int, path: Path) -> None:
    """Or for the end, which a pipe has not come to before somebody has written to it."""
    looking = select.poll()
    looking.register(descriptor, select.POLLIN)
    if not looking.poll(SILENCE_S * 1000):
        raise NotOrdinary(NOBODY_WRITES.filled(seconds=f"{SILENCE_S:g}"), path)
