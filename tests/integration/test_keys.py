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
from shared.unit.rotation import make_next_key, minting_key
from tests.conftest import token_for
from tests.integration.test_doctor import told
from tests.program import Shell
from tests.waiting import until


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


async def test_a_service_that_lost_all_its_keys_is_not_ready_and_doctor_names_it(
    settings, endpoints, connection, congress, tmp_path, monkeypatch
):
    folder = tmp_path / "brought"
    folder.mkdir()
    (folder / "issuer.pub").write_bytes(settings.issuer_public_key_path.read_bytes())
    monkeypatch.setenv("DAIHOI_ISSUER_PUBLIC_KEY", str(folder))
    supervisor, client = Supervisor(settings, endpoints), CommandClient(connection, congress)

    async def says_so() -> bool:
        return not (await client.health("logistics")).ready

    try:
        supervisor.start("logistics")
        await supervisor.wait_until_ready(client)
        assert "logistics: no_key_to_check_with" not in told(await examine(settings))
        (folder / "issuer.pub").unlink()
        await until(says_so)
        findings = await examine(settings)
        assert "logistics: no_key_to_check_with" in told(findings)
        assert not {"service_ready", "keys_good"} & {each.code for each in findings}
        token = token_for(settings, "logistics.lead")
        with pytest.raises(ProblemError, match="invalid_token"):
            await client.send("logistics", "start-task", {}, token=token, command_id=uuid4())
    finally:
        supervisor.stop()


async def test_keys_are_not_rotated_while_a_service_that_runs_lacks_the_next_one(
    settings, endpoints, connection, congress, tmp_path, monkeypatch
):
    folder = tmp_path / "brought"
    folder.mkdir()
    (folder / "issuer.pub").write_bytes(settings.issuer_public_key_path.read_bytes())
    shell = Shell(tmp_path, endpoints, congress)

    async def rotate():
        return await asyncio.to_thread(shell.run, "keys", "rotate", DAIHOI_DATA_DIR=str(settings.data_dir))

    with monkeypatch.context() as patch:
        patch.setenv("DAIHOI_ISSUER_PUBLIC_KEY", str(folder))
        supervisor = Supervisor(settings, endpoints)
        supervisor.start("logistics")
    client = CommandClient(connection, congress)
    try:
        await supervisor.wait_until_ready(client)
        half, old = make_next_key(settings), minting_key(settings)
        refused = await rotate()
        assert (refused.returncode, refused.stderr.partition(":")[0]) == (1, "next_key_not_everywhere")
        assert f"logistics. Bring {half} to each" in refused.stderr
        assert minting_key(settings) == old
        (folder / half.name).write_bytes(half.read_bytes())
        rotated = await rotate()
        assert (rotated.stdout.strip(), rotated.stderr, minting_key(settings)) == (half.stem, "", half.stem)
    finally:
        supervisor.stop()
