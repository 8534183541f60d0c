"""Whoever reads Vietnamese is told nothing in English, whatever a server, the system or the argument parser says."""

import json
import re

import pytest

from shared.i18n import render
from shared.platform import embedded, keeper
from shared.platform.credentials import with_password_file
from shared.platform.files import why_not
from shared.platform.nats_account import KEYS_TROUBLE
from shared.values.message import Message, OwnWords
from tests.ports import own_port
from tests.program import Shell

ENGLISH = re.compile(
    r"\b(the|is|no|not|such|option|missing|invalid|value|usage|error|denied|server|file|nats:)\b", re.I
)
SEND = ["send", "logistics", "start-task", "{}", "--as", "logistics.lead"]


@pytest.fixture
def shell(endpoints, congress, tmp_path):
    return Shell(tmp_path, endpoints, congress)


def said_in_vietnamese(ran, code):
    assert ran.returncode in (1, 2)
    assert not ENGLISH.search(re.sub(r"`[^`]*`", "", ran.stderr.partition(": ")[2] if code else ran.stderr)), (
        ran.stderr
    )
    assert ran.stderr.startswith(f"{code}: " if code else ""), ran.stderr
    return ran.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        ["gì-đó"],
        ["report", "--gì-đó"],
        ["report", "--today"],
        ["report", "--format", "pdf"],
        ["send"],
        [*SEND, "more"],
        [*SEND, "--wait=yes"],
        [*SEND, "--id", "x"],
        [*SEND, "--patience", "-1"],
        ["parked", "show", "x"],
        ["parked", "gì-đó"],
        ["--lang"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_told_in_vietnamese(shell, wrong):
    assert said_in_vietnamese(shell.run(*wrong, DAIHOI_LANG="vi"), "")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_server_that_is_not_there_is_told_by_a_code_and_a_sentence_after_the_time_that_was_given(
    shell, monkeypatch, lang
):
    monkeypatch.setattr("shared.platform.nats.CONNECT_TIMEOUT_S", 0.2)
    assert shell.run("keys").returncode == 0
    url = f"nats://127.0.0.1:{own_port()}"
    ran = shell.run(*SEND, "--wait-for-service", "0.3", DAIHOI_NATS_URL=url, DAIHOI_LANG=lang)
    assert ran.returncode == 1
    sentence = {"vi": "Sau 0.3 giây vẫn chưa có máy chủ NATS", "en": "After 0.3 s still no NATS server answers"}[lang]
    assert ran.stderr.startswith(f"no_nats_server: {sentence}")
    assert url in ran.stderr


def test_what_nats_refuses_is_told_by_its_kind_and_its_own_words_only_where_asked_for(shell, connection, congress):
    provision = ("streams", "provision")
    elsewhere = {"DAIHOI_NATS_REPLICAS": "3", "DAIHOI_CONGRESS": f"{congress}-never", "DAIHOI_LANG": "vi"}
    assert said_in_vietnamese(shell.run(*provision, **elsewhere), "nats_unavailable")
    assert "could not be made with 3 replicas" in shell.run(*provision, **elsewhere, DAIHOI_DEBUG="1").stderr


def certificate_that_is_none(folder, _):
    (folder / "ca.pem").write_text("no certificate")
    return ("health", "logistics"), {"DAIHOI_NATS_CA": str(folder / "ca.pem")}, "nats_tls_file_unusable"


def no_address_of_a_database(_folder, _):
    return ("report",), {"DAIHOI_MONGO_URL": "mongodb://127.0.0.1:port"}, "no_mongo_url"


def no_database(_folder, _):
    nowhere = f"mongodb://127.0.0.1:{own_port()}/?directConnection=true"
    return ("report",), {"DAIHOI_MONGO_URL": nowhere}, "MongoDB"


@pytest.mark.parametrize("trouble", [certificate_that_is_none, no_address_of_a_database, no_database])
def test_what_other_programs_say_is_shown_in_english_or_where_it_is_asked_for(
    shell, connection, endpoints, tmp_path, monkeypatch, trouble
):
    monkeypatch.setattr("shared.platform.mongo.SERVER_SELECTION_TIMEOUT_MS", 200)
    command, environment, code = trouble(tmp_path, endpoints)

    def said(lang, debug):
        ran = shell.run(*command, **environment, DAIHOI_LANG=lang, DAIHOI_DEBUG=debug)
        return said_in_vietnamese(ran, code) if (lang, debug) == ("vi", "") else ran.stderr

    in_vietnamese, debugging, in_english = said("vi", ""), said("vi", "1"), said("en", "")
    assert len({in_vietnamese, debugging, in_english}) == 3


def test_a_password_that_is_no_text_is_told_in_vietnamese(shell, tmp_path):
    (tmp_path / "password").write_bytes(b"\xff")
    (tmp_path / "password").chmod(0o600)
    url = with_password_file("mongodb://tracker@127.0.0.1:1", tmp_path / "password")
    assert "không phải văn bản UTF-8" in said_in_vietnamese(
        shell.run("report", DAIHOI_MONGO_URL=url, DAIHOI_LANG="vi"), "no_mongo_password"
    ).replace("\n", " ")


def test_why_embedded_servers_would_not_start_is_told_in_the_readers_language_down_to_the_last_part(tmp_path):
    reason = KEYS_TROUBLE(folder=tmp_path, reason=OwnWords("Expecting value")).message
    noted = Message("outer", "{first} {second}").filled(first=reason, second=why_not(FileNotFoundError(2, "x")))
    (tmp_path / "keeper.error").write_text(json.dumps(keeper._plain(noted)))
    for lang in ("en", "vi"):
        assert render(embedded._why(tmp_path), lang) == render(noted, lang)
    assert "Expecting" not in render(noted, "vi")


@pytest.mark.parametrize("below", ["tệp", "tệp/sau", "/proc/nowhere/sau"])
@pytest.mark.parametrize("command", [["up"], ["health", "logistics"]], ids=" ".join)
def test_a_folder_where_nothing_can_be_kept_is_told_as_it_was_named(shell, tmp_path, command, below):
    (tmp_path / "tệp").touch()
    named = str(tmp_path / below)
    ran = shell.run(*command, DAIHOI_DATA_DIR=named, DAIHOI_NATS_URL="", DAIHOI_MONGO_URL="", DAIHOI_LANG="vi")
    said = said_in_vietnamese(ran, "no_data_folder")
    assert f"DAIHOI_DATA_DIR ghi {named}," in said.replace("\n", "")


def test_a_file_that_can_not_be_made_is_told_by_its_own_name_and_not_by_its_drafts(shell, connection):
    ran = shell.run("backup", "take", "/proc/congress.backup", DAIHOI_LANG="vi")
    assert ran.returncode == 1
    assert "/proc/congress.backup" in ran.stderr.replace("\n", "")
    assert "/." not in ran.stderr


def test_a_setting_without_effect_beside_embedded_servers_is_told_once(shell, tmp_path):
    folder = tmp_path / "passwords"
    folder.mkdir(mode=0o700)
    nothing = {"DAIHOI_NATS_URL": "", "DAIHOI_MONGO_URL": "", "DAIHOI_LANG": "vi"}
    settings = {"DAIHOI_NATS_CREDENTIALS": str(folder), "DAIHOI_MONGO_PASSWORD_FILE": str(folder)}
    said = shell.run_in_a_process("report", **nothing, **settings).stderr
    for setting in settings:
        assert said.count(f"{setting} không có tác dụng ở đây") == 1, said
