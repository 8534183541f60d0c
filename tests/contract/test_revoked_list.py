"""Who was revoked stays so: on the real server, whatever becomes of the list, and whatever a clock said."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from daihoi.ops.doctor import examine
from shared.eventstore.credentials import credentials_for
from shared.platform import nats_keys
from shared.platform.embedded import embedded_servers
from shared.platform.errors import PlatformError
from shared.platform.keeper import Server, nats_server
from shared.platform.nats import nats_connection
from shared.platform.nats_account import provide_keys, revoke, revoked
from shared.platform.nats_keys import Credentials, claims_of
from shared.platform.settings import Settings
from tests.contract.refusing import refused
from tests.ports import own_port
from tests.waiting import until

CONGRESS, DAY_S = "xx", 24 * 3600
HARMS = {
    "broken off": lambda path: path.write_text('{"a":'),
    "no list": lambda path: path.write_text("[]"),
    "nested for ever": lambda path: path.write_text("[" * 100_000),
    "no text": lambda path: path.write_bytes(b"\xff\xfe\x00"),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


class Embedded:
    """The embedded nats-server, looked after as its keeper does it."""

    def __init__(self, folder: Path) -> None:
        port = own_port()
        self.server: Server = nats_server(folder, port)
        self.keys, self.url, self.list = (
            folder / "nats-keys",
            f"nats://127.0.0.1:{port}",
            folder / "nats-keys" / "revoked.json",
        )
        self.server.start()

    async def lets_in(self, credentials: Credentials) -> bool:
        self.server.keep_up()
        try:
            async with nats_connection(self.url, "tests", credentials):
                return True
        except PlatformError as error:
            return error.why.code != "not_let_in"

    async def refuses(self, credentials: Credentials) -> None:
        async def is_refused() -> bool:
            return not await self.lets_in(credentials)

        await until(is_refused)


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Embedded]:
    embedded = Embedded(tmp_path)
    yield embedded
    embedded.server.stop()


async def test_credentials_that_a_clock_ahead_issued_are_revoked_too(embedded, monkeypatch):
    with monkeypatch.context() as ahead:
        ahead.setattr(nats_keys.time, "time", lambda now=time.time: now() + DAY_S)
        lost = credentials_for(embedded.keys, CONGRESS, "auditor")
    assert claims_of(lost.jwt)["iat"] > time.time() + DAY_S / 2
    assert await embedded.lets_in(lost)
    revoke(embedded.keys, [lost.key.public])
    await embedded.refuses(lost)
    assert await embedded.lets_in(credentials_for(embedded.keys, CONGRESS, "auditor"))


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
async def test_a_list_that_can_not_be_read_ends_no_server_and_lets_nobody_in_again(embedded, caplog, harm):
    lost = credentials_for(embedded.keys, CONGRESS, "auditor")
    kept = credentials_for(embedded.keys, CONGRESS, "tracker")
    revoke(embedded.keys, [lost.key.public])
    await embedded.refuses(lost)
    whole = embedded.list.read_bytes()
    harm(embedded.list)
    for _ in range(3):
        assert (await embedded.lets_in(lost), await embedded.lets_in(kept)) == (False, True)
    assert caplog.text.count("who was revoked stays so") == 1
    put_back(embedded.list, whole)
    revoke(embedded.keys, [kept.key.public])
    await embedded.refuses(kept)


def put_back(path: Path, content: bytes) -> None:
    if path.is_dir():
        path.rmdir()
    path.write_bytes(content)


async def test_the_keeper_goes_on_with_a_list_that_can_not_be_read_and_the_doctor_says_so(tmp_path, monkeypatch):
    for name in ("NATS_CREDENTIALS", "NATS_URL", "MONGO_URL"):
        monkeypatch.delenv(f"DAIHOI_{name}", raising=False)
    settings, keeper_log = Settings(congress=CONGRESS, data_dir=tmp_path, lang="en"), tmp_path / "keeper.log"
    with embedded_servers(tmp_path) as servers:
        keys = tmp_path / "nats-keys"
        kept, _ = (credentials_for(keys, CONGRESS, identity) for identity in ("auditor", "operator"))
        (keys / "revoked.json").write_text('{"a":')

        async def is_told():
            return "who was revoked stays so" in keeper_log.read_text()

        await until(is_told)
        assert "revoked_unreadable" in {finding.code for finding in await examine(settings)}
        async with nats_connection(servers.nats_url, "tests", kept):
            pass


async def test_a_list_that_is_gone_or_shorter_is_completed_while_the_server_runs(embedded, caplog):
    first, second, third = (
        credentials_for(embedded.keys, CONGRESS, identity) for identity in ("auditor", "tracker", "logistics")
    )
    revoke(embedded.keys, [first.key.public, second.key.public])
    await embedded.refuses(second)
    embedded.list.unlink()
    assert not await embedded.lets_in(first)
    assert revoked(embedded.keys).keys() == {first.key.public, second.key.public}
    assert "2 revoked users were missing on the list and were put back" in caplog.text
    embedded.list.write_text(json.dumps({third.key.public: 0}))
    await embedded.refuses(third)
    assert [await embedded.lets_in(lost) for lost in (first, second)] == [False, False]
    assert len(revoked(embedded.keys)) == 3


@pytest.mark.parametrize("harm", [HARMS[name] for name in HARMS if name != "a folder"])
def test_a_list_that_can_not_be_read_is_told_and_neither_added_to_nor_taken_for_empty(tmp_path, harm):
    provide_keys(tmp_path)
    lost = credentials_for(tmp_path, CONGRESS, "auditor")
    revoke(tmp_path, [lost.key.public])
    harm(tmp_path / "revoked.json")
    content = (tmp_path / "revoked.json").read_bytes()
    attempts: list[Callable[[], object]] = [
        lambda: revoke(tmp_path, ["U"]),
        lambda: revoked(tmp_path),
        lambda: credentials_for(tmp_path, CONGRESS, "auditor"),
    ]
    assert [refused(attempt) for attempt in attempts] == ["revoked_unreadable"] * 3
    assert (tmp_path / "revoked.json").read_bytes() == content


@pytest.mark.parametrize("when", ["null", "1e999", '"soon"', "[]", "-1"])
def test_whoever_is_on_the_list_is_revoked_whatever_stands_there_for_the_time(tmp_path, when):
    provide_keys(tmp_path)
    lost = credentials_for(tmp_path, CONGRESS, "auditor")
    (tmp_path / "revoked.json").write_text(f'{{"{lost.key.public}": {when}}}')
    assert credentials_for(tmp_path, CONGRESS, "auditor").key.public != lost.key.public
