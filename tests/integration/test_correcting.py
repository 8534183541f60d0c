"""A correction on the real servers, and what people read of it: now, and of what was believed before."""

import json

import pytest
from typer.testing import CliRunner

from daihoi.cli import console
from daihoi.cli.main import app
from tests.conftest import token_for
from tests.congress import settled
from tests.contract.test_commands import Instance
from tests.contract.units import TASK
from tests.integration.test_tracker import project_all


def daihoi(*arguments):
    ran = CliRunner().invoke(app, [*arguments])
    assert ran.exit_code == 0, (arguments, ran.output, ran.exception)
    return ran.stdout


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, settings, congress):
    monkeypatch.setattr(console.out, "width", 300)
    environment = {
        "DAIHOI_LANG": "vi",
        "DAIHOI_CONGRESS": congress,
        "DAIHOI_NATS_URL": settings.nats_url,
        "DAIHOI_MONGO_URL": settings.mongo_url,
        "DAIHOI_DATA_DIR": str(settings.data_dir),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
async def corrected(connection, congress, ledger, views):
    """A deadline that was recorded wrongly and is put right."""
    unit = Instance(connection, congress, "logistics")
    await unit.send("open-task", TASK)
    await unit.send("set-deadline", {"task_id": "1-03", "deadline": "2020-09-30"})
    right = {"task_id": "1-03", "deadline": "2020-09-20", "reason": "Ghi nhầm"}
    await unit.send("correct-task", right)
    await settled(ledger, 3)
    await project_all(ledger, views)


def deadlines(*arguments):
    [task] = json.loads(daihoi("view", "tasks", "--format", "json", *arguments))
    return task["original_deadline"], task["deadline"], len(task.get("corrections", ()))


def test_a_wrong_deadline_is_put_right_and_what_was_believed_can_be_had_again(corrected):
    assert deadlines() == ("2020-09-20", "2020-09-20", 1)
    assert deadlines("--at", "2") == ("2020-09-30", "2020-09-30", 0)
    page = daihoi("task", "show", "1-03")
    both = "Thời hạn: 20/09/2020; Thời hạn ban đầu: 20/09/2020; trước ghi: Thời hạn: 30/09/2020"
    assert f"✎ Đã đính chính lúc 17/08/2020 09:00, logistics.officer: {both}" in page
    assert both in daihoi("audit", "timeline", "1-03")
    assert "20/09/2020" in daihoi("audit", "diff", "2", "3")
    assert "khớp" in daihoi("audit", "verify")


@pytest.fixture
async def corrected_incident(connection, congress, ledger, views):
    unit = Instance(connection, congress, "security")
    incident = {"incident_id": "i1", "place": "Cổng chính", "kind": "order", "details": "Khói ở tầng hai"}
    await unit.send("report-incident", incident)
    right = {"details": "Hơi nước ở tầng hai", "happened_at": "2020-08-17T08:00:00+07:00", "reason": "Nhìn nhầm"}
    await unit.send("correct-incident", {"incident_id": "i1", **right})
    await settled(ledger, 2)
    await project_all(ledger, views)


@pytest.mark.parametrize("history", [("timeline", "i1"), ("replay",)], ids=["timeline", "replay"])
def test_what_a_correction_changed_of_an_incident_is_told_to_who_may_read_it(corrected_incident, settings, history):
    masked = daihoi("audit", *history)
    assert "đã đính chính vụ việc i1" in masked
    assert not any(secret in masked for secret in ("Khói", "Hơi nước", "08:00", "Nhìn nhầm"))
    assert daihoi("audit", *history, "--token", token_for(settings, "logistics.member")) == masked
    whole = daihoi("audit", *history, "--token", token_for(settings, "auditor.one"))
    after = "Nội dung: Hơi nước ở tầng hai; Thời điểm xảy ra: 17/08/2020 08:00"
    assert f"vụ việc i1: {after}; trước ghi: Nội dung: Khói ở tầng hai; lý do: Nhìn nhầm" in whole
