"""The scenario switched again and again with the services killed at random: every task ends in the state that the
last switch demands, and no event is there twice."""

import asyncio
from datetime import date
from itertools import pairwise
from random import Random
from uuid import uuid4

import pytest

from services.tracker.history.verify import verify
from shared.domain import task, unit_scenario, variant
from shared.eventstore.envelope import decode, decode_data
from shared.eventstore.store import EventStore
from shared.unit.client import CommandClient
from shared.unit.problems import ProblemError
from shared.values.code_lists import NO_EPIDEMIC
from shared.values.units import SUBCOMMITTEE, support_unit_ids
from tests.conftest import token_for
from tests.faults.test_kills import histogram_of_ids, kill_9
from tests.waiting import until

UNITS = [*support_unit_ids()]
TASKS = 6
SEED = 20_200_813
SWITCHES = 20
GROUP = {"number": 1, "name": {"vi": "Khánh tiết"}}
SCENARIOS = ("both", "none", "outbreak")


class Congress:
    """The services as others see them. A command is sent again under the same id until somebody answers."""

    def __init__(self, connection, congress, settings):
        self.client = CommandClient(connection, congress)
        self.stores = {name: EventStore(connection, congress, name) for name in (*UNITS, SUBCOMMITTEE)}
        self._settings = settings

    async def send(self, service, name, data):
        token, command_id = token_for(self._settings, f"{service}.lead"), uuid4()

        async def answered():
            try:
                await self.client.send(service, name, data, token=token, command_id=command_id)
            except ProblemError as error:
                if error.problem.code not in ("service_not_running", "unavailable"):
                    raise
                return False
            return True

        await until(answered)

    async def open_task(self, unit, number):
        told = {"title": {"vi": f"Việc {number}"}, "group": GROUP, "phase": "before", "planned_vnd": 100}
        scenario = SCENARIOS[number % len(SCENARIOS)]
        await self.send(unit, "open-task", {"task_id": f"t-{number}", "scenario": scenario, **told})

    async def prepare(self, unit):
        """Tasks of every kind, half of them begun; and variants that change some."""
        for number in range(TASKS):
            named = {"task_id": f"t-{number}"}
            await self.open_task(unit, number)
            await self.send(unit, "set-deadline", named | {"deadline": "2099-09-20"})
            if number % 2:
                await self.send(unit, "assign-task", named | {"collective": "Sở Y tế", "individual": "Giám đốc"})
                await self.send(unit, "start-task", named)
                await self.send(unit, "report-progress", named | {"percent": 10 * number})
        for case, number, change in (
            ("outbreak", 0, {"planned_vnd": 70, "deadline": "2099-09-15"}),
            ("outbreak", 1, {"applies": True}),
            ("outbreak", 3, {"applies": False}),
            ("none", 2, {"applies": True, "planned_vnd": 30}),
        ):
            adjustment = {"variant": case, "task_id": f"t-{number}", "reason": "Theo phương án"}
            await self.send(unit, "adjust-variant", adjustment | change)

    async def events(self, unit, module, entity_id):
        models = {event.TYPE: event for event in module.AGGREGATE.events}
        envelopes = [decode(each.body) for each in await self.stores[unit].load(module.AGGREGATE.entity, entity_id)]
        return [decode_data(envelope, models[envelope.type]) for envelope in envelopes]

    async def state(self, unit, module, entity_id):
        return module.AGGREGATE.fold(await self.events(unit, module, entity_id))

    async def followed(self, unit):
        known = await self.state(unit, unit_scenario, "current")
        return known.followed if known else 0


@pytest.mark.long
async def test_switches_with_the_services_killed_in_between_leave_every_task_as_the_last_demands(
    connection, congress, ledger, views, settings, supervisor
):
    random, told = Random(SEED), Congress(connection, congress, settings)  # noqa: S311 - no secret
    for name in (SUBCOMMITTEE, *UNITS, "tracker"):
        supervisor.start(name)
    await supervisor.wait_until_ready(told.client)
    await asyncio.gather(*(told.prepare(unit) for unit in UNITS))
    before = {unit: [await told.state(unit, task, f"t-{number}") for number in range(TASKS)] for unit in UNITS}

    for number in range(1, SWITCHES + 1):
        started_at = await ledger.last_sequence()
        case = ("none", "outbreak")[number % 2]
        newcomers = (told.open_task(unit, TASKS + number) for unit in UNITS if random.random() < 0.5 or number == 1)
        switching = told.send(SUBCOMMITTEE, "switch-scenario", {"scenario": case, "reason": f"Lần {number}"})
        working = asyncio.gather(switching, *newcomers)
        if random.random() < 0.7 or number == 1:
            further = random.randint(1, 12)

            async def far_enough(started_at=started_at, further=further, number=number):
                moved = await ledger.last_sequence() - started_at >= further
                return moved or min([await told.followed(unit) for unit in UNITS]) >= number

            await until(far_enough)
            for name in random.sample([SUBCOMMITTEE, *UNITS], random.choice((1, 1, 2))):
                kill_9(supervisor, name)
                supervisor.start(name)
        await working

    async def all_followed():
        return min([await told.followed(unit) for unit in UNITS]) == SWITCHES

    await until(all_followed)
    last = NO_EPIDEMIC
    for unit in UNITS:
        prepared = await told.state(unit, variant, last)
        task_ids = await told.stores[unit].ids("task")
        assert len(task_ids) > TASKS

        async def settled(unit=unit, prepared=prepared, task_ids=task_ids):
            """Tasks opened just now follow by a policy of their own."""
            return all([await as_demanded(told, unit, each, last, prepared) for each in task_ids])

        await until(settled)
        for number, was in enumerate(before[unit]):
            now = await told.state(unit, task, f"t-{number}")
            followed = {"followed": None, "deadline": None, "suspended": False, "planned_vnd": 0}
            assert now.but(**followed) == was.but(**followed)
        for task_id in task_ids:
            switches = [each for each in await told.events(unit, task, task_id) if hasattr(each, "switch")]
            assert all(one.switch < other.switch for one, other in pairwise(switches)), "each switch once, in order"
            assert all(values(one) != values(other) for one, other in pairwise(switches)), "only what changes"
        assert await told.stores[unit].ids("policy") == [], "no policy was refused"

    assert set((await histogram_of_ids(ledger)).values()) == {1}
    end = await ledger.last_sequence()

    async def projected():
        return (await views.checkpoint()).sequence == end

    await until(projected)
    assert (await verify(ledger, views, lambda *_: None)).nothing_wrong


def values(followed):
    return followed.suspended, followed.planned_vnd, followed.deadline


async def as_demanded(told, unit, task_id, case, prepared):
    found = await told.state(unit, task, task_id)
    adjustment = prepared.adjustments.get(task_id)
    applies = found.opened.scenario in (case, "both")
    applies = adjustment.applies if adjustment and adjustment.applies is not None else applies
    planned = adjustment.planned_vnd if adjustment and adjustment.planned_vnd is not None else 100
    deadline = date(2099, 9, 20) if found.original_deadline else None
    return (found.suspended, found.planned_vnd, found.deadline) == (not applies, planned, deadline)
