"""Files and folders of a process's own: nobody else reads them, and none is ever seen half written."""

import errno
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from shared.domain.decider import Refusal
from shared.platform.errors import PlatformError
from shared.values.message import Message, OwnWords

OWN_FOLDER, OPEN_FOLDER = 0o700, 0o755
OWN_FILE, OPEN_FILE = 0o600, 0o644
OWN_UMASK = 0o077
MADE_IN_A_DATA_FOLDER = frozenset(
    {"issuer", "keeper.draft", "keeper.error", "keeper.lock", "keeper.log", "lease", "logs", "mongo", "mongo.log"}
    | {"health", "nats", "nats-keys", "nats.conf", "nats.log", "servers.draft", "servers.json", "start.lock"}
    | {"import-columns", "mongo-keys", "mongod", "mongod.log", "sample-sign-ins", "setup-code"}
)


_REASONS = {
    errno.ENOENT: Message("ENOENT", "No such file or directory"),
    errno.EACCES: Message("EACCES", "Permission denied"),
    errno.EPERM: Message("EPERM", "Operation not permitted"),
    errno.EROFS: Message("EROFS", "Read-only file system"),
    errno.ENOSPC: Message("ENOSPC", "No space left on device"),
    errno.EDQUOT: Message("EDQUOT", "Disk quota exceeded"),
    errno.EFBIG: Message("EFBIG", "File too large"),
    errno.ENOTDIR: Message("ENOTDIR", "Not a directory"),
    errno.EISDIR: Message("EISDIR", "Is a directory"),
    errno.EEXIST: Message("EEXIST", "File exists"),
    errno.ENAMETOOLONG: Message("ENAMETOOLONG", "File name too long"),
    errno.EMFILE: Message("EMFILE", "Too many open files"),
    errno.EIO: Message("EIO", "Input/output error"),
    errno.EPIPE: Message("EPIPE", "Broken pipe"),
    errno.EBADF: Message("EBADF", "Bad file descriptor"),
}
"""What systems say, in their words, which are translated."""
NO_DATA_FOLDER = Refusal("no_data_folder", "DAIHOI_DATA_DIR names {folder}, where nothing can be kept: {reason}.")


class NotOrdinary(OSError):
    """It can't be read as an ordinary file can; `reason` says why."""

    def __init__(self, reason: Message, path: Path) -> None:
        super().__init__(errno.EINVAL, reason.code, str(path))
        self.reason = reason


def why_not(error: OSError) -> Message | str:
    """What the system says; a message where that is usual."""
    if isinstance(error, NotOrdinary):
        return error.reason
    return _REASONS.get(error.errno or 0) or OwnWords(error.strerror or str(error))


@contextmanager
def keeping_data_in(folder: Path) -> Iterator[None]:
    """Whatever can't be written in the block, the folder is named that somebody chose, and no file of ours. Raises
    `PlatformError`."""
    try:
        yield
    except OSError as error:
        raise PlatformError(NO_DATA_FOLDER(folder=folder, reason=why_not(error))) from error


def data_folder(folder: Path) -> None:
    """Makes the folder that a process keeps its data in, for its owner alone. One that is there already is closed to
    others too, but where it holds anything else only what Daihoi made in it. Raises `OSError`."""
    own_folder(folder)
    with os.scandir(folder) as entries:
        there = {entry.name: entry.is_dir(follow_symlinks=False) for entry in entries}
    if there.keys() <= MADE_IN_A_DATA_FOLDER:
        _close(folder, OWN_FOLDER)
    elif "keeper.lock" not in there:
        return
    for name in MADE_IN_A_DATA_FOLDER & there.keys():
        if there[name]:
            _close(folder / name, OWN_FOLDER)


def own_folder(folder: Path, mode: int = OWN_FOLDER) -> None:
    """Makes `folder` and what is missing above it, for the owner alone; `mode` is the last one's. One that is there
    keeps its mode. Raises `OSError`."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for parent in reversed(missing):
        if parent.exists() and not parent.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(parent))
        parent.mkdir(mode=OWN_FOLDER, exist_ok=True)
    if missing and mode != OWN_FOLDER:
        missing[0].chmod(mode)


def _close(what: Path | int, mode: int) -> None:
    """To others. Who doesn't own a file can't change its mode."""
    status = os.stat(what)
    if status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) & OWN_UMASK:
        os.chmod(what, mode)


def own_file(path: Path, flags: int = os.O_WRONLY | os.O_CREAT | os.O_APPEND) -> IO[bytes]:
    """A file that its owner alone reads, opened for writing at its end. Raises `OSError`."""
    descriptor = os.open(path, flags | os.O_CLOEXEC, OWN_FILE)
    _close(descriptor, OWN_FILE)
    return os.fdopen(descriptor, "ab" if flags & os.O_APPEND else "wb")


def append_line(path: Path, line: bytes) -> None:
    """Adds a line to a file that its owner alone reads; then it is on the disk. A line that was broken off before
    stays apart from it. One writer at a time. Raises `OSError`."""
    is_new = not path.exists()
    with own_file(path, os.O_RDWR | os.O_CREAT | os.O_APPEND) as file:
        size = os.fstat(file.fileno()).st_size
        broken_off = size > 0 and os.pread(file.fileno(), 1, size - 1) != b"\n"
        file.write(b"\n" * broken_off + line + b"\n")
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        _sync(path.parent)


def lock_file(path: Path) -> IO[bytes]:
    """A file that is there to be locked, made where it is not."""
    return own_file(path, os.O_WRONLY | os.O_CREAT)


def is_locked(file: IO[bytes], kind: int = fcntl.LOCK_EX) -> bool:
    """Whether it is this process's now."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def write_new(path: Path, content: bytes, mode: int) -> bool:
    """Writes `path` whole, unless it is there: whether this process wrote it. Raises `OSError`."""
    draft = _draft(path, content, mode)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    _sync(path.parent)
    return True


def write_over(path: Path, content: bytes, mode: int) -> None:
    """Writes `path` whole, in the place of what is there. Raises `OSError`."""
    _draft(path, content, mode).replace(path)
    _sync(path.parent)


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to be written at length, that its owner alone reads. It gets its name once the block has ended well;
    until then, and for good where the process is killed, it has a name with a dot before it. Raises
    `FileExistsError`, `OSError`."""
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with _named(path):
            opened = own_file(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        with opened as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync(path.parent)


def move_over(source: Path, path: Path) -> None:
    """Puts `source` in the place of `path`, which is never missing meanwhile; both are in one folder. Raises
    `OSError`."""
    source.replace(path)
    _sync(path.parent)


def _draft(path: Path, content: bytes, mode: int) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with _named(path):
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, OWN_FILE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return draft


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """An error names the file that somebody chose, or its folder where that is what is wrong, and not the draft."""
    try:
        yield
    except OSError as error:
        wrong = path if path.parent.is_dir() else path.parent
        raise OSError(error.errno, error.strerror, str(wrong)) from error


def _sync(folder: Path) -> None:
    """A name is on the disk once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
