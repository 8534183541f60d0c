"""Addresses never show what is secret in them, and passwords come from files."""

import pytest

from shared.domain.decider import Refused
from shared.platform.credentials import Login, login, with_password_file
from shared.platform.errors import PlatformError
from shared.unit.findings import Notice, Severity
from shared.values.secrecy import masked

SECRET = "geheim"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"mongodb://tracker:{SECRET}@db:1/?w=1", "mongodb://tracker:…@db:1/?w=1"),
        (f"mongodb+srv://tracker:{SECRET}@db", "mongodb+srv://tracker:…@db"),
        (f"at mongodb://tracker:a@b/{SECRET}:c@db:1, or not", "at mongodb://tracker:…@db:1, or not"),
        (f"nats://{SECRET}@one:1,nats://unit:{SECRET}@two:2", "nats://…@one:1,nats://unit:…@two:2"),
        ("mongodb://tracker@db/?passwordFile=/run/tracker", "mongodb://tracker@db/"),
        ("mongodb://db:1/?directConnection=true and a@b", "mongodb://db:1/?directConnection=true and a@b"),
        ("no address at all", "no address at all"),
    ],
)
def test_what_is_secret_in_an_address_is_not_shown(text, shown):
    assert masked(text) == shown
    assert str(PlatformError(text)) == shown
    finding = Notice("any", Severity.INFO, "It is {what}.")("MongoDB", what=text)
    assert (finding.detail, finding.detail_vi) == (f"It is {shown}.", f"It is {shown}.")


@pytest.fixture
def folder(tmp_path):
    for user in ("tracker", "reader"):
        (tmp_path / user).write_text(f"{user}'s\n")
        (tmp_path / user).chmod(0o600)
    return tmp_path


def test_a_folder_of_passwords_has_one_for_who_writes_and_one_for_who_reads(folder):
    url = with_password_file("mongodb://db:1/?w=1", folder)
    assert login(url) == Login("mongodb://db:1/?w=1", "tracker", "tracker's")
    assert login(url, reads_only=True) == Login("mongodb://db:1/?w=1", "reader", "reader's")
    (folder / "reader").unlink()
    assert login(url, reads_only=True).user == "tracker"


def test_a_file_is_for_the_user_that_the_address_names(folder):
    url = with_password_file("mongodb://an%40other@one,two", folder / "tracker")
    assert login(url, reads_only=True) == Login("mongodb://one,two/", "an@other", "tracker's")
    assert with_password_file(url, folder / "reader") == url, "it names one already"


def test_an_address_without_a_file_is_left_as_it_is():
    url = f"mongodb://tracker:{SECRET}@db/?passwordless=1"
    assert with_password_file(url, None) == url
    assert login(url) == Login(url)
    assert with_password_file("", None) == ""


@pytest.mark.parametrize(
    ("url", "file", "code"),
    [
        ("mongodb://db", "tracker", "no_mongo_user"),
        ("mongodb://tracker@db", "missing", "no_mongo_password"),
        ("mongodb://tracker@db", "empty", "no_mongo_password"),
        ("mongodb://nobody@db", "", "no_mongo_password"),
    ],
)
def test_a_password_that_can_not_be_read_is_told(folder, url, file, code):
    (folder / "empty").touch()
    with pytest.raises(PlatformError) as refused:
        login(with_password_file(url, folder / file))
    assert isinstance(refused.value.why, Refused)
    assert refused.value.why.code == code
