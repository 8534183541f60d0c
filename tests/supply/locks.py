"""The lock files: what is installed for whom, each package once, with the first need that it serves."""

import re
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).parents[2]
NEEDED_BY = {
    "requirements.lock": "services",
    "requirements-demo.lock": "embedded servers, installation",
    "requirements-dev.lock": "tests, tools",
    "requirements-bench.lock": "benchmarks",
    "requirements-audit.lock": "audit",
}
"""Those that are not named here serve what their name says."""
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


class Package(NamedTuple):
    name: str
    version: str
    needed_by: str


def lock_files() -> list[Path]:
    """The one for services first, then each with what it adds to those before."""
    found = sorted(PROJECT.glob("requirements*.lock"), key=lambda path: path.name)
    order = [*NEEDED_BY]
    return sorted(found, key=lambda path: order.index(path.name) if path.name in order else len(order))


def packages() -> list[Package]:
    """Sorted by name."""
    pinned: dict[tuple[str, str], Package] = {}
    for path in lock_files():
        needed_by = NEEDED_BY.get(path.name, path.stem.removeprefix("requirements-"))
        for name, version in _PINNED.findall(path.read_text("utf-8")):
            package = Package(normal(name), version, needed_by)
            pinned.setdefault((package.name, version), package)
    return sorted(pinned.values())


def normal(name: str) -> str:
    """As package registries compare names."""
    return re.sub(r"[-_.]+", "-", name).lower()
