"""Deadlines that the sub-committee confirms, inside one unit: each of its own tasks moves once."""

from shared.events.congress import CONGRESS, DeadlinesConfirmed
from tests.contract.test_scenarios import UNIT, start, switch, told  # noqa: F401

OPENS = "2020-10-14"


def confirmed(*moves, because=None):
    rows = [
        {"unit": unit, "task_id": task_id, "replaces": replaces, "deadline": deadline}
        for unit, task_id, replaces, deadline in moves
    ]
    return told(DeadlinesConfirmed(opening_day=OPENS, moves=rows, past_because=because), "congress", CONGRESS)


async def moves_of(instance, task_id):
    history = await instance.history(task_id)
    return [
        (str(event.deadline), str(event.in_force), event.past_because)
        for event in history
        if event.TYPE == "vn.daihoi.task.deadline-moved.v1"
    ]


async def test_a_unit_moves_what_is_its_own_once_and_puts_on_record_what_was_agreed_anew(start):  # noqa: F811
    here, there = start(), start()
    for task_id in ("1-01", "1-02", "1-03", "1-04"):
        await here.opens(task_id)
    for task_id in ("1-01", "1-03", "1-04"):
        await here.send("set-deadline", {"task_id": task_id, "deadline": "2020-09-14"})
    await here.send("cancel-task", {"task_id": "1-03", "reason": "Trùng việc"})
    envelope = confirmed(
        (UNIT, "1-01", "2020-09-14", "2020-10-04"),
        (UNIT, "1-02", None, "2020-09-01"),
        (UNIT, "1-03", "2020-09-14", "2020-10-04"),
        (UNIT, "1-04", "2020-09-10", "2020-10-04"),
        ("security", "1-04", "2020-09-14", "2020-10-04"),
        because="Khai mạc sớm hơn",
    )
    await here.hears("move-confirmed-deadlines", envelope)
    written = await here.written()
    assert await moves_of(there, "1-01") == [("2020-10-04", "2020-10-04", None)]
    assert await moves_of(there, "1-02") == [("2020-09-01", "2020-09-01", "Khai mạc sớm hơn")]
    assert await moves_of(there, "1-03") == await moves_of(there, "1-04") == []
    assert len(await here.store.ids("policy")) == 1
    await there.hears("move-confirmed-deadlines", envelope)
    assert (await here.written(), len(await here.store.ids("policy"))) == (written, 1)


async def test_a_deadline_of_the_scenario_stays_in_force_whatever_moves_beneath_it(start):  # noqa: F811
    here = start()
    await here.opens("1-01")
    await here.send("set-deadline", {"task_id": "1-01", "deadline": "2020-09-14"})
    adjusted = {"variant": "outbreak", "task_id": "1-01", "deadline": "2020-09-14", "reason": "Giãn cách"}
    await here.send("adjust-variant", adjusted)
    await here.hears("follow-switches", switch(1, "outbreak"))
    await here.hears("move-confirmed-deadlines", confirmed((UNIT, "1-01", "2020-09-14", "2020-10-04")))
    assert await moves_of(here, "1-01") == [("2020-10-04", "2020-09-14", None)]
    await here.hears("follow-switches", switch(2, "none"))
    assert str((await here.history("1-01"))[-1].deadline) == "2020-10-04"
