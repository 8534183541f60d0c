"""Who mints, who checks, and who only has a token, on the real servers."""

import asyncio
import json
import os
import subprocess
import sys
from uuid import uuid4

import pytest

from daihoi.ops.doctor import examine
from daihoi.ops.supervisor import Supervisor
from shared.unit.client import CommandClient
from shared.unit.issuer import make_issuer_keys
from shared.unit.problems import ProblemError
from tests.conftest import token_for
from tests.integration.test_doctor import told


async def test_doctor_finds_a_service_that_refuses_what_is_minted_here(
    settings, endpoints, connection, congress, tmp_path, monkeypatch
):
    make_issuer_keys(tmp_path / "other.key", tmp_path / "other.pub")
    monkeypatch.setenv("DAIHOI_ISSUER_PUBLIC_KEY", str(tmp_path / "other.pub"))
    supervisor = Supervisor(settings, endpoints)
    client = CommandClient(connection, congress)
    try:
        supervisor.start("logistics")
        await supervisor.wait_until_ready(client)
        theirs = (await client.health("logistics")).detail["key_id"]
        findings = {each.code: each for each in await examine(settings)}
        assert theirs in findings["other_key"].detail
        assert "logistics: other_key" in told(findings.values())
        token = token_for(settings, "logistics.lead")
        with pytest.raises(ProblemError, match="invalid_token") as refused:
            await client.send("logistics", "start-task", {}, token=token, command_id=uuid4())
        assert theirs in refused.value.problem.detail
    finally:
        supervisor.stop()


async def test_a_device_gives_a_command_with_its_token_and_makes_no_keys(
    settings, endpoints, connection, congress, tmp_path
):
    device = tmp_path / "device"
    environment = os.environ | {
        "DAIHOI_CONGRESS": congress,
        "DAIHOI_NATS_URL": endpoints.nats_url,
        "DAIHOI_NATS_CREDENTIALS": endpoints.nats_credentials or "",
        "DAIHOI_DATA_DIR": str(device),
        "DAIHOI_LANG": "en",
    }
    opened = {"task_id": "1-03", "title": {"vi": "x"}, "group": {"number": 1, "name": {"vi": "x"}}}
    opened |= {"phase": "before", "scenario": "both", "planned_vnd": 1}

    async def send(*arguments, **more):
        line = [sys.executable, "-m", "daihoi", "send", "logistics", "open-task", json.dumps(opened), *arguments]
        ran = await asyncio.to_thread(subprocess.run, line, env=environment | more, capture_output=True, text=True)
        return ran.returncode, ran.stdout, ran.stderr

    supervisor = Supervisor(settings, endpoints)
    try:
        supervisor.start("logistics")
        await supervisor.wait_until_ready(CommandClient(connection, congress))
        assert "Say who gives the command" in (await send())[2]
        code, _, said = await send("--as", "logistics.lead")
        assert (code, "private_key_not_here" in said, (device / "issuer").exists()) == (1, True, False)
        code, answer, said = await send(DAIHOI_TOKEN=token_for(settings, "logistics.member"))
        assert (code, said) == (0, "")
        assert json.loads(answer)["events"][0]["entity_id"] == "1-03"
    finally:
        supervisor.stop()
