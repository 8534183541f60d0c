"""Two instances of one service, on the real servers: each is asked for itself."""

import asyncio
import os
import signal

from typer.testing import CliRunner

from daihoi.cli.main import app
from daihoi.ops.supervisor import Supervisor
from shared.unit.client import CommandClient
from tests.waiting import until


async def test_an_instance_that_hangs_is_unhealthy_though_another_one_answers_for_the_service(
    settings, endpoints, connection, congress, monkeypatch
):
    client, supervisors = CommandClient(connection, congress), {}

    async def own_check(instance):
        """What a container's check does: the exit code."""
        named = {
            "DAIHOI_CONGRESS": congress,
            "DAIHOI_NATS_URL": endpoints.nats_url,
            "DAIHOI_MONGO_URL": endpoints.mongo_url,
            "DAIHOI_INSTANCE": instance,
        }
        return (
            await asyncio.to_thread(CliRunner().invoke, app, ["health", "logistics", "--own"], env=named)
        ).exit_code

    try:
        for instance in ("one", "two"):
            monkeypatch.setenv("DAIHOI_INSTANCE", instance)
            supervisors[instance] = Supervisor(settings, endpoints)
            supervisors[instance].start("logistics")
        for instance in supervisors:

            async def is_ready(instance=instance):
                return (await client.health("logistics", instance)).ready

            await until(is_ready)
            assert (await client.health("logistics", instance)).detail["instance"] == instance
        os.kill(supervisors["two"].children["logistics"].pid, signal.SIGSTOP)
        assert (await client.health("logistics")).ready
        assert [await own_check(instance) for instance in ("one", "two", "three")] == [0, 1, 1]
    finally:
        for supervisor in supervisors.values():
            for child in supervisor.children.values():
                child.send_signal(signal.SIGCONT)
            supervisor.stop()
