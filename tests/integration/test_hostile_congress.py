"""The sample congress, told while somebody with a plain connection writes to the bus whatever harms.

The story comes to its end, everything of it is in the views, what was forged is parked by itself, and when that is
discarded the work goes on everywhere.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import uuid4
from zlib import crc32

import pytest

from daihoi.ops.session import Session
from daihoi.sample.story import Sample
from daihoi.sample.telling import tell
from services.tracker.history.verify import verify
from shared.eventstore.direct import Stored
from shared.platform.embedded import Endpoints
from shared.unit.client import CommandClient
from shared.unit.commands import Answer
from shared.unit.problems import ProblemError
from shared.values.units import services
from tests.contract.units import GROUP, item, published
from tests.integration.forgeries import NO_HEADERS, Forged, about_nothing, about_tasks, out_of_turn, to_services
from tests.intruder import Blow, Intruder, intruder
from tests.program import Shell
from tests.properties.besieged import NO_REFUSALS, Besieged, besieged
from tests.properties.hostile_values import hostile_to
from tests.properties.ways import all_ways
from tests.servers import operator_of

# `make test` has contract/test_hostile_bytes.py and properties/test_hostile_commands.py in its place.
pytestmark = pytest.mark.long

PATIENCE_S = 180
AGAIN_AFTER_S = 0.2
LOOK_EVERY_S = 0.02
EVERY_SO_MANY_VALUES = 40
TASKS_OF_THE_SAMPLE = 54
BROKEN = 500
"""The status of an answer from here on says that something is wrong in the service itself."""


class Patient(CommandClient):
    """A caller who asks again while a service is being started again."""

    async def send(self, *told: Any, **more: Any) -> Answer:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return await super().send(*told, **more)
            except ProblemError as error:
                late = time.monotonic() > deadline
                if late or error.problem.code not in ("service_not_running", "unavailable"):
                    raise
                await asyncio.sleep(AGAIN_AFTER_S)


class PatientSession(Session):
    @property
    def commands(self):
        return Patient(self.connection, self.settings.congress)


@pytest.fixture(scope="module")
async def siege(endpoints: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Besieged]:
    name = f"hostile-{uuid4().hex[:12]}"
    async with besieged(endpoints, name, tmp_path_factory.mktemp("hostile")) as found:
        watching = asyncio.create_task(found.supervisor.watch())
        yield found
        watching.cancel()


async def open_task(siege: Besieged, task_id: str) -> dict[str, Any]:
    data = {"task_id": task_id, "title": {"vi": "Việc"}, "group": GROUP, "phase": "before", "scenario": "both"}
    return await give(siege, "logistics", "open-task", data | {"planned_vnd": 0})


async def give(siege: Besieged, service: str, name: str, data: dict[str, Any]) -> dict[str, Any]:
    told = {"command_id": str(uuid4()), "data": data, "happened": "2020-09-20T02:00:00Z"}
    return (await siege.give(service, name, "lead", told, json.dumps(data)[:100])).answer


async def the_story_is_at(done: list[int], share: float) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while done[0] < share * done[1]:
        assert time.monotonic() < deadline, f"the story stands still after {done[0]} of {done[1]} steps"
        await asyncio.sleep(LOOK_EVERY_S)


async def attack(siege: Besieged, by: Intruder, blows: Sequence[Blow], done: list[int]) -> None:
    """All blows, and hostile commands, evenly over the story; `done` counts its steps."""
    commands = [
        ("logistics", "reserve-resource"), ("security", "report-incident"), ("propaganda", "issue-document"),
        ("subcommittee", "record-meeting"), ("logistics", "register-resource"), ("security", "request-clearance"),
    ]  # fmt: skip
    kinds = {command.NAME: command for command in all_ways()}
    for number, blow in enumerate(blows):
        await the_story_is_at(done, number / len(blows))
        await by.strike(blow)
        if number % (len(blows) // len(commands)) == 0 and commands:
            service, name = commands.pop()
            hostile = hostile_to(kinds[name])[number % EVERY_SO_MANY_VALUES :: EVERY_SO_MANY_VALUES]
            await siege.besiege(service, kinds[name], [(each,) for each in hostile])


async def stored_forgeries(siege: Besieged, forged: Sequence[Forged]) -> dict[int, Forged]:
    """By their ledger sequence. Of what are no headers the server may store a part before the body."""
    wanted = {(each.blow.subject, each.blow.body): each for each in forged}
    no_headers = {each.blow.subject: each for each in forged if each.blow.headers in NO_HEADERS}

    def forgery(stored: Stored) -> Forged | None:
        other = no_headers.get(stored.subject)
        in_part = other if other and stored.body.endswith(other.blow.body) else None
        return wanted.get((stored.subject, stored.body), in_part)

    ledger: list[Stored] = [stored async for page in siege.ledger.read() for stored in page]
    answers = [stored.subject for stored in ledger if "letter-box" in stored.subject]
    assert not answers, "a service wrote its answer there"
    found = {stored.sequence: forgery(stored) for stored in ledger}
    there = {sequence: each for sequence, each in found.items() if each}
    assert {each.blow.name for each in there.values()} == {each.blow.name for each in forged}
    return there


async def test_a_congress_is_told_to_its_end_whatever_else_is_on_the_bus(siege, endpoints):
    sample, name = Sample(), siege.congress
    forged = [*about_tasks(name), *out_of_turn(name), *about_nothing(name)]
    for each in forged:
        if each.target:
            assert (await open_task(siege, each.target)).get("events")
    session = PatientSession(siege.settings, endpoints, siege.ledger, siege.views, siege.connection)
    blows = sorted([*to_services(name), *(each.blow for each in forged)], key=lambda blow: crc32(blow.name.encode()))
    done = [0, 1]
    async with intruder(endpoints.nats_url, operator_of(endpoints)) as by, asyncio.TaskGroup() as both:
        both.create_task(tell(session, sample, lambda now, end: done.__setitem__(slice(None), [now, end])))
        both.create_task(attack(siege, by, blows, done))
    await siege.come_to_rest()
    assert not siege.wrong, siege.told()

    there = await stored_forgeries(siege, forged)
    outcomes = {row["_id"]: row["outcome"] for row in await siege.views.documents("audit_trail")}
    not_applied = {sequence for sequence, outcome in outcomes.items() if outcome != "applied"}
    assert not_applied <= there.keys(), "something of the story is not in the views"
    taken_in = [each.blow.name for sequence, each in there.items() if each.parks and sequence not in not_applied]
    assert not taken_in, "these were taken for events"
    verdict = await verify(siege.ledger, siege.views, lambda *_: None)
    assert (verdict.holds, verdict.difference, verdict.gaps, verdict.parked) == (True, None, {}, len(not_applied))
    assert sample.task_ids() <= set(await siege.views.keys("tasks"))


async def test_afterwards_everybody_answers_and_the_report_can_be_had(siege, endpoints, tmp_path):
    for service in (*services(), "tracker"):
        health = await siege.client.health(service)
        assert health.ready, (service, health.reasons)
    report = Shell(tmp_path, endpoints, siege.congress).json("report", "--today", "2020-09-10")
    assert report["totals"]["tasks"] >= TASKS_OF_THE_SAMPLE + len(about_tasks(siege.congress))


async def test_what_is_parked_can_be_discarded_and_then_work_goes_on_everywhere(siege):
    tasks = [each.target for each in (*about_tasks(siege.congress), *out_of_turn(siege.congress))]
    funded = {"secured_vnd": 1, "funding_source": "Ngân sách tỉnh"}
    answers = {task: await give(siege, "logistics", "fund-task", funded | {"task_id": task}) for task in tasks}
    assert not {task: answer for task, answer in answers.items() if answer.get("code") in NO_REFUSALS}
    parked = {each["subject"].rpartition(".")[2] for each in await discard_all(siege)}
    charge = {"collective": "Sở Y tế", "individual": "Ông A"}
    answers = {task: await give(siege, "logistics", "assign-task", charge | {"task_id": task}) for task in tasks}
    assert not {
        task: answer
        for task, answer in answers.items()
        if not answer.get("events") and (task in parked or answer["status"] >= BROKEN)
    }, "work does not go on"
    await give(siege, "subcommittee", "publish-catalogue", published(item("8.88")))
    assigned = await give(siege, "subcommittee", "assign-items", {"unit": "logistics", "item_ids": ["8-88"]})
    assert assigned.get("events"), assigned
    await siege.come_to_rest()
    assert await siege.views.documents("tasks", _id="logistics/8-88"), "the policy has not opened the task"
    await siege.audit_verify()
    assert not siege.wrong, siege.told()


async def discard_all(siege: Besieged) -> list[dict[str, Any]]:
    """Until nothing is parked any more; what was."""
    discarded: list[dict[str, Any]] = []
    while parked := await siege.views.documents("parked"):
        assert {each["_id"] for each in parked} - {each["_id"] for each in discarded}, "a discard changes nothing"
        for each in parked:
            place = {"sequence": each["_id"], "stored_under": each["subject"]}
            told = {**place, "origin_sequence": each["origin"]["sequence"], "reason": "giả mạo"}
            answer = await give(siege, "subcommittee", "discard-parked-event", told)
            assert "events" in answer, (each["subject"], each["reason"], answer)
        discarded += parked
        await siege.come_to_rest()
    return discarded
