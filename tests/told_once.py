"""What is told once for all workers of a run, since it takes long."""

import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

import pytest

from shared.platform.files import is_locked, lock_file
from tests.waiting import until

type Doing = Callable[[], Awaitable[None]]


@asynccontextmanager
async def told_once(folder: Path, tell: Doing, remove: Doing) -> AsyncIterator[None]:
    """Whoever comes first tells it, the others wait for that, and the last to leave removes it. `folder` is there,
    and is the same for all workers."""
    told = folder / "told"
    with lock_file(folder / "users") as users:
        await _lock(users, fcntl.LOCK_SH)
        with lock_file(folder / "tellers") as tellers:
            await _lock(tellers, fcntl.LOCK_EX)
            if not told.exists():
                await tell()
                told.touch()
        yield
        if is_locked(users):
            await remove()
            told.unlink()


def common_to_workers(folders: pytest.TempPathFactory) -> Path:
    own = folders.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


async def _lock(file: IO[bytes], kind: int) -> None:
    async def is_ours() -> bool:
        return is_locked(file, kind)

    await until(is_ours)
