"""Importing a register of organisations: read a file, compare it with the view, send what changes to the
sub-committee's service."""

from collections.abc import Callable
from pathlib import Path

from daihoi.importing.sending import Committed, send_batches
from daihoi.ops.session import Session
from daihoi.ops.waiting import until_all_in_views
from services.subcommittee.importing.opening import content_of
from services.subcommittee.importing.register import NO_WISHES, RegisterWishes
from services.subcommittee.importing.register_planning import (
    RegisterPreview,
    RegisterSource,
    numbered_commands,
    planned,
    source_of,
)
from services.subcommittee.organisation import RegisterOrganisations
from services.tracker.queries import views_at_once
from shared.domain.decider import Actor
from shared.values.units import SUBCOMMITTEE


def read(file: Path, wishes: RegisterWishes = NO_WISHES) -> RegisterSource:
    """Raises `Unreadable`."""
    return source_of(file.name, content_of(file), wishes)


async def preview(session: Session, source: RegisterSource) -> RegisterPreview:
    """Against the view, once it has all that the sub-committee has written. Raises `PlatformError` where it does not
    get it."""
    await until_all_in_views(session, SUBCOMMITTEE)
    checkpoint, views, _ = await views_at_once(session.views, ("organisations",))
    return planned(source, views["organisations"], checkpoint.sequence)


async def carry_out(
    session: Session,
    source: RegisterSource,
    planned: RegisterPreview,
    actor: Actor,
    on_progress: Callable[[int, int], None],
) -> Committed:
    """Sends one command a batch, in order; a batch that is refused ends it. Sending it all again does only the
    rest."""
    numbered = numbered_commands(source, planned, session.commands.max_body_bytes)
    to_change = len(planned.change.rows)
    return await send_batches(
        session,
        RegisterOrganisations.NAME,
        numbered,
        actor,
        lambda done: on_progress(min(done, to_change), to_change),
    )
