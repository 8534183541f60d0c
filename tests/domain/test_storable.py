"""Whatever a message holds ends as a view or as a parked event that can be stored, and everybody else moves on."""

from functools import reduce

import bson
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from daihoi.terminal.audit import timeline_lines
from services.tracker.health import kept_findings
from services.tracker.history.folded import Folded as Replayed
from services.tracker.history.replay import ledger_line
from services.tracker.projection.fold import Checkpoint, fold_page
from services.tracker.projection.parking import stored_again
from shared.events.expense import ExpenseEstimated, MoneyAdvanced
from shared.events.parked_event import ParkedEventDiscarded
from shared.events.resource import ResourceRegistered, ResourceReserved
from shared.events.task import TaskAssigned, TaskReturned, TaskSubmitted
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import as_bytes
from shared.history import storable
from shared.history.audit_rows import changes_between, within_bounds
from shared.history.decoding import NOWHERE, Unreadable, decode_event
from shared.reports.masking import MASK, masked_change, masked_parked
from shared.reports.parked import REASONS, WHAT_TO_DO
from shared.values.types import Evidence, Text
from shared.views.view import MOST_KEPT
from tests.congress import BEGINNING, envelope_of, in_memory, life_of_a_task
from tests.domain.test_fold import Folded

OPENED = life_of_a_task(1)[0]
HALL = ResourceRegistered(kind="hall", name=Text(vi="Hội trường"), capacity=500)


def ledger_of(*told, service="logistics"):
    """`told`: entity, id and event, or bytes in the place of an event."""
    ledger = []
    for sequence, (entity, entity_id, event) in enumerate(told, start=1):
        body = event
        if not isinstance(event, bytes):
            body = as_bytes(envelope_of(event, service, entity, entity_id, sequence))
        subject, source = (
            f"evt.memory.{service}.{entity}.{entity_id}",
            f"EVENTS_{service.upper()}_memory {sequence} > >",
        )
        ledger.append(Stored(sequence, subject, BEGINNING, body, source))
    return ledger


def at(moment):
    body = as_bytes(envelope_of(OPENED, "logistics", "task", "odd", 2))
    return body.replace(b'"time":"2020-08-15T04:00:00Z"', f'"time":"{moment}"'.encode())


def reserved(ends):
    event = ResourceReserved(reservation_id="r1", starts=BEGINNING, ends=BEGINNING, purpose="họp")
    return as_bytes(envelope_of(event, "logistics", "resource", "odd", 3)).replace(
        b'"ends":"2020-08-15T02:00:00Z"', f'"ends":"{ends}"'.encode()
    )


def evidence(title):
    return Evidence(title=title, link="https://example.vn/x", sha256="0" * 64, size_bytes=1)


ODD = {
    "happened at the beginning of the calendar": (("task", "odd", at("0001-01-01T00:00:00+07:00")), "not_storable"),
    "happened at its end": (("task", "odd", at("9999-12-31T23:59:59-06:00")), "not_storable"),
    "happened when it is the year 10000 in Vietnam": (("task", "odd", at("9999-12-31T20:00:00Z")), "not_storable"),
    "bytes that are no text": (("task", "odd", b'{"specversion":"\xff"}'), "undecodable"),
    "half a character": (("task", "odd", b'{"specversion":"\\ud800"}'), "undecodable"),
    "an id that is none": (("task", "đ", OPENED), "misplaced"),
    "an id that is too long": (("task", "a" * 81, OPENED), "misplaced"),
    "another's event": (
        ("task", "odd", as_bytes(envelope_of(OPENED, "security", "task", "odd", 2))),
        "misplaced",
    ),
    "an event of another kind of entity": (
        ("document", "odd", as_bytes(envelope_of(OPENED, "logistics", "task", "odd", 2))),
        "misplaced",
    ),
}


@pytest.mark.parametrize("audited", [True, False], ids=["audited", "not audited"])
@pytest.mark.parametrize("odd", ODD)
def test_what_can_not_be_kept_is_parked_alone_and_for_the_same_reason_whoever_folds(odd, audited):
    told, reason = ODD[odd]
    ledger = ledger_of(("task", "1", OPENED), told, ("task", "2", OPENED))
    outcome = fold_page(ledger, [decode_event(each) for each in ledger], {}, Checkpoint(), audited=audited)
    assert [(each["_id"], each["reason"]) for each in outcome.parked] == [(2, reason)]
    assert outcome.documents["tasks"].keys() == {"logistics/1", "logistics/2"}
    for kept in (*outcome.parked, *outcome.audit_rows):
        bson.encode(kept)
    assert stored_again(outcome.parked[0]).body == ledger[1].body
    assert ledger_line(ledger[1])["readable"] in (True, False)


def test_an_instant_that_no_calendar_in_utc_has_is_parked_with_its_entity_only():
    ledger = ledger_of(
        ("resource", "odd", HALL),
        ("resource", "odd", reserved("9999-12-31T23:59:59-06:00")),
        ("resource", "other", HALL),
    )
    folded = Folded().add(ledger)
    assert [(each["_id"], each["reason"]) for each in folded.parked] == [(2, "not_storable")]
    assert folded.views["resources"].keys() == {"odd", "other"}


def test_a_sum_that_no_database_can_count_is_parked():
    advanced = MoneyAdvanced(advance_id="a", amount_vnd=2**62, recipient="x", purpose="y")
    account = ("expense", "1", ExpenseEstimated(amount_vnd=1, guaranteed_vnd=1, funding_source="z"))
    folded = Folded().add(ledger_of(account, ("expense", "1", advanced), ("expense", "1", advanced)))
    assert [(each["_id"], each["reason"]) for each in folded.parked] == [(3, "not_storable")]
    assert folded.views["expenses"]["1"]["advanced_vnd"] == 2**62


@pytest.mark.parametrize("amount", [2**63, -(10**300)])
def test_a_number_of_more_than_64_bits_in_an_event_is_parked(amount):
    estimated = ExpenseEstimated(amount_vnd=amount, guaranteed_vnd=0, funding_source="ngân sách")
    folded = Folded().add(ledger_of(("expense", "1", estimated), ("task", "2", OPENED)))
    assert [each["_id"] for each in folded.parked] == [1]
    assert folded.views["tasks"].keys() == {"logistics/2"}


def test_a_document_that_would_grow_too_large_parks_what_makes_it_so(monkeypatch):
    monkeypatch.setattr(storable, "DOCUMENT_BYTES", 2_000)
    shown = TaskSubmitted(submitted_by="x", evidence=[evidence("a" * 1500)])
    folded = Folded().add(ledger_of(("task", "1", OPENED), ("task", "1", shown), ("task", "2", OPENED)))
    assert [(each["_id"], each["reason"]) for each in folded.parked] == [(2, "document_too_large")]
    assert "bytes" in folded.parked[0]["detail"]
    assert folded.views["tasks"].keys() == {"logistics/1", "logistics/2"}


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"a": [{"b\0": 1}]}, "not_storable"),
        ({"a": ["\ud800"]}, "not_storable"),
        ({"a": -(2**63) - 1}, "not_storable"),
        ({"a": "x" * storable.DOCUMENT_BYTES}, "document_too_large"),
    ],
    ids=["null in a name", "half a character", "65 bits", "large"],
)
def test_a_document_that_no_database_keeps_is_refused_with_a_reason(document, reason):
    with pytest.raises(storable.NotStorable) as refused:
        storable.json_bytes({"_id": "x", **document})
    assert refused.value.reason == reason


def test_a_document_that_databases_keep_is_not_refused():
    document = {"_id": "x", "a": 2**63 - 1, "b": [-(2**63)], "c": "\0", "d": "\\u0000", "$x.y": None}
    assert storable.json_bytes(document) == len(orjson.dumps(document))


# --- whatever a message may hold ---
BODIES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(range(8)).map(
        lambda number: as_bytes(envelope_of(life_of_a_task(1)[number], "logistics", "task", "1", number))
    ),
    st.builds(
        lambda stored_under, sequence, entity_id: as_bytes(
            envelope_of(
                ParkedEventDiscarded(stored_under=stored_under, origin_sequence=sequence, reason="?"),
                "subcommittee",
                "parked-event",
                entity_id,
                0,
            )
        ),
        st.sampled_from(["", "evt.memory.logistics.task.1", "x\0", "đ"]),
        st.integers(-1, 3),
        st.sampled_from(["1", "2", "-1", "x", "²", "9" * 30]),
    ),
    st.builds(
        lambda name, value: orjson.dumps(
            orjson.loads(as_bytes(envelope_of(OPENED, "logistics", "task", "1", 0))) | {name: value}
        ),
        st.sampled_from(["time", "data", "subject", "source", "type", "actor", "id"]),
        st.sampled_from(
            [None, 0, "", "x\0", {}, [], {"item": "x", "title": []}, "0001-01-01T00:00:00+14:00", "vn.daihoi.task"]
        ),
    ),
)
SUBJECTS = st.sampled_from(
    [
        "evt.memory.logistics.task.1",
        "evt.memory.subcommittee.parked-event.1",
        "evt",
        "",
        "evt.a.b.c.d.e.f",
        "evt.m.x.đ.\0",
    ]
)
SOURCES = st.sampled_from(
    [
        *(f"EVENTS_LOGISTICS_memory {number} > >" for number in (1, 2, 3, 9, -1, 2**80)),
        "EVENTS_SUBCOMMITTEE_memory 1",
        "EVENTS_LOGISTICS_memory",
        "$x.\0 1",
        "",
        " 1",
        "a b c",
    ]
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.tuples(BODIES, SUBJECTS, SOURCES), min_size=1, max_size=8))
def test_no_message_stops_the_fold_or_leaves_anything_that_can_not_be_stored(messages):
    fair = in_memory("security", [("fair", life_of_a_task(1))])
    odd = [Stored(0, subject, BEGINNING, body, source) for body, subject, source in messages]
    ledger = [replace(each, sequence=number) for number, each in enumerate([fair[0], *odd, *fair[1:]], start=1)]
    live, replayed = Folded(), Replayed()
    for stored in ledger:
        live.add([stored])
    replayed.take(ledger)
    assert live.views == replayed.views
    assert live.views["tasks"]["security/fair"]["status"] == "completed"
    assert {each["_id"]: each for each in live.parked} == replayed.parked
    assert live.checkpoint == replayed.checkpoint
    assert [row["_id"] for row in live.audit_rows] == list(range(1, len(ledger) + 1))
    for kept in (*live.parked, *live.audit_rows, *live.views["tasks"].values(), live.checkpoint.origins):
        bson.encode(kept)
    for parked in live.parked:
        assert stored_again(parked).body == ledger[parked["_id"] - 1].body
        assert parked["reason"] in REASONS.keys() & WHAT_TO_DO.keys()
    for stored in ledger:
        orjson.dumps(ledger_line(stored))
    assert timeline_lines(live.audit_rows, "vi")


@pytest.mark.parametrize("source", ["", "EVENTS_LOGISTICS_memory", "EVENTS_LOGISTICS_memory x > >", "a.b 1", " 0"])
def test_a_message_without_a_service_s_stream_as_its_source_is_parked_and_counts_for_no_stream(source):
    ledger = ledger_of(("task", "1", OPENED))
    forged = replace(ledger[0], source=source)
    read = decode_event(forged)
    assert isinstance(read, Unreadable)
    assert (read.reason, read.origin) == ("misplaced", NOWHERE)
    folded = Folded().add([forged])
    assert folded.checkpoint.origins == {}


def test_the_bytes_of_what_is_parked_are_kept_and_masked():
    (stored,) = ledger_of(("incident", "i1", b'{"details":"c\xe1\xbb\xada sau \xff"}'), service="security")
    parked = Folded().add([stored]).parked[0]
    assert stored_again(parked).body == stored.body
    assert b"\xff" not in parked["body"].encode()
    masked = masked_parked(parked)
    assert {masked[name] for name in ("body", "body_base64", "detail")} == {MASK}


# --- histories and what is told of them ---
def submission(number):
    shown = [evidence(f"ảnh {number}/{each}") for each in range(50)]
    return TaskSubmitted(submitted_by="logistics.member", evidence=shown)


def test_of_a_long_history_the_newest_entries_stay_and_the_others_are_counted():
    submissions = 22
    told = [event for number in range(submissions) for event in (submission(number), TaskReturned(reason="thiếu"))]
    folded = Folded().add(ledger_of(("task", "1", OPENED), *(("task", "1", event) for event in told)))
    task = folded.views["tasks"]["logistics/1"]
    assert len(task["evidence"]) == MOST_KEPT
    assert task["left_out"] == {"evidence": submissions * 50 - MOST_KEPT}
    assert task["evidence"][-1]["title"] == f"ảnh {submissions - 1}/49"
    changed = {change["field"]: change for change in folded.audit_rows[-2]["changes"]}["evidence"]
    assert [each["title"] for each in changed["added"]] == [f"ảnh 21/{each}" for each in range(50)]
    assert len(changed["removed"]) == 50


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ([1, 2], [1, 2, 3], {"added": [3], "removed": []}),
        ([1, 2, 3], [2, 3, 4], {"added": [4], "removed": [1]}),
        ([{"a": 1}], [{"a": 2}], {"added": [{"a": 2}], "removed": [{"a": 1}]}),
        ([1, 1], [1], {"added": [], "removed": [1]}),
        ([1, 2], [2, 1], {"before": [1, 2], "after": [2, 1]}),
        (None, [1], {"before": None, "after": [1]}),
    ],
)
def test_of_a_list_a_row_tells_what_was_added_and_removed(before, after, change):
    (told,) = changes_between("tasks", "k", {"_id": "k", "list": before}, {"_id": "k", "list": after})
    assert told == {"view": "tasks", "key": "k", "field": "list"} | change
    masked = masked_change({**told, "view": "incidents"})
    assert not {1, 2, 3, 4} & {
        each for name in ("added", "removed") for each in masked.get(name, ()) if each is not MASK
    }


def test_a_row_that_would_be_too_long_names_what_changed(monkeypatch):
    assigned = TaskAssigned(collective="a" * 400, individual="b" * 500)
    (*_, row) = Folded().add(ledger_of(("task", "1", OPENED), ("task", "1", assigned))).audit_rows
    monkeypatch.setattr("shared.history.audit_rows.ROW_BYTES", 1_000)
    short, _ = within_bounds(row)
    assert {change["field"] for change in short["changes"]} >= {"collective", "individual"}
    assert all("after" not in change and change["not_shown_bytes"] for change in short["changes"])
    assert any("…" in line for line in timeline_lines([short], "en"))
    assert (short["data"]["collective"], short["not_shown"]) == ("a" * 400, 1)
    assert "individual" not in short["data"], "half a row has no room for both"


def nested(levels):
    return reduce(lambda inner, _: {"x": [inner]}, range(levels), "x")


@pytest.mark.parametrize(
    "odd",
    [{"a\0b": 1}, {"$where": 1}, [{"inside": {"$set": 1}}], nested(30), nested(300)],
    ids=["a null byte", "an operator", "an operator inside", "too deep", "too deep for JSON"],
)
def test_of_an_events_data_a_row_has_what_a_store_can_keep_and_says_that_there_is_more(odd):
    told = envelope_of(OPENED, "logistics", "task", "1", 0)
    body = as_bytes(replace(told, data=told.data | {"of a later version": odd, "also": "$5 and \\u0000"}))
    (row,) = Folded().add(ledger_of(("task", "1", body))).audit_rows
    assert row["outcome"] == "applied"
    assert row["data"] == told.data | {"also": "$5 and \\u0000"}
    assert row["not_shown"] == 1
    bson.encode(row)


def test_health_says_in_words_why_events_are_parked():
    (found,) = kept_findings(Checkpoint(), {"document_too_large": 1, "behind": 2})
    assert found.detail.startswith("3 events are parked.")
    assert str(REASONS["document_too_large"]) in found.detail
    assert "vượt dung lượng" in found.detail_vi
    assert found.detail.count(". ") == 2, "each reason is a sentence"
