"""Whose events count: each service speaks of its own, whatever stands in the stream of another."""

import pytest
from msgspec.structs import replace

from shared.eventstore.envelope import as_bytes, check_place, decode
from shared.eventstore.errors import Undecodable
from shared.unit.refusals import REFUSALS
from shared.values.units import WRITERS, may_write, services
from tests.congress import in_memory, life_of_a_task
from tests.contract.units import SERVICE_AGGREGATES


def test_the_table_of_writers_is_what_the_services_are_made_of():
    entities = {name: {each.entity for each in aggregates} for name, aggregates in SERVICE_AGGREGATES.items()}
    every_entity = set().union(*entities.values())
    for entity in every_entity:
        assert {service for service in services() if may_write(service, entity)} == {
            service for service in services() if entity in entities[service]
        }
    assert WRITERS.keys() <= every_entity
    assert all(may_write(service, REFUSALS.entity) for service in services())


@pytest.mark.parametrize("entity", ["clearance", "scenario", "parked-event", "publication"])
def test_what_is_another_services_to_say_is_not_taken_in_though_everything_agrees(entity):
    (stored, *_) = in_memory("logistics", [("x", life_of_a_task(1))])
    envelope = replace(decode(stored.body), type=f"vn.daihoi.{entity}.granted.v1")
    subject = stored.subject.replace(".task.", f".{entity}.")
    with pytest.raises(Undecodable, match="not logistics's to say"):
        check_place(decode(as_bytes(envelope)), subject, "EVENTS_LOGISTICS_memory")
