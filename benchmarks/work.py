"""Commands that each store one event, sent as their callers send them."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

from nats.aio.client import Client

from benchmarks.history import ACTOR, GROUP
from shared.domain.decider import Actor
from shared.eventstore.jetstream_api import js_api
from shared.eventstore.names import ledger_stream
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.commands import Answer
from shared.unit.problems import UNAVAILABLE, ProblemError
from shared.unit.tokens import mint_token

TASKS = 500
LOOK_EVERY_S = 0.1
PATIENCE_S = 300


class Work:
    """Tasks of logistics that go on and on."""

    def __init__(self, client: CommandClient, settings: Settings, tasks: int = TASKS) -> None:
        self._client, self._tasks = client, tasks
        private_key = settings.issuer_private_key_path.read_bytes()
        actor = Actor(ACTOR, "logistics")
        self._token = mint_token(private_key, settings.congress, actor, datetime.now(UTC), timedelta(hours=1))
        self._turns = count()

    async def begin(self) -> None:
        for number in range(self._tasks):
            task_id = f"task-{number}"
            facts = {"title": {"vi": "In tài liệu"}, "group": GROUP, "phase": "before", "scenario": "both"}
            await self._send("open-task", task_id=task_id, planned_vnd=1_000_000, **facts)
            await self._send("assign-task", task_id=task_id, collective="Sở Y tế", individual="Phó Giám đốc")
            await self._send("start-task", task_id=task_id)

    async def settled(self, connection: Client, congress: str) -> None:
        """Until the policies are through with what was begun, which is not what is measured."""
        while True:
            found = await js_api(connection, f"CONSUMER.LIST.{ledger_stream(congress)}", {})
            if not any(each["num_pending"] or each["num_ack_pending"] for each in found["consumers"]):
                return
            await asyncio.sleep(LOOK_EVERY_S)

    async def progress(self) -> int:
        """The event's place in the stream of logistics."""
        turn = next(self._turns)
        task_id = f"task-{turn % self._tasks}"
        answer = await self._send("report-progress", task_id=task_id, percent=turn % 101, note=f"turn {turn}")
        return answer.sequence

    async def _send(self, name: str, **data: object) -> Answer:
        """Given again, as whoever gives it would, where a slow machine does not answer in time."""
        command_id, deadline = uuid4(), time.monotonic() + PATIENCE_S
        while True:
            try:
                return await self._client.send("logistics", name, data, token=self._token, command_id=command_id)
            except ProblemError as error:
                if error.problem.code != UNAVAILABLE.code or time.monotonic() > deadline:
                    raise
