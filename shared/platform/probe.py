"""Whether a service of this machine is well, asked for next to nothing: what it last wrote of itself, if that holds.

`python -I -S shared/platform/probe.py SERVICE` is what containers are checked with. It ends with 0 where the service
is ready and with 1 otherwise, and prints what the service said. `absent`: it is starting or stopping, or does not run
here; `out-of-date`: it hangs, or was killed. Nothing is loaded but the interpreter, which costs some ten
milliseconds; `daihoi health` asks over NATS and loads the whole program.
"""

import os
import sys
import time

CONGRESS, DATA_DIR = "namdinh-xx", ".daihoi"
"""As the settings have them where the environment says nothing."""
FOLDER = "health"
READY, NOT_READY = "ready", "not-ready"
LONGEST_S = 3600.0
"""What is to hold for longer was written before the machine was last started."""


def file_of(data_dir: str, congress: str, service: str, instance: str = "") -> str:
    """Where a process of a service writes how it is. Its first line says `ready` or `not-ready` and until when that
    holds, by the machine's monotonic clock, which nobody sets; the rest is for people."""
    return os.path.join(data_dir, FOLDER, ".".join(filter(None, (congress, service, instance))))


def setting(name: str, default: str = "") -> str:
    """The setting, read as `shared.platform.setting_files` reads it."""
    if path := os.environ.get(f"DAIHOI_{name}_FILE"):
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    return os.environ.get(f"DAIHOI_{name}") or default


def verdict(path: str) -> tuple[bool, str]:
    """Whether what the file says is that the process is ready, and holds now; and what it says."""
    try:
        with open(path, encoding="utf-8") as file:
            state, _, until = file.readline().strip().partition(" ")
            answer = file.read().strip()
        left = float(until) - time.monotonic()
    except FileNotFoundError:
        return False, f"absent {path}"
    except (OSError, ValueError) as error:
        return False, f"unreadable {path}: {error}"
    if not 0 < left < LONGEST_S:
        return False, f"out-of-date {path}: {answer}"
    return state == READY, answer


def main() -> int:
    if len(sys.argv) != 2:
        sys.stderr.write("usage: probe.py SERVICE\n")
        return 2
    path = file_of(setting("DATA_DIR", DATA_DIR), setting("CONGRESS", CONGRESS), sys.argv[1], setting("INSTANCE"))
    is_well, answer = verdict(path)
    sys.stdout.write(f"{answer}\n")
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
