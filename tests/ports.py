"""Ports of this process's own.

A port that is merely free can be another test's the next moment, and while a killed server is meant to be away, its
clients would meet a stranger. So each is bound here and nobody listens: whoever connects is refused, the system gives
the port to nobody who asks for any, and the server that it is for, which takes ports like all servers where nobody
listens (`SO_REUSEADDR`), can come and go.
"""

import socket

_KEPT: dict[int, socket.socket] = {}


def own_port() -> int:
    """Kept until `give_up_port`, or to the end of this process."""
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    port = int(kept.getsockname()[1])
    _KEPT[port] = kept
    return port


def give_up_port(port: int) -> None:
    if kept := _KEPT.pop(port, None):
        kept.close()
