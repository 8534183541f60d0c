"""Files of this machine that are sent to a unit as evidence, and the names that they are kept under."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from shared.domain.decider import Refusal
from shared.unit.field_errors import MESSAGES
from shared.unit.keeping import too_large
from shared.unit.sending_files import EMPTY_FILE, EvidenceSender
from shared.values.message import Message
from shared.values.text import Unclean, clean
from shared.values.types import Evidence

NOT_A_FILE = Refusal("not_a_file", "{path} is no file that has a content, but a folder or a device.")
NAME_UNFIT = Refusal("file_name_unfit", "The name of the file {path} can't be kept: it has {reason}. Rename it.")
SLASH = Message("slash", "a slash")


async def send_files(sender: EvidenceSender, paths: Sequence[Path]) -> list[Evidence]:
    """Each is looked at before the first is sent. Raises a refusal, `ProblemError`, `OSError`."""
    names = [_checked(path, sender.most_bytes) for path in paths]
    evidence = []
    for path, name in zip(paths, names, strict=True):
        with opened(path) as file:
            evidence.append(await sender.send(file, name))
    return evidence


def _checked(path: Path, most_bytes: int) -> str:
    """The name that the file is kept under. Raises the refusal for which it can't be kept, `OSError`; nothing of it
    is read."""
    name = name_of(path)
    with opened(path) as file:
        size = os.fstat(file.fileno()).st_size
    if size > most_bytes:
        raise too_large(size, most_bytes)
    if not size:
        raise EMPTY_FILE(name=name)
    return name


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Raises the refusal that it is no file, `OSError`. A pipe that nobody writes into keeps nobody waiting."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NOT_A_FILE(path=path)
    with os.fdopen(descriptor, "rb") as file:
        yield file


def name_of(path: Path) -> str:
    """The file's own name, without its folder. Raises the refusal that it can't be kept."""
    try:
        name = clean(path.name)
    except Unclean as error:
        raise NAME_UNFIT(path=path, reason=MESSAGES[error.code]) from error
    if not name:
        raise NAME_UNFIT(path=path, reason=MESSAGES["nothing_to_see"])
    if "\n" in name or "\t" in name:
        raise NAME_UNFIT(path=path, reason=MESSAGES["control_character"])
    if "\\" in name:
        raise NAME_UNFIT(path=path, reason=SLASH)
    return name
