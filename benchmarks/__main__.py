"""`make bench`: measures, prints one table, writes `benchmarks/results.json` and `benchmarks/RESULTS.md`."""

import json
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from benchmarks import commands, projection
from benchmarks.measure import Row
from shared.platform.embedded import Endpoints, endpoints
from shared.platform.settings import Settings

HERE = Path(__file__).parent
HEADINGS = ("name", "value", "unit", "floor", "ratio to floor", "aim", "events")


async def measure(settings: Settings, servers: Endpoints) -> list[Row]:
    rows = []
    for name, bench in (("commands", commands.measure), ("projection", projection.measure)):
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        rows += await bench(settings, servers)
    return rows


def cells(row: Row) -> tuple[str, ...]:
    return (
        row.name,
        f"{row.value:,.2f}",
        row.unit,
        f"{row.floor:,.2f}",
        f"{row.ratio_to_floor:.2f}",
        row.aim,
        f"{row.events:,}",
    )


def markdown(rows: list[Row], machine: str) -> str:
    lines = [HEADINGS, tuple("---" for _ in HEADINGS), *(cells(row) for row in rows)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return (
        f"# Benchmarks\n\n{machine}\n\n{table}\n\n"
        "The floor of a command is a bare acknowledged publish of the same bytes to a stream with the same settings. "
        "The floor of the projection is a bare pull of the same events and bulk writes of the same documents. "
        "Each pair was measured in turn, on the same servers, in one run.\n"
    )


def main() -> None:
    machine = (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"{datetime.now(UTC):%Y-%m-%d}"
    )
    with tempfile.TemporaryDirectory(prefix="daihoi-bench-") as folder:
        settings = Settings(congress="bench", data_dir=Path(folder))
        with endpoints(settings) as servers:
            rows = uvloop.run(measure(settings, servers))
    results = {"machine": machine, "rows": [row.as_json() for row in rows]}
    (HERE / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    text = markdown(rows, machine)
    (HERE / "RESULTS.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
