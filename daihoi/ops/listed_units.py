"""Units that a congress lists and that have no code. Their service is the one that all units have; this process, and
what it starts, come to know it as if the setting had named it."""

import os
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress

from nats.aio.client import Client

from services.subcommittee import code_list, listed
from shared.domain.decider import Refusal, Refused
from shared.eventstore.jetstream_api import services_with_streams
from shared.eventstore.names import event_subject
from shared.eventstore.operating import provide_streams
from shared.eventstore.store import EventStore
from shared.platform.embedded import Endpoints
from shared.platform.errors import PlatformError
from shared.platform.settings import Settings
from shared.unit.loading import Loader
from shared.values.code_lists import CodeList, Entries, Entry
from shared.values.units import LONGEST_TITLE, SETTING, SUBCOMMITTEE, MalformedUnits, support_units

TOO_MANY = Refusal("too_many_units_listed", "The list of units and {setting} together: {setting} {reason}.")


async def units_on_record(connection: Client, congress: str) -> Entries | None:
    """The list of units as the sub-committee's stream has it; nothing where it was never changed, or can't be read,
    which the sub-committee's service tells. Raises `Unavailable`."""
    store = EventStore(connection, congress, SUBCOMMITTEE)
    if await store.missing():
        return None
    try:
        state = (await Loader(store, (code_list.AGGREGATE,), None).load(listed.UNITS)).state
    except Refused:
        return None
    return None if state is None else listed.entries_held(CodeList.UNITS, state)


def taking_part(entries: Iterable[Entry]) -> list[Entry]:
    """The entries of units that take part and that this process does not know."""
    registered = {unit.id for unit in support_units()}
    return [entry for entry in entries if not entry.retired and entry.id not in registered]


def join(entries: Iterable[Entry]) -> None:
    """Has this process, and all that it starts from now on, know these units. Raises `PlatformError` where they are
    too many."""
    before = os.environ.get(SETTING, "")
    os.environ[SETTING] = ";".join(filter(None, (before, *map(_as_setting, entries))))
    try:
        support_units()
    except MalformedUnits as error:
        os.environ[SETTING] = before
        raise PlatformError(TOO_MANY(setting=SETTING, reason=error.message)) from error


def _as_setting(entry: Entry) -> str:
    """What the setting can't hold is left out of a title: whoever reads the congress has the title from its list."""
    vi, en = (
        " ".join(re.sub(r"[\[\]|;\x00-\x1f]", " ", text).split())[:LONGEST_TITLE]
        for text in (entry.name.vi, entry.name.en)
    )
    return f"{entry.id}={vi}|{en}"


async def join_listed(connection: Client, settings: Settings, servers: Endpoints) -> list[Entry]:
    """The units that were new to this process. Beside embedded servers their streams are made; where the servers are
    named, whoever runs those makes them, and only units that have them join. Raises what `provision` raises, and
    `PlatformError`."""
    entries = taking_part(await units_on_record(connection, settings.congress) or ())
    if settings.nats_url:
        joined = await services_with_streams(connection, settings.congress)
        entries = [entry for entry in entries if entry.id in joined]
    if entries:
        join(entries)
        await provide_streams(settings, servers)
    return entries


async def changes_of_the_list(connection: Client, congress: str) -> AsyncIterator[None]:
    """Yields once it listens, and whenever the ledger tells that the list of units was changed."""
    subject = event_subject(congress, SUBCOMMITTEE, *listed.UNITS)
    subscription = await connection.subscribe(f"ledger.{congress}.{subject}")
    try:
        await connection.flush()
        yield
        async for _ in subscription.messages:
            yield
    finally:
        with suppress(Exception):
            await subscription.unsubscribe()
