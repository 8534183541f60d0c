"""What every import of a file does on the command line: whose it is, what it would change, and changing it."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from daihoi.cli import console
from daihoi.cli.console import Format
from daihoi.importing.sending import Committed
from daihoi.ops.session import Session, open_session
from daihoi.ops.supervisor import running_services
from daihoi.ops.waiting import shortfall
from daihoi.terminal.catalogue import error_lines, numbers_of
from shared.domain.decider import Refusal
from shared.entering.tables import Unreadable, Wrong
from shared.eventstore.rights import member_of
from shared.i18n import Language, render, translate
from shared.platform.files import new_file, why_not
from shared.platform.settings import Settings
from shared.unit.issuer import provide_issuer_keys
from shared.unit.problems import problem_of
from shared.values.units import SUBCOMMITTEE, TRACKER

NO_SUCH_FILE = Refusal("no_such_file", "There is no file {path}.")
IS_A_FOLDER = Refusal("is_a_folder", "{path} is a folder, no file.")
FILE_THERE = Refusal("file_already_there", "There is a file {path} already; name another, or move it away.")
NOT_WRITABLE = Refusal("file_not_written", "{path} can't be written: {reason}.")
NO_OFFICE = Refusal("no_office_named", "Say who does it: --as {position}, or the same in DAIHOI_AS.")

FileArgument = Annotated[Path, typer.Argument(help="XLSX, or CSV in UTF-8.")]
OfficeOption = Annotated[
    str,
    typer.Option(
        "--as",
        envvar="DAIHOI_AS",
        show_envvar=False,
        help="UNIT.POSITION, such as subcommittee.office; otherwise that of DAIHOI_AS.",
    ),
]
CommitOption = Annotated[bool, typer.Option("--commit", help="Do it; otherwise it is only told.")]
ColumnsOption = Annotated[
    str, typer.Option("--columns", metavar="HEADING=FIELD,…", help="What headings are that nobody knows.")
]
AcceptOption = Annotated[bool, typer.Option("--accept", help="Take unclear cells as it is proposed.")]
NewFileArgument = Annotated[Path, typer.Argument(help="The XLSX file to write.")]

type Progress = Callable[[int, int], None]


def check_office(actor: str, otherwise: Refusal) -> None:
    """Ends the program as wrong use where it is none of the sub-committee's."""
    unit, _, position = actor.partition(".")
    if not actor:
        console.refuse(NO_OFFICE(position=f"{SUBCOMMITTEE}.office"))
    if unit != SUBCOMMITTEE or not position:
        console.refuse(otherwise(given=actor))


def check_file(file: Path) -> None:
    if file.is_dir() or not file.exists():
        console.refuse(IS_A_FOLDER(path=file) if file.is_dir() else NO_SUCH_FILE(path=file))


def end_unread(errors: Sequence[Wrong], format: Format, lang: Language) -> NoReturn:  # noqa: A002
    """Says what is wrong with the file, and ends the program."""
    if format is Format.JSON:
        console.write_json({"errors": [error_as_json(error) for error in errors]})
    for line in error_lines(errors, lang):
        console.say(line)
    raise typer.Exit(console.FOUND_WRONG) from Unreadable(*errors)


def plan_and_do[Planned](
    settings: Settings,
    lang: Language,
    plan: Callable[[Session], Awaitable[Planned]],
    do: Callable[[Session, Planned, Progress], Awaitable[Committed]],
    *,
    may_do: Callable[[Planned], bool],
    commit: bool,
    patience_s: float,
) -> tuple[Planned, Committed | None]:
    """What would change, and with `commit`, where it may be done, what came of it; the services that it needs run
    meanwhile where the servers are embedded."""

    async def work() -> tuple[Planned, Committed | None]:
        if commit:
            provide_issuer_keys(settings)
        begins, waiting = not settings.nats_url, console.patience()
        async with open_session(settings, member_of(SUBCOMMITTEE), begins=begins, patience=waiting) as session:
            services = (SUBCOMMITTEE, TRACKER) if commit else (TRACKER,)
            async with running_services(settings, session.servers, session.commands, services):
                planned = await plan(session)
                if not commit or not may_do(planned):
                    return planned, None
                with console.progress_bar(translate("Importing", lang)) as on_progress:
                    done = await do(session, planned, on_progress)
                if done.write:
                    done = done._replace(why_not_shown=await shortfall(session, done.write, patience_s))
                return planned, done

    return console.run(work())


def write_new(file: Path, content: bytes, lang: Language) -> None:
    """Ends the program as wrong use where there is such a file, or it can't be written."""
    try:
        with new_file(file) as opened:
            opened.write(content)
    except FileExistsError:
        console.refuse(FILE_THERE(path=file))
    except OSError as error:
        console.refuse(NOT_WRITABLE(path=file, reason=why_not(error)))
    console.say(translate("{file} is written; fill it in below the example, then import it.", lang, file=file.name))


# --- for programs ---
def end_as_json(done: Committed) -> dict[str, Any]:
    content = numbers_of(done) | {"problem": done.problem and done.problem.model_dump(mode="json")}
    if done.why_not_shown:
        content["why_not_shown"] = problem_of(done.why_not_shown).model_dump(mode="json")
    return content


def error_as_json(error: Wrong) -> dict[str, Any]:
    content = {
        "row": error.row or None,
        "column": error.column or None,
        "code": error.why.code,
        "detail": render(error.why.message, "en"),
        "detail_vi": render(error.why.message, "vi"),
    }
    return content | {"can_be_accepted": True} if error.unclear else content
