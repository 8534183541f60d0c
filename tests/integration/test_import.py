"""`daihoi catalogue import` on the real servers: told first, written in atomic batches, and only once."""

import asyncio
import csv
import json
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest

from daihoi.importing.session import carry_out, preview
from daihoi.ops.session import open_session
from daihoi.ops.supervisor import Supervisor
from daihoi.sample import story as demo
from services.subcommittee.importing.items import read_file
from services.subcommittee.importing.planning import Source, command_id
from services.tracker.history.verify import verify
from shared.domain.decider import Actor
from shared.eventstore.credentials import credentials_for
from shared.eventstore.rights import member_of
from shared.platform.nats_account import credentials_path
from shared.unit.client import CommandClient
from tests.conftest import token_for
from tests.congress import settled
from tests.program import Shell
from tests.waiting import until

HEADER, *SAMPLE = csv.reader((demo.SAMPLE / "catalogue.csv").read_text("utf-8").splitlines())
BUDGET = HEADER.index("budget_vnd")
TITLE = HEADER.index("title_vi")


@pytest.fixture
async def office(connection, settings, endpoints, views):
    """The sub-committee's office, with its service and the tracker running."""
    supervisor = Supervisor(settings, endpoints)
    try:
        for name in ("subcommittee", "tracker"):
            supervisor.start(name)
        client = CommandClient(connection, settings.congress)
        await supervisor.wait_until_ready(client)
        yield Office(settings, endpoints, client)
    finally:
        supervisor.stop()


class Office:
    def __init__(self, settings, endpoints, client):
        self.settings, self.client, self.credentials = settings, client, endpoints.nats_credentials
        self.shell = Shell(settings.data_dir, endpoints, settings.congress)
        self.shell.environment["DAIHOI_DATA_DIR"] = str(settings.data_dir)

    def file(self, rows, name="catalogue.csv"):
        path = self.settings.data_dir / name
        with path.open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows([HEADER, *rows])
        return str(path)

    async def run(self, path, *options, lang="en"):
        arguments = ("catalogue", "import", path, "--as", "subcommittee.office", "--lang", lang, *options)
        return await asyncio.to_thread(self.shell.run, *arguments)

    async def json(self, path, *options, ends_with=0):
        ran = await self.run(path, *options, "--format", "json")
        assert ran.returncode == ends_with, ran.stderr
        return json.loads(ran.stdout)

    async def send(self, command, data, by="office"):
        token = token_for(self.settings, f"subcommittee.{by}")
        return await self.client.send("subcommittee", command, data, token=token, command_id=uuid4())

    async def run_as_a_member(self, path, *options):
        """On a device that has the credentials of the unit's members alone."""
        folder, congress, identity = self.credentials, self.settings.congress, member_of("subcommittee")
        credentials_for(folder, congress, identity)
        held = {"DAIHOI_NATS_CREDENTIALS": str(credentials_path(Path(folder), congress, identity))}
        arguments = ("catalogue", "import", path, "--as", "subcommittee.office", *options)
        return await asyncio.to_thread(lambda: self.shell.run(*arguments, **held))

    async def until_in_views(self, name):
        async def is_there():
            async with open_session(self.settings) as session:
                return bool(await session.views.documents(name))

        await until(is_there)


def counts(new=0, changed=0, removed=0, unchanged=0):
    return {"new": new, "changed": changed, "removed": removed, "unchanged": unchanged}


def with_cell(rows, number, column, value):
    return [[*row[:column], value, *row[column + 1 :]] if at == number else row for at, row in enumerate(rows)]


async def test_told_first_then_done_and_done_once(office, ledger, views):
    path = office.file(SAMPLE)
    assert (await office.json(path))["counts"] == counts(new=54)
    assert await ledger.last_sequence() == 0

    done = await office.json(path, "--commit")
    assert done["committed"] == {"batches": 1, "stored": 1, "events": 54, "problem": None}
    for options in ((), ("--commit",)):
        again = await office.json(path, *options)
        assert again["counts"] == counts(unchanged=54)
    assert await ledger.last_sequence() == 54

    revised = with_cell(SAMPLE[2:], 0, BUDGET, "1.000.000")
    change = await office.json(office.file(revised))
    assert change["counts"] == counts(changed=1, removed=2, unchanged=51)
    before = int(SAMPLE[2][BUDGET])
    assert change["changed"] == [
        {"code": SAMPLE[2][0], "fields": {"budget_vnd": {"before": before, "after": 1_000_000}}}
    ]
    shown = await office.run(office.file(revised), "--commit")
    assert "3 events in 1 batch." in shown.stdout
    assert f"Budget: {before:,} → 1,000,000" in shown.stdout
    assert "Importing" in shown.stderr

    back = await office.json(office.file(SAMPLE), "--commit")
    assert back["counts"] == counts(new=2, changed=1, unchanged=51)
    forth = await office.json(office.file(revised), "--commit")
    assert forth["committed"]["events"] == 3, "the second time is not taken for the first"
    assert await ledger.last_sequence() == 54 + 3 + 3 + 3
    assert (await verify(ledger, views, lambda *_: None)).nothing_wrong


async def test_one_wrong_row_and_nothing_is_written_and_all_that_is_wrong_is_told(office, ledger):
    rows = with_cell(with_cell(SAMPLE, 5, BUDGET, "nhiều"), 9, TITLE, "")
    path = office.file(rows)
    ran = await office.run(path, "--commit")
    assert ran.returncode == 1
    assert "Row 7, column budget_vnd: «nhiều» is no whole number." in ran.stderr
    assert "Row 11, column title_vi: There has to be a value." in ran.stderr
    vietnamese = (await office.run(path, "--commit", lang="vi")).stderr
    assert "Dòng 7, cột budget_vnd: «nhiều» không phải là số nguyên." in vietnamese
    told = await office.json(path, "--commit", ends_with=1)
    assert [(error["row"], error["column"]) for error in told["errors"]] == [(7, "budget_vnd"), (11, "title_vi")]
    assert await ledger.last_sequence() == 0


async def test_the_cases_are_those_of_the_congress(office, ledger):
    """From its list into a template, a catalogue, the switch and what is shown of it."""
    path = office.file(with_cell(SAMPLE[:1], 0, HEADER.index("scenario"), "CO BAO"))
    told = await office.json(path, ends_with=1)
    assert [error["code"] for error in told["errors"]] == ["not_one_of"]
    switch = ("scenario", "switch", "storm", "--reason", "Bão số 3", "--as", "subcommittee.lead", "--lang", "vi")
    refused = await asyncio.to_thread(office.shell.run, *switch)
    assert (refused.returncode, "none, outbreak" in refused.stderr) == (2, True), refused.stderr
    assert await ledger.last_sequence() == 0

    storm = {"code_list": "cases", "entry_id": "storm", "name": {"vi": "Có bão", "en": "Storm"}}
    await office.send("add-entry", storm, by="lead")
    await settled(ledger, 1)
    await office.until_in_views("code_lists")
    member = await office.run_as_a_member(path, "--format", "json")
    assert json.loads(member.stdout)["new"][0]["scenario"] == "storm", "who may not read the ledger asks the views"
    done = await office.json(path, "--commit")
    assert (done["committed"]["problem"], done["new"][0]["scenario"]) == (None, "storm")
    template = office.settings.data_dir / "mau.xlsx"
    assert (await asyncio.to_thread(office.shell.run, "catalogue", "template", str(template))).returncode == 0
    offered = openpyxl.load_workbook(template)["Danh sách"]
    assert "Có bão" in [cell.value for column in offered.columns for cell in column]

    switched = await asyncio.to_thread(office.shell.run, *switch, "--no-wait")
    assert switched.returncode == 0, switched.stderr
    await office.until_in_views("scenarios")
    assert "Chưa chuẩn bị xong phương án" in switched.stderr
    shown = await asyncio.to_thread(office.shell.run, "scenario", "show", "--lang", "vi")
    assert "Tình huống đang áp dụng: Có bão (lần chuyển 1" in shown.stdout
    compared = await asyncio.to_thread(office.shell.json, "scenario", "compare", "--case", "storm")
    assert compared["cases"] == ["none", "storm"]


async def test_what_a_rule_forbids_is_told_and_nothing_is_written(office, ledger):
    await office.json(office.file(SAMPLE), "--commit")
    first = SAMPLE[0][0].replace(".", "-")
    await office.send("assign-items", {"unit": "logistics", "item_ids": [first]})
    for options in ((), ("--commit",)):
        told = await office.json(office.file(SAMPLE[1:]), *options, ends_with=1)
        assert [error["code"] for error in told["errors"]] == ["catalogue_item_assigned"]
        elsewhere = await office.json(office.file(SAMPLE[:1]), "--catalogue", "khac", *options, ends_with=1)
        assert [error["code"] for error in elsewhere["errors"]] == ["catalogue_item_of_another_catalogue"]
        assert elsewhere["counts"] == counts(new=1)
    assert await ledger.last_sequence() == 54 + 1


async def test_an_open_task_that_keeps_what_it_was_opened_with_and_an_unlisted_source_are_told(office):
    header = [*HEADER, "funding_source"]
    path = office.settings.data_dir / "sources.csv"

    def write(*sources):
        with path.open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows(
                [header, *([*row, source] for row, source in zip(SAMPLE, sources, strict=False))]
            )
        return str(path)

    entry = {"code_list": "funding-sources", "entry_id": "union", "name": {"vi": "Tài chính công đoàn"}}
    await office.send("add-entry", entry, by="lead")
    await office.json(write("Tài chính công đoàn", "Quỹ khác"), "--commit")
    first = SAMPLE[0][0].replace(".", "-")
    await office.send("assign-items", {"unit": "logistics", "item_ids": [first]})
    changed = await office.json(write("", "Quỹ khác"))
    kept = {"unit": "logistics", "task_id": first, "fields": {"funding_source": {"task": "union", "file": None}}}
    assert changed["tasks_kept"] == [kept]
    assert [remark["code"] for remark in changed["remarks"]] == ["funding_source_not_listed"]
    shown = await office.run(write("", "Quỹ khác"), lang="vi")
    assert "1 nhiệm vụ đã giao giữ nguyên nội dung lúc giao" in shown.stderr
    assert "Tài chính công đoàn → –" in shown.stderr
    assert "«Quỹ khác» không có trong danh mục nguồn kinh phí" in shown.stderr


async def test_a_batch_that_is_refused_leaves_those_before_it_and_the_next_import_does_the_rest(office, ledger):
    rows = [[f"{number // 1000 + 1}.{number % 1000}", *SAMPLE[0][1:]] for number in range(1001)]
    path = Path(office.file(rows))
    last, otherwise = read_file(path.read_bytes()).items[-1], {"vi": "Việc khác"}
    source = Source(path.name, "digest", read_file(path.read_bytes()).items, office.settings.congress)
    async with open_session(office.settings, member_of("subcommittee")) as session:
        found = await preview(session, source)
        in_between = last.model_dump(mode="json") | {"title": otherwise}
        published = {"catalogue": source.catalogue, "note": found.note, "items": [in_between]}
        await office.send("publish-catalogue", published)
        actor = Actor("subcommittee.office", "subcommittee")
        done = await carry_out(session, source, found, actor, lambda *_: None)
    assert (done.stored, done.batches, done.events) == (1, 2, 1000)
    assert done.problem.code == "catalogue_item_already_published"
    rest = await office.json(str(path), "--commit", "--patience", "600")
    assert rest["counts"] == counts(changed=1, unchanged=1000)
    assert await ledger.last_sequence() == 1 + 1000 + 1


@pytest.mark.long
async def test_10_000_rows_are_imported_in_batches_within_the_brokers_payload(office, ledger):
    long = "Chuẩn bị hội trường, khánh tiết, âm thanh và ánh sáng; " * 12
    rows = [with_cell([SAMPLE[0]], 0, TITLE, f"{long}{number}")[0] for number in range(10_000)]
    rows = [[f"{number // 1000 + 1}.{number % 1000:03}", *row[1:]] for number, row in enumerate(rows)]
    path = office.file(rows)
    done = (await office.json(path, "--commit", "--patience", "600"))["committed"]
    assert (done["stored"], done["events"], done["problem"]) == (done["batches"], 10_000, None)
    assert done["batches"] > 10, "a thousand of these are larger than the broker takes"
    await settled(ledger, 10_000)
    assert await ledger.last_sequence() == 10_000
    assert (await office.json(path, "--commit", "--patience", "600"))["counts"] == counts(unchanged=10_000)
    assert await ledger.last_sequence() == 10_000


@pytest.mark.parametrize(
    ("arguments", "ends_with"),
    [
        ([str(demo.SAMPLE / "catalogue.csv"), "--as", "subcommittee.office", "--catalogue", "a b"], 2),
        (["no-such-file.csv", "--as", "subcommittee.office"], 2),
        ([str(demo.SAMPLE / "catalogue.csv"), "--as", "logistics.lead"], 2),
        ([str(demo.SAMPLE / "catalogue.csv"), "--as", "somebody"], 2),
        ([str(demo.SAMPLE / "catalogue.csv")], 2),
        ([str(demo.SAMPLE / "congress.json"), "--as", "subcommittee.office"], 1),
    ],
)
def test_wrong_use_ends_with_2_and_a_wrong_file_with_1(endpoints, tmp_path, arguments, ends_with):
    ran = Shell(tmp_path, endpoints, "nobody-serves-this").run("catalogue", "import", *arguments)
    assert ran.returncode == ends_with
    assert ran.stderr.strip()
    assert "Traceback" not in ran.stderr


def test_a_commands_id_follows_from_file_catalogue_event_and_number():
    source = Source("a.csv", "digest", (), "xx")
    same = command_id(source, 7, 1)
    assert command_id(source._replace(name="b.csv"), 7, 1) == same
    others = [
        command_id(source._replace(digest="other"), 7, 1),
        command_id(source._replace(catalogue="yy"), 7, 1),
        command_id(source, 8, 1),
        command_id(source, 7, 2),
    ]
    assert len({same, *others}) == 5
