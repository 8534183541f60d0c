"""From an order to the work, and from the work back to the sentence."""

from io import StringIO

from rich.console import Console

from daihoi.terminal.trace_tree import TreePrinter
from shared.reports.trace import Role, trace


def a_task(task_id, unit="logistics", directive_id=None, **other):
    return {
        "_id": f"{unit}/{task_id}",
        "task_id": task_id,
        "unit": unit,
        "title": {"vi": "Đặt in", "en": "Order the printing"},
        "catalogue_item": None,
        "directive_id": directive_id,
        "status": "in_progress",
        "percent": 40,
        "deadline": "2020-09-10",
        "collective": "Văn phòng",
        "individual": None,
        "planned_vnd": 0,
        "secured_vnd": None,
        **other,
    }


def a_directive(directive_id, point=1, meeting_id="m1", **other):
    told = {"kind": "work", "text": {"vi": "Làm", "en": "Do it"}, "units": ["logistics", "security"], "due_on": None}
    return {"_id": directive_id, "meeting_id": meeting_id, "point": point, **told, **other}


POINTS = [{"number": number, "text": {"vi": f"Điểm {number}", "en": f"Point {number}"}} for number in (1, 2)]
VIEWS = {
    "meetings": [{"_id": "m1", "title": {"vi": "Họp", "en": "Met"}, "held_on": "2020-08-13", "points": POINTS}],
    "directives": [
        a_directive("d1", due_on="2020-08-25"),
        a_directive("d2", point=2),
        a_directive("whole", point=None),
        a_directive("lost", meeting_id="m9", point=3),
        a_directive("own", meeting_id=None, point=None),
    ],
    "catalogue": [
        {"_id": "1-03", "code": "1.03", "catalogue": "xx", "note": {"vi": "Minh họa"}, "title": {"vi": "Nội dung"}}
    ],
    "tasks": [
        a_task("1-03", directive_id="d1", catalogue_item="1-03"),
        a_task("1-01", directive_id="d1", evidence=[{"kind": "photo", "name": "a.jpg"}]),
        a_task("1-03", unit="propaganda", directive_id="d1", status="cancelled"),
        a_task("9-01", directive_id="nowhere", catalogue_item="9-99"),
        a_task("9-02"),
    ],
}


def ids(nodes):
    return [node.id for node in nodes]


def only(found):
    (node,) = found
    return node


def test_a_point_leads_to_its_directives_units_and_tasks():
    point = only(trace("m1#1", VIEWS))
    assert (point.role, point.en) == (Role.POINT, "Point 1")
    assert [(node.role, node.en) for node in point.above] == [(Role.MEETING, "Met")]
    directive = only(point.below)
    assert (directive.id, directive.facts) == (
        "d1",
        {"kind": "work", "units": ["logistics", "security"], "due_on": "2020-08-25"},
    )
    assert {unit.id: ids(unit.below) for unit in directive.below} == {
        "logistics": ["logistics/1-01", "logistics/1-03"],
        "security": [],
        "propaganda": ["propaganda/1-03"],
    }


def test_a_task_shows_where_it_stands_what_it_lacks_and_its_evidence():
    task = only(trace("logistics/1-01", VIEWS))
    assert task.facts == {
        "unit": "logistics",
        "status": "in_progress",
        "percent": 40,
        "deadline": "2020-09-10",
        "missing": ["individual"],
        "waiting_for_clearance": {},
    }
    assert only(task.below).facts == {"kind": "photo", "name": "a.jpg"}
    assert only(trace("propaganda/1-03", VIEWS)).facts["missing"] == []


def test_a_task_leads_back_to_the_item_the_directive_the_sentence_and_the_meeting():
    item, directive = only(trace("logistics/1-03", VIEWS)).above
    assert (item.id, item.facts["code"], directive.id) == ("1-03", "1.03", "d1")
    point = only(directive.above)
    assert (point.id, point.vi) == ("m1#1", "Điểm 1")
    assert ids(point.above) == ["m1"]


def test_a_task_that_counts_from_the_opening_day_says_so_as_long_as_it_has_no_deadline():
    views = VIEWS | {"tasks": [a_task("1-10", deadline=None, due_offset_days=-30), a_task("1-9", due_offset_days=2)]}
    (counted,), (dated,) = trace("1-10", views), trace("1-9", views)
    assert (counted.facts["deadline"], counted.facts["due_offset_days"]) == (None, -30)
    assert "due_offset_days" not in dated.facts
    assert "due 30 days before the opening" in printed("1-10", "en", views)
    assert "30 ngày trước khai mạc" in printed("1-10", "vi", views)


def test_the_tasks_of_a_directive_stand_in_the_order_of_their_numbers():
    views = VIEWS | {"tasks": [a_task(name, directive_id="d1") for name in ("1-10", "1-9", "1-2")]}
    assert ids(only(trace("d1", views)).below[0].below) == ["logistics/1-2", "logistics/1-9", "logistics/1-10"]


def test_a_name_that_two_units_use_leads_to_both_tasks():
    assert ids(trace("1-03", VIEWS)) == ["logistics/1-03", "propaganda/1-03"]


def test_a_meeting_leads_to_all_its_points_and_to_what_it_ordered_besides():
    meeting = only(trace("m1", VIEWS))
    assert ids(meeting.below) == ["m1#1", "m1#2", "whole"]
    assert ids(meeting.below[1].below) == ["d2"]


def test_a_directive_leads_both_ways():
    directive = only(trace("d1", VIEWS))
    assert (ids(directive.above), ids(directive.below)) == (["m1#1"], ["logistics", "security", "propaganda"])
    assert ids(only(trace("whole", VIEWS)).above) == ["m1"]
    assert only(trace("own", VIEWS)).above == []


def test_what_is_named_and_not_on_record_is_shown_as_such():
    point = only(only(trace("lost", VIEWS)).above)
    assert (point.id, point.on_record, only(point.above).on_record) == ("m9#3", False, False)
    item, directive = only(trace("9-01", VIEWS)).above
    assert (item.on_record, directive.on_record) == (False, False)
    assert only(trace("9-02", VIEWS)).above == []


def test_a_review_of_a_directive_stands_under_it():
    named = {"unit": "security", "status": "open", "signed_by": None, "due_on": None, "items": {}}
    reviews = [
        {"_id": name, "review_id": name, "directive_id": of, **named} for name, of in (("r1", "d1"), ("r2", "d2"))
    ]
    review = only(trace("d1", VIEWS | {"reviews": reviews})).below[0]
    assert (review.role, review.id, review.facts["unit"]) == (Role.REVIEW, "r1", "security")


def test_a_review_says_what_is_confirmed_and_missing_now_beside_what_was_missing_at_first():
    gap = {"confirmed": True, "at_opening": ["individual"], "found": [], "explained": {}}
    items = {"1-01": gap, "1-02": {**gap, "confirmed": False, "at_opening": ["deadline"]}}
    review = {"_id": "r1", "review_id": "r1", "unit": "logistics", "directive_id": "d1"}
    review |= {"status": "open", "signed_by": None, "due_on": None, "items": items}
    tasks = [a_task("1-01", individual="Nguyễn Văn An"), a_task("1-02", individual="Trần Thị Bình", deadline=None)]
    directive = only(trace("d1", VIEWS | {"tasks": tasks, "reviews": [review]}))
    facts = next(node.facts for node in directive.below if node.role is Role.REVIEW)
    assert (facts["tasks"], facts["confirmed"], facts["gaps_at_opening"], facts["left"]) == (2, 1, 2, 1)


def test_what_nobody_put_on_record_leads_nowhere():
    for what in ("m1#3", "m1#x", "m9#1", "m9", "d9", "logistics/9-99", "", "#"):
        assert trace(what, VIEWS) == []


def printed(what, lang, views=VIEWS):
    console = Console(width=120, record=True, file=StringIO())
    for node in trace(what, views):
        console.print(TreePrinter(lang).tree(node))
    return console.export_text()


def test_a_tree_is_printed_in_both_languages():
    down = printed("m1", "en")
    assert "Point of the conclusion m1#1: Point 1" in down
    assert "Logistics unit, Security unit · due 25/08/2020" in down
    assert "Security unit: no task names this directive" in down
    assert "In progress, 40% · due 10/09/2020 · Missing: Individual in charge" in down
    up = printed("logistics/1-03", "vi")
    assert "Theo chỉ đạo" in up
    assert "Nội dung kết luận m1#1: Điểm 1" in up
    assert "chưa có trong hồ sơ" in printed("9-01", "vi")
    assert "Tên: a.jpg" in printed("logistics/1-01", "vi")
