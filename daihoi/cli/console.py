"""What every command of `daihoi` shares: where it says things, its options, and how it ends."""

import logging
import os
import sys
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated, Any, NoReturn
from uuid import UUID

import typer
from pydantic import ValidationError

from daihoi.cli.language import Lang, speak, spoken
from daihoi.cli.shell import FOUND_WRONG as FOUND_WRONG
from daihoi.cli.shell import WRONG_USE, writing
from daihoi.ops.other_ups import others_run
from daihoi.terminal.screen import Screen, harmless_json
from shared.domain.decider import Refusal, Refused
from shared.eventstore.canonical import indented, json_line
from shared.i18n import Language, render, translate
from shared.platform.settings import Settings
from shared.unit.field_errors import message_of
from shared.unit.patience import WAIT_FOR_SERVICE_S, Patience
from shared.values.message import Message
from shared.values.names_in_use import Names, names_in_use, use_names
from shared.values.secrecy import masked
from shared.values.units import READING, TRACKER, services

NAME_HELP = "subcommittee, tracker, or the id of a support unit"
NO_SUCH_SERVICE = Refusal("no_such_service", "There is no service {name}; there are {services}.")
NOT_MEANT = Refusal("service_not_meant", "{name} can't be named here; these can: {services}.")
out = Screen()
err = Screen(stderr=True)


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="text for people, json for programs.")]
AnswerFormatOption = Annotated[
    Format,
    typer.Option("--format", help="text: once it is in the views, what is on record; json: the service's answer."),
]
LangOption = Annotated[Lang | None, typer.Option("--lang", is_eager=True, help="vi or en; otherwise DAIHOI_LANG.")]
TodayOption = Annotated[
    str | None,
    typer.Option("--today", metavar="YYYY-MM-DD", help="The day to report for; otherwise the calendar's."),
]
CommandIdOption = Annotated[UUID | None, typer.Option("--id", help="The command's id; a new one otherwise.")]
HappenedOption = Annotated[
    str | None, typer.Option(help="When it happened, Vietnamese time where it names no zone; now otherwise.")
]
ActorOption = Annotated[
    str,
    typer.Option(
        "--as",
        envvar="DAIHOI_AS",
        show_envvar=False,
        help="UNIT.POSITION that gives the command; otherwise that of DAIHOI_AS, or the token in DAIHOI_TOKEN says "
        "who.",
    ),
]
TokenOption = Annotated[
    str,
    typer.Option(
        "--token", envvar="DAIHOI_TOKEN", show_envvar=False, help="Shows what only security and the auditor may read."
    ),
]
WaitForServiceOption = Annotated[
    float,
    typer.Option(
        "--wait-for-service",
        min=0,
        max=3600,
        metavar="SECONDS",
        help="How long to wait for a service that does not run, as while it is started again.",
    ),
]
FreshOption = Annotated[bool, typer.Option("--fresh", help="Start with empty embedded servers.")]


def read_settings() -> Settings:
    """Ends the program as wrong use where the environment can't be meant."""
    try:
        return Settings()
    except ValidationError as error:
        wrong_use("; ".join(map(_wrong_setting, error.errors())))


def _wrong_setting(error: Any) -> str:
    name = "_".join(map(str, error["loc"])).upper()
    return f"DAIHOI_{name}: {render(message_of(error), spoken())}"


def begin(lang: Lang | None) -> tuple[Settings, Language]:
    """The settings, and the language of the command. Ends the program as `read_settings`."""
    return read_settings(), speak(lang.value) if lang else spoken()


def write(text: bytes) -> None:
    """JSON, all of it: with `PYTHONUNBUFFERED` stdout may take only a part at a time. Raises `NotWritten`."""
    left = memoryview(harmless_json(text))
    with writing():
        while left:
            left = left[sys.stdout.buffer.write(left) :]


def write_json(content: Any) -> None:
    write(indented(content))


def write_lines(documents: Iterable[Any]) -> None:
    """Writes each document as a line of JSON."""
    for document in documents:
        write(json_line(document))


@contextmanager
def progress_bar(label: str, *, counts: bool = True) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr; call it with how much is done and how much there is. Says how much in percent alone where what
    `counts` is nothing that a person would count."""
    from rich import progress as bars

    how_much = bars.MofNCompleteColumn() if counts else bars.TaskProgressColumn()
    columns = (bars.TextColumn("{task.description}"), bars.BarColumn(), how_much, bars.TimeRemainingColumn())
    with bars.Progress(*columns, console=err) as progress:
        bar = progress.add_task(label, total=None)
        yield lambda done, total: progress.update(bar, completed=done, total=total)


def say(sentence: str) -> None:
    """On stderr, in one line as far as it goes."""
    err.print(sentence, soft_wrap=True)


def patience(seconds: float = WAIT_FOR_SERVICE_S) -> Patience:
    """Waits for a service that does not run, and says so to whoever looks at a terminal."""
    return Patience(seconds, _say_that_it_waits if err.is_terminal else lambda *_: None)


def _say_that_it_waits(service: str, seconds: float) -> None:
    say(
        translate(
            "{service} does not answer; waiting for it, {seconds} s at most (Ctrl-C ends this).",
            spoken(),
            service=service,
            seconds=f"{seconds:g}",
        )
    )
    if others := others_run(read_settings()):
        say(render(others, spoken()))


def wrong_use(sentence: str) -> NoReturn:
    say(sentence)
    raise typer.Exit(WRONG_USE)


def refuse(refused: Refused) -> NoReturn:
    """Wrong use, in a sentence."""
    wrong_use(render(refused.message, spoken()))


class _Said(logging.Handler):
    """On a command line people are told what is a sentence of ours, in their language. What else a module has to say
    is for whoever looks into it, with DAIHOI_DEBUG=1."""

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(sentence := getattr(record, "sentence", None), Message):
            say(masked(render(sentence, spoken())))
        elif os.environ.get("DAIHOI_DEBUG") == "1":
            say(masked(record.getMessage()))


SAID = _Said(logging.WARNING)


def run[Result](work: Coroutine[Any, Any, Result]) -> Result:
    import uvloop

    if not logging.root.handlers:  # else it is a service, which has a log
        logging.root.addHandler(SAID)
    result, names = uvloop.run(_with_names(work))
    use_names(names)
    return result


async def _with_names[Result](work: Coroutine[Any, Any, Result]) -> tuple[Result, Names]:
    """What the work took over holds for what is made of its result."""
    return await work, names_in_use()


@contextmanager
def refusals_are_wrong_use() -> Iterator[None]:
    """For what is refused before anything is done."""
    try:
        yield
    except Refused as refused:
        refuse(refused)


def check_service(name: str, names: Sequence[str]) -> None:
    """Ends the program as wrong use where none of them has this name."""
    if name not in names:
        no_service = NOT_MEANT if name in (*services(), TRACKER, *READING) else NO_SUCH_SERVICE
        refuse(no_service(name=name, services=", ".join(names)))


def show(format: Format, content: Any, draw: Callable[[], Any]) -> None:  # noqa: A002
    """`content` as JSON, or what is drawn of it."""
    if format is Format.JSON:
        write_json(content)
    else:
        print_drawn(draw())


def print_drawn(drawn: Any) -> None:
    """Something that can be printed, or several."""
    for part in [drawn] if isinstance(drawn, str) or not isinstance(drawn, Iterable) else drawn:
        out.print(part, soft_wrap=isinstance(part, str))
