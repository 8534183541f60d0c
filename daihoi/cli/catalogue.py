"""`daihoi catalogue`: what a file would change in the catalogue of work, and changing it."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from daihoi.cli import console
from daihoi.cli.assigning import NOT_THE_SUBCOMMITTEE, assign
from daihoi.cli.console import Format, FormatOption, LangOption
from daihoi.cli.groups import CommandGroup
from daihoi.cli.import_questions import columns_of, read_asking
from daihoi.cli.importing import (
    AcceptOption,
    ColumnsOption,
    CommitOption,
    FileArgument,
    NewFileArgument,
    OfficeOption,
    check_file,
    check_office,
    end_as_json,
    end_unread,
    error_as_json,
    plan_and_do,
    write_new,
)
from daihoi.cli.listed import take_names_if_there
from daihoi.cli.names_given import say_doubts
from daihoi.cli.sending import PatienceOption
from daihoi.importing.sending import Committed
from daihoi.importing.session import carry_out, preview
from daihoi.ops.session import PATIENCE_S
from daihoi.terminal.catalogue import counts_of, end_lines, import_parts
from daihoi.terminal.kept_tasks import kept_lines
from services.subcommittee.importing.annex import Wishes
from services.subcommittee.importing.items import values_of
from services.subcommittee.importing.planning import Preview, Source
from services.subcommittee.importing.template import template
from shared.domain.decider import Actor, Refusal
from shared.entering.tables import Unreadable, Wrong
from shared.i18n import render
from shared.values.types import ID_PATTERN
from shared.values.units import SUBCOMMITTEE

NO_CATALOGUE_ID = Refusal("no_catalogue_id", "A catalogue's id has letters, digits, _ and -; not {name}.")

catalogue = CommandGroup("The catalogue of work: import, assign, and an empty workbook for it.")


@catalogue.command("import")
def import_catalogue(
    file: FileArgument,
    actor: OfficeOption = "",
    commit: CommitOption = False,
    name: Annotated[str, typer.Option("--catalogue", help="The catalogue's id; otherwise the congress's.")] = "",
    columns: ColumnsOption = "",
    for_unit: Annotated[str, typer.Option("--unit", help="The unit of all tasks, where no column says it.")] = "",
    phase: Annotated[str, typer.Option("--phase", help="The phase of all tasks, where no column says it.")] = "",
    case: Annotated[str, typer.Option("--case", help="The case of all tasks, where no column says it.")] = "",
    accept: AcceptOption = False,
    patience: PatienceOption = PATIENCE_S,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Show what a file would change in the catalogue, and with --commit change it."""
    settings, language = console.begin(lang)
    check_office(actor, NOT_THE_SUBCOMMITTEE)
    if name and not re.fullmatch(ID_PATTERN, name):
        console.refuse(NO_CATALOGUE_ID(name=name))
    check_file(file)
    wishes = Wishes(columns_of(columns), for_unit, phase, case, accepts_all=accept)
    asks = format is Format.TEXT
    take_names_if_there()
    try:
        source = read_asking(file, name or settings.congress, wishes, settings, language, asks=asks)
    except Unreadable as unreadable:
        end_unread(unreadable.errors, format, language)
    for remark in source.remarks:
        console.say(render(remark.message, language))
    planned, done = plan_and_do(
        settings,
        language,
        lambda session: preview(session, source),
        lambda session, planned, on_progress: carry_out(
            session, source, planned, Actor(actor, SUBCOMMITTEE), on_progress
        ),
        may_do=lambda planned: not planned.change.refused,
        commit=commit,
        patience_s=patience,
    )
    if format is Format.JSON:
        console.write_json(_as_json(source, planned, done))
    else:
        console.print_drawn(import_parts(source, planned, language))
        for remark in planned.remarks:
            console.say(render(remark.message, language))
        say_doubts(planned.doubts)
        for line in kept_lines(planned.kept, language):
            console.say(line)
        for line, is_wrong in end_lines(planned.change, done, language):
            (console.err if is_wrong else console.out).print(line, soft_wrap=True)
    went_wrong = planned.change.refused or (done and (done.problem or done.why_not_shown))
    raise typer.Exit(console.FOUND_WRONG if went_wrong else 0)


catalogue.command("assign")(assign)


@catalogue.command("template")
def write_template(file: NewFileArgument, lang: LangOption = None) -> None:
    """Write an empty workbook that an office can fill in and import."""
    _, language = console.begin(lang)
    take_names_if_there()
    write_new(file, template(), language)


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
            {"code": item.code, "fields": _pairs(fields, "before", "after")} for item, fields in change.changed
        ],
        "removed": [values_of(item) for item in change.removed],
        "tasks_kept": [
            {"unit": task.unit, "task_id": task.task_id, "fields": _pairs(task.fields, "task", "file")}
            for task in planned.kept
        ],
        "names": [doubt.model_dump(mode="json") for doubt in planned.doubts],
        "remarks": [error_as_json(Wrong(0, "", remark)) for remark in (*source.remarks, *planned.remarks)],
        "errors": [error_as_json(Wrong(0, "", refused)) for refused in change.refused],
        "committed": done and end_as_json(done),
    }


def _pairs(fields: Mapping[str, tuple[Any, Any]], first: str, second: str) -> dict[str, Any]:
    return {name: {first: one, second: other} for name, (one, other) in fields.items()}
