"""Every command of every service with boundary values in every field: refused with a code, or in the views. And given
by everybody: refused to those whom the table of roles does not let give it.

What several units have is dealt out over them. `make test` gives each command to one of them, with every fortieth
value and with every field full; the long tests to each, with their share of every second value and with every field
full. A longer look (`DAIHOI_TEST_LONGER`) tries every value in every unit, and more at random.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4
from zlib import crc32

import pytest

from services.subcommittee import congress
from shared.domain import review, task, unit_scenario
from shared.domain.decider import Actor, Command, RankRefusal, Refused
from shared.domain.ranks import Act
from shared.events.policy import PolicyRefused
from shared.eventstore.envelope import Cause
from shared.platform.embedded import Endpoints
from shared.unit.handing_out import HANDING_OUT
from shared.unit.keeping import KEEPING
from shared.unit.problems import READS_ONLY, WRONG_UNIT
from shared.unit.refusals import OFFERED, REFUSALS, PolicyRefusals, RetryPolicy, SettleRefusal
from shared.unit.retrying import Retries
from shared.unit.roles import check_may_record, may_give
from shared.values.units import OPERATOR, READING, SUBCOMMITTEE, services
from tests.contract.units import SERVICE_AGGREGATES
from tests.properties.besieged import Besieged, besieged
from tests.properties.effort import LONGER
from tests.properties.history import HAPPENED
from tests.properties.hostile_values import Hostile, fitting, hostile_to
from tests.properties.ways import NOBODY, ONLY_POLICIES_MAY, OPEN_TASK, Step, all_ways, replayed

SHORT, LONG = 40, 2
"""Of what is hostile to a command every fortieth or second value is tried; which, depends on its name."""
COMBINATIONS = {SHORT: 20, LONG: 300}
short_and_long = pytest.mark.parametrize("every", [SHORT, pytest.param(LONG, marks=pytest.mark.long)])
AT_ONCE = 12
REVIEW = review.AGGREGATE.entity
UNITS_FIRST = sorted(SERVICE_AGGREGATES, key=lambda service: service == SUBCOMMITTEE)
"""A unit's reviews are looked at before the sub-committee has given it work."""
NEED_A_REFUSAL = {command.NAME for command in OFFERED}
"""There is none to see to where every policy can do what it wants."""
NEVER_ACCEPTED = ONLY_POLICIES_MAY | NEED_A_REFUSAL
MUCH_FOLLOWS = {congress.ConfirmDeadlines.NAME}
"""Where every field is full, policies have a thousand tasks to answer for, one by one."""
POLICIES_COMPETE = {review.EnterTask.NAME}
"""Where the policy that gives it as well was faster each time, nothing is left for the command to do."""


def commands_of(service: str) -> list[type[Command]]:
    of_aggregates = [
        command for each in SERVICE_AGGREGATES[service] if not each.internal for command in each.commands
    ]
    return [*of_aggregates, *OFFERED]


def dealt(service: str, command: type[Command], every: int) -> list[Hostile]:
    """This service's share of what is hostile to a command."""
    hostile = hostile_to(command)
    if LONGER:
        return hostile
    part = hostile[crc32(command.NAME.encode()) % every :: every]
    having = those_who_have(command)
    return part if every == SHORT else part[having.index(service) :: len(having)]


def those_who_have(command: type[Command]) -> list[str]:
    return [name for name in SERVICE_AGGREGATES if command in commands_of(name)]


def is_given(service: str, command: type[Command], every: int) -> bool:
    having = those_who_have(command)
    return LONGER > 0 or every == LONG or having[crc32(command.NAME.encode()) % len(having)] == service


class Sieges:
    """The congress that is besieged now. Where one has been broken, the next test gets another."""

    def __init__(self, endpoints: Endpoints, folder: Path) -> None:
        self._endpoints, self._folder = endpoints, folder
        self._stack = AsyncExitStack()
        self._now: Besieged | None = None

    async def go_on(self, *, with_another: bool = False) -> Besieged:
        if self._now is None or self._now.wrong or with_another:
            await self._stack.aclose()
            name = f"siege-{uuid4().hex[:12]}"
            entered = besieged(self._endpoints, name, self._folder / name)
            self._now = await self._stack.enter_async_context(entered)
        return self._now

    async def end(self) -> None:
        await self._stack.aclose()


@pytest.fixture(scope="module")
async def sieges(endpoints: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sieges]:
    found = Sieges(endpoints, tmp_path_factory.mktemp("siege"))
    yield found
    await found.end()


type Wish = tuple[str, type[Command], Sequence[Sequence[Hostile]]]


async def attack(siege: Besieged, wishes: Sequence[Wish], every: int) -> None:
    """Side by side, but one after the other where they may change the same thing; first of all, and by themselves,
    those that look at everything of a kind. In the long tests every command is given once as it should be before
    anything hostile fills what it needs."""
    free, alone = asyncio.Semaphore(AT_ONCE), defaultdict[str, asyncio.Lock](asyncio.Lock)

    async def one(service: str, command: type[Command], hostile: Sequence[Sequence[Hostile]]) -> None:
        async with alone[f"{service} {command.ENTITY}" if named_for_all(command) else str(uuid4())], free:
            await siege.besiege(service, command, hostile, full=every == LONG or command.NAME not in MUCH_FOLLOWS)

    for wish in sorted(wishes, key=lambda wish: wish[1] is not review.CloseReview):
        if looks_at_all(wish[1]):
            await one(*wish)
    for service, command, _ in wishes if every == LONG else ():
        await siege.besiege(service, command, (), full=False)
    async with asyncio.TaskGroup() as together:
        for wish in wishes:
            if not looks_at_all(wish[1]):
                together.create_task(one(*wish))
    await siege.settle()


def named_for_all(command: type[Command]) -> bool:
    """Whether it changes the one thing of its kind, or one of its own each time."""
    way = all_ways().get(command)
    return not way or changed_by(way[-1], "1") == changed_by(way[-1], "2")


def changed_by(step: Step, mark: str) -> Any:
    data = step.renamed(mark)
    try:
        return type(step.command).model_validate(data).entity_id
    except LookupError:
        return data


def looks_at_all(command: type[Command]) -> bool:
    """A review finds every task of the unit: few of them is soon done, and it can be closed."""
    return command.ENTITY == REVIEW


def test_every_command_is_accepted_somewhere_so_that_its_values_are_looked_at():
    missing = {command.NAME for service in SERVICE_AGGREGATES for command in commands_of(service)}
    missing -= {command.NAME for command in all_ways()}
    assert missing <= NEVER_ACCEPTED, "no valid command leads there: see BY_NAME in tests/domain/test_histories.py"


X = {"task_id": "x"}
BY_POLICIES = {
    type(last): [OPEN_TASK, Step(last, "member")]
    for last in (
        task.FollowScenario(**X),
        task.NoteInstruction(**X, instruction_id="i", text="x", given_by="x"),
        task.MoveDeadline(**X, deadline="2020-09-30", opening_day="2020-09-24"),
        unit_scenario.RecordSwitch(number=1, scenario="outbreak", reason="x"),
        unit_scenario.ConfirmSwitch(number=1),
    )
}
SEEN_TO = {"policy": "note-lists"}
EVERYBODY = [
    Actor(f"{unit}.{position}", unit)
    for unit in (*services(), *READING, OPERATOR)
    for position in ("member", "lead-secretary", "deputy", "deputy-2", "lead")
]
WHATEVER_THE_RANK = {
    *("own_request", "own_work", "own_publication"),
    *("no_right_to_correct", "no_right_to_move_days", "expense_settled_for_leads"),
    "policy_not_found",
}
"""Refusals of what else it depends on whether it is somebody's to give."""


async def refusal_to(actor: Actor, command: type[Command], service: str) -> Refused | None:
    """Where somebody is known to be accepted, or where it is the turn of a policy."""
    try:
        check_may_record(actor, service)
        if command is RetryPolicy:
            cause = Cause(
                command_id=NOBODY, actor=actor, happened=HAPPENED, correlation_id=NOBODY, causation_id=NOBODY
            )
            retries = Retries(None, None, service, (), None)
            await retries(RetryPolicy(**SEEN_TO, sequence=1), cause)
        elif command is SettleRefusal:
            refused = PolicyRefused(**SEEN_TO, command="x", code="x", detail="x")
            settles = SettleRefusal(**SEEN_TO, cause=NOBODY, reason="x")
            REFUSALS.decide(settles, PolicyRefusals(refused=(refused,)), actor)
        else:
            *before, last = BY_POLICIES.get(command) or all_ways()[command]
            history, _ = replayed(service, SERVICE_AGGREGATES[service], before)
            outcome = history.outcome(last.command, NOBODY, actor)
            return outcome if isinstance(outcome, Refused) else None
    except Refused as refused:
        return refused
    return None


@pytest.mark.parametrize("service", services())
async def test_a_command_is_given_by_those_alone_who_may_by_the_table_of_roles(service):
    for command in commands_of(service):
        for actor in EVERYBODY:
            refused = await refusal_to(actor, command, service)
            for_rank = refused is not None and (
                isinstance(refused.refusal, RankRefusal) or refused.refusal in (WRONG_UNIT, READS_ONLY)
            )
            assert for_rank != may_give(actor, command, service), (command, actor, refused)
            assert refused is None or for_rank or refused.code in WHATEVER_THE_RANK, (command, actor, refused)


def test_what_is_decided_by_no_aggregate_is_every_members_to_give():
    assert {command.GIVEN_BY for command in (*KEEPING, *HANDING_OUT)} == {Act.RECORD}


@short_and_long
@pytest.mark.parametrize("service", UNITS_FIRST)
async def test_a_boundary_value_is_refused_with_a_code_or_is_in_the_views(sieges, service, every):
    """The long ones begin with an empty congress each: where others have been before, a list may be full or an entry
    retired, and nothing more of the kind is accepted."""
    siege = await sieges.go_on(with_another=every == LONG)
    wishes = [
        (service, command, [(value,) for value in dealt(service, command, every)])
        for command in commands_of(service)
        if is_given(service, command, every)
    ]
    await attack(siege, wishes, every)
    if every == LONG:
        await siege.audit_verify()
    assert not siege.wrong, siege.told()
    shallow = {(service, command.NAME) for command in commands_of(service)} - siege.accepted
    assert every == SHORT or {name for _, name in shallow} <= NEVER_ACCEPTED | POLICIES_COMPETE, (
        "none of these was ever accepted"
    )


async def test_after_all_of_it_audit_verify_holds(sieges):
    siege = await sieges.go_on()
    await siege.audit_verify()
    assert not siege.wrong, siege.told()


@short_and_long
async def test_boundary_values_together_are_refused_with_a_code_or_are_in_the_views(sieges, pytestconfig, every):
    seed = pytestconfig.option.hypothesis_seed if LONGER else 20_200_925
    random = Random(f"hostile/{seed}")  # noqa: S311 - no secret
    siege = await sieges.go_on(with_another=True)
    wishes = defaultdict[tuple[str, type[Command]], list[list[Hostile]]](list)
    commands = [(service, command) for service in SERVICE_AGGREGATES for command in commands_of(service)]
    for _ in range(COMBINATIONS[every] * max(LONGER, 1)):
        which = random.choice(commands)
        wishes[which].append(fitting(random.sample(hostile_to(which[1]), random.randint(2, 4))))
    await attack(siege, [(*which, hostile) for which, hostile in wishes.items()], every)
    await siege.audit_verify()
    assert not siege.wrong, f"with the seed {seed}\n{siege.told()}"
