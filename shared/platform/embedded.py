"""Embedded servers: started when first needed, shared by every process that needs them, stopped with the last.

Their data stays in the directory between runs. See `keeper.py` for who runs them.
"""

import fcntl
import json
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from shared.domain.decider import Refusal, Refused
from shared.platform.credentials import with_password_file
from shared.platform.errors import PlatformError
from shared.platform.files import OWN_UMASK, data_folder, is_locked, keeping_data_in, lock_file, own_file
from shared.platform.nats_account import FOLDER
from shared.platform.settings import Settings
from shared.values.message import Message, OwnWords

NO_EFFECT = Message(
    "setting_without_effect",
    "{setting} has no effect here: {url} is not set, so the server is embedded, and makes its own.",
)
ONE_OF_TWO = Refusal(
    "one_server_named",
    "{named} names a server and {lacking} none, and nothing is started beside a server that is named: set both, or "
    "neither.",
)
RUNS_ALREADY = Message(
    "setting_without_effect",
    "{setting} has no effect yet: {serving} runs already. End all that uses it, and begin again.",
)
NOT_EMBEDDED = Refusal(
    "not_embedded", "Only embedded servers can be started afresh; take DAIHOI_NATS_URL away first."
)
STILL_STARTING = Refusal("servers_still_starting", "Another process has been starting the servers for too long.")
STILL_STOPPING = Refusal("servers_still_stopping", "The servers have been stopping for too long.")
WOULD_NOT_START = Refusal("servers_would_not_start", "The embedded servers would not start. {reason}")
KEEPER_ENDED = Message("keeper_ended", "Whoever starts them ended without a word; see {log}.")
NOT_READY = Refusal("servers_not_ready", "The embedded servers were not ready after {seconds} s; see {folder}.")
SERVERS_IN_USE = Refusal("servers_in_use", "The servers are in use; stop `daihoi up` before starting afresh.")
START_TIMEOUT_S = 90
LAST_USER_TIMEOUT_S = 10
LOOK_EVERY_S = 0.05
_SAID: set[tuple[str, str]] = set()

logger = logging.getLogger(__name__)


class Endpoints(NamedTuple):
    """Where the servers are, as the drivers want it, and the file or folder of NATS credentials; empty where the
    server has no locks."""

    nats_url: str
    mongo_url: str
    nats_credentials: str = ""


@contextmanager
def endpoints(settings: Settings, *, with_mongo: bool = True, fresh: bool = False) -> Iterator[Endpoints]:
    """The servers of `settings`, or embedded ones where none is named, for the length of the block. `fresh` starts
    with empty embedded servers. Raises `PlatformError`."""
    check_named(settings, with_mongo=with_mongo)
    mongo_url = with_password_file(settings.mongo_url, settings.mongo_password_file)
    given = Endpoints(settings.nats_url, mongo_url, _absolute(settings.nats_credentials))
    if given.nats_url:
        if fresh:
            raise PlatformError(NOT_EMBEDDED())
        yield given
        return
    _say_what_has_no_effect(settings)
    with embedded_servers(settings.data_dir, fresh=fresh) as embedded:
        yield embedded


def check_named(settings: Settings, *, with_mongo: bool = True) -> None:
    """Raises `PlatformError` where one server is named and another, which is needed too, is not."""
    if settings.nats_url and with_mongo and not settings.mongo_url:
        raise PlatformError(ONE_OF_TWO(named="DAIHOI_NATS_URL", lacking="DAIHOI_MONGO_URL"))
    if settings.mongo_url and not settings.nats_url:
        raise PlatformError(ONE_OF_TWO(named="DAIHOI_MONGO_URL", lacking="DAIHOI_NATS_URL"))


def _say_what_has_no_effect(settings: Settings) -> None:
    """Says so once a process. `daihoi nats` uses the credentials all the same, so they are not refused."""
    unused = []
    if not settings.nats_url and settings.nats_credentials:
        unused.append(("DAIHOI_NATS_CREDENTIALS", "DAIHOI_NATS_URL"))
    if not settings.mongo_url and settings.mongo_password_file:
        unused.append(("DAIHOI_MONGO_PASSWORD_FILE", "DAIHOI_MONGO_URL"))
    for setting, url in set(unused) - _SAID:
        sentence = NO_EFFECT.filled(setting=setting, url=url)
        logger.warning("%s", sentence, extra={"sentence": sentence})
    _SAID.update(unused)


def _absolute(path: Path | None) -> str:
    return str(path.absolute()) if path else ""


def environment_of(settings: Settings, servers: Endpoints) -> Mapping[str, str]:
    """What a child process needs to work on the same congress with the same servers."""
    locked = {"DAIHOI_NATS_CREDENTIALS": servers.nats_credentials} if servers.nats_credentials else {}
    return {
        **os.environ,
        **locked,
        "DAIHOI_CONGRESS": settings.congress,
        "DAIHOI_DATA_DIR": str(settings.data_dir.absolute()),
        "DAIHOI_NATS_URL": servers.nats_url,
        "DAIHOI_NATS_REPLICAS": str(settings.nats_replicas),
        "DAIHOI_MONGO_URL": servers.mongo_url,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }


@contextmanager
def embedded_servers(directory: Path, *, fresh: bool = False) -> Iterator[Endpoints]:
    """The embedded servers that keep their data in `directory`, for the length of the block."""
    directory = directory.absolute()
    with ExitStack() as lease:
        with keeping_data_in(directory):
            servers = _leased(directory, lease, fresh=fresh)
        _say_where_the_database_is_another(directory)
        yield servers


def _say_where_the_database_is_another(directory: Path) -> None:
    """Than the one that is named: who came first has chosen it. Raises `PlatformError` where it is none."""
    if not os.environ.get("DAIHOI_MONGOD"):
        return
    from shared.platform.databases import MONGOD_NAME, SECANTUS_NAME, mongod_program

    serving = database_kept(directory)
    if serving != (MONGOD_NAME if mongod_program() else SECANTUS_NAME):
        sentence = RUNS_ALREADY.filled(setting="DAIHOI_MONGOD", serving=serving)
        logger.warning("%s", sentence, extra={"sentence": sentence})


def _leased(directory: Path, stack: ExitStack, *, fresh: bool) -> Endpoints:
    data_folder(directory)
    lease = stack.enter_context(lock_file(directory / "lease"))
    with lock_file(directory / "start.lock") as starting:
        _lock(starting, fcntl.LOCK_EX, STILL_STARTING())
        if fresh:
            _wipe(directory)
        _lock(lease, fcntl.LOCK_SH, STILL_STOPPING())
        return _running(directory) if keeper_lives(directory) else _start(directory)


def _start(directory: Path) -> Endpoints:
    (directory / "servers.json").unlink(missing_ok=True)
    (directory / "keeper.error").unlink(missing_ok=True)
    with own_file(directory / "keeper.log") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "shared.platform.keeper", str(directory)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=OWN_UMASK,
            cwd=Path(__file__).parents[2],
        )
    return _running(directory, keeper)


def _running(directory: Path, keeper: "subprocess.Popen[bytes] | None" = None) -> Endpoints:
    addresses = directory / "servers.json"

    def are_ready() -> bool:
        if not addresses.exists() and keeper is not None and keeper.poll() is not None:
            raise PlatformError(WOULD_NOT_START(reason=_why(directory)))
        return addresses.exists()

    _wait_until(are_ready, START_TIMEOUT_S, NOT_READY(seconds=START_TIMEOUT_S, folder=directory))
    urls = json.loads(addresses.read_text())
    return Endpoints(urls["nats_url"], urls["mongo_url"], str(directory / FOLDER))


def _why(directory: Path) -> Message:
    """What ended the keeper."""
    try:
        why = json.loads((directory / "keeper.error").read_bytes(), object_hook=_read)
    except (OSError, ValueError):
        why = None
    return why if isinstance(why, Message) else KEEPER_ENDED.filled(log=directory / "keeper.log")


def _read(written: dict[str, Any]) -> object:
    """What stands in a sentence of the keeper may be another one, or what another program says."""
    match written:
        case {"own_words": words}:
            return OwnWords(words)
        case {"code": code, "sentence": sentence, "params": params}:
            return Message(code, sentence, params)
        case _:
            return written


def database_kept(directory: Path) -> str:
    """The name of the database that is kept running in `directory`; empty where none is."""
    try:
        return str(json.loads((directory / "servers.json").read_text())["database"])
    except (OSError, KeyError, ValueError):
        return ""


def keeper_lives(directory: Path) -> bool:
    """Whether somebody keeps the servers of `directory` running."""
    with lock_file(directory / "keeper.lock") as lock:
        return not is_locked(lock)


def _wipe(directory: Path) -> None:
    _wait_until(lambda: not keeper_lives(directory), LAST_USER_TIMEOUT_S, SERVERS_IN_USE())
    for data in ("nats", "mongo", "mongod"):
        shutil.rmtree(directory / data, ignore_errors=True)


def _lock(file: IO[bytes], kind: int, otherwise: Refused) -> None:
    _wait_until(lambda: is_locked(file, kind), START_TIMEOUT_S, otherwise)


def _wait_until(is_so: Callable[[], bool], timeout_s: float, otherwise: Refused) -> None:
    deadline = time.monotonic() + timeout_s
    while not is_so():
        if time.monotonic() > deadline:
            raise PlatformError(otherwise)
        time.sleep(LOOK_EVERY_S)
