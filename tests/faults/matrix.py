"""The fault matrix: every fault, several times, and which invariants held after it.

`python -m tests.faults.matrix --rounds 20 --seed 1` prints it; `make faults ROUNDS=20` is the same. A failure is told
with its seed, and `--only NAME --rounds 1 --seed SEED` repeats it.
"""

import argparse
import asyncio
import statistics
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tests.faults.invariants import INVARIANTS
from tests.faults.scene import Scene, a_scene
from tests.faults.table import FAULTS, Fault
from tests.own_cluster import OwnCluster, own_cluster
from tests.own_servers import OwnServers, own_servers
from tests.waiting import until

RECOVERS = "recovers"
COLUMNS = (RECOVERS, *INVARIANTS)
AT_ONCE = 3
PAGE_WIDTH = 180
HEAD = """# The fault matrix

`make faults ROUNDS={rounds} SEED={seed}` printed this. A round is a fresh congress on servers of its own, a load, the
fault in the middle of it, the recovery, and then the invariants. How long it took to be back is for information.
"""


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


async def one_round(fault: Fault, seed: int, servers: OwnServers | OwnCluster, folder: Path) -> Cells:
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
        async with asyncio.timeout(fault.patience_s), asyncio.TaskGroup() as both:
            both.create_task(scene.load.run())
            await fault.strike(scene)
            over = time.monotonic()
        await until(lambda: _all_done(scene), fault.patience_s)
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
    with (
        TemporaryDirectory(prefix="daihoi-faults-", ignore_cleanup_errors=True) as folder,
        (own_cluster if fault.cluster else own_servers)(Path(folder)) as servers,
    ):
        return asyncio.run(one_round(fault, seed, servers, Path(folder)))


type Matrix = dict[Fault, list[Cells]]


def matrix(faults: Sequence[Fault], rounds: int, seed: int, on_done: Callable[[str], None]) -> Matrix:
    """Runs every fault `rounds` times, with the seeds `seed`, `seed` + 1 …; some at once, for most is waiting."""
    told: Matrix = {fault: [] for fault in faults}

    def run(fault: Fault, number: int) -> None:
        told[fault].append(run_round(fault, seed + number))
        on_done(fault.name)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        running = [threads.submit(run, fault, number) for number in range(rounds) for fault in faults]
        for each in running:
            each.result()
    return told


def as_table(told: Matrix) -> Table:
    table = Table(box=box.MARKDOWN)
    for title in ("fault", "rounds", *COLUMNS, "back after, median s"):
        table.add_column(title, justify="left" if title == "fault" else "right", no_wrap=title == "fault")
    for fault, rounds in told.items():
        counts = [_count(column, rounds) for column in COLUMNS]
        back = f"{statistics.median(each.recovered_s for each in rounds):.1f}"
        name = fault.name + (" (not in `make test`)" if fault.slow else "")
        table.add_row(name, str(len(rounds)), *counts, back)
    return table


def _count(column: str, rounds: Sequence[Cells]) -> str:
    failed = sum(1 for each in rounds if each.wrong.get(column, "not looked at"))
    return f"✓ {len(rounds) - failed}" + (f" ✗ {failed}" if failed else "")


def failures_of(told: Matrix) -> list[str]:
    return [
        f"{each.fault}, seed {each.seed}: {column}: {what}"
        for rounds in told.values()
        for each in rounds
        for column, what in each.failures.items()
    ]


def print_matrix(told: Matrix, console: Console) -> None:
    console.print(as_table(told))
    for failure in failures_of(told):
        console.print(failure, soft_wrap=True)


def main() -> None:
    """Exit code 1 where anything failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.matrix")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="faults with this in their names")
    parser.add_argument("--write", type=Path, help="a Markdown file to write the matrix to as well")
    options = parser.parse_args()
    faults = [fault for fault in FAULTS if options.only in fault.name]
    if not faults or options.rounds < 1:
        parser.error("nothing to do: no such fault, or no rounds")
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=len(faults) * options.rounds)
        told = matrix(
            faults, options.rounds, options.seed, lambda name: progress.update(bar, description=name, advance=1)
        )
    print_matrix(told, Console(width=PAGE_WIDTH, markup=False, highlight=False))
    if options.write:
        with options.write.open("w") as file:
            file.write(HEAD.format(rounds=options.rounds, seed=options.seed))
            print_matrix(told, Console(file=file, width=PAGE_WIDTH, markup=False, highlight=False))
    raise SystemExit(1 if failures_of(told) else 0)


if __name__ == "__main__":
    main()
