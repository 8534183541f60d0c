"""Prints the part of requirements.lock that production needs: pyproject's base dependencies and what they need.

The lock pins every extra as well, the tools and the embedded servers too. Run by the Dockerfile. Nothing is trusted
that is found out here: `pip install --require-hashes` refuses a list in which something is missing.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PINNED = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[\w.+!-]+)(?:.*\\\n)+.*\n", re.MULTILINE)


def needed(dependencies: list[str], pins: str) -> set[str]:
    """The names of everything that pip would install for `dependencies` under these pins."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-"]
    told = subprocess.run(
        [*command, "--constraint", "/dev/stdin", *dependencies],
        input=pins,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return {_normal(found["metadata"]["name"]) for found in json.loads(told.stdout)["install"]}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    locked = list(PINNED.finditer((ROOT / "requirements.lock").read_text("utf-8")))
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    names = needed(dependencies, "".join(f"{pin['name']}=={pin['version']}\n" for pin in locked))
    sys.stdout.writelines(pin.group() for pin in locked if _normal(pin["name"]) in names)


if __name__ == "__main__":
    main()
