"""Child processes that never outlive their parent."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path

from shared.platform.files import OWN_UMASK, own_file, own_folder

STOP_TIMEOUT_S = 10
LOG_TAIL_LINES = 15
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def start_child(
    command: Sequence[str], log: Path | None, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Starts `command` with its output appended to `log`, or where there is none to this process's own. What it makes
    is its owner's alone. On Linux the kernel kills it when this process ends, however it ends."""
    if log is not None:
        own_folder(log.parent)
    with own_file(log) if log is not None else nullcontext(None) as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=None if output is None else subprocess.STDOUT,
            env=environment,
            umask=OWN_UMASK,
            process_group=0,
            preexec_fn=dying_with_parent(),
        )


def dying_with_parent() -> Callable[[], None]:
    """What a child has to run before its program, and after it has become another user."""
    parent = os.getpid()

    def ask() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)

    return ask


def stop_child(child: subprocess.Popen[bytes]) -> None:
    """Asks the child to end, and makes it end when it does not."""
    child.terminate()
    with suppress(subprocess.TimeoutExpired):
        child.wait(STOP_TIMEOUT_S)
    child.kill()
    child.wait()


def tail(log: Path) -> str:
    """The last lines of a log, for an error message."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-LOG_TAIL_LINES:])
