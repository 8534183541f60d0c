"""Units by the congress's list, on the real servers: a unit without code that comes on the list is started by the
supervisor, and everybody calls it as the congress does."""

import asyncio
from contextlib import suppress
from datetime import date
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from daihoi.cli import console
from daihoi.cli.main import app
from daihoi.cli.running import follow_the_list
from daihoi.ops.doctor import examine
from daihoi.ops.doctor.units import unit_findings
from daihoi.ops.listed_units import units_on_record
from daihoi.ops.session import Session
from daihoi.ops.supervisor import Supervisor
from services.tracker.history.verify import verify
from services.tracker.queries import consolidated_report
from shared.eventstore.names import service_stream
from shared.eventstore.streams import bucket_config
from shared.unit.client import CommandClient
from shared.unit.problems import ProblemError
from shared.values.units import SETTING
from tests.conftest import token_for
from tests.contract.units import item, published
from tests.waiting import until

TODAY = date(2020, 9, 10)
UNITS = [
    {"id": "cong-nghe", "name": {"vi": "Tổ Công nghệ"}},
    {"id": "logistics", "name": {"vi": "Ban Hậu cần", "en": "Supply office"}},
    {"id": "propaganda", "name": {"vi": "Ban Tuyên giáo"}},
]


@pytest.fixture
async def supervisor(settings, endpoints, connection, views, congress, monkeypatch):
    """Beside embedded servers, as whoever runs `daihoi up` is."""
    environment = {
        SETTING: "",
        "DAIHOI_CONGRESS": congress,
        "DAIHOI_NATS_URL": settings.nats_url,
        "DAIHOI_MONGO_URL": settings.mongo_url,
        "DAIHOI_DATA_DIR": str(settings.data_dir),
        "DAIHOI_LANG": "vi",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(console.out, "width", 200)
    supervisor = Supervisor(settings, endpoints)
    try:
        for name in ("subcommittee", "tracker"):
            supervisor.start(name)
        await supervisor.wait_until_ready(CommandClient(connection, congress))
        yield supervisor
    finally:
        supervisor.stop()
        for stream in (service_stream(congress, "cong-nghe"), bucket_config(congress, "cong-nghe")["name"]):
            with suppress(Exception):
                await connection.jetstream().delete_stream(stream)


async def test_a_unit_that_comes_on_the_list_is_started_and_reported_as_the_congress_calls_it(
    supervisor, settings, endpoints, connection, ledger, views, monkeypatch
):
    client = CommandClient(connection, settings.congress)

    async def send(service, command, data):
        token = token_for(settings, f"{service}.lead")
        return await client.send(service, command, data, token=token, command_id=uuid4())

    add = {"code_list": "channels", "entry_id": "zalo", "name": {"vi": "Zalo"}}
    await send("subcommittee", "add-entry", add)
    await send("subcommittee", "publish-list", {"code_list": "units", "entries": UNITS})
    assert "unit_listed_without_service" in {finding.code for finding in await examine(settings)}
    embedded = settings.model_copy(update={"nats_url": "", "mongo_url": ""})
    session = Session(embedded, endpoints, ledger, views, connection)
    following = asyncio.create_task(follow_the_list(session, supervisor))
    try:

        async def the_unit_answers():
            return (await client.health("cong-nghe")).ready

        await until(the_unit_answers)
    finally:
        following.cancel()
    entries = await units_on_record(connection, settings.congress)
    assert await unit_findings(connection, settings.congress, entries) == []

    renamed = {"code_list": "units", "entry_id": "propaganda", "name": {"vi": "Ban Tuyên truyền"}, "reason": "x"}
    await send("subcommittee", "amend-entry", renamed)
    await send("subcommittee", "publish-catalogue", published(item("9.02", unit="cong-nghe")))
    await send("subcommittee", "assign-items", {"unit": "cong-nghe", "item_ids": ["9-02"]})
    with pytest.raises(ProblemError) as refused:
        await send("subcommittee", "publish-catalogue", published(item("9.03", unit="security")))
    assert refused.value.problem.code == "entry_retired"

    async def report():
        return await consolidated_report(settings.congress, views, ledger, TODAY)

    async def its_task_is_shown():
        by_unit = (await report()).by_unit
        return "cong-nghe" in by_unit and by_unit["cong-nghe"].tasks == 1

    await until(its_task_is_shown)
    assert [*(await report()).by_unit] == ["cong-nghe", "logistics", "propaganda"]
    assert (await verify(ledger, views, lambda *_: None)).nothing_wrong

    shown = await asyncio.to_thread(daihoi, "report")
    first, second = shown.index("Tổ Công nghệ"), shown.index("Ban Hậu cần")
    assert first < second < shown.index("Ban Tuyên truyền")
    assert "Bộ phận hậu cần" not in shown
    before = await asyncio.to_thread(daihoi, "report", "as-of", "--at", "1")
    assert "Bộ phận hậu cần phục vụ" in before
    at_first = await asyncio.to_thread(daihoi, "report", "as-of", "--at", "2")
    assert "Ban Tuyên giáo" in at_first
    assert "Supply office" in await asyncio.to_thread(daihoi, "report", "--lang", "en")
    tasks = await asyncio.to_thread(daihoi, "tasks", "--unit", "cong-nghe")
    assert "Tổ Công nghệ" in tasks
    timeline = await asyncio.to_thread(daihoi, "audit", "timeline", "9-02")
    assert "Tổ Công nghệ" in timeline

    monkeypatch.setenv(SETTING, "")  # a shell that knows nothing of the unit
    assigning = '{"task_id": "9-02", "collective": "Tổ Công nghệ", "individual": "Tổ trưởng"}'
    lead = ("--as", "cong-nghe.lead", "--wait")
    assert "task.assigned" in await asyncio.to_thread(daihoi, "send", "cong-nghe", "assign-task", assigning, *lead)
    for arguments in REFUSED:
        monkeypatch.setenv(SETTING, "")
        told = await asyncio.to_thread(refused_of, *arguments)
        assert "cong-nghe" in told, (arguments, told)
        assert "Không có dịch vụ subcommittee" not in told


REFUSED = (
    ("evidence", "put", "--file", "x", "--as", "subcommittee.lead"),
    ("scenario", "compare", "--unit", "Nobody"),
    ("token", "--as", "nobody.x"),
    ("send", "nobody", "start-task", "{}", "--as", "logistics.lead"),
)
"""What names no unit that it could, and is told which there are."""


def refused_of(*arguments):
    ran = CliRunner().invoke(app, [*arguments])
    assert ran.exit_code == 2, (arguments, ran.output, ran.exception)
    return ran.output


def daihoi(*arguments):
    ran = CliRunner().invoke(app, [*arguments])
    assert ran.exit_code == 0, (arguments, ran.output, ran.exception)
    return ran.output
