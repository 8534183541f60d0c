"""Waiting until the units have followed a switch of the scenario."""

import asyncio
import time

from daihoi.ops.session import Session
from daihoi.ops.waiting import LOOK_EVERY_S
from shared.reports.lists_in_use import units_in_use
from shared.reports.scenarios import in_force
from shared.views.code_lists import VIEW


async def units_behind(session: Session, patience_s: float) -> list[str]:
    """The units that have not followed the switch in force when the patience is over; none once all have."""
    deadline = time.monotonic() + patience_s
    while True:
        listed = units_in_use({VIEW.name: await session.views.documents(VIEW.name)})
        scenario = in_force(await session.views.documents("scenarios"), listed)
        if scenario is None or not scenario.behind:
            return []
        if time.monotonic() > deadline:
            return scenario.behind
        await asyncio.sleep(LOOK_EVERY_S)
