"""`daihoi catalogue`: what a file would change in the catalogue of work, and changing it."""

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from daihoi.cli import console
from daihoi.cli.console import Format, FormatOption, LangOption
from daihoi.cli.groups import CommandGroup
from daihoi.cli.import_questions import columns_of, read_asking
from daihoi.cli.listed import take_names_if_there
from daihoi.cli.sending import PatienceOption
from daihoi.importing.annex import Wishes
from daihoi.importing.items import values_of
from daihoi.importing.session import Committed, Preview, Source, carry_out, preview
from daihoi.importing.tables import Unreadable, Wrong
from daihoi.importing.template import template
from daihoi.ops.session import open_session
from daihoi.ops.supervisor import running_services
from daihoi.ops.waiting import PATIENCE_S, shortfall
from daihoi.terminal.catalogue import counts_of, end_lines, error_lines, import_parts, numbers_of
from shared.domain.decider import Actor, Refusal
from shared.eventstore.rights import member_of
from shared.i18n import render, translate
from shared.platform.files import new_file, why_not
from shared.unit.issuer import provide_issuer_keys
from shared.unit.problems import problem_of
from shared.values.types import ID_PATTERN
from shared.values.units import SUBCOMMITTEE, TRACKER

NOT_THE_SUBCOMMITTEE = Refusal(
    "not_the_subcommittee", "The catalogue is the sub-committee's: --as names {position}, not {given}."
)
NO_CATALOGUE_ID = Refusal("no_catalogue_id", "A catalogue's id has letters, digits, _ and -; not {name}.")
NO_SUCH_FILE = Refusal("no_such_file", "There is no file {path}.")
IS_A_FOLDER = Refusal("is_a_folder", "{path} is a folder, no file.")

FILE_THERE = Refusal("file_already_there", "There is a file {path} already; name another, or move it away.")
NOT_WRITABLE = Refusal("file_not_written", "{path} can't be written: {reason}.")

catalogue = CommandGroup("The catalogue of work: import, and an empty workbook for it.")


@catalogue.command("import")
def import_catalogue(
    file: Annotated[Path, typer.Argument(help="XLSX, or CSV in UTF-8.")],
    actor: Annotated[str, typer.Option("--as", help="UNIT.POSITION, such as subcommittee.office")],
    commit: Annotated[bool, typer.Option("--commit", help="Do it; otherwise it is only told.")] = False,
    name: Annotated[str, typer.Option("--catalogue", help="The catalogue's id; otherwise the congress's.")] = "",
    columns: Annotated[
        str, typer.Option("--columns", metavar="HEADING=FIELD,…", help="What headings are that nobody knows.")
    ] = "",
    for_unit: Annotated[str, typer.Option("--unit", help="The unit of all tasks, where no column says it.")] = "",
    phase: Annotated[str, typer.Option("--phase", help="The phase of all tasks, where no column says it.")] = "",
    case: Annotated[str, typer.Option("--case", help="The case of all tasks, where no column says it.")] = "",
    accept: Annotated[bool, typer.Option("--accept", help="Take unclear cells as it is proposed.")] = False,
    patience: PatienceOption = PATIENCE_S,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Show what a file would change in the catalogue, and with --commit change it."""
    settings, language = console.begin(lang)
    unit, _, position = actor.partition(".")
    if unit != SUBCOMMITTEE or not position:
        console.refuse(NOT_THE_SUBCOMMITTEE(position=f"{SUBCOMMITTEE}.POSITION", given=actor))
    if name and not re.fullmatch(ID_PATTERN, name):
        console.refuse(NO_CATALOGUE_ID(name=name))
    if file.is_dir() or not file.exists():
        console.refuse(IS_A_FOLDER(path=file) if file.is_dir() else NO_SUCH_FILE(path=file))
    wishes = Wishes(columns_of(columns), for_unit, phase, case, accepts_all=accept)
    asks = format is Format.TEXT
    take_names_if_there()
    try:
        source = read_asking(file, name or settings.congress, wishes, settings, language, asks=asks)
    except Unreadable as unreadable:
        if format is Format.JSON:
            console.write_json({"errors": [_error_as_json(error) for error in unreadable.errors]})
        for line in error_lines(unreadable.errors, language):
            console.say(line)
        raise typer.Exit(console.FOUND_WRONG) from unreadable

    async def work() -> tuple[Preview, Committed | None]:
        if commit:
            provide_issuer_keys(settings)
        begins, waiting = not settings.nats_url, console.patience()
        async with open_session(settings, member_of(SUBCOMMITTEE), begins=begins, patience=waiting) as session:
            services = (SUBCOMMITTEE, TRACKER) if commit else (TRACKER,)
            async with running_services(settings, session.servers, session.commands, services):
                planned = await preview(session, source)
                if not commit or planned.change.refused:
                    return planned, None
                with console.progress_bar(translate("Importing", language)) as on_progress:
                    done = await carry_out(session, source, planned, Actor(actor, unit), on_progress)
                if done.write:
                    done = done._replace(why_not_shown=await shortfall(session, done.write, patience))
                return planned, done

    for remark in source.remarks:
        console.say(render(remark.message, language))
    planned, done = console.run(work())
    if format is Format.JSON:
        console.write_json(_as_json(source, planned, done))
    else:
        console.print_drawn(import_parts(source, planned, language))
        for line, is_wrong in end_lines(planned.change, done, language):
            (console.err if is_wrong else console.out).print(line, soft_wrap=True)
    went_wrong = planned.change.refused or (done and (done.problem or done.why_not_shown))
    raise typer.Exit(console.FOUND_WRONG if went_wrong else 0)


@catalogue.command("template")
def write_template(
    file: Annotated[Path, typer.Argument(help="The XLSX file to write.")],
    lang: LangOption = None,
) -> None:
    """Write an empty workbook that an office can fill in and import."""
    _, language = console.begin(lang)
    take_names_if_there()
    try:
        with new_file(file) as opened:
            opened.write(template())
    except FileExistsError:
        console.refuse(FILE_THERE(path=file))
    except OSError as error:
        console.refuse(NOT_WRITABLE(path=file, reason=why_not(error)))
    written = translate("{file} is written; fill it in below the example, then import it.", language, file=file.name)
    console.say(written)


# --- for programs ---
def _as_json(source: Source, planned: Preview, done: Committed | None) -> dict[str, Any]:
    change = planned.change
    return {
        "file": source.name,
        "catalogue": source.catalogue,
        "ledger_sequence": planned.sequence,
        "counts": counts_of(change),
        "new": [values_of(item) for item in change.new],
        "changed": [
            {
                "code": item.code,
                "fields": {name: {"before": old, "after": new} for name, (old, new) in fields.items()},
            }
            for item, fields in change.changed
        ],
        "removed": [values_of(item) for item in change.removed],
        "remarks": [_error_as_json(Wrong(0, "", remark)) for remark in source.remarks],
        "errors": [_error_as_json(Wrong(0, "", refused)) for refused in change.refused],
        "committed": done and _end_as_json(done),
    }


def _end_as_json(done: Committed) -> dict[str, Any]:
    content = numbers_of(done) | {"problem": done.problem and done.problem.model_dump(mode="json")}
    if done.why_not_shown:
        content["why_not_shown"] = problem_of(done.why_not_shown).model_dump(mode="json")
    return content


def _error_as_json(error: Wrong) -> dict[str, Any]:
    content = {
        "row": error.row or None,
        "column": error.column or None,
        "code": error.why.code,
        "detail": render(error.why.message, "en"),
        "detail_vi": render(error.why.message, "vi"),
    }
    return content | {"can_be_accepted": True} if error.unclear else content
