"""The tracker's fold is pure: however a ledger is cut into pages, the views come out the same."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.tracker.history.replay import Filter, ledger_line
from services.tracker.projection.digest import view_digest
from services.tracker.projection.fold import Checkpoint, OriginPosition, Touched, fold_page
from services.tracker.projection.parking import Lot, update
from services.tracker.projection.store import VIEW_NAMES
from shared.eventstore.direct import Stored
from shared.history.decoding import decode_event
from shared.history.sentences import with_summary
from shared.values.names_in_use import PEOPLE, Name, use_names
from tests.congress import in_memory, life_of_a_task

LEDGER = in_memory("logistics", [(f"task-{number}", life_of_a_task(number)) for number in range(1, 6)])


class Folded:
    """Views in memory."""

    def __init__(self) -> None:
        self.views: Touched = {name: {} for name in VIEW_NAMES}
        self.checkpoint = Checkpoint()
        self.lot: Lot = {}
        self._rows: dict[int, dict] = {}

    def add(self, page: list[Stored]) -> "Folded":
        outcome = fold_page(page, [decode_event(stored) for stored in page], self.views, self.checkpoint, self.lot)
        for name, documents in outcome.documents.items():
            self.views[name].update(documents)
        rows = (*outcome.audit_rows, *outcome.corrected_rows)
        self._rows |= {row["_id"]: row for row in rows}
        update(self.lot, outcome.parked, outcome.left)
        self.checkpoint = outcome.checkpoint
        return self

    @property
    def audit_rows(self) -> list[dict]:
        return [self._rows[sequence] for sequence in sorted(self._rows)]

    @property
    def parked(self) -> list[dict]:
        found = {key: document for queue in self.lot.values() for key, document in queue.items()}
        return [found[sequence] for sequence in sorted(found)]


@settings(deadline=None)
@given(st.sets(st.integers(1, len(LEDGER) - 1)))
def test_pages_of_any_size_fold_to_the_same_views_and_rows(cuts):
    whole, cut = Folded().add(LEDGER), Folded()
    borders = [0, *sorted(cuts), len(LEDGER)]
    for first, last in pairwise(borders):
        cut.add(LEDGER[first:last])
    assert view_digest(cut.views["tasks"].values()) == view_digest(whole.views["tasks"].values())
    assert cut.audit_rows == whole.audit_rows
    assert cut.checkpoint == whole.checkpoint


def test_a_page_changes_nothing_that_was_passed_in():
    folded = Folded().add(LEDGER[:10])
    before = view_digest(folded.views["tasks"].values())
    fold_page(LEDGER[10:], [decode_event(stored) for stored in LEDGER[10:]], folded.views, folded.checkpoint)
    assert view_digest(folded.views["tasks"].values()) == before


def test_without_audit_rows_all_else_is_the_same():
    events = [decode_event(stored) for stored in LEDGER]
    audited = fold_page(LEDGER, events, {}, Checkpoint())
    bare = fold_page(LEDGER, events, {}, Checkpoint(), audited=False)
    assert audited.audit_rows
    assert not bare.audit_rows
    assert (bare.documents, bare.checkpoint, bare.parked) == (audited.documents, audited.checkpoint, audited.parked)


def test_every_event_has_its_audit_row():
    rows = Folded().add(LEDGER).audit_rows
    assert [row["_id"] for row in rows] == [stored.sequence for stored in LEDGER]
    started = next(row for row in rows if row["type"] == "vn.daihoi.task.started.v1")
    assert started["actor"] == "logistics.lead"
    assert started["data"] == {}
    assert "summary" not in started
    assert with_summary(started)["summary"] == {
        "en": "Head, Logistics unit started task task-1",
        "vi": "Trưởng Bộ phận hậu cần phục vụ bắt đầu triển khai nhiệm vụ task-1",
    }
    changed = {change["field"]: (change["before"], change["after"]) for change in started["changes"]}
    assert changed == {"status": ("open", "in_progress"), "started": (False, True)}


def test_a_row_names_the_person_who_acted_and_says_it_in_a_sentence_where_one_is_known():
    named = replace(LEDGER[0], body=LEDGER[0].body.replace(b'"data":', b'"person":"nguyen-van-a","data":'))
    (row,) = Folded().add([named]).audit_rows
    (unnamed,) = Folded().add(LEDGER[:1]).audit_rows
    assert row == unnamed | {"person": "nguyen-van-a"}
    assert with_summary(row)["summary"]["en"].startswith("Head, Logistics unit (nguyen-van-a) opened task task-1")
    line = ledger_line(named)
    assert line["summary"] == with_summary(row)["summary"]
    sought = ("nguyen-van-a", "logistics.lead", "", "tran-b")
    assert [Filter(actor=name).fits(line, named) for name in sought] == [True, True, True, False]
    use_names({PEOPLE: {"nguyen-van-a": Name("Nguyễn Văn A", "")}})
    said = with_summary(row)["summary"]["vi"]
    assert said.startswith("Trưởng Bộ phận hậu cần phục vụ (Nguyễn Văn A) ")


def test_whoever_is_called_by_their_title_is_named_once():
    named = replace(LEDGER[0], body=LEDGER[0].body.replace(b'"data":', b'"person":"logistics-lead","data":'))
    (row,) = Folded().add([named]).audit_rows
    (unnamed,) = Folded().add(LEDGER[:1]).audit_rows
    use_names({PEOPLE: {"logistics-lead": Name("Trưởng Bộ phận hậu cần phục vụ", "")}})
    assert with_summary(row)["summary"] == with_summary(unnamed)["summary"]


def test_an_event_of_a_person_who_is_no_id_is_parked():
    odd = replace(LEDGER[0], body=LEDGER[0].body.replace(b'"data":', b'"person":"Nguyen A","data":'))
    assert [parked["reason"] for parked in Folded().add([odd]).parked] == ["undecodable"]


def test_a_missing_origin_sequence_stops_that_origin_and_no_other():
    security = in_memory("security", [("task-1", life_of_a_task(1))])
    with_a_hole = [LEDGER[0], *LEDGER[2:4]]
    mixed = [replace(stored, sequence=sequence) for sequence, stored in enumerate([*with_a_hole, *security], start=1)]
    folded = Folded().add(mixed)
    assert folded.checkpoint.gaps == {"EVENTS_LOGISTICS_memory": 2}
    assert [parked["reason"] for parked in folded.parked] == ["origin_gap", "origin_gap"]
    assert folded.views["tasks"]["security/task-1"]["status"] == "completed"
    assert folded.views["tasks"]["logistics/task-1"]["collective"] is None
    assert folded.checkpoint.origins["EVENTS_SECURITY_memory"] == OriginPosition(len(security))


def test_an_event_that_the_ledger_holds_twice_is_applied_once_and_parked_once():
    twice = [replace(stored, sequence=sequence) for sequence, stored in enumerate([*LEDGER[:3], LEDGER[1]], start=1)]
    folded = Folded().add(twice)
    assert [parked["reason"] for parked in folded.parked] == ["origin_repeat"]
    assert folded.views["tasks"] == Folded().add(LEDGER[:3]).views["tasks"]


def test_what_can_not_be_read_or_folded_is_parked_with_its_bytes_and_the_rest_goes_on():
    def of_another(task, number, body=None):
        stored = LEDGER[number]
        return replace(stored, subject=f"evt.memory.logistics.task.{task}", body=body or stored.body)

    garbage = of_another("a", 1, b"\xffnot json")
    unknown = of_another("b", 2, LEDGER[2].body.replace(b"task.deadline-set.v1", b"task.danced.v1"))
    misfit = of_another("c", 3, LEDGER[3].body.replace(b'"secured_vnd":500000', b'"secured_vnd":"much"'))
    orphan = replace(LEDGER[8 + 1], sequence=5, source="EVENTS_LOGISTICS_memory 5 > > evt")
    folded = Folded().add([LEDGER[0], garbage, unknown, misfit, orphan])
    assert [(parked["_id"], parked["reason"]) for parked in folded.parked] == [
        (2, "undecodable"),
        (3, "unknown_type"),
        (4, "undecodable"),
        (5, "unfoldable"),
    ]
    assert folded.parked[0]["body"] == "\\xffnot json"
    assert folded.views["tasks"]["logistics/task-1"]["status"] == "open"
    assert folded.checkpoint.sequence == 5
    assert not folded.checkpoint.gaps
    assert len(folded.audit_rows) == 5
