"""Where people reach the services of a congress, and where these listen."""

from collections.abc import Mapping

from shared.platform.settings import Settings
from shared.values.units import TRACKER, services

FIRST_HTTP_PORT = 8700
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def port_of(settings: Settings, service: str) -> int:
    """Of this process, which is that of `service`."""
    if isinstance(settings.http_port, int):
        return settings.http_port
    return FIRST_HTTP_PORT + _place(service)


def addresses(settings: Settings) -> Mapping[str, str]:
    """By service, without a slash at the end: those that the setting names, else those on this machine."""
    named = dict(
        part.strip().split("=", 1) for part in settings.http_addresses.split(";") if "=" in part and part.strip()
    )
    return {
        service: named.get(service, f"http://localhost:{FIRST_HTTP_PORT + _place(service)}").rstrip("/")
        for service in (*services(), TRACKER)
    }


def _place(service: str) -> int:
    return (*services(), TRACKER).index(service)
