"""A support unit without code joins a congress of four services that lives, and is a unit like any other."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from daihoi.ops.doctor import examine
from daihoi.ops.supervisor import Supervisor
from shared.platform.children import stop_child
from shared.unit.client import CommandClient
from shared.values.units import SETTING
from tests.conftest import token_for
from tests.contract.units import TASK, item, published
from tests.waiting import until

PROJECT = Path(__file__).parents[2]
FOUR = ("subcommittee", "propaganda", "logistics", "security", "tracker")


class Congress:
    def __init__(self, settings, endpoints, connection):
        self.settings, self.client = settings, CommandClient(connection, settings.congress)
        self._endpoints = endpoints
        self._run_by = {}
        self._environment = {
            **os.environ,
            **{
                f"DAIHOI_{name.upper()}": str(getattr(settings, name))
                for name in ("congress", "nats_url", "mongo_url")
            },
            "DAIHOI_DATA_DIR": str(settings.data_dir),
            "PYTHONPATH": str(PROJECT),
            "COLUMNS": "200",
        }

    async def start(self, *names):
        """Anew where they run already, with the environment as it is now."""
        supervisor = Supervisor(self.settings, self._endpoints)
        for name in names:
            if name in self._run_by:
                stop_child(self._run_by[name].children.pop(name))
            self._run_by[name] = supervisor
            supervisor.start(name)
        await supervisor.wait_until_ready(self.client)

    def stop(self):
        for supervisor in {*self._run_by.values()}:
            supervisor.stop()

    async def send(self, service, command, data):
        token = token_for(self.settings, f"{service}.lead")
        return await self.client.send(service, command, data, token=token, command_id=uuid4())

    async def daihoi(self, *arguments, units):
        command = [sys.executable, "-m", "daihoi", *arguments]
        environment = self._environment | {SETTING: units}
        ran = await asyncio.to_thread(
            subprocess.run, command, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout


@pytest.fixture
async def congress_of_four(settings, endpoints, connection, database):
    congress = Congress(settings, endpoints, connection)
    try:
        await congress.start(*FOUR)
        await congress.send("logistics", "open-task", TASK)
        yield congress
    finally:
        congress.stop()


async def test_a_unit_without_code_joins_a_living_congress(congress_of_four, settings, monkeypatch):
    congress, units = congress_of_four, "y-te=Tiểu ban Y tế|Health unit"
    monkeypatch.setenv(SETTING, units)
    await congress.start("y-te", "subcommittee")
    await congress.send("y-te", "open-task", TASK | {"task_id": "9-01"})
    await congress.send("y-te", "assign-task", {"task_id": "9-01", "collective": "Sở Y tế", "individual": "Giám đốc"})
    await congress.send("subcommittee", "publish-catalogue", published(item("9.02", unit="y-te")))
    await congress.send("subcommittee", "assign-items", {"unit": "y-te", "item_ids": ["9-02"]})

    async def counted():
        report = json.loads(await congress.daihoi("report", "--format", "json", units=units))
        return {unit: cells["tasks"] for unit, cells in report["by_unit"].items()}

    async def all_tasks_are_shown():  # by the tracker that was there before
        return await counted() == {"propaganda": 0, "logistics": 1, "security": 0, "y-te": 2}

    await until(all_tasks_are_shown)
    printed = await congress.daihoi("report", "--lang", "vi", units=units)
    assert printed.index("Bộ phận đảm bảo an ninh") < printed.index("Tiểu ban Y tế")
    assert "y-te" in await congress.daihoi("report", "--lang", "vi", units="")
    before = await congress.daihoi("audit", "verify", "--lang", "en", units=units)
    assert "live = replayed" in before
    # Whether a process knows the unit changes no view.
    assert "live = replayed" in await congress.daihoi("audit", "verify", "--lang", "en", units="")
    await congress.daihoi("rebuild", units="")
    assert await congress.daihoi("audit", "verify", "--lang", "en", units=units) == before
    await congress.start("tracker")

    async def content():
        return all(each.is_healthy for each in await examine(settings))

    await until(content)
    monkeypatch.setenv(SETTING, "")
    await congress.start("logistics")
    assert {each.code for each in await examine(settings) if not each.is_healthy} == {"unit_not_named"}
    await congress.send("y-te", "fund-task", {"task_id": "9-01", "secured_vnd": 1, "funding_source": "NS"})
