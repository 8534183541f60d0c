"""Two decisions of the sub-committee that would contradict each other: the later one sees the earlier one."""

import asyncio
import itertools

import pytest

from shared.eventstore.errors import Conflict
from shared.eventstore.store import WHOLE_STREAM, EventStore
from tests.contract.test_commands import Instance
from tests.contract.test_event_store import T1, T2, numbered, progress, several, stored
from tests.contract.units import LOCALITY, item, published

STORM = {"code_list": "cases", "entry_id": "storm", "name": {"vi": "Bão"}}
HEALTH = {"code_list": "units", "entry_id": "y-te", "name": {"vi": "Y tế"}}
REGISTER = "register-organisations", {"entries": [LOCALITY]}
TWO_ITEMS = published(item("1.03", unit="y-te"), item("1.04", unit="y-te"))
DUTY = {"unit": "y-te", "duty": "emulation", "phases": [{"phase": "before"}], "localities": ["giao-thuy"]}
ORDER = {"directive_id": "d1", "kind": "work", "text": {"vi": "Chuẩn bị"}, "units": ["y-te"]}
INSTRUCTION = {"instruction_id": "i1", "unit": "y-te", "task_id": "1-03", "text": "Xong sớm"}
NAMING = {
    "the case in force": (STORM, "switch-scenario", {"scenario": "storm", "reason": "Bão số 5"}, "switched"),
    "an item": (HEALTH, "publish-catalogue", published(item(unit="y-te")), "published"),
    "items": (HEALTH, "publish-catalogue", TWO_ITEMS, "published"),
    "a duty": (HEALTH, "hand-out-duty", DUTY, "handed-out"),
    "a directive": (HEALTH, "issue-directive", ORDER, "issued"),
    "an instruction": (HEALTH, "give-instruction", INSTRUCTION, "issued"),
}
SEEN_IN_USE = {"the case in force", "an item", "items", "a duty"}


@pytest.fixture
def start(connection, congress):
    return lambda: Instance(connection, congress, "subcommittee")


def retiring(entry):
    return "retire-entry", {"code_list": entry["code_list"], "entry_id": entry["entry_id"], "reason": "Thôi"}


async def outcomes_when_the_first_is_overtaken(first, by, overtaken, overtaking):
    """The first has read and decided, and is stored only after the other one was."""
    decided, overtook = asyncio.Event(), asyncio.Event()
    append = first._store.append

    async def late(events, expected):
        decided.set()
        await overtook.wait()
        return await append(events, expected)

    first._store.append = late
    waiting = asyncio.create_task(first.outcome(*overtaken, by="lead"))
    await decided.wait()
    stored = await by.outcome(*overtaking, by="lead")
    overtook.set()
    return stored, await waiting


@pytest.mark.parametrize("naming", NAMING)
async def test_what_was_retired_while_a_command_names_it_is_not_named(start, naming):
    entry, command, data, _ = NAMING[naming]
    here, there = start(), start()
    await here.send(*REGISTER)
    await here.send("add-entry", entry, by="lead")
    outcomes = await outcomes_when_the_first_is_overtaken(here, there, (command, data), retiring(entry))
    assert outcomes == ("entry-retired", "entry_retired")


@pytest.mark.parametrize("naming", sorted(SEEN_IN_USE))
async def test_what_was_named_while_it_is_being_retired_is_not_retired(start, naming):
    entry, command, data, done = NAMING[naming]
    here, there = start(), start()
    await here.send(*REGISTER)
    await here.send("add-entry", entry, by="lead")
    outcomes = await outcomes_when_the_first_is_overtaken(here, there, retiring(entry), (command, data))
    assert outcomes == (done, "entry_in_use")


@pytest.mark.parametrize("naming", ["the case in force", "items"])
async def test_of_two_given_at_once_one_is_accepted(start, naming):
    entry, command, data, done = NAMING[naming]
    here, there = start(), start()
    await here.send("add-entry", entry, by="lead")
    for both in range(5):
        assert await here.outcome("restore-entry", retiring(entry)[1], by="lead") in {"silence", "entry-restored"}
        outcomes = await asyncio.gather(
            here.outcome(command, data, by="lead"), there.outcome(*retiring(entry), by="lead")
        )
        assert outcomes in ([done, "entry_in_use"], ["entry_retired", "entry-retired"]), both
        if outcomes[0] == done:
            break


async def test_a_command_that_is_overtaken_by_something_else_is_decided_again_and_done(start):
    here, there = start(), start()
    await here.send("add-entry", STORM, by="lead")
    overtaken = "switch-scenario", {"scenario": "storm", "reason": "Bão số 5"}
    outcomes = await outcomes_when_the_first_is_overtaken(here, there, overtaken, REGISTER)
    assert outcomes == ("position-added", "switched")


async def test_many_of_them_at_once_are_all_done(start):
    here = start()
    sent = [
        here.outcome("issue-directive", ORDER | {"directive_id": f"d{n}", "units": ["logistics"]}) for n in range(50)
    ]
    assert set(await asyncio.gather(*sent)) == {"issued"}


async def test_what_needs_all_still_is_done_in_a_service_that_never_rests(start):
    """Whenever it is about to be stored, somebody else writes something, unless it keeps them waiting."""
    here, numbers = start(), itertools.count()
    append, meanwhile = here._store.append, set()

    async def busy(events, expected):
        if events[0].entity == "directive":
            organisation = {"organisation_id": f"o{next(numbers)}", "kind": "agency", "name": {"vi": "Sở"}}
            meanwhile.add(asyncio.create_task(here.outcome("register-organisation", organisation)))
            await asyncio.wait(meanwhile, timeout=0.2)
        return await append(events, expected)

    here._store.append = busy
    assert await here.outcome("issue-directive", ORDER | {"units": ["logistics"]}) == "issued"
    assert {await other for other in meanwhile} == {"registered"}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("upto", [0, 1, 3])
async def test_a_stream_that_does_not_end_there_takes_nothing(connection, congress, count, upto):
    store = EventStore(connection, congress, "logistics")
    await store.append(several(2, "t2"), {T2: 0})
    with pytest.raises(Conflict):
        await store.append(several(count), {T1: 0, WHOLE_STREAM: upto})
    assert await stored(store) == []
    events = several(count)
    assert await store.append(events, {T1: 0, WHOLE_STREAM: await store.last_sequence()}) == 2 + count
    assert await stored(store) == numbered(3, events)
    with pytest.raises(Conflict):
        await store.append([progress("t2")], {T2: 0, WHOLE_STREAM: 2 + count})
