"""The one rule for files that hold a secret: who else may read or write one has it, so it is not used."""

import os
import stat
from pathlib import Path

from shared.domain.decider import Refusal
from shared.platform.errors import PlatformError
from shared.platform.files import OWN_UMASK

OF_ANOTHER_OWNER = 0o027
SECRET_FILE_OPEN = Refusal(
    "secret_file_open",
    "{path} holds a secret, and others may read or write it (mode {mode}): close it with `chmod 600`. If somebody "
    "has read it, have a new one made.",
)


def is_closed(status: os.stat_result) -> bool:
    """Whether nobody else has the secret in this file or folder. Of one's own, only the owner may read it, as with
    ssh. One that somebody else owns can be closed by them alone: its group may read it, for that is how a secret is
    given to a process (0440, as container platforms mount it). Nobody else may, and the group may not write it."""
    open_to = OWN_UMASK if status.st_uid == os.geteuid() else OF_ANOTHER_OWNER
    return not stat.S_IMODE(status.st_mode) & open_to


def check_closed(path: Path) -> None:
    """Checks a file that holds a secret. Raises `PlatformError` where others have it too, `OSError`."""
    status = path.stat()
    if not is_closed(status):
        raise PlatformError(SECRET_FILE_OPEN(path=path, mode=f"{stat.S_IMODE(status.st_mode):04o}"))
