"""`daihoi` for a shell that runs it many times: imported once, then a fork for each call.

Each has its caller's arguments, folder, settings and streams, and does what `python -m daihoi` does.
"""

import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import sys
from pathlib import Path

import daihoi

MOST_BYTES = 1 << 16

CLIENT = """#!{python} -SE
import json, os, socket, sys
settings = {{name: value for name, value in os.environ.items() if name.startswith("DAIHOI_")}}
with socket.socket(socket.AF_UNIX) as program:
    program.connect({address!r})
    socket.send_fds(program, [json.dumps([sys.argv[1:], os.getcwd(), settings]).encode()], [0, 1, 2])
    sys.exit(program.recv(1)[0])
"""


def write_client(path: Path, address: Path) -> None:
    """The `daihoi` that is found on the path: hands its call to the server at `address`."""
    path.write_text(CLIENT.format(python=sys.executable, address=str(address)))
    path.chmod(0o755)


def serve(address: str) -> None:
    for module in pkgutil.walk_packages(daihoi.__path__, "daihoi."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        print("ready", flush=True)  # noqa: T201  # whoever started this waits for it
        while True:
            caller, _ = server.accept()
            with caller:
                if os.fork() == 0:
                    try:
                        _answer(caller)
                    finally:
                        os._exit(0)


def _answer(caller: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    call, streams, _, _ = socket.recv_fds(caller, MOST_BYTES, 3)
    arguments, folder, settings = json.loads(call)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # flushed in the end
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    os.chdir(folder)
    os.environ.update(settings)
    sys.argv = ["daihoi", *arguments]
    caller.send(bytes([_run()]))


def _run() -> int:
    """The exit code, with everything written."""
    try:
        runpy.run_module("daihoi", run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    serve(sys.argv[1])
