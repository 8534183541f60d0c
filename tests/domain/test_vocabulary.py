"""The names on the wire: they outlive the code, so they are unique and of one form."""

import re
from itertools import chain

import pytest
from pydantic import ValidationError

from services.subcommittee.catalogue import AssignItem, PublishItem, ReviseItem, WithdrawItem
from services.subcommittee.duty import HandOutToLocality
from shared.unit.support_unit import OpenDuty, OpenItem
from tests.domain.scenario import AGGREGATES

EVENTS = [(aggregate.entity, event) for aggregate in AGGREGATES for event in aggregate.events]
THERE_BEFORE = {"variant", "code-list", "known-list"}
BEGUN = [aggregate for aggregate in AGGREGATES if aggregate.entity not in THERE_BEFORE]
"""A variant is there before anybody says anything of it: its tasks apply by their own scenario. A list is: as by
default."""
PARTS = [PublishItem, AssignItem, ReviseItem, WithdrawItem, HandOutToLocality, OpenDuty, OpenItem]
COMMANDS = [*chain.from_iterable(aggregate.commands for aggregate in AGGREGATES), *PARTS]

every_aggregate = pytest.mark.parametrize("aggregate", AGGREGATES, ids=lambda aggregate: aggregate.entity)


def assert_unique(names: list[str]) -> None:
    assert sorted(set(names)) == sorted(names)


def test_no_two_events_share_a_type_and_no_two_commands_a_name():
    assert_unique([event.TYPE for _, event in EVENTS])
    assert_unique([command.NAME for command in COMMANDS])
    assert_unique([aggregate.entity for aggregate in AGGREGATES])


def test_an_event_type_tells_the_entity_what_happened_and_the_version():
    happened = r"(?:[a-z]+-)*(?:[a-z]+ed|deadline-set|held|withdrawn|handed-out)"
    for entity, event in EVENTS:
        assert re.fullmatch(rf"vn\.daihoi\.{entity}\.{happened}\.v[1-9]\d*", event.TYPE), event


def test_an_event_ignores_what_a_later_version_may_add():
    for _, event in EVENTS:
        assert event.model_config["extra"] == "ignore", event
        assert event.model_config["frozen"], event


def test_a_command_name_is_its_class_in_kebab_case():
    for command in COMMANDS:
        words = re.findall(r"[A-Z][a-z]+", command.__name__)
        assert "-".join(words).lower() == command.NAME


def test_a_command_refuses_unknown_fields():
    for command in COMMANDS:
        with pytest.raises(ValidationError) as refused:
            command.model_validate({"surprise": 1})
        told = [error["loc"] for error in refused.value.errors() if error["type"] == "extra_forbidden"]
        assert ("surprise",) in told, command


@every_aggregate
def test_every_command_addresses_the_entity_that_decides_on_it(aggregate):
    assert {command.ENTITY for command in aggregate.commands} == {aggregate.entity}


@pytest.mark.parametrize("aggregate", BEGUN, ids=lambda aggregate: aggregate.entity)
def test_a_history_starts_at_its_beginning(aggregate):
    first, *later = aggregate.events
    for event in later:
        with pytest.raises(LookupError, match="before"):
            aggregate.evolve(None, event.model_construct())
    assert aggregate.evolve(None, first.model_construct(findings=(), planned_vnd=0)) is not None
