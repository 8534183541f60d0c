"""`daihoi audit`: the event history, replayed, looked at and verified."""

from datetime import datetime
from typing import Annotated, Any, cast

import typer

from daihoi.cli.console import (
    FOUND_WRONG,
    Format,
    FormatOption,
    LangOption,
    TokenOption,
    as_json,
    err,
    language_of,
    out,
    progress_bar,
    read_settings,
    refusals_are_wrong_use,
    refuse,
    run,
    write,
)
from daihoi.cli.groups import CommandGroup
from daihoi.cli.view_selection import ByOption, InstantOption, instant_asked, looking_at
from daihoi.ops.session import check_congress, open_session
from daihoi.terminal import audit as terminal
from services.tracker.access import may_read_restricted
from services.tracker.health import loss_findings
from services.tracker.history.as_of import Asked, By
from services.tracker.history.diff import Difference, difference, masked
from services.tracker.history.replay import Filter, entity_named, replay
from services.tracker.history.silence import silence, silence_lines
from services.tracker.history.snapshots import Snapshots
from services.tracker.history.verify import Verdict, verify
from services.tracker.history.view_selection import stretch_of
from services.tracker.projection.store import COLLECTIONS
from services.tracker.queries import instant_of, timeline
from shared.domain.decider import Refusal
from shared.eventstore.canonical import json_line
from shared.eventstore.ledger import Ledger
from shared.i18n import Language, translate
from shared.platform.embedded import endpoints
from shared.platform.nats import nats_connection
from shared.unit.findings import Finding
from shared.values.local_time import LOCAL_TIME

NO_SUCH_VIEW = Refusal("no_such_view", "There is no view {view}; there are {views}.")
audit = CommandGroup("The event history: replay, timeline, as-of, diff, verify.")


@audit.command("replay")
def audit_replay(
    unit: Annotated[str, typer.Option(help="Only events of this service.")] = "",
    entity: Annotated[str, typer.Option(help="Only this entity: 1-03, task/1-03, logistics/1-03, or task.")] = "",
    actor: Annotated[str, typer.Option(help="Only what this actor did.")] = "",
    type: Annotated[str, typer.Option(help="Only this event type: task.completed, or all of task.")] = "",  # noqa: A002
    first: Annotated[str | None, typer.Option("--from", help="From this sequence, time or day on.")] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="Up to this sequence or time, or the end of this day.")
    ] = None,
    by: Annotated[By, typer.Option("--by", help="Which time of an event --from and --to mean.")] = By.RECORDED,
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Every event as it was recorded, in order, from the ledger itself; exit 1 where a name is on no record."""
    settings = read_settings()
    language = language_of(lang)
    with refusals_are_wrong_use():
        wanted = Filter(unit, entity_named(entity), actor, type, *stretch_of(first, last, by), by)

    async def show() -> bool:
        unmasked = may_read_restricted(settings, token)
        with endpoints(settings, with_mongo=False) as servers:
            async with nats_connection(servers.nats_url, "daihoi audit") as connection:
                await check_congress(connection, settings)
                ledger, count = Ledger(connection, settings.congress), 0
                async for line in replay(ledger, wanted, unmasked=unmasked):
                    count += 1
                    if format is Format.JSON:
                        write(json_line(line))
                    else:
                        out.print(terminal.history_line(line, language), soft_wrap=True)
                return count > 0 or await _every_name_is_known(ledger, wanted, language)

    raise typer.Exit(0 if run(show()) else FOUND_WRONG)


async def _every_name_is_known(ledger: Ledger, wanted: Filter, lang: Language) -> bool:
    """Says why nothing was found."""
    why = await silence(ledger, wanted)
    for line in silence_lines(why, wanted, lang):
        err.print(line, soft_wrap=True)
    return not why.unknown


@audit.command("timeline")
def audit_timeline(
    entity: Annotated[str, typer.Argument(help="1-03, task/1-03, logistics/1-03, or a symbol: 76-KH/TU")],
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """What happened to one entity, and what each event changed."""
    settings = read_settings()

    async def look() -> list[dict[str, Any]]:
        unmasked = may_read_restricted(settings, token)
        async with open_session(settings) as session:
            await session.check_views()
            return await timeline(session.views, session.ledger, entity_named(entity), unmasked=unmasked)

    rows = run(look())
    if not rows:
        err.print(translate("There is no event about {entity}.", language_of(lang), entity=entity))
        raise typer.Exit(FOUND_WRONG)
    if format is Format.JSON:
        for row in rows:
            write(json_line(row))
    else:
        for line in terminal.timeline_lines(rows, language_of(lang)):
            out.print(line, soft_wrap=True)


@audit.command("as-of")
def audit_as_of(
    at: InstantOption,
    by: ByOption = By.RECORDED,
    view: Annotated[str, typer.Option(help="Show the documents of this view.")] = "",
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Every view as it was at an instant: how many documents, their digest; or the documents of one view."""
    settings = read_settings()
    language = language_of(lang)
    asked = cast("Asked", instant_asked(at, by))
    if view and view not in COLLECTIONS:
        refuse(NO_SUCH_VIEW(view=view, views=", ".join(COLLECTIONS)))

    async def look() -> dict[str, Any]:
        unmasked = may_read_restricted(settings, token)
        head = Format.JSON if view else format
        async with looking_at(settings, asked, language, head=head) as looked:
            shown = await instant_of(looked.views, looked.session.views, view, unmasked=unmasked)
            return asked.for_programs | shown

    found = run(look())
    if format is Format.JSON:
        write(as_json(found))
    elif view:
        for document in found["documents"]:
            write(json_line(document))
    else:
        out.print(terminal.instant_table(found, language))
        out.print(f"{translate('Digest of the views', language)}: {found['digest']}", soft_wrap=True)


@audit.command("diff")
def audit_diff(
    first: Annotated[str, typer.Argument(metavar="A", help="A ledger sequence or a time; a day is its end.")],
    second: Annotated[
        str | None, typer.Argument(metavar="B", help="A later one; otherwise the end of the ledger.")
    ] = None,
    by: ByOption = By.RECORDED,
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Every document and field that differs between two instants, and the events that changed them."""
    settings = read_settings()
    language = language_of(lang)
    earlier = cast("Asked", instant_asked(first, by))
    later = instant_asked(second, by if second is not None else By.RECORDED)

    async def look() -> Difference:
        unmasked = may_read_restricted(settings, token)
        async with open_session(settings) as session:
            now = datetime.now(LOCAL_TIME) if by is By.HAPPENED else await session.ledger.last_sequence()
            with refusals_are_wrong_use(), progress_bar(translate("Folding", language)) as on_progress:
                snapshots = Snapshots(session.views.database)
                until = later or Asked(now, by)
                found = await difference(earlier, until, session.ledger, snapshots, on_progress)
        return found if unmasked else masked(found)

    found = run(look())
    if format is Format.JSON:
        write(as_json(found.model_dump(mode="json")))
    else:
        for line in terminal.difference_lines(found, language):
            out.print(line, soft_wrap=True)


@audit.command("verify")
def audit_verify(format: FormatOption = Format.TEXT, lang: LangOption = None) -> None:  # noqa: A002
    """Fold the ledger afresh and compare it with the live views; exit 1 where they differ or events are parked."""
    settings = read_settings()
    language = language_of(lang)

    async def prove() -> tuple[Verdict, list[Finding]]:
        async with open_session(settings) as session:
            await session.check_views()
            with progress_bar(translate("Verifying", language)) as on_progress:
                verdict = await verify(session.ledger, session.views, on_progress)
            return verdict, await loss_findings(session.ledger, await session.views.checkpoint())

    verdict, lost = run(prove())
    if format is Format.JSON:
        found = {"lost": [loss.model_dump(mode="json") for loss in lost]} if lost else {}
        write(as_json({"holds": verdict.holds, **verdict._asdict(), **found}))
    else:
        print_verdict(verdict, language)
        for loss in lost:
            out.print(f"{loss.detail_in(language)} {loss.advice_in(language)}", soft_wrap=True)
    raise typer.Exit(0 if verdict.nothing_wrong and not lost else FOUND_WRONG)


def print_verdict(verdict: Verdict, lang: Language) -> None:
    for line in terminal.verdict_lines(verdict, lang):
        out.print(line, soft_wrap=True)
