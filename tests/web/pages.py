"""Pages as a browser asks for them, of services that run in this process."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx
from nats.aio.client import Client
from starlette.types import ASGIApp

from shared.eventstore.jetstream_api import js_api, stream_info
from shared.eventstore.names import ledger_stream, service_stream
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.commands import Answer
from shared.unit.own_views import OwnViews
from shared.unit.patience import Patience
from shared.values.units import services
from shared.web.place import Place
from shared.web.rendering import STATIC
from shared.web.server import HttpServer
from shared.web.session import CSRF_FIELD, cookie_name, csrf_token
from tests.conftest import token_for
from tests.waiting import until

TIMEOUT_S = 120


class Shown:
    """One service, asked without a socket (`client`), and where it really listens (`address`)."""

    def __init__(self, face: HttpServer, application: ASGIApp | None = None) -> None:
        self.face = face
        self.application = application or face.application
        transport = httpx.ASGITransport(self.application)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=TIMEOUT_S)

    @property
    def place(self) -> Place:
        return self.face.place

    @property
    def views(self) -> OwnViews:
        return self.face.place.views

    @property
    def address(self) -> str:
        return self.face.place.address

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()


class Pages:
    """Of one congress. `who` is a position such as `logistics.lead`, or nobody where it is empty; it is asked at the
    service of its unit unless `at` names another."""

    def __init__(self, settings: Settings, connection: Client, begin: Callable[[str], Awaitable[Shown]]) -> None:
        self.settings = settings
        self.connection = connection
        self.client = CommandClient(connection, settings.congress, Patience(0))
        self._begin = begin
        self._begun: dict[str, asyncio.Task[Shown]] = {}
        self._tokens: dict[str, str] = {}

    async def at(self, service: str) -> Shown:
        """The service, which runs from now on."""
        if service not in self._begun:
            self._begun[service] = asyncio.ensure_future(self._begin(service))
        return await self._begun[service]

    def token(self, who: str) -> str:
        if who not in self._tokens:
            self._tokens[who] = token_for(self.settings, who)
        return self._tokens[who]

    def set_token(self, who: str, token: str) -> None:
        self._tokens[who] = token

    def cookies(self, who: str, lang: str = "en", **others: str) -> str:
        """The header of a browser that is signed in."""
        session = {cookie_name(self.settings.congress): self.token(who)} if who else {}
        return "; ".join(f"{name}={value}" for name, value in {**session, "daihoi-lang": lang, **others}.items())

    async def get(
        self,
        who: str,
        path: str,
        *,
        at: str = "",
        lang: str = "en",
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        shown = await self.at(at or _unit_of(who))
        sent = {"Cookie": self.cookies(who, lang), **(headers or {})}
        return await shown.client.request(method, path, headers=sent)

    async def post(
        self,
        who: str,
        path: str,
        fields: Mapping[str, Any] | None = None,
        *,
        at: str = "",
        lang: str = "en",
        files: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """As a form of this session sends it: with its token and a command id, unless `fields` have others."""
        shown = await self.at(at or _unit_of(who))
        filled = {CSRF_FIELD: self.csrf(who), "command_id": str(uuid4()), **(fields or {})}
        sent = {"Cookie": self.cookies(who, lang), "Origin": "http://localhost", **(headers or {})}
        if files is not None:
            return await shown.client.post(path, data=filled, files=files, headers=sent)
        body = urlencode(filled, doseq=True, errors="surrogatepass")
        sent["Content-Type"] = "application/x-www-form-urlencoded"
        return await shown.client.post(path, content=body, headers=sent)

    def csrf(self, who: str) -> str:
        return csrf_token(self.token(who)) if who else ""

    async def give(
        self, who: str, command: str, data: Mapping[str, Any], command_id: UUID | None = None, *, at: str = ""
    ) -> Answer:
        """Over NATS, as programs do; the pages show it once this returns. Raises `ProblemError`."""
        service = at or _unit_of(who)
        shown = await self.at(service)
        answer = await self.client.send(
            service, command, dict(data), token=self.token(who), command_id=command_id or uuid4()
        )
        await shown.views.upto(answer.sequence)
        return answer

    async def call(
        self, who: str, command: str, data: Any, *, at: str = "", headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """The HTTP interface, as programs use it. Bytes are sent as they are."""
        shown = await self.at(at or _unit_of(who))
        sent = {"Authorization": f"Bearer {self.token(who)}", **(headers or {})} if who else dict(headers or {})
        body = data if isinstance(data, bytes) else json.dumps({"command_id": str(uuid4()), "data": data})
        return await shown.client.post(f"/commands/{command}", headers=sent, content=body)

    async def settled(self) -> None:
        """Until the ledger has everything, all policies are through with it, and so are the views of all services
        that run."""
        congress, last = self.settings.congress, -1

        async def still() -> bool:
            nonlocal last
            streams = [await stream_info(self.connection, service_stream(congress, name)) for name in services()]
            stored = sum(each["state"]["last_seq"] for each in streams)
            ledger = await stream_info(self.connection, ledger_stream(congress))
            listed = await js_api(self.connection, f"CONSUMER.LIST.{ledger_stream(congress)}", {})
            waiting = sum(each["num_pending"] + each["num_ack_pending"] for each in listed["consumers"] or ())
            before, last = last, stored
            return not waiting and before == stored == ledger["state"]["last_seq"]

        await until(still)
        for task in self._begun.values():
            await (await task).views.caught_up()

    async def query(self, who: str, view: str, *, at: str = "", **params: str) -> httpx.Response:
        shown = await self.at(at or _unit_of(who))
        headers = {"Authorization": f"Bearer {self.token(who)}"} if who else {}
        return await shown.client.get(f"/queries/{view}", params=params, headers=headers)


def _unit_of(who: str) -> str:
    unit = who.partition(".")[0]
    assert unit in services(), f"name the service at which {who or 'nobody'} is"
    return unit


def csrf_fields(fields: Mapping[str, list[str]], text: str, only: str | None = None) -> dict[str, list[str]]:
    """A form's fields with `text` in all of them, or in one, except for what a browser carries along unseen."""
    kept = ("csrf", "command_id", "seen")
    return {
        name: values if name in kept or (only is not None and name != only) else [text]
        for name, values in fields.items()
    }


@contextmanager
def static_file(name: str, content: bytes) -> Iterator[str]:
    """A file that is served, for the length of the block; its name."""
    path = STATIC / name
    path.write_bytes(content)
    try:
        yield name
    finally:
        path.unlink()


def cookie_of(response: httpx.Response, name: str) -> Any:
    """The cookie that the response sets, with its attributes. Raises `KeyError`."""
    jar: SimpleCookie = SimpleCookie()
    for header in response.headers.get_list("set-cookie"):
        jar.load(header)
    return jar[name]
