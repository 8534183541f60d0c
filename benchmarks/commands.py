"""How long a command takes, against a bare acknowledged publish of an event of the same size."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

from nats.aio.client import Client

from benchmarks.measure import Row, percentile, seconds
from services.supervisor import running_services
from shared.domain.decider import Actor
from shared.eventstore.direct import read_subject
from shared.eventstore.streams import event_subject, js_api, provision, service_stream
from shared.platform.embedded import Endpoints
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.tokens import make_issuer_keys, mint_token

TASKS = 50
WARM_UP = 200
COMMANDS = 2_000
FLOOR_STREAM = "FLOOR"


async def measure(settings: Settings, servers: Endpoints) -> list[Row]:
    make_issuer_keys(settings.issuer_private_key_path, settings.issuer_public_key_path)
    async with nats_connection(servers.nats_url, "bench") as connection:
        await provision(connection, settings.congress)
        client = CommandClient(connection, settings.congress)
        async with running_services(settings, servers, client, ["logistics"]):
            return await _measure(connection, client, settings)


async def _measure(connection: Client, client: CommandClient, settings: Settings) -> list[Row]:
    work = _Work(client, settings)
    for number in range(TASKS):
        await work.open(f"task-{number}")
    publish = await _floor(connection, settings, work)
    commands: list[float] = []
    publishes: list[float] = []
    for turn in range(WARM_UP + COMMANDS):
        command = await seconds(work.progress)
        bare = await seconds(publish)
        if turn >= WARM_UP:
            commands.append(command * 1000)
            publishes.append(bare * 1000)
    p50 = Row("command p50", percentile(commands, 50), "ms", percentile(publishes, 50), "≤ 4", COMMANDS)
    p99 = Row("command p99", percentile(commands, 99), "ms", percentile(publishes, 99), "", COMMANDS)
    return [p50, p99]


class _Work:
    """Commands that each store one event."""

    def __init__(self, client: CommandClient, settings: Settings) -> None:
        self._client = client
        actor = Actor("logistics.lead", "logistics")
        private_key = settings.issuer_private_key_path.read_bytes()
        self._token = mint_token(private_key, settings.congress, actor, datetime.now(UTC), timedelta(hours=1))
        self._turns = count()

    async def send(self, name: str, **data: object) -> None:
        await self._client.send("logistics", name, data, token=self._token, command_id=uuid4())

    async def open(self, task_id: str) -> None:
        group = {"number": 1, "name": {"vi": "Văn kiện", "en": "Papers"}}
        facts = {"title": {"vi": "In tài liệu"}, "group": group, "phase": "before", "scenario": "both"}
        await self.send("open-task", task_id=task_id, planned_vnd=1_000_000, **facts)
        await self.send("assign-task", task_id=task_id, collective="Sở Y tế", individual="Phó Giám đốc")
        await self.send("start-task", task_id=task_id)

    async def progress(self) -> None:
        turn = next(self._turns)
        task_id = f"task-{turn % TASKS}"
        await self.send("report-progress", task_id=task_id, percent=turn // TASKS % 101, note=f"turn {turn}")


async def _floor(connection: Client, settings: Settings, work: _Work) -> Callable[[], Awaitable[None]]:
    stream = service_stream(settings.congress, "logistics")
    await work.progress()
    subject = event_subject(settings.congress, "logistics", "task", "task-0")
    body = [stored.body async for stored in read_subject(connection, stream, subject)][-1]
    like = {"storage": "file", "allow_direct": True, "deny_delete": True, "deny_purge": True, "retention": "limits"}
    await js_api(connection, f"STREAM.CREATE.{FLOOR_STREAM}", {"name": FLOOR_STREAM, "subjects": ["floor.>"], **like})

    async def publish() -> None:
        await connection.request("floor.task", body, timeout=5)

    return publish
