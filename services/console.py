"""What every command of `daihoi` shares: where it says things, its options, and how it ends.

Exit codes: 0 fine, 1 found something wrong, 2 wrong use.
"""

import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated, Any, NoReturn

import orjson
import typer
import uvloop
from pydantic import ValidationError
from pymongo.errors import PyMongoError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.tracker.store import FenceLost
from shared.domain.decider import Refused
from shared.eventstore.errors import EventStoreError
from shared.i18n import Language, translate
from shared.platform.errors import PlatformError
from shared.platform.settings import Settings

FOUND_WRONG = 1
WRONG_USE = 2

out = Console(markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


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
FreshOption = Annotated[bool, typer.Option("--fresh", help="Start with empty embedded servers.")]


def read_settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        wrong_use("; ".join(f"DAIHOI_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()))


def language_of(settings: Settings, lang: Lang | None) -> Language:
    return lang.value if lang else settings.lang


def as_json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def write(text: bytes) -> None:
    """All of it: with `PYTHONUNBUFFERED` stdout may take only a part at a time."""
    left = memoryview(text)
    while left:
        left = left[sys.stdout.buffer.write(left) :]


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr; call it with how much is done and how much there is."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err) as progress:
        bar = progress.add_task(label, total=None)
        yield lambda done, total: progress.update(bar, completed=done, total=total)


def wrong_use(sentence: str) -> NoReturn:
    err.print(sentence, soft_wrap=True)
    raise typer.Exit(WRONG_USE)


def refuse(refused: Refused, lang: Language) -> NoReturn:
    """Wrong use, told in the language asked for."""
    wrong_use(translate(refused.refusal.sentence, lang, **refused.params))


def run[Result](work: Coroutine[Any, Any, Result]) -> Result:
    """Runs `work`; what can go wrong outside becomes a sentence and exit code 1."""
    try:
        return uvloop.run(work)
    except (PlatformError, EventStoreError, FenceLost, TimeoutError) as error:
        err.print(str(error) or type(error).__name__, soft_wrap=True)
    except PyMongoError as error:
        err.print(f"MongoDB: {str(error).partition(', Timeout:')[0]}", soft_wrap=True)
    except KeyboardInterrupt:
        err.print("stopped")
    raise typer.Exit(FOUND_WRONG)
