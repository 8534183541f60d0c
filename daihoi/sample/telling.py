"""Telling the story of the sample congress through the services' real commands."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from daihoi.ops.session import Session
from daihoi.ops.waiting import Write, shortfall
from daihoi.sample.story import Sample, Step
from services.subcommittee.scenario import SwitchScenario
from services.tracker.reports.scenarios import in_force
from shared.domain.decider import Actor
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import decode
from shared.eventstore.errors import NoStream, Undecodable
from shared.i18n import translate
from shared.platform.errors import PlatformError
from shared.values.units import support_unit_ids

WAIT_TIMEOUT_S = 60
LOOK_EVERY_S = 0.05


async def check_only_the_sample_is_there(session: Session, sample: Sample) -> None:
    """Raises `PlatformError` where the congress has events that do not come from the sample: it may be a real one."""
    try:
        first = await session.ledger.event(1)
    except NoStream:
        return
    steps = (*sample.orders(), *sample.work(), *sample.scenarios())
    if first and not _comes_from(first, {str(step.command_id) for step in steps}):
        raise PlatformError(
            translate(
                "The congress {congress} has events that are not the sample's; nothing was told into it. Name "
                "another one by DAIHOI_CONGRESS.",
                session.settings.lang,
                congress=session.settings.congress,
            )
        )


def _comes_from(stored: Stored, command_ids: set[str]) -> bool:
    try:
        return decode(stored.body).correlationid in command_ids
    except Undecodable:
        return False


async def tell(session: Session, sample: Sample, on_progress: Callable[[int, int], None]) -> None:
    """Sends the whole story and waits until it is in the views. Raises `ProblemError` when a service refuses,
    `PlatformError` when tasks don't open or the views don't follow."""
    orders, work, scenarios = list(sample.orders()), list(sample.work()), list(sample.scenarios())
    total = len(orders) + len(work) + len(scenarios)
    sender = _Sender(session)
    for done, step in enumerate(orders, start=1):
        await sender.send(step)
        on_progress(done, total)
    await _wait_for_tasks(session, sample.task_ids())
    for done, step in enumerate(work, start=len(orders) + 1):
        if step.awaits:
            await _wait_for_document(session, step.awaits)
        await sender.send(step)
        on_progress(done, total)
    await _tell_scenarios(session, sender, scenarios)
    for write in sender.last_writes.values():
        if why := await shortfall(session, write):
            raise PlatformError(why)
    on_progress(total, total)


async def _tell_scenarios(session: Session, sender: "_Sender", steps: Sequence[Step]) -> None:
    """A switch is told once every unit has followed the one before."""
    switches = 0
    for step in steps:
        await sender.send(step)
        if step.command == SwitchScenario.NAME:
            switches += 1
            await _wait_for_units(session, switches)


class _Sender:
    """`last_writes`: that of each service; what it wrote before is in the views when this is."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.last_writes: dict[str, Write] = {}

    async def send(self, step: Step) -> None:
        service, token = step.service, self._session.token(Actor(step.actor, step.actor.partition(".")[0]))
        answer = await self._session.commands.send(
            service, step.command, step.data, token=token, command_id=step.command_id, happened=step.happened
        )
        write = Write.of(self._session.settings.congress, service, answer)
        self.last_writes[service] = max(
            write, self.last_writes.get(service, write), key=lambda one: one.sequences[-1]
        )


async def _wait_for_tasks(session: Session, expected: set[str]) -> None:
    """Until the units' policies have opened every task and the tracker shows it."""

    async def missing() -> int:
        return len(expected - {task["_id"] for task in await session.views.documents("tasks")})

    await _wait_for(missing, "tasks are not open")


async def _wait_for_document(session: Session, name: str) -> None:
    """Until a policy has done its part and the tracker shows it."""
    view, _, key = name.partition("/")

    async def missing() -> int:
        return 0 if await session.views.documents(view, _id=key) else 1

    await _wait_for(missing, f"documents ({name}) are not there")


async def _wait_for_units(session: Session, number: int) -> None:
    """Until every unit has followed this switch or a later one and the tracker shows it."""

    async def missing() -> int:
        scenario = in_force(await session.views.documents("scenarios"))
        return len(scenario.behind) if scenario and scenario.number >= number else len(support_unit_ids())

    await _wait_for(missing, "units have not followed the switch")


async def _wait_for(missing: Callable[[], Awaitable[int]], what: str) -> None:
    deadline = time.monotonic() + WAIT_TIMEOUT_S
    while (count := await missing()) > 0:
        if time.monotonic() > deadline:
            raise PlatformError(f"{count} {what} after {WAIT_TIMEOUT_S} s; see the services' logs")
        await asyncio.sleep(LOOK_EVERY_S)
