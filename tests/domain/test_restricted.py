"""What security and the auditor alone may read never leaves the tracker unmasked."""

import json
import string

import pytest
from msgspec.structs import replace

from services.tracker.history.replay import ledger_line
from services.tracker.history.verify import first_difference
from shared.events.incident import (
    IncidentAssessed,
    IncidentCorrected,
    IncidentReopened,
    IncidentReported,
    IncidentResolved,
)
from shared.events.publication import PublicationRejected
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import as_bytes
from shared.history.audit_rows import discarded_row
from shared.history.decoding import decode_event
from shared.history.sentences import SENTENCES, with_summary
from shared.reports.masking import MASK, OPEN_DATA, masked_document, masked_line, masked_row
from tests.congress import BEGINNING, envelope_of
from tests.domain.test_fold import Folded

SECRET = "mật"
LIFE = [
    IncidentReported(place="Cổng chính", kind="order", details=f"{SECRET} 1"),
    IncidentAssessed(severity="high"),
    IncidentResolved(outcome=f"{SECRET} 2", lessons=f"{SECRET} 3"),
    IncidentReopened(reason=f"{SECRET} 4"),
]
PUT_RIGHT = [
    IncidentCorrected(
        before={"place": "Cổng chính", "details": f"{SECRET} 1"},
        after={"place": "Cổng phụ", "details": f"{SECRET} 5", "happened_at": BEGINNING},
        reason=f"{SECRET} 6",
    ),
    IncidentCorrected(before={"details": f"{SECRET} 5"}, after={"details": f"{SECRET} 7"}, reason=f"{SECRET} 8"),
]


def stored(position, body=None):
    event = [*LIFE, *PUT_RIGHT][position]
    return Stored(
        sequence=position + 1,
        subject="evt.memory.security.incident.i1",
        recorded=BEGINNING,
        body=body or as_bytes(envelope_of(event, "security", "incident", "i1", position)),
        source=f"EVENTS_SECURITY_memory {position + 1} > > evt",
    )


LEDGER = [stored(position) for position in range(len(LIFE))]


def said(value):
    return json.dumps(value, ensure_ascii=False, default=str)


@pytest.fixture(scope="module")
def folded():
    return Folded().add(LEDGER)


def test_the_view_keeps_everything_and_shows_everybody_the_open_part_only(folded):
    document = folded.views["incidents"]["i1"]
    assert document["restricted"] == {
        "details": f"{SECRET} 1",
        "outcome": f"{SECRET} 2",
        "lessons": f"{SECRET} 3",
        "reopened_because": f"{SECRET} 4",
    }
    masked = masked_document(document)
    assert SECRET not in said(masked)
    assert set(masked["restricted"].values()) == {MASK}
    assert (masked["place"], masked["severity"], masked["status"]) == ("Cổng chính", "high", "reopened")


def test_the_trail_shows_that_something_changed_and_not_what(folded):
    rows = [masked_row(row) for row in folded.audit_rows]
    assert SECRET in said(folded.audit_rows)
    assert SECRET not in said(rows)
    assert [row["type"] for row in rows] == [event.TYPE for event in LIFE]
    changes = {change["field"]: change["after"] for change in rows[2]["changes"]}
    assert changes["status"] == "resolved"
    hidden = {field: after for field, after in changes.items() if field.startswith("restricted.")}
    assert hidden == {"restricted.outcome": MASK, "restricted.lessons": MASK}
    assert [row["data"] for row in folded.audit_rows] == [json.loads(entry.body)["data"] for entry in LEDGER]
    assert rows[1]["data"]["severity"] == "high"
    assert rows[2]["data"] == {"outcome": MASK, "lessons": MASK}
    assert [with_summary(row)["summary"] for row in rows] == [ledger_line(entry)["summary"] for entry in LEDGER]


def test_of_an_incident_only_what_is_listed_is_shown_whatever_a_later_version_adds():
    entry = stored(0, LEDGER[0].body.replace(b'"details"', f'"later":"{SECRET} 5","details"'.encode()))
    (row,) = Folded().add([entry]).audit_rows
    masked = masked_row(row)["data"]
    assert (row["data"]["later"], masked["later"], masked["details"]) == (f"{SECRET} 5", MASK, MASK)
    assert masked["place"] == "Cổng chính"
    by_name = stored(0, LEDGER[0].body.replace(b'"details"', f'"later":{{"{SECRET}":"5"}},"details"'.encode()))
    (row,) = Folded().add([by_name]).audit_rows
    assert (SECRET in said(row["data"]["later"]), masked_row(row)["data"]["later"]) == (True, MASK)
    assert masked_line(ledger_line(by_name))["event"]["data"]["later"] == MASK


def test_the_row_of_an_incident_that_is_parked_or_discarded_has_none_of_its_data():
    unreadable = stored(1, LEDGER[1].body.replace(b'"severity":"high"', f'"severity":["{SECRET}"]'.encode()))
    folded = Folded().add([LEDGER[0], unreadable])
    envelope = decode_event(unreadable).envelope
    discarded = discarded_row(folded.parked[0], envelope, decode_event(LEDGER[0]))
    for row in (folded.audit_rows[1], discarded):
        assert "data" not in row
        assert SECRET not in said(with_summary(masked_row(row)))


@pytest.mark.parametrize("entry", LEDGER)
def test_a_replay_shows_who_did_what_and_not_what_they_wrote(entry):
    line = masked_line(ledger_line(entry))
    assert SECRET not in said(line)
    assert line["event"]["actor"] == "security.lead"
    assert set(line["event"]["data"]) == set(json.loads(entry.body)["data"])


@pytest.mark.parametrize(
    "body",
    [
        f'{{"half": "{SECRET}'.encode(),
        LEDGER[0].body.replace(b"reported.v1", b"reported.v2"),
        LEDGER[0].body.replace(b'"details"', b'"account"'),
        LEDGER[0].body.replace(b"vn.daihoi.incident.", b"vn.daihoi.occurrence."),
    ],
    ids=["half an event", "a later version", "another field", "another name"],
)
def test_what_this_version_can_not_read_is_masked_as_well(body):
    entry = stored(0, body)
    assert SECRET in said(ledger_line(entry))
    assert SECRET not in said(masked_line(ledger_line(entry)))
    parked = Folded().add([entry])
    assert SECRET in said(parked.parked)
    assert SECRET not in said(parked.audit_rows)
    found = first_difference("parked", {}, {"1": parked.parked[0]})
    assert SECRET not in said(found)


def test_an_event_of_an_incident_under_another_subject_is_masked():
    entry = replace(LEDGER[0], subject="evt.memory.security.task.i1")
    assert SECRET not in said(masked_line(ledger_line(entry)))


def test_what_is_not_restricted_stays_as_it_is():
    event = PublicationRejected(reason=SECRET)
    body = as_bytes(envelope_of(event, "propaganda", "publication", "p1", 0))
    entry = replace(LEDGER[0], subject="evt.memory.propaganda.publication.p1", body=body)
    line = ledger_line(entry)
    assert masked_line(line) == line
    assert SECRET in said(line)


@pytest.mark.parametrize(
    "live",
    [
        {},
        {"restricted": {"details": f"{SECRET} 9"}},
        {"restricted": None, "place": "Cổng phụ"},
    ],
)
def test_a_difference_that_the_verification_finds_does_not_tell(folded, live):
    document = folded.views["incidents"]["i1"]
    doctored = {"i1": document | live} if live else {}
    found = first_difference("incidents", doctored, {"i1": document})
    assert found is not None
    assert SECRET not in said(found)
    rows = {"1": folded.audit_rows[0]}
    for changed in ({}, {"1": rows["1"] | {"changes": []}}, {"1": rows["1"] | {"data": {}}}):
        found = first_difference("audit_trail", changed, rows)
        assert found is not None
        assert SECRET not in said(found)


def test_sentences_about_incidents_are_made_of_what_everybody_may_read(folded):
    for name, sentence in SENTENCES.items():
        if name.startswith("vn.daihoi.incident."):
            fields = {field for _, field, _, _ in string.Formatter().parse(sentence) if field}
            assert fields <= OPEN_DATA | {"actor", "id"}
    assert all(SECRET not in said(ledger_line(entry)["summary"]) for entry in LEDGER)


def test_a_correction_says_before_after_and_why_to_those_who_may_read_it_alone():
    corrections = [stored(4), stored(5)]
    *_, row, other = Folded().add([*LEDGER, *corrections]).audit_rows
    assert with_summary(row, unmasked=True)["summary"]["en"].partition(" corrected ")[2] == (
        "incident i1: Place: Cổng phụ; Details: mật 5; Happened at: 15/08/2020 09:00; "
        "recorded before: Place: Cổng chính; Details: mật 1; reason: mật 6"
    )
    for entry, kept in zip(corrections, (row, other), strict=True):
        line = masked_line(ledger_line(entry))
        assert SECRET not in said([line, with_summary(masked_row(kept)), with_summary(kept)["summary"]])
        assert line["summary"]["en"].endswith(" corrected incident i1")
        assert with_summary(masked_row(kept))["summary"] == line["summary"]
