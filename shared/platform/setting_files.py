"""Settings by file: where `DAIHOI_X_FILE` names a file, its content is the value of `DAIHOI_X`."""

import os
from collections.abc import MutableMapping
from pathlib import Path

from shared.domain.decider import Refusal
from shared.platform.errors import PlatformError
from shared.platform.files import why_not
from shared.platform.reading import read_file
from shared.platform.secret_files import is_closed

SECRET = frozenset({"DAIHOI_TOKEN", "DAIHOI_NATS_URL", "DAIHOI_MONGO_URL", "DAIHOI_OIDC_CLIENT_SECRET"})
"""What may hold a password or lets one in."""
PATHS = frozenset({"DAIHOI_MONGO_PASSWORD_FILE"})
"""Settings that name a secret file, or a folder of such files, itself: it is read when it is needed."""
LARGEST_BYTES = 64 * 1024

SETTING_TWICE = Refusal("setting_twice", "{name} and {name}_FILE are both set; leave one away.")
SETTING_FILE_MISSING = Refusal("setting_file_missing", "{name}_FILE names {path}, which can't be read: {reason}.")
SETTING_FILE_NOT_TEXT = Refusal("setting_file_not_text", "{name}_FILE names {path}, which holds no text in UTF-8.")
SETTING_FILE_OPEN = Refusal(
    "setting_file_open",
    "{name}_FILE names {path}, which others may read: give it to the user who runs this, with mode 0600 or 0400.",
)


def take_setting_files(environment: MutableMapping[str, str]) -> None:
    """Puts the values in the place of the files' names; child processes get the values. Raises `PlatformError`."""
    by_files = [name for name in environment if name.startswith("DAIHOI_") and name.endswith("_FILE")]
    for by_file in sorted({*by_files} - PATHS):
        name = by_file.removesuffix("_FILE")
        if environment.get(name):
            raise PlatformError(SETTING_TWICE(name=name))
        if path := environment[by_file]:
            environment[name] = _content(name, Path(path))
        del environment[by_file]
    for by_file in PATHS & environment.keys():
        _check_closed(by_file.removesuffix("_FILE"), environment[by_file])


def _check_closed(name: str, path: str) -> None:
    """Raises `PlatformError` where others may read the file. In a folder each file is looked at when its secret is
    read: who may enter it has none of them by that."""
    if path and os.path.exists(path) and not os.path.isdir(path) and not is_closed(os.stat(path)):
        raise PlatformError(SETTING_FILE_OPEN(name=name, path=path))


def _content(name: str, path: Path) -> str:
    def check(status: os.stat_result) -> None:
        if name in SECRET and not is_closed(status):
            raise PlatformError(SETTING_FILE_OPEN(name=name, path=path))

    try:
        return read_file(path, LARGEST_BYTES, or_pipe=True, check=check).decode().strip()
    except OSError as error:
        raise PlatformError(SETTING_FILE_MISSING(name=name, path=path, reason=why_not(error))) from error
    except UnicodeDecodeError as error:
        raise PlatformError(SETTING_FILE_NOT_TEXT(name=name, path=path)) from error
