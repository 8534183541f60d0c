"""The fault matrix: every fault, several times, and which invariants held after it.

`python -m tests.faults.matrix --rounds 20 --seed 1` prints it; `make faults ROUNDS=20` is the same. A failure is told
with its seed, and `--only NAME --rounds 1 --seed SEED` repeats it.
"""

import asyncio
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.invariants import INVARIANTS
from tests.faults.scene import Scene, a_scene
from tests.faults.table import Fault
from tests.own_servers import OwnServers, own_servers
from tests.waiting import until

RECOVERY_TIMEOUT_S = 90
RECOVERS = "recovers"
COLUMNS = (RECOVERS, *INVARIANTS)


@dataclass
class Cells:
    """What one round of one fault showed: per column what is wrong, empty where nothing is."""

    fault: str
    seed: int
    wrong: dict[str, str] = field(default_factory=dict)
    recovered_s: float = 0.0
    """From the end of the fault until everything was answered and projected."""

    @property
    def failures(self) -> dict[str, str]:
        return {column: told for column, told in self.wrong.items() if told}


async def one_round(fault: Fault, seed: int, servers: OwnServers, folder: Path) -> Cells:
    """A fresh congress, the load, the fault in the middle of it, the recovery, and then the invariants."""
    cells = Cells(fault.name, seed)
    try:
        async with a_scene(servers, folder, f"{fault.name}/{seed}", fault.starts, wired=fault.wired) as scene:
            cells.wrong[RECOVERS] = await _recovers(scene, fault, cells)
            for name, invariant in INVARIANTS.items():
                cells.wrong[name] = await _told_by(invariant(scene))
    except Exception as error:
        cells.wrong[RECOVERS] = cells.wrong.get(RECOVERS) or told(error)
    return cells


async def _recovers(scene: Scene, fault: Fault, cells: Cells) -> str:
    try:
        async with asyncio.timeout(RECOVERY_TIMEOUT_S), asyncio.TaskGroup() as both:
            both.create_task(scene.load.run())
            await fault.strike(scene)
            over = time.monotonic()
        await until(lambda: _all_done(scene), RECOVERY_TIMEOUT_S)
        cells.recovered_s = time.monotonic() - over
    except Exception as error:
        return told(error)
    return ""


async def _all_done(scene: Scene) -> bool:
    """Whether the ledger has every stream whole, every policy is through, and the views are at its end."""
    with suppress(Exception):
        end = await scene.ledger.last_sequence()
        return await scene.quiet(end) and (await scene.views.checkpoint()).sequence == end
    return False


async def _told_by(look) -> str:
    try:
        return await look
    except Exception as error:
        return told(error)


def told(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({where.name})"


def run_round(fault: Fault, seed: int) -> Cells:
    with TemporaryDirectory(prefix="daihoi-faults-", ignore_cleanup_errors=True) as folder:
        with own_servers(Path(folder)) as servers:
            return asyncio.run(one_round(fault, seed, servers, Path(folder)))
