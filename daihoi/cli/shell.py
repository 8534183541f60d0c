"""The shell around the program: streams that are closed, full or of another encoding, arguments that are no text, and
errors that nobody thought of. All end in a sentence and an exit code.
"""

import codecs
import errno
import io
import os
import sys
import traceback
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn, TextIO

from daihoi.cli.console import FOUND_WRONG, WRONG_USE, NotWritten, say, sentence_of, spoken
from shared.domain.decider import Refusal, Refused
from shared.i18n import render
from shared.platform.files import own_file, own_folder

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


LETTERS_WITHOUT_MARKS = "letters-without-marks"


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """What an encoding lacks is written without marks, as in «Khong co», else by its number: people can read it."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end].replace("đ", "d").replace("Đ", "D")
    bare = "".join(letter for letter in unicodedata.normalize("NFD", lacking) if not unicodedata.combining(letter))
    return bare.encode("ascii", "backslashreplace").decode(), error.end


codecs.register_error(LETTERS_WITHOUT_MARKS, _plainer)


_AS_THEY_WERE: list[TextIO] = []
"""Who made a log of one of these before goes on writing there; forgotten, it would close what is beneath."""


class _Stdout(io.TextIOWrapper):
    """Says so where it can't write; what an encoding lacks is written out."""

    def write(self, text: str, /) -> int:
        with _named():
            return super().write(text)

    def flush(self) -> None:
        with _named():
            super().flush()


class _Stderr(io.TextIOWrapper):
    """Where nobody hears, nothing is said, and the work goes on."""

    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except (OSError, ValueError):
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except (OSError, ValueError):
            return


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotWritten(error.strerror or str(error)) from error


def run_in_shell(program: Callable[[], object]) -> NoReturn:
    """Runs `program` and ends the process, with `program`'s own exit code where everything else went well."""
    code = FOUND_WRONG
    try:
        _prepare_streams()
        _check_arguments(sys.argv[1:])
        program()
        code = 0
    except SystemExit as end:
        code = _number(end.code)
    except KeyboardInterrupt:
        say("stopped")
    except BaseException as error:
        code = WRONG_USE if isinstance(error, Refused) and error.refusal is NOT_TEXT else FOUND_WRONG
        _tell(error)
    _end(code)


def _prepare_streams() -> None:
    """Raises the refusal that there is no standard output."""
    for descriptor in range(3):  # else the next file that is opened would be taken for the stream
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stderr = _again(_Stderr, sys.stderr) if sys.stderr else _Stderr(open(os.devnull, "wb"))  # noqa: SIM115
    if sys.stdout is None:
        raise NO_STDOUT()
    sys.stdout = _again(_Stdout, sys.stdout)


def _again(kind: type[io.TextIOWrapper], stream: TextIO) -> TextIO:
    """The same stream as this `kind`; one that the interpreter has not made stays as it is."""
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    _AS_THEY_WERE.append(stream)
    return kind(
        stream.buffer,
        encoding=stream.encoding,
        errors=LETTERS_WITHOUT_MARKS,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _check_arguments(arguments: Sequence[str]) -> None:
    for number, argument in enumerate(arguments, start=1):
        try:
            argument.encode()
        except UnicodeEncodeError as error:
            raise NOT_TEXT(number=number, shown=ascii(argument)) from error


def _tell(error: BaseException) -> None:
    if told := sentence_of(error):
        say(told)
        return
    match error:
        case Refused():
            _refuse(error)
        case NotWritten():
            _refuse(NOT_WRITTEN(reason=error))
            _give_stdout_up()
        case OSError() if error.filename is not None:
            _refuse(FILE_TROUBLE(path=error.filename, reason=error.strerror))
        case OSError() if error.errno in (errno.ENOSPC, errno.EPIPE, errno.EBADF):
            _refuse(NOT_WRITTEN(reason=error.strerror))
        case _:
            _tell_unexpected(error)


def _refuse(refused: Refused) -> None:
    say(f"{refused.code}: {render(refused.message, spoken())}")


def _tell_unexpected(error: BaseException) -> None:
    details = "".join(traceback.format_exception(error))
    if os.environ.get("DAIHOI_DEBUG") == "1":
        say(details)
    kind = type(error).__name__
    log = _log(details)
    _refuse(UNEXPECTED(kind=kind, log=log) if log else UNEXPECTED_UNLOGGED(kind=kind))


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


def _end(code: int) -> NoReturn:
    """With what is still to be written."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except NotWritten as error:
        _tell(error)
        code = code or FOUND_WRONG
    raise SystemExit(code)


def _give_stdout_up() -> None:
    """The interpreter would try once more to write, and tell of it in its own words."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def _number(code: object) -> int:
    if code is None or isinstance(code, int):
        return code or 0
    say(str(code))
    return FOUND_WRONG
