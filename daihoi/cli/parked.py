"""`daihoi parked`: what the tracker could not take in, trying it again, and going on without it."""

from typing import Annotated, Any
from uuid import uuid4

import typer

from daihoi.cli import console
from daihoi.cli.arguments import NO_REASON
from daihoi.cli.console import Format, FormatOption, LangOption, TokenOption
from daihoi.cli.groups import CommandGroup
from daihoi.ops.reading import may_read_restricted
from daihoi.ops.session import Session, open_session
from daihoi.ops.supervisor import running_services
from daihoi.ops.waiting import Write, shortfall, until_all_in_views
from daihoi.terminal.parked import parked_lines, parked_table, retried_lines
from services.subcommittee.parked_event import DiscardParkedEvent
from services.tracker.history.repair import Retried, retry
from services.tracker.projection.errors import as_written
from services.tracker.projection.store import PARKED
from shared.domain.decider import Refusal
from shared.eventstore.rights import member_of
from shared.history.parked_rows import ORIGIN_GAP
from shared.i18n import translate
from shared.reports.parked import ParkedEvent, names_of_entity, parked_event, parked_events, waiting_behind
from shared.values.units import SUBCOMMITTEE
from shared.views.view import Document

NOT_PARKED = Refusal("parked_event_not_found", "Ledger event {sequence} is not parked.")
NOTHING_PARKED = Refusal("nothing_parked", "Nothing of {entity} is parked.")
BEHIND_A_GAP = Refusal(
    "behind_a_gap", "Ledger event {sequence} stands behind a gap; discarding it would not close the gap."
)

NOTHING_NAMED = Refusal("nothing_named", "Name a ledger event or an entity, or give --all.")

SequenceArgument = Annotated[int, typer.Argument(min=1, help="The ledger event.")]

parked = CommandGroup("What the tracker could not take in: list, show, retry, discard.")


async def _lot(session: Session) -> list[Document]:
    await session.check_views()
    return await session.views.documents(PARKED)


def _document(sequence: int, lot: list[Document]) -> Document:
    for document in lot:
        if document["_id"] == sequence:
            return document
    raise NOT_PARKED(sequence=sequence)


@parked.command("list")
def list_parked(format: FormatOption = Format.TEXT, lang: LangOption = None) -> None:  # noqa: A002
    """What is parked: which event, why, since when, and how many wait behind it."""
    settings, language = console.begin(lang)

    async def look() -> list[ParkedEvent]:
        async with open_session(settings) as session:
            lot = await _lot(session)
        with as_written():
            return parked_events(lot)

    events = console.run(look())
    content = [event.model_dump(mode="json") for event in events]
    console.show(format, content, lambda: parked_table(events, language))


@parked.command("show")
def show_parked(
    sequence: SequenceArgument,
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """All of one parked event: its body as stored, why it is parked, and what to do."""
    settings, language = console.begin(lang)

    async def look() -> dict[str, Any]:
        unmasked = await may_read_restricted(settings, token)
        async with open_session(settings) as session:
            lot = await _lot(session)
            return parked_event(_document(sequence, lot), lot, unmasked=unmasked)

    event = console.run(look())
    console.show(format, event, lambda: parked_lines(event, language))


@parked.command("retry")
def retry_parked(
    what: Annotated[str, typer.Argument(help="A ledger event, or task/1-03 or logistics/1-03")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Whatever is parked.")] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Try again with today's code, the entity's later events after it; exit 1 where something stays parked."""
    settings, language = console.begin(lang)
    if bool(what) == everything:
        console.refuse(NOTHING_NAMED())

    async def work() -> Retried:
        async with open_session(settings, writes=True) as session:
            subjects = None if everything else _subjects(what, await _lot(session))
            with console.progress_bar(translate("Trying again", language)) as on_progress:
                selects = (lambda _: True) if subjects is None else subjects.__contains__
                return await retry(session.ledger, session.views, selects, on_progress)

    done = console.run(work())
    content = done._asdict() | {"still_parked": [document["_id"] for document in done.still_parked]}
    console.show(format, content, lambda: retried_lines(done, language))
    raise typer.Exit(console.FOUND_WRONG if done.still_parked else 0)


def _subjects(what: str, lot: list[Document]) -> set[str]:
    """The subjects of the entities that `what` names. Raises the refusal that there is nothing of theirs."""
    if what.isascii() and what.isdigit():
        return {_document(int(what), lot)["subject"]}
    subjects = {document["subject"] for document in lot if what in names_of_entity(document["subject"])}
    if not subjects:
        raise NOTHING_PARKED(entity=what)
    return subjects


@parked.command("discard")
def discard_parked(
    sequence: SequenceArgument,
    reason: Annotated[str, typer.Option(help="Why the views are to go on without it; kept on record.")],
    token: Annotated[
        str,
        typer.Option(envvar="DAIHOI_TOKEN", show_envvar=False, help="Of the sub-committee: who discards."),
    ] = "",
    lang: LangOption = None,
) -> None:
    """Go on without a parked event, for ever and on record; what waits behind it is taken in."""
    settings, language = console.begin(lang)
    if not reason.strip():
        console.refuse(NO_REASON())

    async def work() -> tuple[int, int]:
        async with (
            open_session(settings, member_of(SUBCOMMITTEE), patience=console.patience()) as session,
            running_services(settings, session.servers, session.commands, (SUBCOMMITTEE, "tracker")),
        ):
            await until_all_in_views(session)
            lot = await _lot(session)
            document = _document(sequence, lot)
            if document["reason"] == ORIGIN_GAP:
                raise BEHIND_A_GAP(sequence=sequence)
            waited = set(waiting_behind(document, lot))
            write = await _send(session, document, reason, token)
            if why := await shortfall(session, write):
                raise why
            waiting = waited & {document["_id"] for document in await _lot(session)}
            return len(waited - waiting), len(waiting)

    taken_in, waiting = console.run(work())
    console.print_drawn(
        translate(
            "Ledger event {sequence} is discarded. Behind it: {taken_in} taken in, {waiting} still parked.",
            language,
            sequence=sequence,
            taken_in=taken_in,
            waiting=waiting,
        )
    )


async def _send(session: Session, document: Document, reason: str, token: str) -> Write:
    data = {
        "sequence": document["_id"],
        "stored_under": document["subject"],
        "origin_sequence": document["origin"]["sequence"],
        "reason": reason,
        "parked_as": document["reason"],
    }
    answer = await session.commands.send(SUBCOMMITTEE, DiscardParkedEvent.NAME, data, token=token, command_id=uuid4())
    return Write.of(session.settings.congress, SUBCOMMITTEE, answer)
