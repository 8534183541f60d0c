"""Bookings, publications, meetings and documents on file, as lists."""

from datetime import date
from io import StringIO

import pytest
from rich.console import Console

from daihoi.terminal.lists import meetings_table, publications_table, resources_table
from shared.reports.document_list import DocumentFilter, DocumentStatus, document_list, documents_called
from shared.reports.document_register import filed
from shared.reports.unit_lists import PublicationStatus, meeting_list, publication_list, resource_list
from shared.values.symbol import DocumentSymbol

TODAY = date(2020, 9, 10)


def drawn(table):
    console = Console(width=160, record=True, file=StringIO())
    console.print(table)
    return console.export_text()


# --- bookings ---
def a_booking(name, starts, ends, purpose="Tổng duyệt"):
    return {"reservation_id": name, "starts": starts, "ends": ends, "purpose": purpose}


HALL = {
    "_id": "hall-1",
    "kind": "hall",
    "name": {"vi": "Trung tâm Hội nghị", "en": "Convention centre"},
    "capacity": 800,
    "reservations": [
        a_booking("later", "2020-09-25T01:00:00.000000Z", "2020-09-27T10:00:00.000000Z"),
        a_booking("over", "2020-09-08T01:00:00.000000Z", "2020-09-09T16:59:00.000000Z"),
        a_booking("tonight", "2020-09-09T17:00:00.000000Z", "2020-09-09T18:00:00.000000Z", "Lắp điện"),
    ],
}
CAR = {"_id": "xe-2", "kind": "vehicle", "name": {"vi": "Xe 45 chỗ", "en": ""}, "capacity": 45, "reservations": []}


def test_bookings_that_are_over_are_counted_and_the_others_shown_by_when_they_start():
    hall, car = resource_list([CAR, HALL], TODAY)
    assert ([booking.reservation_id for booking in hall.bookings], hall.over) == (["tonight", "later"], 1)
    assert (car.bookings, car.over) == ([], 0)
    on_a_day = resource_list([HALL], TODAY, on=date(2020, 9, 26))[0]
    assert ([booking.reservation_id for booking in on_a_day.bookings], on_a_day.over) == (["later"], 2)
    shown = drawn(resources_table([hall, car], "vi"))
    assert "10/09/2020 00:00 – 10/09/2020 01:00: Lắp điện" in shown
    assert "không hiện 1 lượt khác" in shown


def test_resources_are_searched_by_name_and_by_what_they_are_booked_for():
    assert [line.id for line in resource_list([CAR, HALL], TODAY, text="lap dien")] == ["hall-1"]
    assert [line.id for line in resource_list([CAR, HALL], TODAY, kind="vehicle")] == ["xe-2"]


# --- publications ---
def a_publication(name, status="proposed", channel="press", planned=None, released=None, **other):
    title = {"vi": f"Bài {name}", "en": ""}
    fields = {"_id": name, "channel": channel, "title": title, "author": "propaganda.member", "task_id": None}
    days = {"planned_on": planned, "released_on": released, "rejection": other.get("rejection")}
    return {**fields, **days, "status": status}


def test_publications_stand_by_the_day_on_which_they_run():
    told = [
        a_publication("p10"),
        a_publication("p9"),
        a_publication("p2", planned="2020-09-20"),
        a_publication("p3", "released", "portal", planned="2020-09-30", released="2020-09-19"),
        a_publication("p4", "rejected", rejection="Trùng bài"),
    ]
    assert [line.id for line in publication_list(told)] == ["p3", "p2", "p4", "p9", "p10"]
    assert [line.id for line in publication_list(told, channel="portal")] == ["p3"]
    assert [line.id for line in publication_list(told, status=PublicationStatus.REJECTED)] == ["p4"]
    assert [line.id for line in publication_list(told, text="bai P9")] == ["p9"]
    assert "Không duyệt: Trùng bài" in drawn(publications_table(publication_list(told), "vi"))


# --- meetings ---
def a_meeting(name, day, *points):
    return {
        "_id": name,
        "title": {"vi": "Họp Tiểu ban", "en": ""},
        "held_on": day,
        "chair": {"name": "", "position": "Trưởng Tiểu ban"},
        "participants": [{"name": "", "position": "Phó Trưởng Tiểu ban"}],
        "points": [{"number": n, "text": {"vi": text, "en": ""}} for n, text in enumerate(points, start=1)],
    }


def test_meetings_stand_with_the_latest_first_and_are_searched_in_what_was_concluded():
    told = [a_meeting("m1", "2020-08-13", "Rà soát từng đầu việc"), a_meeting("m2", "2020-09-01")]
    assert [line.id for line in meeting_list(told)] == ["m2", "m1"]
    (line,) = meeting_list(told, text="ra soat dau viec")
    assert (line.chair, line.participants) == ("Trưởng Tiểu ban", 1)
    assert "1. Rà soát từng đầu việc" in drawn(meetings_table([line], "vi"))


# --- documents ---
def a_document(symbol, title, unit="propaganda", term=None, status="in_force", kind="Kế hoạch", issuer="Tỉnh ủy"):
    parsed = DocumentSymbol.parse(symbol)
    document_id = f"{parsed.entity_id}_{term}" if term else parsed.entity_id
    return {
        "_id": f"{unit}/{document_id}", "unit": unit, "document_id": document_id, "symbol": symbol, "kind": kind,
        "title": {"vi": title, "en": ""}, "issuer": issuer, "term": term, "urgency": "normal", "basis": [],
        "advised_by": None, "number": parsed.number, "kind_code": parsed.kind, "status": status,
        "superseded_by": None, "withdrawn_because": None, "issued_on": None, "form": parsed.form.value,
    }  # fmt: skip


PLAN = a_document("76-KH/TU", "Tuyên truyền đại hội các cấp")
EARLIER = a_document("76-KH/TU", "Kế hoạch nhiệm kỳ trước", term="2015-2020", status="superseded")
NOTICE = a_document("01-TB/BPHC", "Phân công", unit="logistics", kind="Thông báo", issuer="Bộ phận hậu cần phục vụ")
ON_FILE = [PLAN, EARLIER, NOTICE]


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        (DocumentFilter(), [NOTICE, PLAN, EARLIER]),
        (DocumentFilter(unit="logistics"), [NOTICE]),
        (DocumentFilter(kind="KH"), [PLAN, EARLIER]),
        (DocumentFilter(kind="ke hoach"), [PLAN, EARLIER]),
        (DocumentFilter(issuer="tu"), [PLAN, EARLIER]),
        (DocumentFilter(issuer="bo phan hau can phuc vu"), [NOTICE]),
        (DocumentFilter(term="2015-2020"), [EARLIER]),
        (DocumentFilter(status=DocumentStatus.IN_FORCE), [NOTICE, PLAN]),
        (DocumentFilter(text="tuyen truyen dai hoi"), [PLAN]),
    ],
)
def test_documents_are_listed_that_fit_all_that_is_asked_for(wanted, titles):
    listed = document_list(filed(ON_FILE), wanted)
    assert [line.title_vi for line in listed] == [document["title"]["vi"] for document in titles]


def test_a_document_is_called_by_its_symbol_with_or_without_its_term_or_by_its_id():
    assert documents_called(ON_FILE, "76-KH/TU") == documents_called(ON_FILE, "76-kh/tu") == [PLAN, EARLIER]
    assert documents_called(ON_FILE, "76-KH/TU (2015-2020)") == [EARLIER]
    assert documents_called(ON_FILE, "76-KH-TU_2015-2020") == [EARLIER]
    assert documents_called(ON_FILE, "logistics/01-TB-BPHC") == [NOTICE]
    assert documents_called(ON_FILE, "01-TB/BPHC", "propaganda") == []
