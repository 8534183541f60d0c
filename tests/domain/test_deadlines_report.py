"""What is on record of the congress, and the deadlines that follow from its opening day."""

from datetime import date
from functools import reduce
from io import StringIO

import pytest
from rich.console import Console

from daihoi.ops.congress import title_in
from daihoi.terminal.congress_tables import congress_tables, deadlines_parts
from daihoi.terminal.report import Printer
from services.tracker.projection.store import VIEW_NAMES
from shared.events.congress import CongressAmended, CongressEvent, CongressFounded, DeadlinesConfirmed
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import as_bytes
from shared.history.decoding import decode_event
from shared.reports.congress import on_record, particulars_of
from shared.reports.consolidated import AsOf, consolidate
from shared.reports.deadlines import Standing, batches, deadlines_of
from shared.views.congress import VIEW
from tests.congress import BEGINNING, envelope_of
from tests.domain.test_congress import DATED, MOVES, TOLD, YEARLY
from tests.domain.test_report import a_task

TITLED = TOLD | {"title": {"vi": "Đại hội Công đoàn tỉnh lần thứ XI", "en": "XIth trade-union congress"}}
FIRST_DAY, SECOND_DAY = date(2020, 9, 24), date(2020, 10, 14)
FOUNDED = CongressFounded(**TITLED, opening_day=FIRST_DAY)
MOVED = CongressAmended(**TITLED, opening_day=SECOND_DAY, reason="Hoãn vì dịch")
PUT_OFF = CongressAmended(**TITLED, reason="Hoãn, chưa định ngày")


def in_the_view(*events: CongressEvent) -> list[dict]:
    """The documents of the view after these events, as the tracker reads them."""
    subject = "evt.xx.subcommittee.congress.congress"
    stored = [
        Stored(
            number, subject, BEGINNING, as_bytes(_envelope(event, number)), f"EVENTS_SUBCOMMITTEE_xx {number} > > -"
        )
        for number, event in enumerate(events, start=1)
    ]
    document = reduce(VIEW.fold, map(decode_event, stored), None)
    return [document] if document else []


def _envelope(event, number):
    return envelope_of(event, "subcommittee", "congress", "congress", number)


def task(offset=-10, agreed="2020-09-14", **other):
    return a_task(deadline=agreed, **{"agreed_deadline": agreed, "due_offset_days": offset} | other)


# --- what is on record ---
def test_an_amendment_shows_what_it_changed_before_and_after_with_who_and_why():
    recorded = on_record(in_the_view(FOUNDED, MOVED, PUT_OFF))
    assert [(amendment.by, amendment.reason) for amendment in recorded.amendments] == [
        ("subcommittee.lead", "Hoãn vì dịch"),
        ("subcommittee.lead", "Hoãn, chưa định ngày"),
    ]
    assert [amendment.model_dump()["changes"] for amendment in recorded.amendments] == [
        {"opening_day": {"before": "2020-09-24", "after": "2020-10-14"}},
        {"opening_day": {"before": "2020-10-14", "after": None}},
    ]
    assert (recorded.opening_day, recorded.opening_days) == (None, [FIRST_DAY, SECOND_DAY])
    assert recorded.founded_by == "subcommittee.lead"


def test_every_field_on_record_and_every_amendment_is_drawn_in_both_languages():
    confirmed = DeadlinesConfirmed(opening_day=SECOND_DAY, moves=MOVES)
    recorded = on_record(in_the_view(FOUNDED, MOVED, confirmed))
    vietnamese, english = (drawn(congress_tables(recorded, lang)) for lang in ("vi", "en"))
    for words in ("Đại hội Công đoàn tỉnh lần thứ XI", "Ngày khai mạc", "14/10/2020", "Hoãn vì dịch", "2020-2025"):
        assert words in vietnamese
    for words in ("XIth trade-union congress", "Opening day: 24/09/2020 → 14/10/2020", "Hoãn vì dịch"):
        assert words in english
    assert "congress" not in vietnamese.lower()


def test_a_report_is_headed_by_the_title_and_by_the_id_where_there_is_none():
    for documents, vi, en in (
        ((), "phục vụ Đại hội xi", "report of the congress xi"),
        (in_the_view(FOUNDED), "phục vụ Đại hội Công đoàn tỉnh lần thứ XI", "report: XIth trade-union congress"),
    ):
        as_of = AsOf(sequence=1, ledger_sequence=1, today=FIRST_DAY, parked=0, gaps={})
        views = {**dict.fromkeys(VIEW_NAMES, ()), "congress": documents}
        report = consolidate("xi", as_of, views, "d")
        for lang, title in (("vi", vi), ("en", en)):
            assert title in printed(report, lang)
        section = report.model_dump(mode="json")["particulars"]
        assert (section and (section["ordinal"], section["opening_day"])) == (
            ("XX", "2020-09-24") if documents else None
        )
    assert title_in(particulars_of(in_the_view(*DATED)), "xi", "en") == "Đại hội Đảng bộ tỉnh lần thứ XX"


def test_a_yearly_congress_is_told_without_number_and_term():
    documents = in_the_view(CongressFounded(**YEARLY, opening_day=FIRST_DAY))
    shown = drawn(congress_tables(on_record(documents), "vi"))
    assert "None" not in shown
    as_of = AsOf(sequence=1, ledger_sequence=1, today=FIRST_DAY, parked=0, gaps={})
    report = consolidate("xi", as_of, {**dict.fromkeys(VIEW_NAMES, ()), "congress": documents}, "d")
    assert "phục vụ Đại hội Đảng bộ tỉnh" in printed(report, "vi")


# --- what follows from the opening day ---
PROPOSED = [Standing.MOVES, Standing.SETS]


@pytest.mark.parametrize(
    ("document", "standing"),
    [
        (task(), Standing.MOVES),
        (task(agreed=None), Standing.SETS),
        (task(agreed="2020-09-16"), Standing.BY_HAND),
        (task(offset=-3650, agreed="2010-09-27"), Standing.MOVES),
        (task(offset=0, agreed="2020-09-24"), Standing.MOVES),
    ],
)
def test_a_deadline_moves_where_it_followed_the_opening_day_before(document, standing):
    deadlines = deadlines_of(in_the_view(FOUNDED, MOVED), [document])
    (line,) = deadlines.lines
    assert (line.standing, line.proposed) == (standing, standing in PROPOSED)
    assert (line.follows - SECOND_DAY).days == document["due_offset_days"]
    assert (deadlines.proposed, deadlines.by_hand) == (int(line.proposed), int(standing is Standing.BY_HAND))
    (with_all,) = deadlines_of(in_the_view(FOUNDED, MOVED), [document], with_those_by_hand=True).lines
    assert with_all.proposed


def test_tasks_that_are_closed_or_count_from_no_opening_day_and_those_that_follow_are_left_out():
    tasks = [
        task(agreed="2020-10-04"),
        task(status="completed", completed_on="2020-09-01"),
        task(status="cancelled"),
        task(offset=None),
        a_task(),
    ]
    deadlines = deadlines_of(in_the_view(FOUNDED, MOVED), tasks)
    assert (deadlines.lines, deadlines.same, deadlines.opening_day) == ([], 1, SECOND_DAY)


def test_tasks_with_a_fixed_date_are_counted_and_named_where_they_no_longer_fit_their_phase():
    after = task(offset=None, agreed="2020-10-01", task_id="9-1", _id="logistics/9-1", phase="after")
    before = task(offset=None, agreed="2020-10-20", task_id="2-5", _id="logistics/2-5", phase="before")
    fits = task(offset=None, agreed="2020-10-14", task_id="2-4", _id="logistics/2-4", phase="before")
    by_hand = task(agreed="2020-10-15", task_id="3-1", _id="logistics/3-1", phase="before")
    undated = task(offset=None, agreed=None, task_id="4-1", _id="logistics/4-1", phase="after")
    over = after | {"status": "completed", "completed_on": "2020-10-01", "_id": "logistics/9-2"}
    deadlines = deadlines_of(in_the_view(FOUNDED, MOVED), [after, before, fits, by_hand, undated, over])
    assert (deadlines.fixed, [line.id for line in deadlines.wrong_side]) == (3, ["2-5", "3-1", "9-1"])
    said = drawn(*deadlines_parts(deadlines, "vi"))
    for words in ("3 nhiệm vụ có thời hạn là ngày cố định", "9-1", "Sau Đại hội", "01/10/2020", "request-extension"):
        assert words in said
    (alone,) = deadlines_parts(deadlines_of(in_the_view(FOUNDED, MOVED), [fits]), "vi")
    assert alone.startswith("1 nhiệm vụ có thời hạn là ngày cố định"), "nothing of deadlines that follow"


def test_a_day_that_was_passed_over_without_a_confirmation_is_remembered():
    further = MOVED.model_copy(update={"opening_day": date(2020, 11, 1)})
    congress = in_the_view(FOUNDED, MOVED, further)
    lines = deadlines_of(congress, [task(), task(agreed="2020-10-04")]).lines
    assert [(line.standing, line.follows) for line in lines] == [(Standing.MOVES, date(2020, 10, 22))] * 2


@pytest.mark.parametrize("events", [(), (FOUNDED, PUT_OFF)], ids=["not on record", "put off"])
def test_without_an_opening_day_nothing_follows(events):
    deadlines = deadlines_of(in_the_view(*events), [task()])
    assert (deadlines.opening_day, deadlines.lines, deadlines.proposed) == (None, [], 0)
    assert "Chưa quyết định ngày khai mạc" in drawn(*deadlines_parts(deadlines, "vi"))


def test_what_would_lie_outside_the_calendar_is_never_proposed():
    early = in_the_view(CongressFounded(**TITLED, opening_day=date(2000, 1, 5)))
    (line,) = deadlines_of(early, [task(agreed="2020-09-14")], with_those_by_hand=True).lines
    assert (line.standing, line.follows, line.proposed) == (Standing.OUT_OF_RANGE, date(1999, 12, 26), False)


def test_the_table_says_before_after_and_what_stays():
    tasks = [task(), task(agreed="2020-09-16"), task(agreed=None), task() | {"deadline": "2020-09-01"}]
    vi, en = (
        drawn(*deadlines_parts(deadlines_of(in_the_view(FOUNDED, MOVED), tasks), lang)) for lang in ("vi", "en")
    )
    for words in (
        "14/09/2020",
        "04/10/2020",
        "left alone, unless --all",
        "is set",
        "3 to be moved, 1 agreed otherwise",
    ):
        assert words in en
    assert "14/09/2020 (by the scenario: 01/09/2020)" in en
    assert "giữ nguyên, trừ khi dùng --all" in vi


def test_what_one_command_can_not_hold_is_confirmed_in_parts():
    deadlines = deadlines_of(in_the_view(FOUNDED, MOVED), [*[task() for _ in range(2001)], task(agreed="2020-09-16")])
    assert [len(lines) for lines in batches(deadlines.lines)] == [1000, 1000, 1]


def drawn(*renderables) -> str:
    console = Console(file=StringIO(), width=200)
    for renderable in renderables:
        console.print(renderable)
    return console.file.getvalue()


def printed(report, lang) -> str:
    console = Console(file=StringIO(), width=160)
    Printer(report, lang).print_on(console)
    return console.file.getvalue()
