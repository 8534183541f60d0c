"""What people are told when something ends badly: a sentence for everything that comes from outside, and for what
nobody thought of a log with the details. Loaded only when that happens."""

import errno
import os
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from pymongo.errors import ConnectionFailure, PyMongoError

from daihoi.cli.console import say
from daihoi.cli.language import spoken
from daihoi.cli.shell import NoStdout, NotText, NotWritten
from daihoi.ops.other_ups import others_run
from services.tracker.projection.errors import FenceLost
from shared.domain.decider import Refusal, Refused
from shared.eventstore.errors import (
    EventStoreError,
    LedgerBroken,
    NoStream,
    NotPermitted,
    StreamLost,
    StreamMismatch,
    Unavailable,
)
from shared.i18n import render, shows_own_words, translate
from shared.platform.errors import PlatformError
from shared.platform.files import own_file, own_folder, why_not
from shared.platform.mongo import in_words, is_not_let_in, is_unauthorised
from shared.platform.settings import Settings
from shared.unit.problems import NOT_PERMITTED, NOT_RUNNING, ProblemError
from shared.values.message import Message, OwnWords
from shared.values.secrecy import masked

NO_STDOUT = Refusal("no_stdout", "The answer has nowhere to go: standard output is closed. Nothing was done.")
NOT_WRITTEN = Refusal(
    "not_written", "The answer can't be written: {reason}. What was asked for may be done; look before asking again."
)
NOT_TEXT = Refusal("argument_not_text", "The argument {number} is no text in UTF-8: {shown}.")
FILE_TROUBLE = Refusal("file_trouble", "{path} can't be read or written: {reason}.")
UNEXPECTED = Refusal(
    "unexpected", "Something is wrong in daihoi itself ({kind}). DAIHOI_DEBUG=1 shows the details; they are in {log}."
)
UNEXPECTED_UNLOGGED = Refusal(
    "unexpected_unlogged", "Something is wrong in daihoi itself ({kind}). DAIHOI_DEBUG=1 shows the details."
)
MONGO_NOT_LET_IN = Refusal(
    "mongo_not_let_in",
    "MongoDB does not know this user, or has another password for it: name the right user in DAIHOI_MONGO_URL and "
    "the file of its password with DAIHOI_MONGO_PASSWORD_FILE.",
)
MONGO_NOT_PERMITTED = Refusal(
    "mongo_not_permitted",
    "MongoDB does not permit that here ({reason}). Name a user who may with DAIHOI_MONGO_URL and "
    "DAIHOI_MONGO_PASSWORD_FILE: `tracker` writes the views, `reader` reads them.",
)

NO_ANSWER = Message("no_answer", "it does not answer; `daihoi doctor` says more")
NOT_DONE = Message("not_done", "it has not done what was asked of it; `daihoi doctor` says more")
BY_KIND: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Message], ...] = (
    (NoStream, Message("no_stream", "NATS has no such stream; `daihoi streams provision` makes the streams.")),
    (
        (StreamLost, LedgerBroken),
        Message("events_lost", "Events are missing, or this is another server; `daihoi doctor` says more."),
    ),
    (Unavailable, Message("nats_unavailable", "NATS does not answer, or does not do it; `daihoi doctor` says more.")),
    (EventStoreError, Message("not_stored", "NATS does not store this.")),
    (FenceLost, Message("fence_lost", "Somebody else has changed the views meanwhile; begin again.")),
    (TimeoutError, Message("timed_out", "Nobody has answered in time.")),
)
"""What is told of an error whose own words are for whoever looks into it, the first that fits."""


def report_failure(error: BaseException) -> None:
    if say_expected(error):
        return
    match error:
        case NoStdout():
            say_expected(NO_STDOUT())
        case NotText():
            say_expected(NOT_TEXT(number=error.number, shown=error))
        case NotWritten():
            say_expected(NOT_WRITTEN(reason=why_not(error.why)))
        case OSError() if error.filename is not None:
            say_expected(FILE_TROUBLE(path=error.filename, reason=why_not(error)))
        case OSError() if error.errno in (errno.ENOSPC, errno.EPIPE, errno.EBADF):
            say_expected(NOT_WRITTEN(reason=why_not(error)))
        case _:
            _report_unexpected(error)


def _report_unexpected(error: BaseException) -> None:
    details = masked("".join(traceback.format_exception(error)))
    if os.environ.get("DAIHOI_DEBUG") == "1":
        say(details)
    kind = type(error).__name__
    log = _log(details)
    say_expected(UNEXPECTED(kind=kind, log=log) if log else UNEXPECTED_UNLOGGED(kind=kind))


def _log(details: str) -> Path | None:
    """Where the details were put; `None` where that can't be."""
    path = Path(os.environ.get("DAIHOI_DATA_DIR") or ".daihoi") / "logs" / "daihoi.log"
    try:
        own_folder(path.parent)
        with own_file(path) as file:
            file.write(f"{datetime.now(UTC).isoformat()}\n{details}\n".encode(errors="backslashreplace"))
    except (OSError, ValueError):
        return None
    return path


def say_expected(error: BaseException) -> bool:
    """Whether the error is a refusal or comes from outside. If so, it is said."""
    if sentence := sentence_of(error):
        say(masked(sentence))
    return sentence is not None


def _by_its_kind(error: BaseException) -> str:
    """The error's own words stand beside it where they are in the language that is spoken, or DAIHOI_DEBUG=1."""
    raw = in_words(error) if isinstance(error, Exception) else ""
    kind = next((kind for types, kind in BY_KIND if isinstance(error, types)), None)
    if kind is None:
        return raw or type(error).__name__
    return f"{kind.code}: {_with_its_own_words(kind, raw)}"


def _with_its_own_words(kind: Message, raw: str) -> str:
    return render(kind, spoken()) + (f" ({raw})" if raw and shows_own_words(spoken()) else "")


def _of_mongo(error: PyMongoError) -> str:
    reason = in_words(error)
    if is_not_let_in(error):
        refused = MONGO_NOT_LET_IN()
    elif is_unauthorised(error):
        refused = MONGO_NOT_PERMITTED(reason=OwnWords(reason.rstrip(".")))
    else:
        return (
            f"MongoDB: {_with_its_own_words(NO_ANSWER if isinstance(error, ConnectionFailure) else NOT_DONE, reason)}"
        )
    return f"{refused.code}: {render(refused.message, spoken())}"


def _why_not_running() -> str:
    """Where `daihoi up` runs for another congress: somebody has two terminals, and a name in one of them alone."""
    with suppress(ValueError):  # settings that can't be meant are told elsewhere
        if others := others_run(Settings()):
            return render(others, spoken())
    return ""


def sentence_of(error: BaseException) -> str | None:
    """What to tell of a refusal, or of what comes from outside; `None` for anything else."""
    match error:
        case KeyboardInterrupt():
            return translate("stopped", spoken())
        case ProblemError():
            sentence = f"{error.problem.code}: {error.problem.detail_in(spoken())}"
            return f"{sentence} {_why_not_running()}".rstrip() if error.problem.code == NOT_RUNNING.code else sentence
        case (Refused() as why) | PlatformError(why=Refused() as why):
            return f"{why.code}: {render(why.message, spoken())}"
        case NotPermitted():
            return f"{NOT_PERMITTED.code}: {render(NOT_PERMITTED(subject=error.subject).message, spoken())}"
        case StreamMismatch():
            return f"{error.message.code}: {render(error.message, spoken())}"
        case PlatformError() | EventStoreError() | FenceLost() | TimeoutError():
            return _by_its_kind(error)
        case PyMongoError():
            return _of_mongo(error)
        case _:
            return None
