"""Starting the program: the processor time of a whole process, against that of a Python that does nothing."""

import resource
import subprocess
import sys
from statistics import median

from benchmarks.measure import Against, Aim, Row

TRIES = 5
HELP_MS = 300
LOADED_MS = 800


def measure() -> list[Row]:
    nothing = _processor_ms("-c", "pass")
    works = (
        ("start: daihoi --help", ("-m", "daihoi", "--help"), HELP_MS),
        ("start: all that a report loads", ("-m", "daihoi", "report", "--help"), LOADED_MS),
    )
    return [
        Row(
            name,
            _processor_ms(*arguments),
            "ms of processor time",
            0,
            nothing,
            aims=(Aim(most, Against.VALUE, at_least=False),),
        )
        for name, arguments, most in works
    ]


def _processor_ms(*arguments: str) -> float:
    return median(_once(arguments) for _ in range(TRIES))


def _once(arguments: tuple[str, ...]) -> float:
    before = _of_children()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return (_of_children() - before) * 1000


def _of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
