"""The pages of services that run in this process, on the real broker; no database is anywhere near."""

import asyncio
import logging
import runpy
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from shared.platform.embedded import Endpoints
from shared.platform.settings import Settings
from shared.unit.issuer import make_issuer_keys
from shared.web import server
from shared.web.application import application
from tests.congress import connected_to_streams
from tests.web.pages import TIMEOUT_S, Pages, Shown
from tests.web.telling import TODAY, tell


class Errors(logging.Handler):
    """What was logged as an error since it was last asked."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        self._told.append(f"{record.name}: {record.getMessage()} {trace}")

    def taken(self) -> list[str]:
        told, self._told = self._told, []
        return told


@pytest.fixture(autouse=True)
def errors() -> Iterator[Errors]:
    """A test fails where a service logs an error, unless the test has `taken` it."""
    errors = Errors()
    logging.getLogger().addHandler(errors)
    yield errors
    logging.getLogger().removeHandler(errors)
    assert errors.taken() == []


@asynccontextmanager
async def a_congress(endpoints: Endpoints, folder: Path, **changed: Any) -> AsyncIterator[Pages]:
    """Its streams, and its services from when they are first asked for. `changed` are settings."""
    congress = f"t-{uuid.uuid4().hex[:12]}"
    values = {"congress": congress, "nats_url": endpoints.nats_url, "data_dir": folder, "http_port": 0}
    values |= {"evidence_mb": 2} | changed
    settings = Settings(lang="en", **values)
    make_issuer_keys(settings.issuer_private_key_path, settings.issuer_public_key_path)
    async with connected_to_streams(endpoints, congress) as connection, AsyncExitStack() as stack:

        async def begin(service: str) -> Shown:
            with pytest.MonkeyPatch.context() as patch:
                for name, value in values.items():
                    patch.setenv(f"DAIHOI_{name.upper()}", str(value))
                patch.delenv("DAIHOI_MONGO_URL", raising=False)
                faces: list[server.HttpServer] = []
                patch.setattr(server, "HttpServer", _kept_in(faces))
                app = runpy.run_module(f"services.{service}.main")["app"]
                await stack.enter_async_context(app.lifespan_context())
                await stack.enter_async_context(app)
            shown = await stack.enter_async_context(Shown(faces[0]))
            async with asyncio.timeout(TIMEOUT_S):
                await shown.views.begun()
            return shown

        yield Pages(settings, connection, begin)


@pytest.fixture(scope="module")
async def pages(endpoints: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pages]:
    """Those of a congress of the module's own, where nothing has happened yet. A service runs from when it is first
    asked for. Tests of one module see each other's events; so each gives names of its own."""
    async with a_congress(endpoints, tmp_path_factory.mktemp("pages")) as pages:
        yield pages


@pytest.fixture(scope="session")
async def sample(endpoints: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pages]:
    """The sample congress, told whole, on a day in the middle of the work. To tell it takes long, so all tests that
    look at it share it, in one worker (`tests.scheduling`), and leave it as it is."""
    async with a_congress(endpoints, tmp_path_factory.mktemp("sample"), today=TODAY) as pages:
        await tell(pages)
        yield pages


@pytest.fixture(scope="module")
def probe(pages: Pages) -> Pages:
    """The same services, with the pages of `tests.web.probing` besides."""
    begun: dict[str, Shown] = {}

    async def begin(service: str) -> Shown:
        shown = await pages.at(service)
        return begun.setdefault(service, Shown(shown.face, application(shown.place, ["tests.web.probing"])))

    return Pages(pages.settings, pages.connection, begin)


def _kept_in(faces: list[server.HttpServer]) -> type[server.HttpServer]:
    class Kept(server.HttpServer):
        async def start(self) -> None:
            await super().start()
            faces.append(self)

    return Kept
