"""`daihoi` as people run it on real servers, exit codes included."""

import asyncio
import hashlib
import io
import json
import sys
from contextlib import contextmanager

import pytest

from daihoi.cli.console import write
from daihoi.ops.supervisor import Supervisor, all_services
from shared.eventstore.streams import provision
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.issuer import make_issuer_keys
from tests.program import PROJECT, Shell
from tests.servers import operator_of

AT_ONCE = ("--wait-for-service", "0")
SERVICES_AND_TRACKER = ("subcommittee", "propaganda", "logistics", "security", "tracker")


@contextmanager
def served(folder, endpoints, congress):
    """A shell for a congress whose services run."""
    settings = Settings(
        congress=congress,
        nats_url=endpoints.nats_url,
        mongo_url=endpoints.mongo_url,
        data_dir=folder / ".daihoi",
    )
    make_issuer_keys(settings.issuer_private_key_path, settings.issuer_public_key_path)
    supervisor = Supervisor(settings, endpoints)

    async def ready():
        async with nats_connection(endpoints.nats_url, "tests", operator_of(endpoints)) as connection:
            await provision(connection, congress)  # as the operator does
            await supervisor.wait_until_ready(CommandClient(connection, congress))

    try:
        for name in all_services():
            supervisor.start(name)
        with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
            runner.run(ready())
        yield Shell(folder, endpoints, congress)
    finally:
        supervisor.stop()


@pytest.fixture(scope="module")
def told(tmp_path_factory, endpoints):
    """A shell after `daihoi demo`, and what that printed."""
    with served(tmp_path_factory.mktemp("demo"), endpoints, "demo-under-test") as shell:
        yield shell, shell.run_in_a_process("demo")


@pytest.fixture
def shell(told):
    return told[0]


def test_output_is_written_to_its_end_where_stdout_takes_a_part_at_a_time(monkeypatch):
    class Narrow(io.BytesIO):
        def write(self, part):
            return super().write(part[:10])

    narrow = Narrow()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(narrow, write_through=True))
    write(b"0123456789" * 7 + b"end")
    assert narrow.getvalue() == b"0123456789" * 7 + b"end"


def test_the_demo_ends_well_and_proves_its_report(told):
    _, demo = told
    assert demo.returncode == 0, demo.stderr
    assert "live = replayed" in demo.stdout
    for symbol in ("76-KH/TU", "03-KH/TB-BPTT", "01-TB/BPHC", "02-KH/TB", "39/KH-BPĐBANTT"):
        assert symbol in demo.stdout
    assert "an illustration" in demo.stdout


def test_the_report_counts_54_tasks_in_8_groups_of_3_units_and_adds_up(shell):
    report = shell.json("report", "--today", "2020-09-10")
    totals = report["totals"]
    assert totals["tasks"] == 54
    cells = ("completed_on_time", "completed_late", "open_in_time", "open_overdue", "no_deadline", "suspended")
    assert sum(totals[cell] for cell in cells) == 54
    assert all(totals[cell] for cell in cells), "the sample shows every cell"
    assert {unit: cells["tasks"] for unit, cells in report["by_unit"].items()} == {
        "propaganda": 9,
        "logistics": 39,
        "security": 6,
    }
    assert len(report["by_group"]) == 8
    assert len(report["documents"]) == 5
    assert all(report["missing"][name] for name in ("collective", "individual", "deadline", "funding"))
    for breakdown in ("by_unit", "by_group", "by_phase"):
        for cell in (*cells, "planned_vnd", "secured_vnd"):
            assert sum(row[cell] for row in report[breakdown].values()) == totals[cell]


def test_the_report_shows_every_extension_and_the_original_deadlines(shell):
    report = shell.json("report", "--today", "2020-09-10")
    extensions = report["extensions"]
    assert {name: extensions[name] for name in ("asked", "granted", "refused", "pending")} == {
        "asked": 3,
        "granted": 1,
        "refused": 1,
        "pending": 1,
    }
    assert {line["outcome"]: line["id"] for line in extensions["lines"]} == {
        "granted": "4-01",
        "refused": "1-02",
        "pending": "8-02",
    }
    extended = next(line for line in report["due_soon"] if line["id"] == "4-01")
    assert (extended["original_deadline"], extended["deadline"]) == ("2020-09-06", "2020-09-12")
    assert "1-02" in {line["id"] for line in report["overdue"]}
    printed = shell.run("report", "--today", "2020-09-10").stdout
    assert "Extensions of deadlines: 3 asked for, 1 granted, 1 refused, 0 lapsed, 1 pending" in printed
    assert "12/09/2020 (originally 06/09/2020)" in printed


def test_completed_work_of_the_sample_was_submitted_with_evidence_that_its_checksum_fits(shell):
    submitted = shell.lines("audit", "replay", "--type", "vn.daihoi.task.submitted.v1")
    shown = {line["event"]["subject"]: line["event"]["data"]["evidence"] for line in submitted}
    completed = shell.lines("audit", "replay", "--type", "vn.daihoi.task.completed.v1")
    assert all(shown[line["event"]["subject"]] for line in completed)
    for evidence in (each for pieces in shown.values() for each in pieces):
        assert evidence["sha256"] == hashlib.sha256(evidence["title"].encode()).hexdigest()
        assert evidence["link"].startswith("https://example.invalid/")


def test_a_second_demo_changes_nothing(told):
    shell, _ = told
    before = shell.json("report")
    assert shell.run("demo").returncode == 0
    after = shell.json("report")
    assert (after["digest"], after["as_of"]["sequence"]) == (before["digest"], before["as_of"]["sequence"])


@pytest.mark.long
def test_the_same_story_told_anew_has_the_same_digest(shell, tmp_path, endpoints):
    with served(tmp_path, endpoints, "demo-told-anew") as elsewhere:
        assert elsewhere.run_in_a_process("demo").returncode == 0
        assert elsewhere.json("report")["digest"] == shell.json("report")["digest"]


def test_the_demo_leaves_a_report_and_the_whole_history_behind(shell):
    report = json.loads((shell.folder / "out" / "report.json").read_text())
    events = (shell.folder / "out" / "events.jsonl").read_text().splitlines()
    assert report["as_of"]["sequence"] == len(events)


def test_a_replay_has_one_line_per_ledger_event_in_order(shell):
    lines = shell.lines("audit", "replay")
    assert [line["sequence"] for line in lines] == list(range(1, shell.json("report")["as_of"]["sequence"] + 1))
    assert all(line["readable"] for line in lines)
    per_origin = {}
    for line in lines:
        per_origin.setdefault(line["origin"]["stream"], []).append(line["origin"]["sequence"])
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in per_origin.values())


def test_happened_and_recorded_are_both_kept(shell):
    first = shell.lines("audit", "replay", "--to", "1")[0]
    assert first["event"]["time"].startswith("2020-08-13")
    assert first["recorded"] > "2026"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--unit", "security"], lambda line: line["event"]["source"] == "security"),
        (["--actor", "subcommittee.chair"], lambda line: line["event"]["actor"] == "subcommittee.chair"),
        (["--type", "vn.daihoi.task.started.v1"], lambda line: line["event"]["type"].endswith("started.v1")),
        (
            ["--entity", "logistics/1-03"],
            lambda line: line["subject"].endswith(("logistics.task.1-03", "logistics.expense.1-03")),
        ),
        (["--entity", "meeting"], lambda line: ".meeting." in line["subject"]),
        (["--from", "10", "--to", "20"], lambda line: 10 <= line["sequence"] <= 20),
        (["--from", "2026-01-01", "--to", "2100-01-01"], lambda line: True),
    ],
)
def test_a_replay_can_be_narrowed(shell, options, expected):
    every = shell.lines("audit", "replay")
    assert shell.lines("audit", "replay", *options) == [line for line in every if expected(line)] != []


def test_a_replay_of_a_time_before_the_first_event_is_empty(shell):
    assert shell.lines("audit", "replay", "--to", "2020-12-31") == []


def test_a_timeline_reads_as_a_story_in_both_languages(shell):
    english = shell.run("audit", "timeline", "logistics/2-04").stdout
    assert "returned task 2-04" in english
    assert "Status: Submitted → In progress" in english
    assert "Evidence: + Dự thảo kịch bản điều hành, https://example.invalid/evidence/" in english
    vietnamese = shell.run("audit", "timeline", "logistics/2-04", "--lang", "vi").stdout
    assert "nhiệm vụ 2-04" in vietnamese


# --- what security and the auditor alone may read ---
RESTRICTED = ("cửa thoát hiểm", "Diễn tập:", "một giờ trước")
WAYS_OUT = [
    ["incidents"],
    ["audit", "timeline", "incident/drill-01"],
    ["audit", "replay", "--entity", "incident"],
]


@pytest.fixture(scope="module")
def tokens(told):
    """By unit; the auditor's is minted like the others."""
    minted = {unit: told[0].run("token", "--as", f"{unit}.member") for unit in ("logistics", "security", "auditor")}
    assert all(ran.returncode == 0 for ran in minted.values())
    return {unit: ran.stdout.strip() for unit, ran in minted.items()}


def tells(text):
    return [secret for secret in RESTRICTED if secret in text]


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("way", WAYS_OUT, ids=" ".join)
def test_details_of_incidents_are_masked_unless_security_or_the_auditor_asks(shell, tokens, way, form):
    told = shell.run(*way, "--format", form)
    assert told.returncode == 0, told.stderr
    assert told.stdout.strip()
    assert tells(told.stdout) == []
    stranger = shell.run(*way, "--format", form, "--token", tokens["logistics"])
    assert stranger.stdout == told.stdout
    if form == "json":
        assert "«restricted»" in told.stdout
        assert tells(shell.run(*way, "--format", form, "--token", tokens["security"]).stdout)
        assert tells(shell.run(*way, "--format", form, DAIHOI_TOKEN=tokens["auditor"]).stdout)


def test_neither_what_the_demo_leaves_behind_nor_the_report_tells_details(told):
    shell, demo = told
    exports = [path.read_text("utf-8") for path in sorted((shell.folder / "out").iterdir())]
    assert len(exports) == 2
    verified = shell.run("audit", "verify", "--format", "json").stdout
    for text in (*exports, demo.stdout, demo.stderr, verified, shell.run("report", "--format", "json").stdout):
        assert text
        assert tells(text) == []
    assert "«restricted»" in "".join(exports)


def test_what_the_demo_leaves_behind_tells_no_details_whoever_runs_it(shell, tokens):
    assert shell.run("demo", DAIHOI_TOKEN=tokens["auditor"]).returncode == 0
    assert tells((shell.folder / "out" / "events.jsonl").read_text("utf-8")) == []


@pytest.mark.parametrize("way", WAYS_OUT, ids=" ".join)
def test_a_token_that_proves_nothing_is_told_and_shows_nothing(shell, way):
    ran = shell.run(*way, "--token", "not.a.token")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "invalid_token" in ran.stderr
    assert "Traceback" not in ran.stderr


# --- what only one unit has ---
def test_coverage_counts_releases_by_channel_and_day(shell):
    coverage = shell.json("coverage")
    released = {name: channel["by_day"] for name, channel in coverage["channels"].items() if channel["released"]}
    assert released == {
        "press": {"2020-09-07": 1},
        "portal": {"2020-09-08": 1},
        "loudspeaker": {"2020-09-05": 1},
    }
    assert coverage["channels"]["visual"]["planned"] == {"2020-09-20": 1}
    assert "Publications released" in shell.run("coverage").stdout
    assert "Báo in" in shell.run("coverage", "--lang", "vi").stdout


def test_expenses_show_what_went_beyond_the_guarantee_and_why(shell):
    printing, lodging = shell.json("expenses")
    assert (printing["task_id"], printing["left_vnd"], printing["flags"]) == ("1-03", 237_500_000, [])
    assert lodging["flags"] == ["advanced_beyond_guaranteed"]
    assert [warning["code"] for each in (printing, lodging) for warning in each["warnings"]] == []
    assert len(lodging["reasons"]) == 1
    assert "237,500,000" in shell.run("expenses").stdout
    assert "Tạm ứng vượt kinh phí bảo đảm" in shell.run("expenses", "--lang", "vi").stdout


def test_a_task_was_completed_with_its_clearance_and_another_one_still_waits(shell):
    report = shell.json("report", "--today", "2020-09-10")
    (waits,) = report["waiting_for_clearance"]
    assert (waits["id"], waits["clearance_id"], waits["status"]) == ("4-05", "delegates-bus", "requested")
    found = {line["id"]: line for line in shell.json("clearances")}
    assert found["drafting-team"]["needed_by"] == ["logistics/1-01"]
    assert found["drafting-team"]["known_to"] == dict.fromkeys(("logistics", "propaganda", "security"), "granted")
    assert (found["delegates-bus"]["status"], found["delegates-bus"]["known_to"]) == ("requested", {})
    told = shell.run("audit", "timeline", "logistics/1-01").stdout
    completed = told.index("accepted task 1-01 as completed")
    assert told.index("made task 1-01 wait for clearance drafting-team") < completed


def test_who_waits_for_a_clearance_is_told_in_both_languages(shell):
    assert "Waiting for a clearance: 1" in shell.run("report").stdout
    assert "Chờ xác nhận bảo đảm an ninh: 1" in shell.run("report", "--lang", "vi").stdout
    assert "Waiting for a clearance: delegates-bus (Requested)" in shell.run("trace", "logistics/4-05").stdout
    assert "Requested" in shell.run("clearances").stdout
    assert "Đã đề nghị" in shell.run("clearances", "--lang", "vi").stdout


def test_incidents_are_told_in_both_languages(shell):
    assert "Drill" in shell.run("incidents").stdout
    assert "Diễn tập" in shell.run("incidents", "--lang", "vi").stdout


def test_four_duties_of_ten_localities_are_counted_apart_and_who_is_behind_stands_first(shell):
    report = shell.json("report", "--today", "2020-09-10")
    duties = report["duties"]
    assert duties["totals"]["tasks"] == 80
    assert duties["not_opened"] == duties["lacking"] == []
    assert {phase: cells["tasks"] for phase, cells in duties["by_phase"].items()} == {
        "before": 40,
        "during": 40,
        "after": 0,
    }
    told = {
        row["locality"]: (row["totals"]["open_overdue"], row["totals"]["completed"]) for row in duties["localities"]
    }
    assert len(told) == 10
    assert list(told.items())[:3] == [("nghia-hung", (2, 0)), ("y-yen", (2, 0)), ("xuan-truong", (1, 1))]
    assert duties["totals"]["completed_late"]
    assert {line["id"] for line in duties["overdue"]}.isdisjoint(line["id"] for line in report["overdue"])
    assert shell.json("duties", "--today", "2020-09-10") == duties
    assert "Continuing duties of the localities: 80" in shell.run("report", "--today", "2020-09-10").stdout


def test_the_duties_of_one_locality_are_printed_alone_in_both_languages(shell):
    (row,) = shell.json("duties", "--today", "2020-09-10", "--locality", "y-yen")["localities"]
    assert (row["name_vi"], row["totals"]["tasks"], row["totals"]["open_overdue"]) == ("Huyện Ý Yên", 8, 2)
    assert "Ý Yên district" in shell.run("duties", "--locality", "y-yen").stdout
    vietnamese = shell.run("duties", "--locality", "y-yen", "--lang", "vi").stdout
    assert "Huyện Ý Yên" in vietnamese
    assert "Huyện Hải Hậu" not in vietnamese


def test_localities_carry_their_duties_in_the_workload_too(shell):
    loads = shell.json("workload", "--today", "2020-09-10")
    assert {load["name"]: load["cells"]["tasks"] for load in loads["by_collective"]}["Huyện Ý Yên"] == 8
    assert "Chủ tịch UBND huyện Ý Yên" in {load["name"] for load in loads["by_individual"]}
    everybody = (*loads["by_collective"], *loads["by_individual"])
    unknown = [load["name"] for load in everybody if not load["on_the_register"]]
    assert unknown == ["Ủy ban nhân dân các huyện, thành phố"], "many bodies under one name"


# --- scenarios ---
def test_the_switch_of_the_sample_was_followed_by_every_unit_there_and_back(shell):
    found = shell.json("scenario", "show")
    assert [(switch["number"], switch["scenario"]) for switch in found["switches"]] == [(1, "outbreak"), (2, "none")]
    assert (found["in_force"]["number"], found["in_force"]["behind"]) == (2, [])
    assert {unit["unit"]: (unit["followed"], unit["suspended"]) for unit in found["units"]} == {
        "propaganda": (2, 0),
        "logistics": (2, 1),
        "security": (2, 0),
    }
    assert {variant["signed_by"] for variant in found["variants"]} == {
        f"{unit}.lead" for unit in ("propaganda", "logistics", "security")
    }
    followed = shell.lines("audit", "replay", "--type", "vn.daihoi.task.scenario-followed.v1")
    assert len({line["event"]["id"] for line in followed}) == len(followed)
    printed = shell.run("scenario", "show").stdout
    assert "Scenario in force: No epidemic (switch 2, 10/09/2020)" in printed
    assert "Tình huống đang áp dụng: Không có dịch" in shell.run("report", "--lang", "vi").stdout


def test_the_variants_are_compared_by_unit_and_group_and_task(shell):
    found = shell.json("scenario", "compare")
    assert found["cases"] == ["none", "outbreak"]
    assert found["total"]["amounts"]["none"]["tasks"] == 53 + 80, "duties apply in every case"
    for breakdown in ("by_unit", "by_group"):
        for kind, case in (("amounts", "none"), ("amounts", "outbreak"), ("differences", "outbreak")):
            rows = found[breakdown].values()
            assert sum(row[kind][case]["planned_vnd"] for row in rows) == found["total"][kind][case]["planned_vnd"]
    lines = {line["id"]: line["sides"] for line in found["differing"]}
    programme = lines["7-07"]
    assert (programme["none"]["planned_vnd"], programme["outbreak"]["planned_vnd"]) == (310_000_000, 150_000_000)
    assert programme["outbreak"]["deadline"] == "2020-09-21"
    assert (lines["5-05"]["none"]["applies"], lines["5-05"]["outbreak"]["applies"]) == (False, True)
    assert shell.json("scenario", "compare", "--case", "outbreak") == found
    alone = shell.json("scenario", "compare", "--unit", "security")
    assert alone["total"] == found["by_unit"]["security"]
    assert "does not apply" in shell.run("scenario", "compare").stdout
    assert "không áp dụng" in shell.run("scenario", "compare", "--lang", "vi").stdout


def test_a_timeline_tells_how_a_task_was_suspended_and_resumed(shell):
    english = shell.run("audit", "timeline", "propaganda/7-06").stdout
    assert "brought task 7-06 to the scenario «Outbreak» (switch 1)" in english
    assert "Suspended: no → yes" in english
    assert "Suspended: yes → no" in english
    vietnamese = shell.run("audit", "timeline", "variant/outbreak", "--lang", "vi").stdout
    assert "Trưởng Bộ phận hậu cần phục vụ xác nhận phương án «Có dịch» đã chuẩn bị xong" in vietnamese


def test_a_point_leads_down_to_a_directive_to_three_units(shell):
    (point,) = shell.json("trace", "2020-08-13#1")
    (directive,) = point["below"]
    assert directive["facts"] == {"kind": "review", "units": ["propaganda", "logistics", "security"], "due_on": None}
    reviews = {review["facts"]["unit"]: review for review in directive["below"]}
    assert {unit: review["facts"]["status"] for unit, review in reviews.items()} == {
        "propaganda": "closed",
        "logistics": "open",
        "security": "closed",
    }
    gaps = {task["id"]: task["facts"]["missing"] for task in reviews["propaganda"]["below"]}
    assert gaps == {"propaganda/7-06": ["collective", "individual", "funding"], "propaganda/7-08": ["deadline"]}


def test_a_gap_leads_back_to_the_point_that_had_it_found(shell):
    (task,) = shell.json("trace", "propaganda/7-06")
    (review,) = [node for node in task["above"] if node["role"] == "review"]
    assert review["above"][0]["above"][0]["id"] == "2020-08-13#1"


def test_every_task_of_the_sample_is_done_for_some_point_of_the_conclusion(shell):
    (meeting,) = shell.json("trace", "2020-08-13")
    units = [unit for point in meeting["below"] for directive in point["below"] for unit in directive["below"]]
    assert len({task["id"] for unit in units if unit["role"] == "unit" for task in unit["below"]}) == 54 + 80
    (point,) = shell.json("trace", "2020-08-13#3")
    done_for_it = {task["id"] for unit in point["below"][0]["below"] for task in unit["below"]}
    duties = {task_id for task_id in done_for_it if task_id.endswith(("-before", "-during"))}
    assert len(duties) == 80
    assert done_for_it - duties == {
        *("propaganda/2-02", "logistics/2-03", "logistics/5-06", "propaganda/7-05", "propaganda/7-08")
    }


def test_a_task_leads_up_to_a_sentence_of_the_conclusion(shell):
    (task,) = shell.json("trace", "logistics/1-03")
    item, directive, _ = task["above"]
    assert (item["id"], item["on_record"], directive["id"]) == ("1-03", True, "2020-08-13-4")
    assert directive["above"][0]["id"] == "2020-08-13#4"
    printed = shell.run("trace", "1-03", "--lang", "vi").stdout
    assert "Nội dung kết luận 2020-08-13#4: Các bộ phận tập trung chỉ đạo các ngành thành viên" in printed
    assert "là minh họa." in printed


def test_the_documents_are_listed_with_who_advised_them_and_what_looks_odd(shell):
    listed = {document["symbol"]: document for document in shell.json("documents")}
    assert listed["76-KH/TU"]["advised_by"] == "Bộ phận tuyên truyền"
    warned = {symbol: [each["code"] for each in document["warnings"]] for symbol, document in listed.items()}
    assert {symbol: codes for symbol, codes in warned.items() if codes} == {
        "39/KH-BPĐBANTT": ["state_form_of_party_body"]
    }
    assert shell.json("report")["documents"] == list(listed.values())
    printed = shell.run("documents", "--lang", "vi").stdout
    assert "Thường" in printed
    assert "76-KH/TU" in printed


def test_the_next_number_is_told_in_both_forms(shell):
    found = shell.json("documents", "next-number", "--issuer", "Bộ phận tuyên truyền", "--kind", "KH")
    assert (found["number"], found["party"], found["state"]) == (4, "04-KH/TB-BPTT", "4/KH-TB-BPTT")
    printed = shell.run("documents", "next-number", "--issuer", "BPHC", "--kind", "TB", "--term", "2020-2025").stdout
    assert "01-TB/BPHC · 1/TB-BPHC" in printed


def test_a_timeline_tells_how_a_deadline_was_extended(shell):
    english = shell.run("audit", "timeline", "logistics/4-01").stdout
    assert "Head, Logistics unit extended the deadline of task 4-01 from 06/09/2020 to 12/09/2020" in english
    assert "Deadline: 06/09/2020 → 12/09/2020" in english
    vietnamese = shell.run("audit", "timeline", "logistics/4-01", "--lang", "vi").stdout
    assert "Trưởng Bộ phận hậu cần phục vụ đồng ý gia hạn nhiệm vụ 4-01 từ 06/09/2020 đến 12/09/2020" in vietnamese


def test_the_report_of_the_last_event_is_the_report_of_now(shell):
    now = shell.json("report", "--today", "2020-09-10")
    for way in (["report", "--at"], ["report", "as-of", "--at"]):
        then = shell.json(*way, str(now["as_of"]["sequence"]), "--today", "2020-09-10")
        assert (then["as_of"].pop("at"), then["as_of"].pop("by")) == (str(now["as_of"]["sequence"]), "recorded")
        assert then == now | {"as_of": {k: v for k, v in now["as_of"].items() if k not in ("at", "by")}}


def test_numbers_move_by_what_the_compared_report_lacks(shell):
    end = shell.json("report")["as_of"]["sequence"]
    half = str(end // 2)
    before, after = shell.json("report", "--at", half), shell.json("report", "--compare", half)
    assert after["movements"]["since"]["sequence"] == end // 2
    for name, moved in after["movements"]["totals"].items():
        assert before["totals"][name] + moved == after["totals"][name]
    for unit, cells in after["movements"]["by_unit"].items():
        assert sum(cells.values()) == sum(after["by_unit"][unit].values()) - sum(before["by_unit"][unit].values())
    shown = shell.run("report", "--compare", half, "--lang", "vi").stdout
    assert f"so với bản ghi số {half}" in shown


def test_what_had_happened_and_what_was_recorded_are_not_mixed(shell):
    """The sample happened in 2020 and was put on record today."""
    happened = shell.json("report", "--at", "2020-09-05T00:00:00+07:00", "--by", "happened")
    assert happened["totals"]["tasks"] == 54
    assert happened["as_of"]["today"] == "2020-09-05"
    assert happened["as_of"]["left_out"] > 0
    assert shell.json("report", "--at", "2020-09-05T00:00:00+07:00")["totals"]["tasks"] == 0


def test_every_view_of_an_instant_can_be_shown(shell, tokens):
    end = shell.json("audit", "as-of", "--at", "300")
    assert end["sequence"] == 300
    rows = {
        view: len(shell.json("audit", "as-of", "--at", "300", "--view", view)["documents"])
        for view in (*end["views"], "audit_trail", "parked")
    }
    assert rows["audit_trail"] == 300
    last = str(shell.json("report")["as_of"]["sequence"])
    for view in ("incidents", "audit_trail"):
        way = ("audit", "as-of", "--at", last, "--view", view, "--format", "json")
        assert tells(shell.run(*way).stdout) == []
        assert tells(shell.run(*way, "--token", tokens["security"]).stdout)
    for command in ("workload", "coverage", "expenses", "incidents", "documents", "duties", "clearances"):
        then, now = shell.json(command, "--at", last), shell.json(command)
        assert then == (now | {"at": last, "by": "recorded"} if isinstance(now, dict) else now)
        assert shell.json(command, "--at", "1") != now


def test_the_difference_between_two_instants_is_told_with_its_events(shell):
    found = shell.json("audit", "diff", "300", "320")
    assert found["documents"]
    assert {event["sequence"] for event in found["events"]} <= set(range(301, 321))
    shown = shell.run("audit", "diff", "300", "320", "--lang", "vi")
    assert shown.returncode == 0
    assert "Từ bản ghi số 300 của nhật ký đến bản ghi số 320" in shown.stdout
    assert "mục khác nhau: " in shown.stdout
    details = shell.run("audit", "diff", "0").stdout
    assert "«restricted»" in details
    wrong = shell.run("audit", "diff", "320", "300")
    assert (wrong.returncode, wrong.stderr.strip().splitlines()[-1]) == (
        2,
        "The first instant has to come before the second.",
    )


def test_verify_rebuild_verify(shell):
    before = shell.json("audit", "verify")
    assert before["holds"]
    rebuilt = shell.run_in_a_process("rebuild")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert before["live"] in rebuilt.stdout
    assert shell.json("audit", "verify")["live"] == before["live"]


def test_the_report_is_printed_in_both_languages(shell):
    assert "Hoàn thành đúng hạn" in shell.run("report", "--lang", "vi").stdout
    assert "Completed on time" in shell.run("report", "--lang", "en").stdout


def test_what_the_services_speak_is_printed_or_written(shell):
    printed = shell.run("asyncapi", "logistics").stdout
    assert printed == (PROJECT / "docs" / "asyncapi" / "logistics.json").read_text("utf-8")
    assert shell.run("asyncapi", "--out", "contracts").returncode == 0
    written = {path.stem for path in (shell.folder / "contracts").iterdir()}
    assert written == set(SERVICES_AND_TRACKER)
    assert (shell.folder / "contracts" / "logistics.json").read_text("utf-8") == printed


def test_progress_goes_to_stderr_and_json_stays_clean(shell):
    ran = shell.run_in_a_process("audit", "verify", "--format", "json")
    assert json.loads(ran.stdout)["holds"]
    assert "Verifying" in ran.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        ["no-such-command"],
        ["report", "--today", "yesterday"],
        ["report", "--format", "pdf"],
        ["audit", "replay", "--from", "whenever"],
        ["service", "kitchen"],
        ["asyncapi"],
        ["asyncapi", "kitchen"],
        ["trace"],
        ["documents", "next-number", "--issuer", "TU"],
        ["documents", "next-number", "--issuer", " ", "--kind", "KH"],
        ["token", "--as", "somebody"],
        ["scenario", "switch", "both", "--reason", "x", "--as", "subcommittee.lead"],
        ["scenario", "switch", "outbreak", "--as", "subcommittee.lead"],
        ["scenario", "switch", "storm", "--reason", "x", "--as", "subcommittee.lead"],
        ["scenario", "switch", "a b", "--reason", "x", "--as", "subcommittee.lead"],
        ["scenario", "compare", "--case", "storm"],
        ["scenario", "compare", "--unit", "kitchen"],
        ["parked", "retry"],
        ["parked", "retry", "7", "--all"],
        ["parked", "discard", "7", "--reason", " "],
        ["send", "logistics", "assign-task", "{not json", "--as", "logistics.lead"],
    ],
)
def test_wrong_use_is_told_and_ends_with_2(shell, wrong):
    ran = shell.run(*wrong)
    assert ran.returncode == 2
    assert ran.stderr.strip()
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("replicas", ["2", "three", ""])
def test_a_number_of_replicas_that_nats_does_not_have_is_wrong_use(shell, replicas):
    ran = shell.run("report", DAIHOI_NATS_REPLICAS=replicas)
    assert ran.returncode == 2
    assert "DAIHOI_NATS_REPLICAS: must be one of 1, 3 or 5" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (
            ["streams", "provision"],
            {"DAIHOI_NATS_REPLICAS": "3", "DAIHOI_CONGRESS": "never-made"},
            "could not be made with 3 replicas",
        ),
        (["audit", "timeline", "9-99"], {}, "There is no event about 9-99"),
        (["duties", "--locality", "so-y-te"], {}, "There is no locality so-y-te."),
        (["parked", "show", "7"], {}, "parked_event_not_found: Ledger event 7 is not parked."),
        (["parked", "retry", "task/1-03"], {}, "nothing_parked: Nothing of task/1-03 is parked."),
        (["parked", "discard", "7", "--reason", "x"], {}, "parked_event_not_found: Ledger event 7 is not parked."),
        (["trace", "2020-08-13#9"], {}, "Nothing on record is called 2020-08-13#9."),
        (
            ["send", "logistics", "start-task", '{"task_id":"1-03"}', "--as", "logistics.lead", *AT_ONCE],
            {"DAIHOI_CONGRESS": "nobody-serves-this"},
            "service_not_running: The service logistics does not answer. `daihoi up` starts all services",
        ),
        (
            ["scenario", "switch", "outbreak", "--reason", "Thử", "--as", "subcommittee.lead", *AT_ONCE],
            {"DAIHOI_CONGRESS": "nobody-serves-this"},
            "service_not_running",
        ),
        (["health", "tracker"], {"DAIHOI_CONGRESS": "nobody-serves-this"}, ""),
        (["asyncapi", "tracker", "--live"], {"DAIHOI_CONGRESS": "nobody-serves-this"}, "service_not_running"),
    ],
)
def test_what_goes_wrong_outside_is_told_in_a_sentence_and_ends_with_1(shell, arguments, environment, sentence):
    ran = shell.run(*arguments, **environment)
    assert ran.returncode == 1
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_nats_that_does_not_answer_is_told_in_a_sentence_and_ends_with_1(shell, monkeypatch):
    monkeypatch.setattr("shared.platform.nats.FIRST_CONNECTION_TIMEOUT_S", 0.3)
    ran = shell.run("report", DAIHOI_NATS_URL="nats://127.0.0.1:1")
    assert (ran.returncode, "Traceback" in ran.stderr) == (1, False)
    assert "no NATS server answers at nats://127.0.0.1:1" in ran.stderr


def test_any_view_is_shown_and_masked_where_only_some_may_read_it(shell):
    shown = shell.json("view", "incidents")
    assert shown
    assert {value for incident in shown for value in incident["restricted"].values()} <= {"«restricted»", None}
    one_a_line = [json.loads(line) for line in shell.run("view", "incidents").stdout.splitlines()]
    assert one_a_line == shown
    wrong = shell.run("view", "nothing")
    assert (wrong.returncode, "tasks" in wrong.stderr) == (2, True)


def test_a_unit_that_there_is_not_is_refused_with_those_there_are(shell):
    for command in (("service", "y-te"), ("health", "y-te"), ("scenario", "compare", "--unit", "y-te")):
        ran = shell.run(*command)
        assert (ran.returncode, "propaganda, logistics, security" in ran.stderr) == (2, True), ran.stderr
    ran = shell.run("doctor", DAIHOI_UNITS="Y TẾ")
    assert (ran.returncode, "DAIHOI_UNITS" in ran.stderr) == (2, True), ran.stderr
