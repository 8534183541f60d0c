"""`daihoi` for a shell that runs it many times: imported once, then a fork for each call, with the caller's arguments,
folder, settings and streams. What the program does is what `python -m daihoi` does.
"""

import json
import os
import runpy
import signal
import socket
import sys
from pathlib import Path

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
    import daihoi.cli.main  # noqa: F401  # before the first call, and only in the server

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        print("ready", flush=True)  # noqa: T201  # whoever started this waits for it
        while True:
            caller, _ = server.accept()
            with caller:
                if os.fork() == 0:
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    os._exit(_answer(caller))


def _answer(caller: socket.socket) -> int:
    call, streams, _, _ = socket.recv_fds(caller, MOST_BYTES, 3)
    arguments, folder, settings = json.loads(call)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
    os.chdir(folder)
    os.environ.update(settings)
    sys.argv = ["daihoi", *arguments]
    caller.send(bytes([_run()]))
    return 0


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
