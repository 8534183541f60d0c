"""`daihoi accounts`, as the operator gives it."""

import json

import pytest

from shared.eventstore.streams import provision
from shared.web.sign_in.accounts import Accounts
from shared.web.sign_in.passwords import Passwords
from tests.program import Shell


@pytest.fixture
async def shell(tmp_path, endpoints, congress, connection):
    await provision(connection, congress)
    return Shell(tmp_path, endpoints, congress)


@pytest.fixture
def password(tmp_path):
    def write(text, mode=0o600):
        path = tmp_path / "password"
        path.write_bytes(text)
        path.chmod(mode)
        return f"--password-file={path}"

    return write


async def test_an_account_from_its_making_to_its_end(shell, password, connection, congress):
    given = password("một mật khẩu dài\n".encode())
    added = shell.run("accounts", "add", "lan", "logistics.lead", "security.member", "--name", "Nguyễn Lan", given)
    assert added.returncode == 0, added.stderr
    assert shell.run("accounts", "add", "lan", "logistics.lead", "--name", "Lan", given).returncode == 1
    accounts = Accounts(connection, congress)
    account = (await accounts.get("lan")).account
    assert account.must_change_password
    assert await Passwords().is_right("một mật khẩu dài", account.password)

    other = password("một mật khẩu khác".encode())
    for arguments in (
        ("password", "lan", other, "--keeps-password"),
        ("positions", "lan", "subcommittee.lead"),
        ("disable", "lan"),
        ("sign-out", "lan"),
    ):
        done = shell.run("accounts", *arguments)
        assert (done.returncode, done.stdout) == (0, "Done. lan is signed out everywhere.\n"), done.stderr
    listed = shell.run("accounts", "list", "--format", "json").stdout
    assert "argon2" not in listed
    assert json.loads(listed)[0] | {"changed_at": ""} == {
        "id": "lan",
        "name": "Nguyễn Lan",
        "positions": ["subcommittee.lead"],
        "oidc_names": [],
        "active": False,
        "must_change_password": False,
        "changed_at": "",
        "has_password": True,
    }
    assert "lan (đã khóa)" in shell.run("accounts", "list", "--lang", "vi").stdout
    assert shell.run("accounts", "enable", "lan").returncode == 0
    assert await Passwords().is_right("một mật khẩu khác", (await accounts.get("lan")).account.password)


async def test_who_signs_in_by_a_provider_alone_needs_no_password(shell, connection, congress):
    added = shell.run(
        "accounts", "add", "lan", "leaders.first", "--name", "Lan", "--oidc", "4711", "--oidc", "a@b.vn"
    )
    assert added.returncode == 0, added.stderr
    account = (await Accounts(connection, congress).get("lan")).account
    assert (account.password, account.oidc_names, account.must_change_password) == (None, ("4711", "a@b.vn"), False)


@pytest.mark.parametrize(
    ("arguments", "content", "mode", "told"),
    [
        (("lan", "logistics.lead"), b"short", 0o600, "at least 10"),
        (("lan", "logistics.lead"), b"long enough it is", 0o644, "Others may read"),
        (("lan", "logistics.lead"), b"\xff" * 12, 0o600, "no text in UTF-8"),
        (("lan", "nobody.lead"), b"long enough it is", 0o600, "A position is"),
        (("lan.x", "logistics.lead"), b"long enough it is", 0o600, "Account and name"),
    ],
)
async def test_what_is_wrong_is_told_and_makes_nothing(
    shell, password, connection, congress, arguments, content, mode, told
):
    ended = shell.run("accounts", "add", *arguments, "--name", "Lan", password(content, mode))
    assert ended.returncode in (1, 2)
    assert told in ended.stderr
    assert await Accounts(connection, congress).are_there_none()


async def test_without_a_terminal_a_password_is_not_asked_for(shell):
    ended = shell.run("accounts", "add", "lan", "logistics.lead", "--name", "Lan")
    assert ended.returncode == 2
    assert "--password-file" in ended.stderr
    ended = shell.run("accounts", "disable", "nobody")
    assert ended.returncode == 1
    assert "There is no account nobody." in ended.stderr
