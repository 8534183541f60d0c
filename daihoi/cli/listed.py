"""Units that somebody names and this process does not know: where the congress lists them, it does from then on."""

import asyncio
from collections.abc import Sequence

from daihoi.cli import console
from shared.values.units import may_be_unit, services


def check_service(name: str, names: Sequence[str]) -> None:
    """Ends the program as wrong use where none of `names` is this one, and the congress lists no such unit."""
    if name not in names and not is_listed(name):
        console.check_service(name, names)


def is_listed(name: str) -> bool:
    """Whether the congress lists this unit; then this process knows it from now on. Nothing is started to find out,
    and where nobody can be asked, it is not."""
    if name in services() or not may_be_unit(name) or _is_at_work():
        return False
    from daihoi.ops.listed_units import join, taking_part, units_on_record
    from daihoi.ops.session import connected
    from shared.eventstore.errors import EventStoreError
    from shared.platform.embedded import keeper_lives
    from shared.platform.errors import PlatformError

    settings = console.read_settings()
    directory = settings.data_dir.absolute()
    if not settings.nats_url and not (directory.exists() and keeper_lives(directory)):
        return False

    async def look() -> bool:
        async with connected(settings, begins=True, wait_s=0) as connection:
            entries = taking_part(await units_on_record(connection, settings.congress) or ())
        wanted = [entry for entry in entries if entry.id == name]
        join(wanted)
        return bool(wanted)

    try:
        return console.run(look())
    except (PlatformError, EventStoreError):
        return False


def _is_at_work() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
