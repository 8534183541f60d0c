"""One pair of servers for a whole test run, however many workers it has and however it ends."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.servers import choice
from tests.waiting import until

PROJECT = Path(__file__).parents[2]
A_TEST = """
import asyncio, os
from pathlib import Path

async def test_that_never_ends(endpoints):
    written = Path(__file__).with_name(os.environ["PYTEST_XDIST_WORKER"])
    written.write_text("\\n".join(endpoints))
    await asyncio.Event().wait()
"""


async def answers(url: str) -> bool:
    host, port = url.rpartition("/")[2].split(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return False
    writer.close()
    return True


def listen_to_ctrl_c() -> None:
    """What a shell starts in the background does not."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.long
async def test_workers_share_a_pair_of_servers_that_ends_with_a_run_that_is_broken_off(tmp_path):
    for number in range(2):
        (tmp_path / f"test_{number}.py").write_text(A_TEST)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    options = ("-p", "tests.conftest", "-c", str(PROJECT / "pyproject.toml"), "--rootdir", str(tmp_path))
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", "-q", *options, str(tmp_path)),
        env=environment | {"PYTHONPATH": str(PROJECT)},
        stdout=asyncio.subprocess.DEVNULL,
        preexec_fn=listen_to_ctrl_c,
    )

    async def both_are_at_work() -> bool:
        return len(written := [*tmp_path.glob("gw?")]) == 2 and all(each.read_text() for each in written)

    try:
        await until(both_are_at_work)
        (pair,) = {each.read_text() for each in tmp_path.glob("gw?")}
        nats_url = pair.splitlines()[0]
        assert await answers(nats_url)
    finally:
        running.send_signal(signal.SIGINT)
        await running.wait()
    if choice()[0] != "given":

        async def gone() -> bool:
            return not await answers(nats_url)

        await until(gone)
