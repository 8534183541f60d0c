"""The shell around the program: streams that are closed, full or of another encoding, arguments that are no text, and
errors that nobody thought of. All end in a sentence and an exit code: 0 fine, 1 something is wrong, 2 wrong use."""

import codecs
import errno
import io
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, TextIO

FOUND_WRONG = 1
WRONG_USE = 2
READER_GONE = 128 + 13
"""As a shell says it of a program that SIGPIPE has ended."""


class NotWritten(Exception):
    """Standard output takes nothing; the message says why. `nobody_reads`: whoever read it needs no more."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error.strerror or str(error))
        self.why = error
        self.nobody_reads = error.errno == errno.EPIPE


class NoStdout(Exception):
    """There is no standard output."""


class NotText(Exception):
    """The argument of this number is no text in UTF-8."""

    def __init__(self, number: int, argument: str) -> None:
        super().__init__(argument)
        self.number = number


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
        with writing():
            return super().write(text)

    def flush(self) -> None:
        with writing():
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
def writing() -> Iterator[None]:
    """Raises `NotWritten` for what the system says of standard output."""
    try:
        yield
    except OSError as error:
        raise NotWritten(error) from error


def run_in_shell(program: Callable[[], object]) -> NoReturn:
    """Runs `program` and ends the process, with `program`'s own exit code where everything else went well."""
    code = FOUND_WRONG
    try:
        _prepare_streams()
        _check_arguments()
        program()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else FOUND_WRONG
    except BaseException as error:
        code = _failed(error)
    _end(code)


def _failed(error: BaseException) -> int:
    """Says what went wrong, and returns the exit code. Where the reader has gone, as `head` does when it has enough,
    there is nobody to say anything to."""
    if isinstance(error, NotWritten):
        _give_stdout_up()
        if error.nobody_reads:
            return READER_GONE
    from daihoi.cli.failures import report_failure

    report_failure(error)
    return WRONG_USE if isinstance(error, NotText) else FOUND_WRONG


def _prepare_streams() -> None:
    """Raises `NoStdout`."""
    for descriptor in range(3):  # else the next file that is opened would be taken for the stream
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stderr = _again(_Stderr, sys.stderr) if sys.stderr else _Stderr(open(os.devnull, "wb"))  # noqa: SIM115
    if sys.stdout is None:
        raise NoStdout
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


def _check_arguments() -> None:
    for number, argument in enumerate(sys.argv[1:], start=1):
        try:
            argument.encode()
        except UnicodeEncodeError as error:
            raise NotText(number, ascii(argument)) from error


def _end(code: int) -> NoReturn:
    """Ends the process after writing what is still to be written."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except NotWritten as error:
        code = code or _failed(error)
        _give_stdout_up()
    raise SystemExit(code)


def _give_stdout_up() -> None:
    """The interpreter would try once more to write, and tell of it in its own words."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
