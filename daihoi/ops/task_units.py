"""Which unit has a task, for who names the task alone."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pymongo.errors import PyMongoError

from services.tracker.projection.errors import ViewsBroken
from services.tracker.projection.store import ViewStore
from shared.domain.decider import Command, Refusal
from shared.platform.embedded import endpoints
from shared.platform.errors import PlatformError
from shared.platform.mongo import mongo_database
from shared.platform.settings import Settings
from shared.reports.pages import tasks_called

PATIENCE_MS = 2_000
SEVERAL_UNITS = Refusal(
    "several_units", "Several units have a task {task_id}: {units}; name one of them, such as unit={first}."
)


def takes_unit_of_task(command: type[Command]) -> bool:
    """Whether the command names a task and, beside it, the unit whose it is."""
    return {"unit", "task_id"} <= {name for name, field in command.model_fields.items() if field.is_required()}


async def unit_of_task(settings: Settings, data: Mapping[str, Any]) -> dict[str, str]:
    """The field `unit`, as the views know whose task it is; empty where it is given, or not known. Raises a refusal
    where several units have a task of this number."""
    task_id = data.get("task_id")
    if "unit" in data or not isinstance(task_id, str):
        return {}
    units = sorted(await _units(settings, task_id))
    if len(units) > 1:
        raise SEVERAL_UNITS(task_id=task_id, units=", ".join(units), first=units[0])
    return {"unit": units[0]} if units else {}


async def _units(settings: Settings, task_id: str) -> set[str]:
    with suppress(PlatformError, PyMongoError, ViewsBroken, OSError, TimeoutError), endpoints(settings) as servers:
        async with (
            asyncio.timeout(PATIENCE_MS / 1000),
            mongo_database(servers.mongo_url, settings.database, PATIENCE_MS, reads_only=True) as database,
        ):
            tasks = await ViewStore(database).documents("tasks")
            return {document["unit"] for document in tasks_called(tasks, task_id, "")}
    return set()
