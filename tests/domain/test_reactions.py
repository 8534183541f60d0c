"""Whatever an accepted event holds, each policy that reads it can make its commands of it, and they are decided on: a
policy that fails on an event fails on it for ever."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

import pytest

from services.logistics import resources
from services.security import clearances
from services.security.venues import react as ask_for_clearance
from services.subcommittee import catalogue, code_list, congress, directive, duty, instruction, organisation, scenario
from shared.domain import task, variant
from shared.domain.decider import Actor, Aggregate, Command, Refused
from shared.events.base import Event
from shared.events.organisation import OrganisationRegistered, PositionAdded
from shared.events.resource import ResourceReserved
from shared.events.task import ScenarioFollowed
from shared.eventstore.envelope import decode_data
from shared.unit.policies import ANY_SERVICE, ForEvery, Policy
from tests.congress import envelope_of
from tests.contract.units import LOGISTICS, PROPAGANDA, SECURITY, SUBCOMMITTEE
from tests.domain.largest import THE_CASES, largest
from tests.domain.scenario import AGGREGATES, decided_in

LEADS = [Actor("subcommittee.lead", "subcommittee"), Actor("security.lead", "security")]
DISTRICT = "x" * 62
WORLD = {
    ("organisation", DISTRICT): organisation.AGGREGATE.fold(
        [
            OrganisationRegistered(kind="locality", name=largest(organisation.RegisterOrganisation).name),
            PositionAdded(position=largest(organisation.AddPosition).position),
        ]
    ),
    ("task", "x" * 80): "a task",
    ("directive", "x" * 80): "a directive",
    **THE_CASES,
}
MOVES = [
    {"unit": unit, "task_id": "x" * 80, "replaces": "2199-12-31", "deadline": "2000-01-01"}
    for unit in ("propaganda", "logistics", "security")
]
MANY_ENTRIES = [{"id": f"x-{number}", "name": {"vi": "x" * 300, "en": "x" * 300}} for number in range(90)]
STORIES: Sequence[tuple[Aggregate, Sequence[Command]]] = [
    (catalogue.AGGREGATE, [largest(catalogue.PublishItem), largest(catalogue.AssignItem, unit="logistics")]),
    (directive.AGGREGATE, [largest(directive.IssueDirective, kind="review", units=["logistics"])]),
    (duty.AGGREGATE, [largest(duty.HandOutToLocality, unit="logistics", locality=DISTRICT)]),
    (scenario.AGGREGATE, [largest(scenario.SwitchScenario)]),
    (
        congress.AGGREGATE,
        [
            largest(congress.FoundCongress, time_zone=congress.TIME_ZONE),
            largest(congress.ConfirmDeadlines, moves=MOVES),
        ],
    ),
    (code_list.AGGREGATE, [largest(code_list.PublishList, code_list="incident-kinds", entries=MANY_ENTRIES)]),
    (
        code_list.AGGREGATE,
        [
            largest(command, code_list="incident-kinds", entry_id="x" * 40)
            for command in (code_list.AddEntry, code_list.RetireEntry, code_list.RestoreEntry)
        ],
    ),
    (
        code_list.AGGREGATE,
        [largest(code_list.AmendEntry, code_list="incident-kinds", entry_id="order")],
    ),
    (instruction.AGGREGATE, [largest(instruction.GiveInstruction, unit="logistics")]),
    (task.AGGREGATE, [largest(task.OpenTask), largest(task.RequireClearance)]),
    (task.AGGREGATE, [largest(task.OpenTask), largest(task.CancelTask), largest(task.ReopenTask)]),
    (variant.AGGREGATE, [largest(variant.AdjustVariant), largest(variant.WithdrawAdjustment)]),
    (
        resources.AGGREGATE,
        [
            largest(resources.RegisterResource, kind="hall"),
            largest(resources.ReserveResource, starts="2000-01-01T00:00:00+07:00"),
        ],
    ),
    (
        clearances.AGGREGATE,
        [
            largest(clearances.RequestClearance),
            largest(clearances.GrantClearance, conditions=["x"]),
            largest(clearances.WithdrawClearance),
        ],
    ),
    (clearances.AGGREGATE, [largest(clearances.RequestClearance), largest(clearances.RefuseClearance)]),
]
READING = [
    (service.name, policy)
    for service in (SUBCOMMITTEE, PROPAGANDA, LOGISTICS, SECURITY)
    for policy in service.policies
]
BY_ENTITY = {aggregate.entity: aggregate for aggregate in AGGREGATES}


def largest_events() -> Iterator[tuple[str, Event]]:
    """What came of each story, and the id of what it is about."""
    for aggregate, commands in STORIES:
        state = None
        for command, actor in zip(commands, LEADS * 2, strict=False):
            decided = decided_in(WORLD, aggregate, command, state, actor)
            assert decided, command
            state = aggregate.fold(decided, state)
            yield from ((command.entity_id, event) for event in decided)


FOLLOWED = ScenarioFollowed(
    switch=2**63 - 1, scenario="outbreak", suspended=False, planned_vnd=10**15, deadline="2199-12-31"
)
EVENTS = [*largest_events(), ("x" * 80, FOLLOWED)]


@pytest.mark.parametrize(("service", "policy"), READING, ids=[f"{name} {policy.name}" for name, policy in READING])
def test_a_policy_makes_its_commands_of_the_largest_that_is_accepted(service: str, policy: Policy):
    writer = "logistics" if policy.service == ANY_SERVICE else policy.service
    read = [(entity_id, event) for entity_id, event in EVENTS if policy.reads(event.TYPE)]
    assert {event.TYPE for _, event in read} == {event.TYPE for event in policy.events}
    for entity_id, event in read:
        envelope = envelope_of(event, writer, policy.entity, entity_id, 0)
        for wish in policy.react(decode_data(envelope, policy.reads(event.TYPE)), envelope):
            command = wish.command(entity_id) if isinstance(wish, ForEvery) else wish
            for part in command.parts():
                assert len(part.entity_id) <= 80
                with suppress(Refused):
                    decided_in({}, BY_ENTITY[part.ENTITY], part, None, Actor(f"policy.{policy.name}", service))


def test_a_reservation_that_an_earlier_version_let_run_to_the_end_of_the_calendar_still_asks_for_clearance():
    reserved = ResourceReserved(
        reservation_id="r1",
        starts="0001-01-01T00:00:00+07:00",
        ends="9999-12-31T23:59:59-06:00",
        purpose="Họp",
        resource_id="hall",
        resource_kind="hall",
    )
    (request,) = ask_for_clearance(reserved, None)
    assert request.purpose == "Họp (0001-01-01T00:00:00+07:00 - 9999-12-31T23:59:59-06:00)"
