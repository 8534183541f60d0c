"""Importing a register of organisations: read a file, compare it with the view, send what changes to the
sub-committee's service."""

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid5

from daihoi.importing.opening import content_of, printable
from daihoi.importing.register import NO_WISHES, Listed, RegisterWishes, read_register
from daihoi.importing.register_changes import RegisterChange, commands, compare
from daihoi.importing.sending import Committed, send_batches
from daihoi.importing.session import IMPORTS
from daihoi.ops.session import Session
from daihoi.ops.waiting import until_all_in_views
from services.subcommittee.organisation import RegisterOrganisations
from services.tracker.queries import views_at_once
from shared.domain.decider import Actor
from shared.values.units import SUBCOMMITTEE


class RegisterSource(NamedTuple):
    """A file that was read without error, and what is said beside it: the kind of new organisations, and since when
    positions are newly held."""

    name: str
    digest: str
    listed: Listed
    kind: str = ""
    since: date | None = None


class RegisterPreview(NamedTuple):
    """What would change, and the ledger event at which that was found out."""

    change: RegisterChange
    sequence: int


def read(file: Path, wishes: RegisterWishes = NO_WISHES) -> RegisterSource:
    """Raises `Unreadable`."""
    content = content_of(file)
    listed = read_register(content, wishes)
    return RegisterSource(
        printable(file.name), hashlib.sha256(content).hexdigest(), listed, wishes.kind, wishes.since
    )


async def preview(session: Session, source: RegisterSource) -> RegisterPreview:
    """Against the view, once it has all that the sub-committee has written. Raises `PlatformError` where it does not
    get it."""
    await until_all_in_views(session, SUBCOMMITTEE)
    checkpoint, views, _ = await views_at_once(session.views, ("organisations",))
    return RegisterPreview(
        compare(source.listed, views["organisations"], source.kind, source.since), checkpoint.sequence
    )


def command_id(source: RegisterSource, sequence: int, number: int) -> UUID:
    """As that of a batch of the catalogue's: what is compared at one ledger event is always the same."""
    return uuid5(IMPORTS, f"{source.digest}/register/{source.kind}/{source.since}/{sequence}/{number}")


async def carry_out(
    session: Session,
    source: RegisterSource,
    planned: RegisterPreview,
    actor: Actor,
    on_progress: Callable[[int, int], None],
) -> Committed:
    """One command a batch, in order; a batch that is refused ends it. Sending it all again does only the rest."""
    batches = commands(planned.change, session.commands.max_body_bytes)
    numbered = [(command_id(source, planned.sequence, number), data) for number, data in enumerate(batches, start=1)]
    to_change = len(planned.change.told)
    return await send_batches(
        session,
        RegisterOrganisations.NAME,
        numbered,
        actor,
        lambda done: on_progress(min(done, to_change), to_change),
    )
