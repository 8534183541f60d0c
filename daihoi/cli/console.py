"""What every command of `daihoi` shares: where it says things, its options, and how it ends.

Exit codes: 0 fine, 1 found something wrong, 2 wrong use.
"""

import json
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import Annotated, Any, NoReturn

import orjson
import typer
import uvloop
from pydantic import ValidationError
from pymongo.errors import PyMongoError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from daihoi.terminal.screen import Screen, harmless_json
from services.tracker.projection.store import FenceLost
from shared.domain.decider import Refused
from shared.eventstore.errors import EventStoreError
from shared.i18n import Language, render
from shared.platform.errors import PlatformError
from shared.platform.mongo import in_words
from shared.platform.settings import Settings

FOUND_WRONG = 1
WRONG_USE = 2

out = Screen()
err = Screen(stderr=True)


class NotWritten(Exception):
    """Standard output takes nothing; the message says why."""


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


class Lang(StrEnum):
    VI = "vi"
    EN = "en"


FormatOption = Annotated[Format, typer.Option("--format", help="text for people, json for programs.")]
LangOption = Annotated[Lang | None, typer.Option("--lang", help="vi or en; otherwise DAIHOI_LANG.")]
TodayOption = Annotated[
    str | None,
    typer.Option("--today", metavar="YYYY-MM-DD", help="The day to report for; otherwise the calendar's."),
]
TokenOption = Annotated[
    str,
    typer.Option(
        "--token", envvar="DAIHOI_TOKEN", show_envvar=False, help="Shows what only security and the auditor may read."
    ),
]
FreshOption = Annotated[bool, typer.Option("--fresh", help="Start with empty embedded servers.")]


def read_settings() -> Settings:
    try:
        settings = Settings()
    except ValidationError as error:
        wrong_use(
            "; ".join(f"DAIHOI_{'_'.join(map(str, e['loc'])).upper()}: {_why(e['msg'])}" for e in error.errors())
        )
    _spoken.set(settings.lang)
    return settings


def _why(message: str) -> str:
    return message.removeprefix("Value error, ")


_spoken: ContextVar[Language] = ContextVar("spoken")


def language_of(settings: Settings, lang: Lang | None) -> Language:
    """Also the language of errors that come from below from now on."""
    language: Language = lang.value if lang else settings.lang
    _spoken.set(language)
    return language


def spoken() -> Language:
    """The language of the command at work, or of the environment before one is."""
    return _spoken.get("en" if os.environ.get("DAIHOI_LANG") == "en" else "vi")


def as_json(value: Any) -> bytes:
    """Indented; sums in it may have more than 64 bits."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        return f"{json.dumps(value, indent=2, ensure_ascii=False)}\n".encode()


def write(text: bytes) -> None:
    """JSON, all of it: with `PYTHONUNBUFFERED` stdout may take only a part at a time. Raises `NotWritten`."""
    left = memoryview(harmless_json(text))
    try:
        while left:
            left = left[sys.stdout.buffer.write(left) :]
    except OSError as error:
        raise NotWritten(error.strerror or str(error)) from error


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr; call it with how much is done and how much there is."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err) as progress:
        bar = progress.add_task(label, total=None)
        yield lambda done, total: progress.update(bar, completed=done, total=total)


def say(sentence: str) -> None:
    """On stderr, in one line as far as it goes."""
    err.print(sentence, soft_wrap=True)


def wrong_use(sentence: str) -> NoReturn:
    say(sentence)
    raise typer.Exit(WRONG_USE)


def refuse(refused: Refused, lang: Language) -> NoReturn:
    """Wrong use, told in the language asked for."""
    wrong_use(render(refused.message, lang))


def run[Result](work: Coroutine[Any, Any, Result]) -> Result:
    """Runs `work`; what can go wrong outside becomes a sentence and exit code 1."""
    with told_in_words():
        return uvloop.run(work)


@contextmanager
def told_in_words() -> Iterator[None]:
    """What can go wrong outside becomes a sentence and exit code 1."""
    try:
        yield
    except KeyboardInterrupt as error:
        say("stopped")
        raise typer.Exit(FOUND_WRONG) from error
    except Exception as error:
        if (sentence := sentence_of(error)) is None:
            raise
        say(sentence)
        raise typer.Exit(FOUND_WRONG) from error


def sentence_of(error: BaseException) -> str | None:
    """What people are told of an error that comes from outside; `None` where it doesn't."""
    match error:
        case PlatformError(why=Refused() as why):
            return f"{why.code}: {render(why.message, spoken())}"
        case PlatformError() | EventStoreError() | FenceLost() | TimeoutError():
            return in_words(error) or type(error).__name__
        case PyMongoError():
            return f"MongoDB: {in_words(error)}"
        case _:
            return None
