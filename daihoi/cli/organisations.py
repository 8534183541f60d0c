"""`daihoi organisations`: what a file would change on the register of organisations, and changing it."""

from typing import Annotated, Any

import typer

from daihoi.cli import console
from daihoi.cli.console import Format, FormatOption, LangOption
from daihoi.cli.groups import CommandGroup
from daihoi.cli.import_questions import Asking, columns_of
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
from daihoi.cli.sending import PatienceOption
from daihoi.cli.view_selection import day_option
from daihoi.importing.register_session import carry_out, preview, read
from daihoi.importing.sending import Committed
from daihoi.ops.session import PATIENCE_S
from daihoi.terminal.register_import import counts_of, end_lines, import_parts, masked
from services.subcommittee.importing.register import RegisterWishes
from services.subcommittee.importing.register_headings import OF_ORGANISATIONS
from services.subcommittee.importing.register_planning import RegisterPreview, RegisterSource
from services.subcommittee.importing.register_template import register_template
from shared.domain.decider import Actor, Refusal
from shared.entering.tables import Unreadable, Wrong
from shared.events.organisation import OrganisationKind
from shared.i18n import render
from shared.values.units import SUBCOMMITTEE

NOT_THE_SUBCOMMITTEE = Refusal(
    "not_the_subcommittee", "The register is the sub-committee's: --as names subcommittee.POSITION, not {given}."
)

organisations = CommandGroup("The register of organisations: import, and an empty workbook for it.")


@organisations.command("import")
def import_register(
    file: FileArgument,
    actor: OfficeOption = "",
    commit: CommitOption = False,
    columns: ColumnsOption = "",
    kind: Annotated[
        OrganisationKind | None, typer.Option(help="The kind of new organisations, where the file does not say it.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="Since when positions are held, where the file does not say it."),
    ] = None,
    accept: AcceptOption = False,
    patience: PatienceOption = PATIENCE_S,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Show what a file would change on the register, and with --commit change it."""
    settings, language = console.begin(lang)
    check_office(actor, NOT_THE_SUBCOMMITTEE)
    check_file(file)
    headings = columns_of(columns, OF_ORGANISATIONS)
    wishes = RegisterWishes(headings, kind or "", day_option(since), accepts_all=accept)
    asking = Asking(settings, language, OF_ORGANISATIONS, asks=format is Format.TEXT)
    try:
        source = asking.until_read(lambda wishes: read(file, wishes), wishes)
    except Unreadable as unreadable:
        end_unread(unreadable.errors, format, language)
    for remark in source.listed.remarks:
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
    if planned.change.refused and format is Format.TEXT:
        end_unread(planned.change.refused, format, language)
    if format is Format.JSON:
        console.write_json(_as_json(source, planned, done))
    else:
        console.print_drawn(import_parts(source, planned, language))
        for line, is_wrong in end_lines(planned.change, done, language):
            (console.err if is_wrong else console.out).print(line, soft_wrap=True)
    went_wrong = planned.change.refused or (done and (done.problem or done.why_not_shown))
    raise typer.Exit(console.FOUND_WRONG if went_wrong else 0)


@organisations.command("template")
def write_template(file: NewFileArgument, lang: LangOption = None) -> None:
    """Write an empty workbook that an office can fill in and import."""
    _, language = console.begin(lang)
    write_new(file, register_template(), language)


# --- for programs ---
def _as_json(source: RegisterSource, planned: RegisterPreview, done: Committed | None) -> dict[str, Any]:
    change = planned.change
    return {
        "file": source.name,
        "ledger_sequence": planned.sequence,
        "counts": counts_of(change),
        "changes": [
            {
                "new": row.is_new,
                "organisation": row.organisation,
                "position": row.position or None,
                "fields": {name: {"before": old, "after": new} for name, (old, new) in masked(row.fields).items()},
            }
            for row in change.rows
        ],
        "remarks": [error_as_json(Wrong(0, "", remark)) for remark in source.listed.remarks],
        "errors": [error_as_json(error) for error in change.refused],
        "committed": done and end_as_json(done),
    }
