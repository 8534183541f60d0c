"""How a decision sees a code list: as it is stored now, once for all parts of a command, and without a time of its
own."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from shared.domain.decider import Actor, Refused
from shared.domain.known_list import NoteEntry
from shared.domain.task import FundTask
from shared.eventstore.envelope import Cause
from shared.values.code_lists import Entry
from tests.contract.test_commands import HAPPENED, Instance
from tests.contract.units import LOCALITY, TASK

ZALO = Entry(id="zalo", name={"vi": "Zalo"})
LATER = HAPPENED + timedelta(days=400)


@pytest.fixture
def start(connection, congress):
    return lambda service: Instance(connection, congress, service)


def by_a_policy(happened):
    ids = {name: uuid4() for name in ("command_id", "correlation_id", "causation_id")}
    return Cause(**ids, actor=Actor("policy.note-lists", "propaganda"), happened=happened)


def noting(entry, code_list="channels"):
    return NoteEntry(code_list=code_list, entry=entry.model_dump())


async def test_a_list_is_read_once_for_all_parts_of_a_command(start):
    unit, loads = start("subcommittee"), Counter()
    localities = [LOCALITY | {"organisation_id": f"l{number}"} for number in range(3)]
    await unit.send("register-organisations", {"entries": localities})
    load = unit._store.load

    async def counted(entity, entity_id, after=0):
        loads[entity, entity_id] += 1
        return await load(entity, entity_id, after)

    unit._store.load = counted
    phases = [{"phase": "before"}, {"phase": "during"}]
    handed = {"unit": "logistics", "duty": "emulation", "phases": phases, "localities": ["l0", "l1", "l2"]}
    assert len((await unit.send("hand-out-duty", handed)).events) == 6
    assert loads["code-list", "duties"] == 1
    assert loads["organisation", "l1"] == 1


async def test_what_one_instance_has_heard_holds_for_all_of_them_at_once(start):
    here, there = start("propaganda"), start("propaganda")
    proposed = {"publication_id": "p1", "channel": "zalo", "title": {"vi": "Chào mừng"}}
    assert await here.outcome("propose-publication", proposed) == "entry_unknown"
    await there._handler.execute(noting(ZALO), by_a_policy(HAPPENED))
    assert await here.outcome("propose-publication", proposed) == "proposed"
    await there._handler.execute(noting(ZALO.model_copy(update={"retired": True})), by_a_policy(HAPPENED))
    assert await here.outcome("propose-publication", proposed) == "silence"
    assert await here.outcome("propose-publication", proposed | {"publication_id": "p2"}) == "entry_retired"


async def test_what_follows_from_before_a_list_was_published_did_not_happen_after_it(start):
    unit = start("propaganda")
    await unit.send("open-task", TASK)
    await unit._handler.execute(noting(ZALO, "funding-sources"), by_a_policy(LATER))
    fund = FundTask(task_id=TASK["task_id"], secured_vnd=1, funding_source="Ngân sách tỉnh")
    answer = await unit._handler.execute(fund, by_a_policy(HAPPENED))
    _, envelope = await unit.load(answer.events[-1])
    assert envelope.time == HAPPENED
    with pytest.raises(Refused, match="Sources of funding"):
        await unit.send("fund-task", {**fund.model_dump(), "funding_source": "Nguồn khác"})
