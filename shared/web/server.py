"""The HTTP server of a service: uvicorn on the service's own event loop, for as long as the service runs."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator, Sequence

import uvicorn

from shared.domain.decider import Refusal
from shared.platform.errors import PlatformError
from shared.unit.own_views import OwnViews
from shared.unit.service import AtWork
from shared.web import sign_in
from shared.web.addresses import port_of
from shared.web.application import application
from shared.web.place import Place

STOP_TIMEOUT_S = 3
WAITING_CONNECTIONS = 512
HEAD_BYTES = 32 * 1024
"""The most that the head of a request may have."""

PORT_TAKEN = Refusal(
    "http_port_taken",
    "{service} can't listen on {host}, port {port}: {reason}. Name another port with DAIHOI_HTTP_PORT, or `off` for "
    "no pages.",
)

logger = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The service ends itself, and this with it."""
        yield


class HttpServer:
    """Its address is known once it has started."""

    def __init__(self, at_work: AtWork, modules: Sequence[str]) -> None:
        self._at_work = at_work
        self._views = OwnViews(at_work.connection, at_work.settings.congress, at_work.service.name)
        self.place = Place(at_work, self._views)
        self.application = application(self.place, modules)
        self._serving: asyncio.Task[None] | None = None
        self._following: asyncio.Task[None] | None = None
        self._server: _Server | None = None

    async def start(self) -> None:
        """Raises `PlatformError` where the port can't be had."""
        await self._views.start()
        self._following = asyncio.create_task(self.place.follow_the_list())
        listening = self._listen()
        self.place.port = listening.getsockname()[1]
        await sign_in.begin(self.place)
        config = uvicorn.Config(
            self.application,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=STOP_TIMEOUT_S,
            h11_max_incomplete_event_size=HEAD_BYTES,
            proxy_headers=False,
        )
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]))
        logger.info("pages are at %s", self.place.address)

    async def stop(self) -> None:
        self.place.is_ending.set()
        if self._server and self._serving:
            self._server.should_exit = True
            await asyncio.gather(self._serving, return_exceptions=True)
        if self._following:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        await self._views.stop()

    def _listen(self) -> socket.socket:
        settings, service = self._at_work.settings, self._at_work.service.name
        host, port = settings.http_host, port_of(settings, service)
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            listening = socket.create_server((host, port), family=family, backlog=WAITING_CONNECTIONS)
        except OSError as error:
            refusal = PORT_TAKEN(service=service, host=host, port=port, reason=error.strerror)
            raise PlatformError(refusal) from error
        listening.setblocking(False)
        return listening
