"""Where people reach the services of a congress, and where these listen."""

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from shared.platform.settings import MOST_FIRST_PORT, Settings
from shared.values.units import MOST_UNITS, TRACKER, services

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
PLACES = MOST_UNITS + 10
"""How many ports one congress has."""
HOLDS = PLACES - 2
"""The place that no service has: whoever has this port has the block."""


def port_of(settings: Settings, service: str) -> int:
    """The port that this process, which runs `service`, listens on."""
    if isinstance(settings.http_port, int):
        return settings.http_port
    return settings.http_first_port + _place(service)


def addresses(settings: Settings, joined: Sequence[str] = ()) -> Mapping[str, str]:
    """The addresses by service, without a slash at the end: those that the setting names, else those on this machine.
    Units that `joined` since this process began are here where the setting names them, or names no address at all."""
    named = settings.named_addresses
    here = {
        service: settings.http_first_port + place
        for place, service in enumerate((*services(), *joined))
        if service in named or service in services() or not named
    }
    here[TRACKER] = settings.http_first_port + _place(TRACKER)
    return {service: named.get(service, f"http://localhost:{port}") for service, port in here.items()}


@contextmanager
def free_ports(settings: Settings) -> Iterator[int]:
    """The first port of a block where none of the known services' is in use: that of the settings, or one of the
    blocks after it. Meanwhile no other congress takes the block, also one that begins at the same time."""
    for first in range(settings.http_first_port, MOST_FIRST_PORT + 1, PLACES):
        with socket.socket() as held:
            if _binds(held, first + HOLDS) and all(_is_free(first + _place(name)) for name in (*services(), TRACKER)):
                yield first
                return
    yield settings.http_first_port


def _place(service: str) -> int:
    """Units that join later come after those that are there; the tracker is the last of all."""
    return PLACES - 1 if service == TRACKER else services().index(service)


def _is_free(port: int) -> bool:
    with socket.socket() as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return _binds(trying, port)


def _binds(trying: socket.socket, port: int) -> bool:
    try:
        trying.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True
