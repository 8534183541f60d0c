"""Pages of a unit: how long the list of tasks and «my work» take, how much a browser is sent, what the views of the
service hold in memory, and how soon after its start a service shows its first page."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from socket import create_server
from statistics import median
from uuid import uuid4

import httpx

from benchmarks.measure import Against, Aim, Row, percentile
from benchmarks.place import Place
from shared.domain.decider import Actor
from shared.events.base import Event
from shared.events.task import TaskAssigned, TaskDeadlineSet, TaskFunded, TaskOpened, TaskProgressed, TaskStarted
from shared.eventstore.envelope import Cause, encode
from shared.eventstore.ledger import Ledger
from shared.eventstore.store import EventStore, NewEvent
from shared.eventstore.streams import provision
from shared.platform.children import start_child, stop_child
from shared.platform.embedded import environment_of
from shared.unit.tokens import mint_token
from shared.values.code_lists import EVERY_CASE
from shared.values.types import Group, Phase, Text
from shared.web.session import cookie_name

TASKS = (54, 5_000, 50_000)
EVENTS_OF_A_TASK = 6
UNIT, ACTOR = "logistics", "logistics.lead"
OPENS = date(2026, 12, 1)
PAGES = {"tasks": "/tasks", "my work": "/work"}
FLOOR = "/queries/tasks?limit=50"
"""Fifty documents as JSON: HTTP, the session and the views without a report and a template."""
FIRST_LOAD_KB = 150
START_TIMEOUT_S = 120


async def measure(place: Place) -> list[Row]:
    nothing = await _of_size(place, 0)
    rows: list[Row] = []
    for tasks in TASKS:
        place.say(f"pages of {tasks:,} tasks")
        rows += _rows(tasks, await _of_size(place, tasks), nothing)
    return rows


class Measured:
    def __init__(self) -> None:
        self.first_page_s = 0.0
        self.memory_mib = 0.0
        self.seconds: dict[str, list[float]] = {name: [] for name in (*PAGES, "floor")}
        self.bytes: dict[str, int] = {}


def _rows(tasks: int, of_tasks: Measured, nothing: Measured) -> Iterator[Row]:
    events = tasks * EVENTS_OF_A_TASK
    yield Row("pages: first page after the start", of_tasks.first_page_s, "s", events, nothing.first_page_s)
    yield Row("pages: memory of the service", of_tasks.memory_mib, "MiB", events, nothing.memory_mib)
    floor = of_tasks.seconds["floor"]
    for name in PAGES:
        spent = of_tasks.seconds[name]
        yield Row(f"pages: {name}, p50", median(spent) * 1000, "ms", events, median(floor) * 1000)
        yield Row(f"pages: {name}, p99", percentile(spent, 99) * 1000, "ms", events, percentile(floor, 99) * 1000)
        yield Row(
            f"pages: {name}, sent for the first load",
            of_tasks.bytes[name] / 1000,
            "kB",
            events,
            aims=(Aim(FIRST_LOAD_KB, Against.VALUE, at_least=False),),
        )


async def _of_size(place: Place, tasks: int) -> Measured:
    congress = f"bench-pages-{tasks}"
    await provision(place.connection, congress)
    await _record(place, congress, tasks)
    measured = Measured()
    began = time.perf_counter()
    async with _served(place, congress) as (client, process):
        await _until_shown(client)
        measured.first_page_s = time.perf_counter() - began
        for _ in range(200 if tasks <= TASKS[0] else 50):
            for name, path in (*PAGES.items(), ("floor", FLOOR)):
                since = time.perf_counter()
                response = await client.get(path)
                measured.seconds[name].append(time.perf_counter() - since)
                response.raise_for_status()
        measured.bytes = {name: await _first_load(client, path) for name, path in PAGES.items()}
        measured.memory_mib = _memory_mib(process.pid)
    return measured


@asynccontextmanager
async def _served(place: Place, congress: str) -> AsyncIterator[tuple[httpx.AsyncClient, "subprocess.Popen[bytes]"]]:
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = place.settings.model_copy(update={"congress": congress})
    environment = {**environment_of(settings, place.servers), "DAIHOI_HTTP_PORT": str(port)}
    token = mint_token(
        settings.issuer_private_key_path.read_bytes(),
        congress,
        Actor(ACTOR, UNIT),
        datetime.now(UTC),
        timedelta(hours=1),
    )
    headers = {"Cookie": f"{cookie_name(congress)}={token}", "Authorization": f"Bearer {token}"}
    log = settings.data_dir.absolute() / f"pages-{congress}.log"
    process = start_child([sys.executable, "-m", "daihoi", "service", UNIT], log, environment)
    try:
        async with httpx.AsyncClient(base_url=f"http://localhost:{port}", headers=headers, timeout=60) as client:
            yield client, process
    finally:
        stop_child(process)


async def _until_shown(client: httpx.AsyncClient) -> None:
    """The first page that is shown. Raises `TimeoutError`."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            if (await client.get("/tasks")).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            continue
    raise TimeoutError("the service shows no page")


async def _first_load(client: httpx.AsyncClient, path: str) -> int:
    """Bytes of the page and of whatever a browser fetches with it."""
    page = await client.get(path)
    page.raise_for_status()
    linked = {part.split('"', 1)[0] for part in page.text.split('"/static/')[1:]}
    files = [
        await client.get(f"/static/{name.partition('#')[0]}") for name in {each.partition("#")[0] for each in linked}
    ]
    return len(page.content) + sum(len(file.content) for file in files)


def _memory_mib(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "VmRSS":
            return int(value.split()[0]) / 1024
    raise LookupError("this kernel does not tell VmRSS")


async def _record(place: Place, congress: str, tasks: int) -> None:
    store = EventStore(place.connection, congress, UNIT)
    for first in range(0, tasks, 150):
        numbers = range(first, min(first + 150, tasks))
        events = [_event(number, event) for number in numbers for event in _of_task(number)]
        await store.append(events, {("task", f"task-{number}"): 0 for number in numbers})
    ledger = Ledger(place.connection, congress)
    while await ledger.last_sequence() < tasks * EVENTS_OF_A_TASK:
        await asyncio.sleep(0.01)


def _of_task(number: int) -> tuple[Event, ...]:
    return (
        TaskOpened(
            title=Text(vi=f"Chuẩn bị phần việc số {number} của Đại hội"),
            group=Group.model_validate({"number": number % 8 + 1, "name": {"vi": f"Nhóm {number % 8 + 1}"}}),
            phase=Phase.BEFORE,
            scenario=EVERY_CASE,
            planned_vnd=1_000_000,
        ),
        TaskAssigned(collective=f"Phòng số {number % 40}", individual=f"Trưởng phòng số {number % 40}"),
        TaskDeadlineSet(deadline=OPENS + timedelta(days=number % 60)),
        TaskFunded(secured_vnd=1_000_000, funding_source="ngan-sach"),
        TaskStarted(),
        TaskProgressed(percent=number % 100),
    )


def _event(number: int, event: Event) -> NewEvent:
    command_id = uuid4()
    cause = Cause(
        command_id=command_id,
        actor=Actor(ACTOR, UNIT),
        happened=datetime.now(UTC),
        correlation_id=command_id,
        causation_id=command_id,
    )
    return NewEvent("task", f"task-{number}", encode(event, cause, UNIT, "task", f"task-{number}", 0))
