"""Whatever goes wrong, no password of an address is printed or logged."""

import pytest

from daihoi.ops.supervisor import Supervisor
from daihoi.terminal.operation import services_table
from shared.platform.credentials import login
from shared.platform.embedded import Endpoints
from tests.program import Shell
from tests.waiting import until

MADE_UP = "geheim-und-lang"
COMMANDS = (
    ("doctor",),
    ("doctor", "--format", "json"),
    ("report",),
    ("rebuild",),
    ("audit", "verify"),
    ("mongo", "users"),
)


def with_password(url: str, password: str) -> str:
    return login(url).url.replace("://", f"://tracker:{password}@", 1)


def everything_said(shell: Shell, secret: str, **environment: str) -> dict[str, str]:
    """Where the secret was told, and by which command."""
    told = {}
    for command in COMMANDS:
        ended = shell.run(*command, DAIHOI_DEBUG="1", **environment)
        told[" ".join(command)] = ended.stdout + ended.stderr
    told |= {str(file): file.read_text(errors="replace") for file in shell.folder.rglob("*.log")}
    assert all(text for text in told.values())
    return {where: text for where, text in told.items() if secret in text}


@pytest.mark.parametrize(
    "url",
    [
        "mongodb://tracker:{password}@127.0.0.1:1/?serverSelectionTimeoutMS=1",
        "mongodb://tracker:a/{password}:b@127.0.0.1:1/",
        "mongodb://tracker:{password}@@127.0.0.1:x/",
        "mongodb://tracker:{password}@127.0.0.1:1/?fsync=true",
        " mongodb://tracker:{password}@127.0.0.1:1/",
        "{right}",
    ],
    ids=["silent", "slash", "port", "setting", "blanks", "wrong password"],
)
def test_a_password_in_the_address_of_the_database_is_never_told(
    url, endpoints, connection, congress, tmp_path, monkeypatch
):
    monkeypatch.setattr("shared.platform.mongo.SERVER_SELECTION_TIMEOUT_MS", 50)
    if "127.0.0.1:1/" in url:
        monkeypatch.setattr("daihoi.ops.doctor.MONGO_PATIENCE_MS", 50)
    wrong = url.format(password=MADE_UP, right=with_password(endpoints.mongo_url, MADE_UP))
    shell = Shell(tmp_path, endpoints, congress)
    assert everything_said(shell, MADE_UP, DAIHOI_MONGO_URL=wrong) == {}


def test_a_password_or_token_in_the_address_of_the_broker_is_never_told(endpoints, congress, tmp_path, monkeypatch):
    monkeypatch.setattr("shared.platform.nats.FIRST_CONNECTION_TIMEOUT_S", 0.3)
    shell = Shell(tmp_path, endpoints, congress)
    for user in (f"logistics:{MADE_UP}", MADE_UP):
        assert everything_said(shell, MADE_UP, DAIHOI_NATS_URL=f"nats://{user}@127.0.0.1:1") == {}


async def test_a_tracker_whose_password_is_wrong_waits_and_its_log_does_not_tell_it(settings, endpoints, connection):
    wrong = endpoints._replace(mongo_url=with_password(endpoints.mongo_url, MADE_UP))
    running = Supervisor(settings, wrong)
    log = settings.data_dir / "logs" / "tracker.log"

    async def waits() -> bool:
        return log.exists() and "the projection waits" in log.read_text()

    try:
        running.start("tracker")
        await until(waits)
    finally:
        running.stop()
    assert MADE_UP not in log.read_text()


def test_the_table_of_services_shows_where_the_servers_are_and_no_password():
    servers = Endpoints(f"nats://unit:{MADE_UP}@one:1", f"mongodb://tracker:{MADE_UP}@two:2/?passwordFile=/x")
    caption = services_table("c", {}, servers, "en").caption
    assert caption == "nats://unit:…@one:1 · mongodb://tracker:…@two:2/"
