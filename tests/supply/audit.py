"""`python -m tests.supply.audit [FOLDER]`: are there advisories about the packages of the lock files?

Asks pip-audit, which asks a database of advisories, and looks into a folder of advisories where one is named. Ends
with 1 where there is an advisory, and with 0 where none is, also if no database could be reached; which, it says."""

import argparse
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.supply.advisories import Hit, advisories_in, hits
from tests.supply.locks import Package, lock_files, normal, packages

SERVICES = ("pypi", "osv")
TIMEOUT_S = 300


def ask(service: str, lock: Path) -> list[Hit] | None:
    """What pip-audit finds; `None` where its database could not be asked."""
    options = [
        "--disable-pip",
        "--require-hashes",
        "--format",
        "json",
        "--progress-spinner",
        "off",
        "--timeout",
        "10",
    ]
    command = [sys.executable, "-m", "pip_audit", *options, "-s", service, "-r", str(lock)]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
        return list(_hits_of(json.loads(ended.stdout)))
    except (json.JSONDecodeError, subprocess.TimeoutExpired):
        return None


def _hits_of(report: dict[str, Any]) -> Iterator[Hit]:
    for dependency in report["dependencies"]:
        for advisory in dependency.get("vulns", ()):
            package = Package(normal(dependency["name"]), dependency["version"], "")
            yield Hit(package, advisory["id"], tuple(advisory.get("aliases", ())))


def by_pip_audit() -> tuple[list[Hit], str]:
    """What it finds in all lock files, and how that went."""
    if importlib.util.find_spec("pip_audit") is None:
        return [], "not asked: pip-audit is not installed"
    for service in SERVICES:
        answers = [ask(service, lock) for lock in lock_files()[:1]]
        if answers[0] is not None:
            answers += [ask(service, lock) for lock in lock_files()[1:]]
            missing = sum(answer is None for answer in answers)
            told = f"pip-audit asked {service} about {len(answers) - missing} of {len(answers)} lock files"
            return [hit for answer in answers for hit in answer or ()], told
    return [], f"not asked: none of the databases of advisories ({', '.join(SERVICES)}) can be reached from here"


def by_folder(folder: Path) -> tuple[list[Hit], str]:
    advisories = list(advisories_in(folder))
    newest = max((str(advisory.get("modified", ""))[:10] for advisory in advisories), default="never")
    return list(hits(packages(), advisories)), f"{len(advisories)} advisories of {folder}, the newest of {newest}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Looks for advisories about the packages of the lock files.")
    parser.add_argument("folder", nargs="?", type=Path, help="of advisories in the format of OSV, as JSON")
    folder = parser.parse_args().folder
    looked = [by_pip_audit(), *([by_folder(folder)] if folder else [])]
    sys.stdout.writelines(f"{told}\n" for _, told in looked)
    found = sorted({hit for each, _ in looked for hit in each})
    for package, advisory, aliases in found:
        sys.stdout.write(f"{package.name} {package.version}: {advisory} {' '.join(aliases)}\n")
    sys.stdout.write(f"{len(packages())} packages, {len(found)} advisories\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
