"""Telling the story of the sample congress through the services' real commands."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date

from daihoi.ops.extents import stream_lengths
from daihoi.ops.session import Session
from daihoi.ops.waiting import Write, shortfall, until_all_in_views
from daihoi.sample.story import Sample, Step
from services.subcommittee.scenario import SwitchScenario
from services.tracker.handed_up import shown_by
from services.tracker.queries import consolidated_report
from shared.domain.decider import Actor, Refusal
from shared.eventstore.envelope import decode
from shared.eventstore.errors import NoStream, Undecodable
from shared.platform.errors import PlatformError
from shared.reports.scenarios import in_force
from shared.unit.consumer import consumer_info
from shared.values.message import Message
from shared.values.symbol import DocumentSymbol
from shared.values.units import support_unit_ids

NOT_THE_SAMPLES = Refusal(
    "not_the_samples",
    "The congress {congress} has events that are not the sample's; nothing was told into it. Name another one by "
    "DAIHOI_CONGRESS.",
)
SAMPLE_STUCK = Refusal("sample_stuck", "After {seconds} s {what}; see the services' logs.")
TASKS_NOT_OPEN = Message("tasks_not_open", "{count} tasks are not open")
DOCUMENT_NOT_THERE = Message("document_not_there", "{name} is not in the views")
POLICIES_AT_WORK = Message("policies_at_work", "{count} units are still at work")
UNITS_BEHIND = Message("units_behind", "{count} units have not followed the switch")
WAIT_TIMEOUT_S = 60
LOOK_EVERY_S = 0.05


async def check_only_the_sample_is_there(session: Session, sample: Sample) -> None:
    """Raises `PlatformError` where the congress has events that do not come from the sample: it may be a real one."""
    try:
        first = await session.ledger.event(1)
    except NoStream:
        return
    steps = (*sample.orders(), *sample.work(), *sample.scenarios())
    with suppress(Undecodable):
        if first is None or decode(first.body).correlationid in {str(step.command_id) for step in steps}:
            return
    raise PlatformError(NOT_THE_SAMPLES(congress=session.settings.congress))


async def tell(session: Session, sample: Sample, on_progress: Callable[[int, int], None]) -> None:
    """Sends the whole story and waits until it is in the views. Raises `ProblemError` when a service refuses,
    `PlatformError` when tasks don't open or the views don't follow."""
    orders, work, scenarios = list(sample.orders()), list(sample.work()), list(sample.scenarios())
    steps = [*orders, *work, *scenarios]
    last_writes: dict[str, Write] = {}  # what a service wrote before is in the views when its last write is
    switches = 0
    is_issued = False
    for done, step in enumerate(steps, start=1):
        if done == len(orders) + 1:
            await _wait_for_tasks(session, sample.task_ids())
        if done > len(orders) and not is_issued and sample.issues_before(step):
            await issue_report(session, sample)
            is_issued = True
        if step.awaits:
            await _wait_for_document(session, step.awaits)
        write = await _send(session, step)
        last_writes[step.service] = max(
            write, last_writes.get(step.service, write), key=lambda one: one.sequences[-1]
        )
        if step.command == SwitchScenario.NAME:
            switches += 1
            await _wait_for_units(session, switches)
        on_progress(done, len(steps))
    for write in last_writes.values():
        if why := await shortfall(session, write):
            raise PlatformError(why)


async def _send(session: Session, step: Step) -> Write:
    token = session.token(Actor(step.actor, step.actor.partition(".")[0]))
    answer = await session.commands.send(
        step.service, step.command, step.data, token=token, command_id=step.command_id, happened=step.happened
    )
    return Write.of(session.settings.congress, step.service, answer)


async def issue_report(session: Session, sample: Sample) -> None:
    """Hands the report up as it stands by then, unless it was. All policies have done their part before, so that the
    same story told anew issues the same."""
    symbol = DocumentSymbol.parse(sample.congress["report"]["symbol"])
    if await session.views.documents("issued_reports", _id=symbol.entity_id):
        return
    await _wait_for(lambda: _unsettled(session), POLICIES_AT_WORK)
    today = date.fromisoformat(sample.congress["report"]["issued_on"])
    report = await consolidated_report(session.settings.congress, session.views, session.ledger, today)
    await _send(session, sample.report(shown_by(report)))


async def _unsettled(session: Session) -> int:
    """How many units are at work; 0 once everything is in the views, and no policy will write anything more."""
    congress, connection = session.settings.congress, session.connection
    before = await stream_lengths(session, WAIT_TIMEOUT_S)
    await until_all_in_views(session)
    consumers = [await consumer_info(connection, congress, unit) for unit in support_unit_ids()]
    at_work = sum(bool(info.get("num_pending") or info.get("num_ack_pending")) for info in consumers)
    return at_work + (await stream_lengths(session, WAIT_TIMEOUT_S) != before)


async def _wait_for_tasks(session: Session, expected: set[str]) -> None:
    """Until the units' policies have opened every task and the tracker shows it."""

    async def missing() -> int:
        return len(expected - {task["_id"] for task in await session.views.documents("tasks")})

    await _wait_for(missing, TASKS_NOT_OPEN)


async def _wait_for_document(session: Session, name: str) -> None:
    """Until a policy has done its part and the tracker shows it."""
    view, _, key = name.partition("/")

    async def missing() -> int:
        return 0 if await session.views.documents(view, _id=key) else 1

    await _wait_for(missing, DOCUMENT_NOT_THERE.filled(name=name))


async def _wait_for_units(session: Session, number: int) -> None:
    """Until every unit has followed this switch or a later one and the tracker shows it."""

    async def missing() -> int:
        scenario = in_force(await session.views.documents("scenarios"))
        return len(scenario.behind) if scenario and scenario.number >= number else len(support_unit_ids())

    await _wait_for(missing, UNITS_BEHIND)


async def _wait_for(missing: Callable[[], Awaitable[int]], otherwise: Message) -> None:
    deadline = time.monotonic() + WAIT_TIMEOUT_S
    while (count := await missing()) > 0:
        if time.monotonic() > deadline:
            what = otherwise.filled(**otherwise.params, count=count)
            raise PlatformError(SAMPLE_STUCK(what=what, seconds=WAIT_TIMEOUT_S))
        await asyncio.sleep(LOOK_EVERY_S)
