"""The embedded servers: shared while somebody needs them, gone afterwards, whoever is killed how."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from daihoi.cli.failures import sentence_of
from daihoi.ops.other_ups import congresses_up, others_run
from daihoi.ops.supervisor import Supervisor, only_one_up
from shared.platform import keeper
from shared.platform.embedded import Endpoints, embedded_servers
from shared.platform.errors import PlatformError
from shared.platform.files import data_folder
from shared.platform.settings import Settings
from shared.unit.problems import NOT_RUNNING, ProblemError, problem_of
from tests.own_servers import DATABASE_FOLDER, begin_as_after_a_first_start
from tests.waiting import wait_until

HOLD_SERVERS = """
import sys, time
from pathlib import Path
from shared.platform.embedded import Endpoints, embedded_servers
with embedded_servers(Path(sys.argv[1])) as found:
    print(found.nats_url, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folder(tmp_path):
    """Where the servers start in the time that every start but the first takes."""
    return begin_as_after_a_first_start(tmp_path)


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def server_pids(folder: Path) -> list[int]:
    return json.loads((folder / "servers.json").read_text())["pids"]


def keeper_pid(folder: Path) -> int:
    return int(
        next(
            status.parent.name
            for status in Path("/proc").glob("[0-9]*/cmdline")
            if f"keeper\0{folder}".encode() in status.read_bytes()
        )
    )


@contextmanager
def another_process_holding(folder: Path):
    holder = subprocess.Popen([sys.executable, "-c", HOLD_SERVERS, str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        yield holder, holder.stdout.readline().strip()
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


def test_a_second_user_gets_the_same_servers_and_the_last_one_ends_them(folder):
    with embedded_servers(folder) as mine:
        pids = server_pids(folder)
        with another_process_holding(folder) as (_, theirs):
            assert theirs == mine.nats_url
        assert all(map(lives, pids)), "one user is left"
    wait_until(lambda: not any(map(lives, pids)))


def test_no_server_outlives_a_parent_killed_with_9(folder):
    with another_process_holding(folder) as (holder, _):
        pids = [*server_pids(folder), keeper_pid(folder)]
        os.kill(holder.pid, signal.SIGKILL)
        wait_until(lambda: not any(map(lives, pids)))


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills children with their parent")
def test_no_server_outlives_a_keeper_killed_with_9(folder):
    with another_process_holding(folder):
        pids = server_pids(folder)
        os.kill(keeper_pid(folder), signal.SIGKILL)
        wait_until(lambda: not any(map(lives, pids)))


@pytest.mark.long
def test_daihoi_up_says_so_and_ends_when_its_keeper_is_killed_with_9(folder):
    given = ("DAIHOI_NATS_URL", "DAIHOI_MONGO_URL")
    environment = {name: value for name, value in os.environ.items() if name not in given}
    running = subprocess.Popen(
        [sys.executable, "-m", "daihoi", "up"],
        env=environment
        | {
            "DAIHOI_DATA_DIR": str(folder),
            "DAIHOI_LANG": "en",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert "daihoi" in running.stdout.readline(), "all services are ready"
        os.kill(keeper_pid(folder), signal.SIGKILL)
        _, told = running.communicate(timeout=180)
    finally:
        running.kill()
        running.wait()
    assert running.returncode == 1
    steps = ("Starting the servers", "The servers run. Starting 5 services", "was killed; start again")
    assert sorted(steps, key=told.index) == [*steps]


async def test_services_whose_embedded_servers_are_gone_are_not_waited_for(tmp_path):
    settings = Settings(data_dir=tmp_path, congress="congress", nats_url="", mongo_url="")
    supervisor = Supervisor(settings, Endpoints("", ""))
    child = supervisor.start("logistics", ["sleep", "600"])
    with pytest.raises(PlatformError, match="was killed"):
        await supervisor.watch()
    assert child.wait() == -signal.SIGKILL


@pytest.mark.long
def test_a_server_that_dies_is_started_again_at_the_same_place(folder):
    with embedded_servers(folder) as found:
        began = time.monotonic()
        wait_until(lambda: time.monotonic() - began > keeper.SHORT_LIFE_S)
        nats_pid = server_pids(folder)[0]
        os.kill(nats_pid, signal.SIGKILL)
        port = int(found.nats_url.rpartition(":")[2])
        wait_until(lambda: not lives(nats_pid))
        wait_until(lambda: keeper.listens(port))


def test_a_server_that_will_not_start_says_why_with_the_tail_of_its_log(tmp_path):
    (tmp_path / "nats").write_text("a file where the store directory should be")
    with pytest.raises(PlatformError, match="nats-server ended at once") as told, embedded_servers(tmp_path):
        pass
    assert "storage directory is not a directory" in str(told.value)
    assert not (tmp_path / "servers.json").exists()


def test_servers_in_use_are_not_wiped(folder, monkeypatch):
    monkeypatch.setattr("shared.platform.embedded.LAST_USER_TIMEOUT_S", 0.2)
    with (
        another_process_holding(folder),
        pytest.raises(PlatformError, match="in use"),
        embedded_servers(folder, fresh=True),
    ):
        pass
    assert (folder / "nats").exists()


HARD_PARTS = ("Đại hội lần thứ XX", "$HOME #1 {;} [é]", "a \"b\" 'c' \\x41 \\")


@pytest.mark.parametrize(
    "name", [" ".join(HARD_PARTS), *(pytest.param(part, marks=pytest.mark.long) for part in (*HARD_PARTS, "data"))]
)
def test_the_servers_keep_their_data_in_a_folder_of_any_name_that_nobody_else_reads(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    folder = Path(name)
    folder.mkdir(mode=0o755)
    (folder / "logs").mkdir(mode=0o755)
    with embedded_servers(folder):
        assert (folder / "nats" / "jetstream").is_dir()
        assert list((folder / DATABASE_FOLDER).iterdir())
        made = [folder, *folder.rglob("*")]
        modes = {str(each): stat.S_IMODE(each.stat().st_mode) for each in made if each.exists()}
    assert {each: oct(mode) for each, mode in modes.items() if mode & 0o077} == {}
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_folder_that_holds_other_things_too_keeps_its_mode(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "somebody's").mkdir(mode=0o755)
    (tmp_path / "logs").mkdir(mode=0o755)
    data_folder(tmp_path)
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (tmp_path, *sorted(tmp_path.iterdir()))]
    assert modes == [0o755, 0o755, 0o755]
    (tmp_path / "keeper.lock").touch()
    data_folder(tmp_path)
    assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o700


def test_the_logs_of_services_are_their_owners_alone_beside_given_servers_too(settings, endpoints):
    settings.data_dir.chmod(0o755)
    Supervisor(settings, endpoints).start("logistics", ["true"]).wait()
    logs = settings.data_dir / "logs"
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (settings.data_dir, logs, logs / "logistics.log")]
    assert modes == [0o700, 0o700, 0o600]


def test_data_is_kept_between_runs_and_wiped_when_asked(tmp_path):
    marks = [tmp_path / "nats" / "mark", tmp_path / DATABASE_FOLDER / "mark"]
    with embedded_servers(tmp_path):
        for mark in marks:
            mark.write_text("kept")
    with embedded_servers(tmp_path):
        assert all(mark.exists() for mark in marks)
    with embedded_servers(tmp_path, fresh=True):
        assert not any(mark.exists() for mark in marks)


def test_who_works_on_another_congress_than_the_one_that_runs_is_told_which_that_is(settings, monkeypatch):
    here = settings.model_copy(update={"nats_url": None})
    other = here.model_copy(update={"congress": "another"})
    monkeypatch.setenv("DAIHOI_DATA_DIR", str(here.data_dir))
    monkeypatch.setenv("DAIHOI_CONGRESS", "another")
    monkeypatch.setenv("DAIHOI_LANG", "en")
    monkeypatch.delenv("DAIHOI_NATS_URL", raising=False)
    silent = ProblemError(problem_of(NOT_RUNNING(service="logistics")))
    with only_one_up(here):
        assert congresses_up(here.data_dir.absolute()) == [here.congress]
        assert others_run(here) is None
        told = sentence_of(silent)
        with only_one_up(other):
            assert others_run(other) is None, "it runs too"
    assert told.startswith("service_not_running: ")
    assert f"`daihoi up` runs for {here.congress}, not for another" in told
    assert others_run(other) is None, "none runs any more"
    assert "`daihoi up` runs" not in sentence_of(silent)


def test_everything_is_started_once_a_congress_and_folder(settings):
    other = settings.model_copy(update={"congress": f"{settings.congress}-b"})
    refused = pytest.raises(PlatformError, match=f"as process {os.getpid()}")
    with only_one_up(settings), only_one_up(other), refused, only_one_up(settings):
        pass
    with only_one_up(settings):
        pass
