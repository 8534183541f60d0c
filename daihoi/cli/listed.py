"""What a command has to know of the code lists before it opens the congress: units that somebody names and this
process does not know, and what units are called in a file that is read first. Nothing is started to find out."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from daihoi.cli import console
from shared.values.units import may_be_unit, services, support_unit_ids

if TYPE_CHECKING:
    from nats.aio.client import Client


def check_service(name: str, names: Sequence[str]) -> None:
    """Ends the program as wrong use where none of `names` is this one, and the congress lists no such unit."""
    if name not in names and not is_listed(name):
        console.check_service(name, with_listed(names))


def is_listed(name: str) -> bool:
    """Whether the congress lists this unit, which then this process knows from now on. Where it does not, the process
    knows those that it lists, to say which there are. Where nobody can be asked, it does not."""

    async def look(connection: "Client", congress: str) -> bool:
        from daihoi.ops.listed_units import join, taking_part, units_on_record

        entries = taking_part(await units_on_record(connection, congress) or ())
        wanted = [entry for entry in entries if entry.id == name]
        join(wanted or entries)
        return bool(wanted)

    return name not in services() and may_be_unit(name) and bool(_answer_of(look))


def with_listed(names: Sequence[str]) -> tuple[str, ...]:
    """`names`, and the units that the congress lists and this process did not know, for whoever says which there
    are."""

    async def look(connection: "Client", congress: str) -> None:
        from daihoi.ops.listed_units import join, taking_part, units_on_record

        join(taking_part(await units_on_record(connection, congress) or ()))

    _answer_of(look)
    return tuple(dict.fromkeys((*names, *support_unit_ids())))


def take_names_if_there() -> None:
    """From now on everything is called as the congress calls it, where it can be asked: the ledger, or the views by
    who may not read it, as a member of a unit."""

    async def look(connection: "Client", congress: str) -> bool:
        from daihoi.ops.names import take_names_of_the_ledger
        from shared.eventstore.ledger import Ledger

        await take_names_of_the_ledger(Ledger(connection, congress))
        return True

    settings = console.read_settings()
    if not _answer_of(look) and settings.nats_url and not _is_at_work():
        from daihoi.ops.names import take_names_of_the_database

        console.run(take_names_of_the_database(settings))


def _answer_of[Answer](look: "Callable[[Client, str], Awaitable[Answer]]") -> Answer | None:
    from daihoi.ops.session import connected
    from shared.eventstore.errors import EventStoreError
    from shared.platform.embedded import keeper_lives
    from shared.platform.errors import PlatformError

    settings = console.read_settings()
    directory = settings.data_dir.absolute()
    if _is_at_work() or not (settings.nats_url or (directory.exists() and keeper_lives(directory))):
        return None

    async def work() -> Answer:
        async with connected(settings, wait_s=0) as connection:
            return await look(connection, settings.congress)

    try:
        return console.run(work())
    except (PlatformError, EventStoreError):
        return None


def _is_at_work() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
