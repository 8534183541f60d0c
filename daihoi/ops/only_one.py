"""One `daihoi up` a congress and data folder: a second one would start every service once more."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from shared.domain.decider import Refusal
from shared.platform.embedded import lock_file
from shared.platform.errors import PlatformError
from shared.platform.files import data_folder, own_folder
from shared.platform.settings import Settings

UP_ALREADY = Refusal(
    "up_already",
    "`daihoi up` runs already for {congress} in {folder}, as process {process}. Stop that one first, or name another "
    "folder with DAIHOI_DATA_DIR.",
)


@contextmanager
def only_one_up(settings: Settings) -> Iterator[None]:
    """Held by the process for as long as the block runs, however it ends. Raises `PlatformError`."""
    folder = settings.data_dir.absolute()
    data_folder(folder)
    own_folder(folder / "logs")
    path = folder / "logs" / f"up-{settings.congress}.lock"
    with lock_file(path) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            process = path.read_text() or "?"
            raise PlatformError(UP_ALREADY(congress=settings.congress, folder=folder, process=process)) from error
        lock.truncate(0)
        lock.write(str(os.getpid()).encode())
        lock.flush()
        yield
