"""The fault matrix: fault after fault, and which invariants held after each.

`python -m tests.faults.matrix --rounds 200 --seed 1` prints it; `make faults ROUNDS=200` also writes it down. The
rounds are dealt over the faults in turn. A failure is told with its logs and the command that repeats it.
"""

import argparse
import asyncio
import io
import logging
import shlex
import shutil
import statistics
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from shared.platform.children import tail
from tests.faults.disks import Disk, NotHere, disk_at
from tests.faults.invariants import INVARIANTS
from tests.faults.kept import Kept, databases_here, kept_as_markdown, killed_while_it_commits
from tests.faults.load import PATIENCE_S
from tests.faults.scene import Scene, a_scene
from tests.faults.table import FAULTS, Fault
from tests.own_cluster import OwnCluster, own_cluster
from tests.own_servers import DATABASE_FOLDER, OwnServers, own_servers
from tests.waiting import until

RECOVERS = "recovers"
COLUMNS = (RECOVERS, *INVARIANTS)
AT_ONCE = 3
PAGE_WIDTH = 260
HEAD = """# The fault matrix

`make faults ROUNDS={rounds} SEED={seed}` wrote this. A round is a fresh congress on servers of its own, a load, the
fault in the middle of it, the recovery, and then the invariants. The rounds are dealt over the faults in turn. How
long it took to be back is for information.

"""

KEPT = """
## Acknowledged means kept

Each database is killed with -9 while the projection commits, again and again. After each kill the checkpoint is not
before the last commit that was acknowledged, and views and audit rows are what the events up to it make.

"""


@dataclass
class Cells:
    """What one round of one fault showed: per column what is wrong, empty where nothing is."""

    fault: str
    seed: int
    wrong: dict[str, str] = field(default_factory=dict)
    not_here: str = ""
    """Why this machine can't bring the fault about, where it can't."""
    recovered_s: float = 0.0
    """From the end of the fault until everything was answered and projected."""
    logs: dict[str, str] = field(default_factory=dict)
    """The tail of each process's log, where something is wrong."""

    @property
    def failures(self) -> dict[str, str]:
        return {column: told for column, told in self.wrong.items() if told}

    @property
    def again(self) -> str:
        """The command that repeats the round."""
        return f"python -m tests.faults.matrix --only {shlex.quote(self.fault)} --seed {self.seed}"


async def one_round(
    fault: Fault, seed: int, servers: OwnServers | OwnCluster, folder: Path, disk: Disk | None
) -> Cells:
    """A fresh congress, the load, the fault in the middle of it, the recovery, and then the invariants."""
    cells = Cells(fault.name, seed)
    try:
        async with a_scene(servers, folder, f"{fault.name}/{seed}", fault.starts, wired=fault.wired) as scene:
            if disk:
                scene.disk = disk
            cells.wrong[RECOVERS] = await _recovers(scene, fault, cells)
            for name, invariant in INVARIANTS.items():
                cells.wrong[name] = await _told_by(invariant(scene))
    except Exception as error:
        cells.wrong[RECOVERS] = cells.wrong.get(RECOVERS) or told(error)
    return cells


async def _recovers(scene: Scene, fault: Fault, cells: Cells) -> str:
    try:
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as both:
            both.create_task(scene.load.run())
            await fault.strike(scene)
            over = time.monotonic()
        await until(lambda: _all_done(scene), PATIENCE_S)
        cells.recovered_s = time.monotonic() - over
    except Exception as error:
        return told(error)
    return ""


async def _all_done(scene: Scene) -> bool:
    """Whether everything is through and the views rest at the ledger's end: they are there, and the tracker that
    projects says the same. A database that has forgotten something contradicts a tracker that has not noticed yet."""
    with suppress(Exception):
        there = await scene.quiet() and await scene.views_at_the_end()
        return there and await scene.projected_to() == await scene.ledger.last_sequence()
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


def run_round(fault: Fault, seed: int, keep: Path | None = None) -> Cells:
    """Where something is wrong, all logs are copied to a folder of this round in `keep`."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="daihoi-faults-", ignore_cleanup_errors=True)))
        try:
            data = {"nats": "nats", "mongo": DATABASE_FOLDER}
            small = fault.small_disk and folder / fault.small_disk / data[fault.small_disk]
            disk = small and stack.enter_context(disk_at(small))
        except NotHere as error:
            return Cells(fault.name, seed, not_here=str(error))
        servers = stack.enter_context((own_cluster if fault.cluster else own_servers)(folder))
        cells = asyncio.run(one_round(fault, seed, servers, folder, disk or None))
        if cells.failures:
            logs = sorted(folder.glob("*/*.log"))
            cells.logs = {log.stem: tail(log) for log in logs}
            if keep:
                kept = keep / f"{fault.name} {seed}"
                kept.mkdir(parents=True, exist_ok=True)
                for log in logs:
                    shutil.copy(log, kept)
        return cells


type Matrix = dict[Fault, list[Cells]]


def matrix(
    faults: Sequence[Fault], rounds: int, seed: int, on_done: Callable[[str], None], keep: Path | None = None
) -> Matrix:
    """Runs so many rounds, dealt over the faults in turn: `seed` is that of each fault's first round, `seed` + 1 that
    of its second. Some at once, for most is waiting."""
    told: Matrix = {fault: [] for fault in faults}

    def run(number: int) -> None:
        turn, which = divmod(number, len(faults))
        told[faults[which]].append(run_round(faults[which], seed + turn, keep))
        on_done(faults[which].name)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        running = [threads.submit(run, number) for number in range(rounds)]
        for each in running:
            each.result()
    return told


def as_table(told: Matrix) -> Table:
    table = Table(box=box.MARKDOWN)
    for title in ("fault", "in `make test-all`", "rounds", *COLUMNS, "back after, median s"):
        table.add_column(title, justify="left" if title == "fault" else "right", no_wrap=True)
    for fault, rounds in told.items():
        counts = [_count(column, rounds) for column in COLUMNS]
        back = [each.recovered_s for each in rounds if each.recovered_s]
        table.add_row(
            fault.name,
            "" if fault.slow else "✓",
            str(len(rounds)),
            *counts,
            f"{statistics.median(back):.1f}" if back else "",
        )
    return table


def _count(column: str, rounds: Sequence[Cells]) -> str:
    if not rounds:
        return "no round"
    if any(each.not_here for each in rounds):
        return "not here"
    failed = sum(1 for each in rounds if each.wrong.get(column, "not looked at"))
    return f"✓ {len(rounds) - failed}" + (f" ✗ {failed}" if failed else "")


def failed_rounds(told: Matrix) -> list[Cells]:
    return [each for rounds in told.values() for each in rounds if each.failures]


def as_markdown(told: Matrix) -> str:
    """The table, why a fault is not here, and what failed, with the command that repeats it."""
    page = io.StringIO()
    Console(file=page, width=PAGE_WIDTH).print(as_table(told))
    lines = [line.rstrip() for line in page.getvalue().strip().splitlines()]
    for fault, rounds in told.items():
        for why in sorted({each.not_here for each in rounds if each.not_here}):
            lines += ["", f"- {fault.name}: not here, because {why}"]
    for cells in failed_rounds(told):
        lines += ["", f"`{cells.again}`", "", *(f"- {column}: {what}" for column, what in cells.failures.items())]
    return "\n".join(lines) + "\n"


def logs_of(told: Matrix) -> str:
    return "\n".join(
        f"\n{cells.fault}, seed {cells.seed}: the end of {name}.log\n{log}"
        for cells in failed_rounds(told)
        for name, log in cells.logs.items()
    )


def chosen(only: str) -> list[Fault]:
    """The fault of that name, or else all that have it in their names."""
    return [fault for fault in FAULTS if only == fault.name] or [fault for fault in FAULTS if only in fault.name]


def main() -> None:
    """Exit code 1 where anything failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.matrix")
    parser.add_argument("--rounds", type=int, help="so many in all; one for each fault where this is missing")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=50, help="how often each database is killed while it commits")
    parser.add_argument("--only", default="", help="the fault of this name, or those with this in their names")
    parser.add_argument("--write", type=Path, help="a Markdown file to write the whole matrix to as well")
    parser.add_argument("--keep", type=Path, help="a folder to keep the whole logs of failed rounds in")
    options = parser.parse_args()
    faults = chosen(options.only)
    rounds = len(faults) if options.rounds is None else options.rounds
    if not faults or rounds < 1:
        parser.error("nothing to do: no such fault, or no rounds")
    if options.only and options.write:
        parser.error("a part of the matrix is not written down")
    logging.disable(logging.WARNING)  # that a server went away is told by every connection
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=rounds)

        def on_done(name: str) -> None:
            progress.update(bar, description=name, advance=1)

        told = matrix(faults, rounds, options.seed, on_done, options.keep)
        kept = [] if options.only else kept_on_each(options.kills, options.seed, on_done)
    page = as_markdown(told) + (KEPT + kept_as_markdown(kept) if kept else "")
    print(page, logs_of(told))  # noqa: T201 - the answer
    if options.write:
        options.write.write_text(HEAD.format(rounds=rounds, seed=options.seed) + page)
    lost = any(each.lost or not each.whole for each in kept)
    raise SystemExit(1 if failed_rounds(told) or lost else 0)


def kept_on_each(kills: int, seed: int, on_done: Callable[[str], None]) -> list[Kept]:
    kept = []
    for program in databases_here():
        kept.append(killed_while_it_commits(program, kills, seed))
        on_done(f"{kept[-1].database} killed {kills} times")
    return kept


if __name__ == "__main__":
    main()
