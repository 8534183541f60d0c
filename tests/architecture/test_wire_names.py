"""Services never import each other; what keeps the tracker in step with them is checked here, by wire name."""

import string

import pytest

from services.logistics.resources import ResourceKind
from services.security import clearances
from services.security.venues import CLEARANCE_FOR_VENUES, NEEDING_CLEARANCE
from services.tracker.history.sentences import SENTENCES
from services.tracker.projection.decoding import KNOWN
from shared.eventstore.names import event_subject, ledger_stream, service_stream
from shared.eventstore.streams import stream_configs
from shared.unit.clearance_news import NOTE_CLEARANCES
from shared.unit.refusals import REFUSALS
from shared.values.units import services
from tests.domain.scenario import AGGREGATES

EMITTED = {event.TYPE: event for aggregate in (*AGGREGATES, REFUSALS) for event in aggregate.events}


def test_the_tracker_knows_every_event_that_a_service_emits_and_no_other():
    assert set(KNOWN) == set(EMITTED)


@pytest.mark.parametrize("name", EMITTED)
def test_the_tracker_reads_the_fields_that_are_written(name):
    written, read = EMITTED[name].model_fields, KNOWN[name].model_fields
    assert set(read) == set(written)
    assert {field for field, info in read.items() if info.is_required()} == {
        field for field, info in written.items() if info.is_required()
    }


@pytest.mark.parametrize("name", EMITTED)
def test_every_event_says_a_sentence_made_of_its_own_fields(name):
    placeholders = {field for _, field, _, _ in string.Formatter().parse(SENTENCES[name]) if field}
    assert placeholders - {"actor", "id", "title"} <= set(EMITTED[name].model_fields)


def test_a_policy_reads_fields_that_the_other_service_writes():
    [read] = CLEARANCE_FOR_VENUES.events
    written = EMITTED[read.TYPE]
    assert set(read.model_fields) == set(written.model_fields)
    assert NEEDING_CLEARANCE <= set(ResourceKind)


def test_the_units_hear_of_every_decision_that_security_can_take_on_a_clearance():
    decided = {event.TYPE for event in clearances.AGGREGATE.events} - {clearances.ClearanceRequested.TYPE}
    assert {event.TYPE for policy in NOTE_CLEARANCES for event in policy.events} == decided


def test_streams_and_subjects_have_the_names_that_the_design_gives_them():
    assert service_stream("namdinh-xx", "logistics") == "EVENTS_LOGISTICS_namdinh-xx"
    assert ledger_stream("namdinh-xx") == "LEDGER_namdinh-xx"
    assert event_subject("namdinh-xx", "logistics", "task", "1-03") == "evt.namdinh-xx.logistics.task.1-03"
    *streams, ledger = stream_configs("namdinh-xx")
    assert [source["name"] for source in ledger["sources"]] == [stream["name"] for stream in streams]
    assert [stream["subjects"] for stream in streams] == [[f"evt.namdinh-xx.{name}.>"] for name in services()]
