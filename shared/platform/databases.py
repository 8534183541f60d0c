"""Which database is embedded: a real mongod where there is one, else SecantusDB.

Each keeps its data in a folder of its own, and never looks at the other's: a congress whose views lie in one is
folded anew into the other.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from shared.domain.decider import Refusal
from shared.platform import mongod, secantus
from shared.platform.children import stop_child
from shared.platform.database_users import KEYS, provide_passwords
from shared.platform.errors import PlatformError
from shared.platform.files import own_folder
from shared.values.secrecy import PASSWORD_FILE

NO_SUCH_MONGOD = Refusal(
    "no_such_mongod", "{setting} names {named}, which is no program that can be run; name a mongod, or {none}."
)
NO_DATABASE_PROGRAM = Refusal(
    "no_database_program", "secantusd-py is not installed: pip install 'daihoi[embedded]', or set DAIHOI_MONGO_URL."
)
MONGOD = "DAIHOI_MONGOD"
NONE = "none"
"""As the setting: SecantusDB, even where there is a mongod."""
SECANTUS_NAME, MONGOD_NAME = "SecantusDB", "mongod"


class EmbeddedDatabase(NamedTuple):
    """How it is started, where its data lies, and how to see that it takes writes."""

    name: str
    command: list[str]
    data: Path
    log: Path
    takes_writes: Callable[[], bool]
    stop: Callable[[subprocess.Popen[bytes]], None]


def mongod_program() -> str:
    """The mongod that the setting names, else the one on the path, empty where there is none. Raises
    `PlatformError`."""
    named = os.environ.get(MONGOD, "")
    if not named:
        return shutil.which("mongod") or ""
    if named == NONE:
        return ""
    program = shutil.which(named)
    if program is None:
        raise PlatformError(NO_SUCH_MONGOD(setting=MONGOD, named=named, none=NONE))
    return program


def embedded_database(directory: Path, port: int, program: str) -> EmbeddedDatabase:
    """The embedded database: `program` as mongod, or SecantusDB where it is empty. Makes the passwords that are
    missing. Raises `PlatformError`."""
    provide_passwords(directory / KEYS)
    if not program:
        command = secantus.command(secantus_program(), directory, port)
        data, log = directory / secantus.DATA, directory / "mongo.log"
        ready, stop = partial(secantus.takes_writes, port), partial(secantus.stop, port=port)
        return EmbeddedDatabase(SECANTUS_NAME, command, data, log, ready, stop)
    own_folder(directory / mongod.DATA)
    command = mongod.command(program, directory, port)
    ready = partial(mongod.takes_writes, directory, port)
    return EmbeddedDatabase(
        MONGOD_NAME, command, directory / mongod.DATA, directory / "mongod.log", ready, stop_child
    )


def embedded_mongo_url(directory: Path, port: int) -> str:
    """It names the folder of the passwords: who is asked for chooses the user."""
    folder = quote(str(directory.absolute() / KEYS), safe="/")
    return f"mongodb://127.0.0.1:{port}/?directConnection=true&{PASSWORD_FILE}={folder}"


def left_beside(directory: Path, serving: str) -> str:
    """The database whose data lies in `directory` unused while another is `serving`; empty where there is none."""
    others = [name for name, data in _DATA.items() if name != serving and (directory / data).is_dir()]
    return "".join(others)


_DATA = {SECANTUS_NAME: secantus.DATA, MONGOD_NAME: mongod.DATA}


def secantus_program() -> str:
    beside = Path(sys.executable).parent / "secantusd-py"
    program = str(beside) if beside.exists() else shutil.which("secantusd-py")
    if program is None:
        raise PlatformError(NO_DATABASE_PROGRAM())
    return program
