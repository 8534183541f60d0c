"""`python -m tests.supply.audit [FOLDER]`: are there advisories about the packages of the lock files?

Asks pip-audit, which asks a database of advisories, and looks into a folder of advisories where one is named. Ends
with 1 where there is an advisory, with 0 where all packages were looked up and none has one, and with 3 where they
could not all be looked up: then nothing is known."""

import argparse
import importlib.util
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.supply.advisories import Hit, advisories_in, hits
from tests.supply.locks import Package, lock_files, normal, packages

CLEAN, FOUND, NOT_AUDITED = 0, 1, 3
SERVICES = ("pypi", "osv")
TIMEOUT_S = 300
HOW_TO_AUDIT = (
    "Whether there are advisories is not known. Run it where a database can be reached, or name a folder of "
    "advisories (OSV, JSON): make audit ADVISORIES=folder\n"
)


class Answer(NamedTuple):
    """What a database has about the packages of a lock file, and about how many of them it could be asked."""

    hits: list[Hit]
    audited: int
    skipped: int

    @classmethod
    def of(cls, report: dict[str, Any]) -> "Answer":
        """Of what pip-audit prints. Where its database answers «not found», it skips the package and is content."""
        audited = [one for one in report["dependencies"] if "skip_reason" not in one]
        hits = [
            Hit(Package(normal(one["name"]), one["version"], ""), found["id"], tuple(found.get("aliases", ())))
            for one in audited
            for found in one["vulns"]
        ]
        return cls(hits, len(audited), len(report["dependencies"]) - len(audited))


def ask(service: str, lock: Path) -> Answer | None:
    """`None` where its database could not be asked."""
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
        answer = Answer.of(json.loads(ended.stdout))
    except (json.JSONDecodeError, subprocess.TimeoutExpired):
        return None
    return answer if answer.audited else None


class Look(NamedTuple):
    """At one source of advisories: what was found, what was looked at in words, and whether it knew
    every package."""

    hits: list[Hit]
    told: str
    succeeded: bool = True


def by_pip_audit() -> Look:
    """In all lock files."""
    if importlib.util.find_spec("pip_audit") is None:
        return Look([], "pip-audit is not installed: nobody was asked", succeeded=False)
    for service in SERVICES:
        if (first := ask(service, lock_files()[0])) is not None:
            return look_of(service, [first, *(ask(service, lock) for lock in lock_files()[1:])])
    databases = ", ".join(SERVICES)
    return Look(
        [], f"no database of advisories can be reached from here ({databases}): nobody was asked", succeeded=False
    )


def look_of(service: str, answers: Sequence[Answer | None]) -> Look:
    given = [answer for answer in answers if answer]
    audited, skipped = sum(answer.audited for answer in given), sum(answer.skipped for answer in given)
    told = f"pip-audit asked {service} about {len(given)} of {len(answers)} lock files: {audited} lines answered"
    hits = [hit for answer in given for hit in answer.hits]
    return Look(hits, f"{told}, {skipped} not", succeeded=len(given) == len(answers) and not skipped)


def by_folder(folder: Path) -> Look:
    try:
        advisories = list(advisories_in(folder))
    except (OSError, ValueError) as error:
        return Look([], f"the advisories of {folder} can't be read: {error}", succeeded=False)
    newest = max((str(advisory.get("modified", ""))[:10] for advisory in advisories), default="never")
    told = f"{len(advisories)} advisories of {folder}, the newest of {newest}"
    return Look(list(hits(packages(), advisories)), told, succeeded=bool(advisories))


def main() -> int:
    parser = argparse.ArgumentParser(description="Looks for advisories about the packages of the lock files.")
    parser.add_argument("folder", nargs="?", type=Path, help="of advisories in the format of OSV, as JSON")
    folder = parser.parse_args().folder
    looks = [by_pip_audit(), *([by_folder(folder)] if folder else [])]
    sys.stdout.writelines(f"{look.told}\n" for look in looks)
    found = sorted({hit for look in looks for hit in look.hits})
    for package, advisory, aliases in found:
        sys.stdout.write(f"{package.name} {package.version}: {advisory} {' '.join(aliases)}\n")
    is_audited = any(look.succeeded for look in looks)
    verdict = f"{len(found)} advisories" if is_audited or found else "NOT AUDITED"
    sys.stdout.write(f"{len(packages())} packages: {verdict}\n")
    if not is_audited:
        sys.stdout.write(HOW_TO_AUDIT)
    return FOUND if found else CLEAN if is_audited else NOT_AUDITED


if __name__ == "__main__":
    raise SystemExit(main())
