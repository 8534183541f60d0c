"""A congress whose views are in one embedded database does not come up empty on another without a word."""

import os

import pytest

from daihoi.ops.doctor import examine
from daihoi.ops.session import open_session
from daihoi.ops.supervisor import running_services
from shared.platform.databases import MONGOD, MONGOD_NAME, NONE, SECANTUS_NAME
from shared.platform.embedded import database_kept, embedded_servers
from shared.platform.errors import PlatformError
from shared.platform.settings import Settings
from tests.faults.kept import databases_here

PROGRAMS = {MONGOD_NAME if program else SECANTUS_NAME: program for program in databases_here()}
OTHER = dict(zip((SECANTUS_NAME, MONGOD_NAME), (MONGOD_NAME, SECANTUS_NAME), strict=True))


@pytest.mark.parametrize("serving", PROGRAMS)
async def test_views_that_another_database_holds_are_made_again_and_the_doctor_names_both(
    serving, tmp_path, monkeypatch
):
    """The other's data is what a folder of its name holds; it is not looked into."""
    for name in ("DAIHOI_NATS_URL", "DAIHOI_MONGO_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(MONGOD, PROGRAMS[serving] or NONE)
    left = tmp_path / ("mongod" if serving == SECANTUS_NAME else "mongo")
    left.mkdir()
    (left / "theirs").write_text("theirs")
    settings = Settings(congress="both", data_dir=tmp_path, lang="en")
    async with (
        open_session(settings, begins=True) as session,
        running_services(settings, session.servers, session.commands, ("tracker",)),
    ):
        assert database_kept(tmp_path) == serving
        (told,) = [each for each in await examine(settings) if each.code == "other_database"]
        assert (serving in told.detail, OTHER[serving] in told.detail) == (True, True)
    assert [each.name for each in left.iterdir()] == ["theirs"]


def test_a_mongod_that_is_none_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv(MONGOD, str(tmp_path / "nothing"))
    with pytest.raises(PlatformError, match="DAIHOI_MONGOD names"), embedded_servers(tmp_path):
        pass


def test_a_mongod_that_is_named_beside_servers_that_run_is_told_to_have_no_effect(tmp_path, monkeypatch, caplog):
    program = tmp_path / "mongod"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    data = tmp_path / "data"
    monkeypatch.setenv(MONGOD, NONE)
    with embedded_servers(data), embedded_servers(data):
        assert "no effect" not in caplog.text
        monkeypatch.setenv(MONGOD, str(program))
        with embedded_servers(data):
            pass
        assert f"no effect yet: {SECANTUS_NAME} runs already" in caplog.text
        monkeypatch.setenv(MONGOD, str(tmp_path / "nothing"))
        with pytest.raises(PlatformError, match="DAIHOI_MONGOD names"), embedded_servers(data):
            pass


def test_the_one_on_the_path_is_taken_unless_the_setting_says_none(tmp_path, monkeypatch):
    from shared.platform.databases import mongod_program

    program = tmp_path / "mongod"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv(MONGOD, raising=False)
    assert mongod_program() == str(program)
    monkeypatch.setenv(MONGOD, NONE)
    assert mongod_program() == ""
