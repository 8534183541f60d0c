"""Children of tests that are forked from a process which has imported what they need, not started from nothing.

Importing is most of what it costs to start a service, and a run starts some hundred. Whatever a test starts as
`python -m` one of `PROGRAMS` is forked, with arguments, environment, folder, descriptors, session and end as if it
had been started; it is a child of the process that runs the test, which waits for it and kills it as usual. What
`FROM_NOTHING` names is started all the same, and so is everything where the system is not Linux, or where
`DAIHOI_TEST_FORKS` is `off`.
"""

import ctypes
import gc
import inspect
import io
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from shared.platform.children import dying_with_parent

PROJECT = Path(__file__).parents[1]
PROGRAMS = frozenset(
    {"daihoi", "shared.platform.secantus", "tests.contract.making_keys", "tests.faults.dying", "tests.faults.rush"}
)
FROM_NOTHING = frozenset({"integration/test_start.py", "integration/test_shell.py"})
"""Files of tests in which services are started as people start them: all of them, and what they need of imports."""
PACKAGES = ("services", "shared.unit", "shared.history", "shared.views")
MAINS = ("main", "__main__")
"""Modules that a service runs: each is imported by the child itself."""
SETTING = "DAIHOI_TEST_FORKS"
MOST_BYTES = 1 << 20
LOOK_EVERY_S = 0.0005
STDERR = 2
READ_AT_START = ("PYTHON", "LC_", "LANG", "TZ", "MALLOC_", "LD_")
"""How the settings begin that an interpreter reads when it starts, and never again."""
_DYING = dying_with_parent().__qualname__
_CALL = inspect.signature(subprocess.Popen._execute_child)
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


class _Forks:
    """The server of this process's forks, started with the first."""

    def __init__(self) -> None:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.forked", str(there.fileno())]
        environment = os.environ | {"PYTHONPATH": str(PROJECT)}
        with there:
            self._server = _STARTS(
                command, cwd=PROJECT, env=environment, pass_fds=[there.fileno()], stdin=subprocess.DEVNULL
            )
        self._server_is, self._one_at_a_time = here, threading.Lock()

    def fork(self, order: Mapping[str, Any], descriptors: list[int]) -> int:
        """The process id of a new child of this process."""
        with self._one_at_a_time, _adopting():
            socket.send_fds(self._server_is, [json.dumps({**order, "parent": os.getpid()}).encode()], descriptors)
            answer = self._server_is.recv(MOST_BYTES)
        if not answer:
            raise OSError("the server of forks has ended")
        return int(answer)


@contextmanager
def _adopting():
    """Whoever loses its parent meanwhile becomes a child of this process."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 0)


@cache
def _forks() -> _Forks:
    return _Forks()


_STARTS = subprocess.Popen


class Popen(subprocess.Popen):
    """A child is forked where it can be."""

    def _execute_child(self, *positional: Any, **named: Any) -> None:
        call = _CALL.bind(self, *positional, **named).arguments
        if not _can_be_forked(call):
            super()._execute_child(*positional, **named)
            return
        ends = {name: call[name] for name in ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")}
        order = {
            "arguments": [os.fspath(each) for each in call["args"]][2:],
            "environment": dict(os.environ if call["env"] is None else call["env"]),
            "folder": os.path.abspath(call["cwd"] or os.curdir),
            "umask": call["umask"],
            "process_group": call["process_group"],
            "new_session": call["start_new_session"],
            "dying_with_parent": call["preexec_fn"] is not None,
        }
        own = (ends["p2cread"], ends["c2pwrite"], ends["errwrite"])
        self.pid = _forks().fork(order, [place if end == -1 else end for place, end in enumerate(own)])
        self._child_created = True
        self._close_pipe_fds(*ends.values())


def _can_be_forked(call: Mapping[str, Any]) -> bool:
    arguments = call["args"]
    if isinstance(arguments, str | bytes) or call["shell"] or call["pass_fds"] or call["executable"] is not None:
        return False
    is_ours = list(arguments[:2]) == [sys.executable, "-m"] and arguments[2] in PROGRAMS
    ends_with_us = call["preexec_fn"] is None or getattr(call["preexec_fn"], "__qualname__", "") == _DYING
    as_they_are = call["uid"] is None and call["gid"] is None and call["gids"] is None
    return is_ours and ends_with_us and as_they_are and _is_like_ours(call["env"]) and not _from_nothing()


def _is_like_ours(environment: Mapping[str, str] | None) -> bool:
    """Whether an interpreter that is started with it would be as this one."""
    if environment is None:
        return True
    path, ours = environment.get("PYTHONPATH", ""), (str(PROJECT), *sys.path)
    return set(path.split(os.pathsep)) <= set(ours) and _read_at_start(environment) == _read_at_start(os.environ)


def _read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    named = {name: value for name, value in environment.items() if name.startswith(READ_AT_START)}
    named.pop("PYTHONPATH", None)
    return named


def _from_nothing() -> bool:
    file = os.environ.get("PYTEST_CURRENT_TEST", "").partition("::")[0]
    return file.removeprefix("tests/") in FROM_NOTHING


def fork_children() -> None:
    if sys.platform == "linux" and os.environ.get(SETTING) != "off":
        subprocess.Popen = Popen


# --- the server ---
def _prepare() -> None:
    for package in PACKAGES:
        for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
            if module.name.rpartition(".")[2] not in MAINS:
                import_module(module.name)
    for module in ("daihoi.cli.main", "daihoi.cli.serving", "uvloop"):
        import_module(module)
    gc.collect()
    gc.freeze()


def _become_the_next_child(channel: socket.socket) -> list[str]:
    """Returns in each child, with the arguments of `python -m`; the server itself ends with whoever asks it."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, MOST_BYTES, 3)
        if not message:
            raise SystemExit
        reading, writing = os.pipe()
        between = os.fork()
        if between == 0:
            _fork_and_leave(writing)
            channel.close()
            os.close(reading)
            return _settle(json.loads(message), descriptors)
        os.close(writing)
        for each in descriptors:
            os.close(each)
        with open(reading, "rb") as told:
            child = told.read()
        os.waitpid(between, 0)  # now the child has its new parent
        channel.send(child)


def _fork_and_leave(writing: int) -> None:
    """Returns in a child whose parent has ended."""
    parent = os.getpid()
    if child := os.fork():
        os.write(writing, str(child).encode())
        os._exit(0)
    os.close(writing)
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)


def _settle(order: Mapping[str, Any], descriptors: list[int]) -> list[str]:
    if order["new_session"]:
        os.setsid()
    if order["process_group"] >= 0:
        os.setpgid(0, order["process_group"])
    if order["umask"] >= 0:
        os.umask(order["umask"])
    if order["dying_with_parent"]:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != order["parent"]:
            os._exit(1)
    for place, each in enumerate(descriptors):
        os.dup2(each, place)
        os.close(each)
    sys.stdin, sys.stdout, sys.stderr = (_opened(place) for place in range(3))
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    if console := sys.modules.get("daihoi.cli.console"):
        for screen in (console.out, console.err):
            screen._width = None  # which was COLUMNS when it was made
    return list(order["arguments"])


def _opened(place: int) -> io.TextIOWrapper:
    """As the interpreter opens it when it starts."""
    before = (sys.__stdin__, sys.__stdout__, sys.__stderr__)[place]
    assert isinstance(before, io.TextIOWrapper)
    at_once = before.write_through  # as PYTHONUNBUFFERED says
    return io.TextIOWrapper(
        open(place, "wb" if place else "rb", buffering=0 if at_once else -1, closefd=False),
        encoding=before.encoding,
        errors=before.errors,
        newline="\n" if place else None,
        line_buffering=not at_once and (os.isatty(place) or place == STDERR),
        write_through=at_once,
    )


def main() -> NoReturn:
    _prepare()
    module, *arguments = _become_the_next_child(socket.socket(fileno=int(sys.argv[1])))
    sys.argv[1:] = arguments
    sys.modules.pop(module, None)
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    raise SystemExit


if __name__ == "__main__":
    main()
