"""Settings by file."""

import os
import subprocess
import sys

import pytest

from shared.platform.credentials import login, with_password_file
from shared.platform.errors import PlatformError
from shared.platform.setting_files import take_setting_files


def test_the_content_of_a_file_takes_the_place_of_its_name(tmp_path):
    (tmp_path / "congress").write_text("hanoi-xx\n")
    environment = {"DAIHOI_CONGRESS_FILE": str(tmp_path / "congress"), "DAIHOI_LANG": "en", "HOME_FILE": "/nowhere"}
    take_setting_files(environment)
    assert environment == {"DAIHOI_CONGRESS": "hanoi-xx", "DAIHOI_LANG": "en", "HOME_FILE": "/nowhere"}


def test_a_setting_that_names_a_file_itself_is_left_as_it_is(tmp_path):
    file = tmp_path / "mongo.password"
    file.touch(0o600)
    environment = {"DAIHOI_MONGO_PASSWORD_FILE": str(file)}
    take_setting_files(environment)
    assert environment == {"DAIHOI_MONGO_PASSWORD_FILE": str(file)}
    take_setting_files({"DAIHOI_MONGO_PASSWORD_FILE": str(tmp_path / "nothing")})  # whoever needs it says so
    file.chmod(0o640)
    with pytest.raises(PlatformError, match=r"DAIHOI_MONGO_PASSWORD_FILE names .* others may read"):
        take_setting_files(environment)


@pytest.mark.parametrize(("folder_mode", "mode", "is_own"), [(0o755, 0o600, True), (0o1777, 0o440, False)])
def test_a_folder_of_passwords_may_be_entered_and_each_password_in_it_is_closed(
    tmp_path, monkeypatch, folder_mode, mode, is_own
):
    """As administrators make one, and as container platforms mount one."""
    tmp_path.chmod(folder_mode)
    for user in ("tracker", "reader"):
        (tmp_path / user).write_text(f"{user}'s")
        (tmp_path / user).chmod(mode)
    own = tmp_path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: own + (not is_own))
    take_setting_files({"DAIHOI_MONGO_PASSWORD_FILE": str(tmp_path)})
    url = with_password_file("mongodb://db", tmp_path)
    assert login(url).password == "tracker's"
    (tmp_path / "tracker").chmod(0o644)
    with pytest.raises(PlatformError) as refused:
        login(url)
    assert refused.value.why.code == "secret_file_open"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_secret_that_others_may_read_is_refused(mode, tmp_path):
    file = tmp_path / "token"
    file.write_text("eyJ")
    file.chmod(mode)
    with pytest.raises(PlatformError) as refused:
        take_setting_files({"DAIHOI_TOKEN_FILE": str(file)})
    assert refused.value.why.code == "setting_file_open"
    assert "eyJ" not in str(refused.value)
    file.chmod(0o400)
    environment = {"DAIHOI_TOKEN_FILE": str(file)}
    take_setting_files(environment)
    assert environment == {"DAIHOI_TOKEN": "eyJ"}


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"DAIHOI_TOKEN_FILE": "/nowhere/token"}, "setting_file_missing"),
        ({"DAIHOI_TOKEN_FILE": "/"}, "setting_file_missing"),
        ({"DAIHOI_CONGRESS_FILE": sys.executable}, "setting_file_not_text"),
        ({"DAIHOI_TOKEN_FILE": "/nowhere/token", "DAIHOI_TOKEN": "eyJ"}, "setting_twice"),
    ],
)
def test_a_file_that_can_not_be_meant_is_told_by_a_code(environment, code):
    with pytest.raises(PlatformError) as refused:
        take_setting_files(environment)
    assert refused.value.why.code == code


def test_the_program_reads_them_before_anything_else(tmp_path):
    """The language of its help, and a sentence where a file is missing."""
    (tmp_path / "lang").write_text("en")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DAIHOI_")}

    def run(path):
        command = [sys.executable, "-m", "daihoi", "--help"]
        given = environment | {"DAIHOI_LANG_FILE": str(path)}
        return subprocess.run(command, env=given, capture_output=True, text=True, check=False)

    assert run(tmp_path / "lang").stdout.startswith("Usage: daihoi")
    missing = run(tmp_path / "nothing")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr.startswith("setting_file_missing: DAIHOI_LANG_FILE")
