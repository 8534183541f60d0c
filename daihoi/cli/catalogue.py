"""`daihoi catalogue`: what a file would change in the catalogue of work, and changing it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from daihoi.cli.console import (
    FOUND_WRONG,
    Format,
    FormatOption,
    LangOption,
    as_json,
    err,
    language_of,
    out,
    progress_bar,
    read_settings,
    run,
    write,
    wrong_use,
)
from daihoi.importing.changes import Change
from daihoi.importing.items import values_of
from daihoi.importing.session import Committed, Preview, Source, carry_out, preview, read
from daihoi.importing.tables import Unreadable, Wrong
from daihoi.ops.session import open_session
from daihoi.ops.supervisor import running_services
from daihoi.ops.waiting import shortfall
from services.subcommittee.catalogue import Item
from shared.domain.decider import Actor
from shared.i18n import Language, render, translate
from shared.unit.issuer import provide_issuer_keys
from shared.unit.problems import problem_of
from shared.values.types import ID_PATTERN, SUBCOMMITTEE

ROWS_SHOWN = 30

catalogue = typer.Typer(no_args_is_help=True, help="The catalogue of work: import.")


@catalogue.callback()
def _more_commands_may_come() -> None:
    """The catalogue of work: import."""


@catalogue.command("import")
def import_catalogue(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="XLSX, or CSV in UTF-8.")],
    actor: Annotated[str, typer.Option("--as", help="UNIT.POSITION, such as subcommittee.office")],
    commit: Annotated[bool, typer.Option("--commit", help="Do it; otherwise it is only told.")] = False,
    name: Annotated[str, typer.Option("--catalogue", help="The catalogue's id; otherwise the congress's.")] = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Show what a file would change in the catalogue, and with --commit change it."""
    settings = read_settings()
    language = language_of(settings, lang)
    unit, _, position = actor.partition(".")
    if unit != SUBCOMMITTEE or not position:
        wrong_use(f"the catalogue is the sub-committee's: give {SUBCOMMITTEE}.POSITION, not {actor!r}")
    if name and not re.fullmatch(ID_PATTERN, name):
        wrong_use(f"a catalogue's id has letters, digits, _ and -; got {name!r}")
    try:
        source = read(file, name or settings.congress)
    except Unreadable as unreadable:
        _tell_errors(unreadable.errors, format, language)
        raise typer.Exit(FOUND_WRONG) from unreadable

    async def work() -> tuple[Preview, Committed | None]:
        if commit:
            provide_issuer_keys(settings)
        async with open_session(settings, begins=not settings.nats_url) as session:
            services = (SUBCOMMITTEE, "tracker") if commit else ("tracker",)
            async with running_services(settings, session.servers, session.commands, services):
                found = await preview(session, source)
                if not commit or found.change.refused:
                    return found, None
                with progress_bar(translate("Importing", language)) as on_progress:
                    done = await carry_out(session, source, found, Actor(actor, unit), on_progress)
                if done.write:
                    done = done._replace(why_not_shown=await shortfall(session, done.write))
                return found, done

    for remark in source.remarks:
        err.print(render(remark.message, language), soft_wrap=True)
    found, done = run(work())
    if format is Format.JSON:
        write(as_json(_told(source, found, done)))
    else:
        _print(source, found, done, language)
    went_wrong = done and (done.problem or done.why_not_shown)
    raise typer.Exit(FOUND_WRONG if found.change.refused or went_wrong else 0)


def _counts(change: Change) -> dict[str, int]:
    return {
        "new": len(change.new),
        "changed": len(change.changed),
        "removed": len(change.removed),
        "unchanged": change.unchanged,
    }


# --- for programs ---
def _told(source: Source, found: Preview, done: Committed | None) -> dict[str, Any]:
    change = found.change
    return {
        "file": source.name,
        "catalogue": source.catalogue,
        "ledger_sequence": found.sequence,
        "counts": _counts(change),
        "new": [values_of(item) for item in change.new],
        "changed": [
            {
                "code": item.code,
                "fields": {name: {"before": old, "after": new} for name, (old, new) in fields.items()},
            }
            for item, fields in change.changed
        ],
        "removed": [values_of(item) for item in change.removed],
        "remarks": [_told_error(Wrong(0, "", remark)) for remark in source.remarks],
        "errors": [_told_error(Wrong(0, "", refused)) for refused in change.refused],
        "committed": done and _told_end(done),
    }


def _told_end(done: Committed) -> dict[str, Any]:
    told: dict[str, Any] = {**_numbers(done), "problem": done.problem and done.problem.model_dump(mode="json")}
    if done.why_not_shown:
        told["why_not_shown"] = problem_of(done.why_not_shown).model_dump(mode="json")
    return told


def _told_error(error: Wrong) -> dict[str, Any]:
    return {
        "row": error.row or None,
        "column": error.column or None,
        "code": error.why.code,
        "detail": render(error.why.message, "en"),
        "detail_vi": render(error.why.message, "vi"),
    }


# --- for people ---
def _tell_errors(errors: Sequence[Wrong], format: Format, lang: Language) -> None:  # noqa: A002
    if format is Format.JSON:
        write(as_json({"errors": [_told_error(error) for error in errors]}))
    for error in errors:
        err.print(f"{_place(error, lang)}{render(error.why.message, lang)}", soft_wrap=True)
    err.print(translate("{count} errors; nothing was written.", lang, count=len(errors)))


def _place(error: Wrong, lang: Language) -> str:
    if error.row and error.column:
        return translate("Row {row}, column {column}: ", lang, row=error.row, column=error.column)
    return translate("Row {row}: ", lang, row=error.row) if error.row else ""


def _print(source: Source, found: Preview, done: Committed | None, lang: Language) -> None:
    change = found.change
    told = {"file": source.name, "catalogue": source.catalogue, "sequence": found.sequence}
    title = translate("{file} against the catalogue {catalogue} at ledger event {sequence}", lang, **told)
    out.print(title, soft_wrap=True)
    out.print(_table_of_counts(change, lang))
    lines = [
        *((translate("new", lang), item, "") for item in change.new),
        *((translate("changed", lang), each.item, _fields(each.fields)) for each in change.changed),
        *((translate("removed", lang), item, "") for item in change.removed),
    ]
    if lines:
        out.print(_table_of_items(lines[:ROWS_SHOWN], lang))
    if len(lines) > ROWS_SHOWN:
        out.print(translate("… and {count} more; --format json has all.", lang, count=len(lines) - ROWS_SHOWN))
    for refused in change.refused:
        err.print(render(refused.message, lang), soft_wrap=True)
    _print_end(change, done, lang)


def _print_end(change: Change, done: Committed | None, lang: Language) -> None:
    if change.refused:
        err.print(translate("{count} errors; nothing was written.", lang, count=len(change.refused)))
    elif change.changes_nothing:
        out.print(translate("The catalogue is so already; nothing was written.", lang))
    elif done is None:
        out.print(translate("Nothing was written yet; --commit does it.", lang))
    elif done.problem is None:
        out.print(translate("Done: {events} events in {batches} batches.", lang, **_numbers(done)))
    else:
        err.print(f"{done.problem.code}: {done.problem.told(lang)}", soft_wrap=True)
        rest = translate(
            "{stored} of {batches} batches are stored; import again for the rest.", lang, **_numbers(done)
        )
        err.print(rest, soft_wrap=True)
    if done and done.why_not_shown:
        err.print(f"{done.why_not_shown.code}: {render(done.why_not_shown.message, lang)}", soft_wrap=True)


def _numbers(done: Committed) -> dict[str, int]:
    return {"batches": done.batches, "stored": done.stored, "events": done.events}


def _table_of_counts(change: Change, lang: Language) -> Table:
    table = Table()
    labels = (translate("new", lang), translate("changed", lang), translate("removed", lang))
    for label in (*labels, translate("unchanged", lang)):
        table.add_column(label, justify="right")
    table.add_row(*(str(count) for count in _counts(change).values()))
    return table


def _table_of_items(lines: Sequence[tuple[str, Item, str]], lang: Language) -> Table:
    table = Table()
    for label in ("", translate("Code", lang), translate("Title", lang), translate("What changes", lang)):
        table.add_column(label, overflow="fold")
    for kind, item, fields in lines:
        table.add_row(kind, item.code, item.title.en if lang == "en" and item.title.en else item.title.vi, fields)
    return table


def _fields(fields: Mapping[str, tuple[Any, Any]]) -> str:
    return "\n".join(f"{name}: {old} → {new}" for name, (old, new) in fields.items())
