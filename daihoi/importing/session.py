"""Importing a catalogue: read a file, compare it with the view, send what changes to the sub-committee's service."""

from collections.abc import Callable
from pathlib import Path

from daihoi.importing.sending import Committed, send_batches
from daihoi.ops.session import Session
from daihoi.ops.waiting import until_all_in_views
from services.subcommittee.catalogue import ImportCatalogue
from services.subcommittee.importing.annex import NO_WISHES, Wishes
from services.subcommittee.importing.opening import content_of
from services.subcommittee.importing.planning import Preview, Source, numbered_commands, planned, source_of
from services.tracker.queries import published_catalogue
from shared.domain.decider import Actor
from shared.values.units import SUBCOMMITTEE


def read(file: Path, catalogue_id: str, wishes: Wishes = NO_WISHES) -> Source:
    """Raises `Unreadable`."""
    return source_of(file.name, content_of(file), catalogue_id, wishes)


async def preview(session: Session, source: Source) -> Preview:
    """Against the view, once it has all that the sub-committee has written. Raises `PlatformError` where it does not
    get it."""
    await until_all_in_views(session, SUBCOMMITTEE)
    sequence, published = await published_catalogue(session.views)
    beside = {name: await session.views.documents(name) for name in ("code_lists", "organisations", "tasks")}
    return planned(source, {"catalogue": published, **beside}, sequence)


async def carry_out(
    session: Session, source: Source, planned: Preview, actor: Actor, on_progress: Callable[[int, int], None]
) -> Committed:
    """Sends one command a batch, in order; a batch that is refused ends it. Sending it all again does only the
    rest."""
    change = planned.change
    to_change = len(change.new) + len(change.changed) + len(change.removed)
    numbered = numbered_commands(source, planned, session.commands.max_body_bytes)
    return await send_batches(
        session, ImportCatalogue.NAME, numbered, actor, lambda done: on_progress(done, to_change)
    )
