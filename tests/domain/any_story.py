"""Stories of a congress by chance, the same for the same seed: tasks of every kind of fate, and accounts."""

import random
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from services.tracker.history.folded import Folded
from shared.events import expense, task
from shared.events.base import Event
from shared.events.scenario import ScenarioSwitched
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import Envelope, as_bytes
from shared.values.code_lists import CodeList, ids_of
from tests.congress import BEGINNING, envelope_of

FIRST_DAY = BEGINNING.date()
UNITS = ("propaganda", "logistics", "security")
REASON = "Dịch lan rộng"


class Step(NamedTuple):
    source: str
    entity: str
    id: str
    event: Event


def opened(rng: random.Random, number: int, **duty: object) -> task.TaskOpened:
    group = rng.choice((1, 2, 10))
    return task.TaskOpened(
        title={"vi": f"Việc {number}"},
        group={"number": group, "name": {"vi": f"Nhóm {group}"}},
        phase=rng.choice(("before", "during", "after")),
        scenario="both",
        planned_vnd=rng.randrange(0, 900, 100),
        **duty,
    )


def life(rng: random.Random, number: int, **duty: object) -> Iterator[Event]:
    """What may happen to a task, in an order that may be."""
    yield opened(rng, number, **duty)
    if rng.random() < 0.8:
        yield task.TaskAssigned(
            collective=rng.choice(("Sở Y tế", "SỞ Y TẾ", "Công an tỉnh")), individual="Phó Giám đốc"
        )
    deadline = FIRST_DAY + timedelta(days=rng.randrange(50))
    if rng.random() < 0.85:
        yield task.TaskDeadlineSet(deadline=deadline)
        if rng.random() < 0.3:
            moved = {"replaces": deadline, "deadline": deadline + timedelta(days=rng.randrange(1, 9))}
            yield task.ExtensionRequested(**moved, reason="Mưa", requested_by="x")
            yield task.ExtensionGranted(**moved)
            if rng.random() < 0.5:
                back = {"replaces": moved["deadline"], "deadline": deadline}
                yield task.DeadlineShortened(**back, reason="Tạnh")
    if rng.random() < 0.7:
        yield task.TaskFunded(secured_vnd=rng.randrange(0, 900, 50), funding_source="Ngân sách")
    done = list(work(rng))
    yield from done
    yield from put_right(number, done)


def put_right(number: int, done: list[Event]) -> Iterator[Event]:
    """Corrections of every third task; a day of completion only where the task is completed."""
    rng = random.Random(number)  # noqa: S311
    if number % 3:
        return
    day = FIRST_DAY + timedelta(days=rng.randrange(50))
    yield corrected(planned_vnd=rng.randrange(0, 900, 100), secured_vnd=rng.randrange(0, 900, 50))
    yield corrected(deadline=day, original_deadline=day)
    yield corrected(collective="Sở Tài chính")
    ends = [event for event in done if isinstance(event, task.TaskCompleted | task.TaskReopened)]
    if ends and isinstance(ends[-1], task.TaskCompleted):
        yield corrected(completed_on=day + timedelta(days=rng.randrange(-5, 5)))


def corrected(**after: object) -> task.TaskCorrected:
    return task.TaskCorrected(before={}, after=after, reason="Ghi nhầm")


def work(rng: random.Random) -> Iterator[Event]:
    if rng.random() < 0.8:
        yield task.TaskStarted()
        yield task.TaskProgressed(percent=rng.randrange(100))
    for number in range(rng.randrange(3)):
        yield task.ObstacleOpened(obstacle_id=f"o{number}", what=f"Thiếu {number}", cause="Mưa", proposal="Thêm")
        if rng.random() < 0.6:
            yield task.ObstacleResolved(obstacle_id=f"o{number}", resolution="Xong")
    if rng.random() < 0.2:
        yield task.TaskBlocked(reason="Kẹt")
        if rng.random() < 0.5:
            yield task.TaskUnblocked()
    yield from ending(rng)
    if rng.random() < 0.25:
        deadline = FIRST_DAY + timedelta(days=rng.randrange(50))
        yield task.ScenarioFollowed(
            switch=1, scenario="outbreak", suspended=rng.random() < 0.7, planned_vnd=rng.randrange(900),
            deadline=rng.choice((deadline, None)),
        )  # fmt: skip


def ending(rng: random.Random) -> Iterator[Event]:
    end = rng.random()
    if end < 0.15:
        yield task.TaskCancelled(reason="Trùng việc")
        return
    if end < 0.7:
        yield task.TaskSubmitted(submitted_by="x")
    if end < 0.55:
        yield task.TaskCompleted()
    if end < 0.25:
        yield task.TaskReopened(reason="Thiếu hồ sơ")


def account(rng: random.Random) -> Iterator[Event]:
    yield expense.ExpenseEstimated(amount_vnd=500, guaranteed_vnd=400, funding_source="Ngân sách")
    for number in range(rng.randrange(4)):
        amount = rng.randrange(1, 300)
        yield expense.MoneyAdvanced(advance_id=f"a{number}", amount_vnd=amount, recipient="x", purpose="x")
        yield expense.SpendingRecorded(spending_id=f"s{number}", amount_vnd=amount, payee="x", voucher=f"v{number}")
        if number == 1:
            right = {"before": {}, "after": {"amount_vnd": amount + 7}, "reason": "Ghi nhầm"}
            yield expense.SpendingCorrected(spending_id="s0", **right)
            yield expense.AdvanceCorrected(advance_id="a1", **right)
    if rng.random() < 0.5:
        yield expense.ExpenseSettled(advanced_vnd=0, spent_vnd=0, to_return_vnd=0, still_due_vnd=0)


def story(seed: int) -> list[Step]:
    """40 tasks, some of one id in two units, 10 duties, and accounts with a task, without one, and between two."""
    rng = random.Random(seed)  # noqa: S311
    lives: list[list[Step]] = [[Step("subcommittee", "scenario", "current", switched())]]
    for number in range(40):
        unit, name = rng.choice(UNITS), f"t-{number % 33:02}"
        lives.append([Step(unit, "task", name, event) for event in life(rng, number)])
    for number in range(10):
        duty = {"duty": rng.choice(ids_of(CodeList.DUTIES)), "locality": f"huyen-{number}"}
        lives.append([Step("logistics", "task", f"duty-{number}", event) for event in life(rng, number, **duty)])
    names = dict.fromkeys((*rng.sample([steps[0].id for steps in lives[1:]], 20), "no-such-task"))
    lives += [[Step("logistics", "expense", name, event) for event in account(rng)] for name in names]
    firsts = {(steps[0].source, steps[0].entity, steps[0].id): steps for steps in lives}
    return [step for steps in firsts.values() for step in steps]


def switched() -> Event:
    return ScenarioSwitched(number=1, scenario="outbreak", reason=REASON)


def enveloped(steps: list[Step], seed: int) -> list[Envelope]:
    """What happens to one thing happens some hours apart, across midnight too."""
    rng, hours, envelopes = random.Random(seed), {}, []  # noqa: S311
    for source, entity, name, event in steps:
        hours[source, entity, name] = at = hours.get((source, entity, name), 0) + rng.randrange(1, 90)
        envelopes.append(envelope_of(event, source, entity, name, at))
    return envelopes


def views_of(envelopes: list[Envelope]) -> Mapping[str, Any]:
    folded, places = Folded(), dict.fromkeys(("subcommittee", *UNITS), 0)
    page = []
    for sequence, envelope in enumerate(envelopes, start=1):
        places[envelope.source] += 1
        entity = envelope.type.split(".")[2]
        stream = f"EVENTS_{envelope.source.upper()}_memory {places[envelope.source]} > > evt"
        subject = f"evt.memory.{envelope.source}.{entity}.{envelope.subject}"
        page.append(Stored(sequence, subject, BEGINNING, as_bytes(envelope), stream))
    folded.take(page, audited=False)
    assert not folded.parked
    return {name: list(documents.values()) for name, documents in folded.views.items()}
