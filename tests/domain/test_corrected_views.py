"""What corrections make of the views: reports read the right values, the trail shows both, and what was believed
before can be had again."""

from datetime import date, timedelta
from io import StringIO

import pytest
from rich.console import Console

from daihoi.terminal.audit import timeline_lines
from daihoi.terminal.pages import document_parts, task_parts
from services.tracker.history.folded import Folded
from shared.events.expense import AdvanceCorrected
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import as_bytes
from shared.eventstore.names import service_stream
from shared.history.sentences import with_summary
from shared.reports.cells import cell_of
from shared.reports.coverage import coverage_of
from shared.reports.document_register import filed
from shared.reports.expenses import accounts_of
from shared.reports.masking import MASK, masked_documents, masked_row
from shared.reports.pages import document_page, task_page
from shared.reports.unit_lists import meeting_list, resource_list
from tests.congress import BEGINNING, envelope_of
from tests.domain import corrected as cases
from tests.domain import corrected_papers as papers
from tests.domain.corrected import COMPLETED, DATED, DUE, FUNDED, RIGHT

TODAY = date(2020, 9, 11)
WRITERS = {"task": "logistics", "expense": "logistics", "resource": "logistics", "publication": "propaganda"}
WRITERS |= {"incident": "security", "meeting": "subcommittee", "organisation": "subcommittee", "document": "security"}


def ledger(entity: str, *events, name: str = "x", hours: dict[int, int] | None = None) -> list[Stored]:
    """Events on one thing, an hour after one another, or as `hours` says of an event; recorded a day after."""
    writer, page = WRITERS[entity], []
    for sequence, event in enumerate(events, start=1):
        envelope = envelope_of(event, writer, entity, name, (hours or {}).get(sequence, sequence))
        subject = f"evt.memory.{writer}.{entity}.{name}"
        source = f"{service_stream('memory', writer)} {sequence} > > evt"
        recorded = BEGINNING + timedelta(days=1, hours=sequence)
        page.append(Stored(sequence, subject, recorded, as_bytes(envelope), source))
    return page


def folded(page: list[Stored], **as_of) -> Folded:
    views = Folded(**as_of)
    views.take(page, audited=False)
    assert not views.parked
    return views


def document_of(view: str, page: list[Stored], **as_of):
    [document] = folded(page, **as_of).views[view].values()
    return document


def after(case):
    """The events of a case with its correction."""
    history, _, _, event = case
    return *history, event


def corrected_document(entity: str, name: str):
    view, told = ENTITIES[entity]
    return document_of(view, ledger(entity, *after(told[name])))


def drawn(parts) -> str:
    console = Console(width=300, record=True, file=StringIO())
    for part in parts:
        console.print(part)
    return console.export_text()


ENTITIES = {
    "task": ("tasks", cases.TASK),
    "expense": ("expenses", cases.EXPENSE),
    "resource": ("resources", cases.RESOURCE),
    "incident": ("incidents", cases.INCIDENT),
    "meeting": ("meetings", papers.MEETING),
    "document": ("documents", papers.DOCUMENT),
    "publication": ("publications", papers.PUBLICATION),
    "organisation": ("organisations", papers.ORGANISATION),
}
EVERY = [
    pytest.param(entity, view, case, id=name)
    for entity, (view, told) in ENTITIES.items()
    for name, case in told.items()
]


@pytest.mark.parametrize(("entity", "view", "case"), EVERY)
def test_a_document_keeps_each_correction_with_both_values_and_who_made_it(entity, view, case):
    wrong, right = (document_of(view, ledger(entity, *events)) for events in (case[0], after(case)))
    assert "corrections" not in wrong
    [entry] = right["corrections"]
    event = case[-1].model_dump(mode="json")
    said = {name: entry[name] for name in ("before", "after", "reason")}
    assert said == {name: event[name] for name in said}
    assert entry["by"] == f"{WRITERS[entity]}.lead"
    assert wrong | {name: right[name] for name in right.keys() - wrong.keys()} != right
    assert right.get("updated_at") == wrong.get("updated_at")


@pytest.mark.parametrize(("entity", "view", "case"), EVERY)
def test_before_a_correction_was_recorded_the_wrong_value_was_believed(entity, view, case):
    page = ledger(entity, *after(case))
    assert document_of(view, page[:-1]) == document_of(view, ledger(entity, *case[0]))
    happened_before = BEGINNING + timedelta(hours=len(page) - 1)
    assert document_of(view, page, happened_upto=happened_before) == document_of(view, page[:-1])


@pytest.mark.parametrize(("entity", "view", "case"), EVERY)
def test_a_correction_that_is_dated_to_what_it_corrects_shows_from_then_on(entity, view, case):
    events = after(case)
    page = ledger(entity, *events, hours={len(events): 1})
    shown = folded(page, happened_upto=BEGINNING + timedelta(hours=1))
    assert shown.left_out == max(0, len(events) - 2)
    [document] = shown.views[view].values()
    assert len(document["corrections"]) == 1


# --- reports read what is right ---
def task_of(*events):
    return document_of("tasks", ledger("task", *events))


def test_a_task_is_late_by_its_corrected_deadline_and_day_of_completion():
    assert cell_of(task_of(*DATED), date(2020, 9, 1)) == "open_overdue"
    in_time = task_of(*after(cases.TASK["a deadline that nobody has moved, and the original one"]))
    assert (in_time["original_deadline"], cell_of(in_time, date(2020, 9, 1))) == (str(RIGHT), "open_in_time")
    extended = task_of(*after(cases.TASK["what an extension granted, and not the original deadline"]))
    deadlines = [extended[name] for name in ("original_deadline", "agreed_deadline", "deadline")]
    assert deadlines == [str(DUE), str(RIGHT), str(RIGHT)]
    assert cell_of(task_of(*COMPLETED), TODAY) == "completed_on_time"
    late = task_of(*after(cases.TASK["the day of completion"]))
    assert (late["completed_on"], cell_of(late, TODAY)) == ("2020-08-18", "completed_late")


def test_sums_of_a_task_and_what_the_scenario_keeps_in_force():
    task = task_of(*after(cases.TASK["sums"]))
    assert (task["planned_vnd"], task["original_planned_vnd"], task["secured_vnd"]) == (2_000_000, 2_000_000, 700_000)
    kept = task_of(*after(cases.TASK["what the scenario has in force stays"]))
    assert (kept["planned_vnd"], kept["original_planned_vnd"]) == (7, 9)
    assert (kept["agreed_deadline"], kept["deadline"]) == (str(RIGHT), "2020-09-20")


def test_a_corrected_title_is_found_by_its_words():
    task = task_of(*after(cases.TASK["names, of what is cancelled too"]))
    assert (task["title"]["vi"], task["search"]) == ("Việc đúng", "viec dung")


def test_accounts_add_up_after_a_correction():
    [beyond] = EXPENSES["a payment beyond what is guaranteed"]
    assert (beyond.spent_vnd, beyond.overspent_vnd, beyond.reasons) == (230, 30, ["Giá tăng"])
    [advanced] = EXPENSES["an advance"]
    assert advanced.advanced_vnd == 180
    [estimated] = EXPENSES["an estimate"]
    assert (estimated.guaranteed_vnd, estimated.unsecured_vnd) == (250, 50)


EXPENSES = {
    name: accounts_of([document_of("expenses", ledger("expense", *after(case)))], [])
    for name, case in cases.EXPENSE.items()
}


def test_lists_and_registers_show_what_is_right():
    hall = document_of("resources", ledger("resource", *after(cases.RESOURCE["the times of a reservation"])))
    [line] = resource_list([hall], TODAY)
    assert [booking.starts.hour for booking in line.bookings] == [2, 5]
    meeting = corrected_document("meeting", "a point of its conclusion")
    assert [point["text"]["vi"] for point in meeting_list([meeting])[0].points][1] == "Nội dung đúng"
    paper = corrected_document("document", MARKS)
    assert (paper["kind_code"], paper["search"]) == ("KH", "ke hoach")
    assert filed([paper])[0].symbol == "39/KH-BPĐBANTT"
    ran = corrected_document("publication", "the day on which it ran")
    assert coverage_of([ran]).channels["press"].by_day == {date(2020, 8, 18): 1}


MARKS = "excerpt, day, urgency and marks"


# --- the trail and the pages ---
def rows(entity, *events, masked=False):
    outcome = Folded().take(ledger(entity, *events))
    return [with_summary(masked_row(row) if masked else row) for row in outcome.audit_rows]


def test_the_trail_tells_both_values_and_the_reason_in_both_languages():
    *_, last = rows("task", *after(cases.TASK["what the scenario has in force stays"]))
    right, wrong = "Thời hạn: 10/09/2020; Thời hạn ban đầu: 10/09/2020; Dự kiến: 9 đồng", "Thời hạn: 16/08/2020"
    assert last["summary"]["vi"].startswith(
        f"Trưởng Bộ phận hậu cần phục vụ đã đính chính nhiệm vụ x: {right}; trước "
    )
    assert f"trước ghi: {wrong}; Thời hạn ban đầu: 16/08/2020; Dự kiến: 1.000.000 đồng" in last["summary"]["vi"]
    assert last["summary"]["vi"].endswith("; lý do: Ghi nhầm khi nhập liệu")
    assert "corrected task x: Deadline: 10/09/2020; Original deadline" in last["summary"]["en"]
    assert "Planned: 1,000,000 VND; reason: Ghi nhầm khi nhập liệu" in last["summary"]["en"]
    lines = timeline_lines([last], "vi")
    assert not any("Đính chính:" in line for line in lines)


def test_points_codes_and_what_was_not_said_are_in_words():
    *_, point = rows("meeting", *after(papers.MEETING["a point of its conclusion"]))
    assert (
        "Các điểm kết luận: 2. Nội dung đúng; trước ghi: Các điểm kết luận: 2. Nội dung 2" in point["summary"]["vi"]
    )
    *_, channel = rows("publication", *after(papers.PUBLICATION["channel and day of what is proposed"]))
    assert "Kênh: Cổng thông tin; Ngày dự kiến: 10/09/2020; trước ghi: Kênh: Báo in" in channel["summary"]["vi"]
    *_, paper = rows("document", *after(papers.DOCUMENT[MARKS]))
    assert "Mức độ khẩn: Khẩn" in paper["summary"]["vi"]


def test_what_people_wrote_is_shown_as_they_wrote_it_though_it_is_a_word_of_the_program():
    written = {"before": {"purpose": "blocked"}, "after": {"purpose": "completed"}, "reason": "Nhầm"}
    *_, row = rows("expense", *cases.PAID, AdvanceCorrected(advance_id="a1", **written))
    assert "Mục đích: completed; trước ghi: Mục đích: blocked" in row["summary"]["vi"]


def test_of_a_corrected_incident_everybody_reads_the_open_fields_alone():
    case = cases.INCIDENT["kind and place of a resolved incident"]
    *_, row = rows("incident", *after(case), masked=True)
    assert row["summary"]["vi"] == "Trưởng Bộ phận đảm bảo an ninh trật tự và an toàn đã đính chính vụ việc x"
    assert {row["data"][name] for name in ("before", "after", "reason")} == {MASK}
    changes = {change["field"]: change.get("after") for change in row["changes"]}
    assert changes["kind"] == "drill"
    assert "Đã dập tắt" not in str(row)
    [shown] = masked_documents("incidents", [document_of("incidents", ledger("incident", *after(case)))])
    assert (shown["kind"], shown["severity"], shown["corrections"]) == ("drill", "medium", MASK)


def test_a_page_shows_its_corrections():
    task = task_of(*FUNDED, cases.TASK["sums"][-1])
    page = drawn(task_parts(task_page(task, [], TODAY), "vi"))
    assert "Đã đính chính lúc 15/08/2020 14:00, Trưởng Bộ phận hậu cần phục vụ: Dự kiến: 2.000.000 đồng" in page
    assert page.count("Ghi nhầm khi nhập liệu") == 1
    paper = corrected_document("document", MARKS)
    assert "✎ Corrected on 15/08/2020" in drawn(document_parts(document_page(paper, [paper]), "en"))
