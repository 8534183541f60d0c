"""Who holds which position on a day, as the view has it of the events and the report of the view."""

from datetime import date
from io import StringIO
from string import Formatter

from rich.console import Console

from daihoi.terminal.lists import positions_table
from services.subcommittee.organisation import AGGREGATE
from shared.events import organisation as events
from shared.history.sentences import SENTENCES, summary
from shared.reports.masking import DATA, MASK, masked_documents
from shared.reports.positions import positions_of
from shared.views.organisations import VIEW
from tests.domain.test_growth import stored

CHAIR, VICE = "Chủ tịch", "Phó Chủ tịch"
REGISTERED = [
    events.OrganisationRegistered(kind="locality", name={"vi": "Huyện Giao Thủy", "en": "Giao Thủy district"}),
    events.PositionAdded(position=CHAIR),
    events.PositionAdded(position=VICE),
]
LIFE = [
    *REGISTERED,
    events.PositionHeld(position=CHAIR, person="Một", since="2020-01-01", contact="0350 364 8888"),
    events.DeputyNamed(position=VICE, deputises_for=CHAIR),
    events.PositionHeld(position=VICE, person="Ba", since="2020-01-01", contact="ba@example.vn"),
    events.ActingAppointed(position=CHAIR, person="Bốn", since="2020-03-01", until="2020-03-31"),
    events.ActingAppointed(position=CHAIR, person="Bốn", since="2020-03-01", until="2020-03-15"),
    events.PositionVacated(position=CHAIR, person="Một", until="2020-06-30"),
    events.PositionHeld(position=CHAIR, person="Hai", since="2020-07-10", contact=None),
    events.ActingAppointed(position=CHAIR, person="Năm", since="2020-08-01", until="2020-08-02"),
    events.NameMerged(alias="Giao Thuỷ", position=None),
    events.NameMerged(alias="Chủ tịch Giao Thuỷ", position=CHAIR),
    events.NameSeparated(alias="Giao Thuỷ"),
]


def document_of(life):
    document = None
    for sequence, event in enumerate(life, start=1):
        document = VIEW.fold(document, stored(AGGREGATE, event, sequence))
    return document


def on(day, life=LIFE):
    return positions_of([document_of(life)], date.fromisoformat(day))


def who(holding):
    return holding.person if holding else None


def test_the_view_keeps_who_held_a_position_from_when_to_when():
    document = document_of(LIFE)
    assert document["former"] == [
        {"position": CHAIR, "person": "Một", "since": "2020-01-01", "until": "2020-06-30", "acting": False},
        {"position": CHAIR, "person": "Bốn", "since": "2020-03-01", "until": "2020-03-15", "acting": True},
    ]
    assert [holder["person"] for holder in document["holders"]] == ["Ba", "Hai"]
    assert document["aliases"] == [{"alias": "Chủ tịch Giao Thuỷ", "position": CHAIR}]


def test_an_organisation_of_which_nobody_said_more_has_no_more_fields():
    assert set(document_of(REGISTERED)) == {"_id", "kind", "name", "search", "positions"}
    removed = document_of([*REGISTERED, LIFE[4], events.PositionRemoved(position=VICE)])
    assert (removed["positions"], removed["deputies"]) == ([CHAIR], [])
    assert document_of([*LIFE[:5], events.DeputyDismissed(position=VICE)])["deputies"] == []


def test_the_work_comes_to_who_acts_else_to_the_holder_else_to_a_deputy():
    days = ("2020-02-01", "2020-03-15", "2020-03-16", "2020-06-30", "2020-07-05", "2020-07-10")
    lines = [on(day)[0] for day in days]
    assert [who(line.holder) for line in lines] == ["Một", "Một", "Một", "Một", None, "Hai"]
    assert [who(line.acting) for line in lines] == [None, "Bốn", None, None, None, None]
    assert [who(line.in_charge) for line in lines] == ["Một", "Bốn", "Một", "Một", "Ba", "Hai"]
    assert (lines[0].deputies, on("2020-02-01")[1].deputises_for) == ([VICE], CHAIR)
    assert [who(held) for held in lines[-1].former] == ["Một", "Bốn"]


def test_positions_are_searched_without_marks():
    documents = [document_of(LIFE)]
    day = date(2020, 9, 1)
    assert [line.position for line in positions_of(documents, day, text="pho chu tich giao thuy")] == [VICE]
    assert positions_of(documents, day, organisation="khac") == []


def test_a_holding_is_told_with_days_as_people_write_them():
    held = LIFE[3]
    said = summary(held.TYPE, "subcommittee.office", "giao-thuy", held.model_dump(mode="json"))
    assert said["vi"].endswith("đã ghi nhận Một giữ chức danh Chủ tịch của giao-thuy từ ngày 01/01/2020")


def test_what_everybody_reads_in_sentences_is_open():
    for event in AGGREGATE.events:
        fields = {field for _, field, _, _ in Formatter().parse(SENTENCES[event.TYPE]) if field}
        assert fields <= DATA["organisation"].fields | {"actor", "id", "title"}


def test_where_people_can_be_reached_is_masked():
    (masked,) = masked_documents("organisations", [document_of(LIFE)])
    assert [holder["contact"] for holder in masked["holders"]] == [MASK, None]
    assert [holder["person"] for holder in masked["holders"]] == ["Ba", "Hai"]
    lines = positions_of([masked], date(2020, 9, 1))
    console = Console(width=160, record=True, file=StringIO())
    console.print(positions_table(lines, "vi", with_history=True))
    shown = console.export_text()
    for words in ("«hạn chế tiếp cận»", "Hai (từ ngày 10/07/2020)", "Đã giữ: Một (01/01/2020 – 30/06/2020)"):
        assert words in shown
    assert "example.vn" not in shown
