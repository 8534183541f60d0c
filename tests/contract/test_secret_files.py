"""Whatever holds a secret is used where nobody else has it, and told by one code where others do."""

import os
import stat

import pytest

from shared.eventstore.credentials import credentials_for, issue
from shared.i18n import render
from shared.platform.credentials import login, with_password_file
from shared.platform.database_users import provide_passwords
from shared.platform.errors import PlatformError
from shared.platform.nats_account import credentials_path, key_of, provide_keys, revoke_all_of
from shared.platform.nats_tls import tls_options
from shared.platform.secret_files import is_closed
from shared.platform.setting_files import take_setting_files
from shared.platform.settings import Settings
from shared.unit.issuer import held_private_key, issuer_private_key
from shared.unit.rotation import make_next_key, rotate_keys
from tests.certificates import Authority

CONGRESS = "xx"


def issuers_key(folder, _):
    settings = Settings(data_dir=folder, congress=CONGRESS)
    issuer_private_key(settings)
    return settings.issuer_private_key_path, lambda: held_private_key(settings)


def next_key(folder, _):
    settings = Settings(data_dir=folder, congress=CONGRESS)
    issuer_private_key(settings)
    make_next_key(settings)
    return settings.issuer_private_key_path.with_name("issuer.key.next"), lambda: rotate_keys(settings)


def credentials_of_a_device(folder, _):
    provide_keys(folder)
    issue(folder, CONGRESS, "auditor")
    path = credentials_path(folder, CONGRESS, "auditor")
    return path, lambda: credentials_for(path, CONGRESS, "auditor")


def credentials_beside_the_key(folder, _):
    provide_keys(folder)
    issue(folder, CONGRESS, "auditor")
    return credentials_path(folder, CONGRESS, "auditor"), lambda: credentials_for(folder, CONGRESS, "auditor")


def accounts_key(folder, _):
    provide_keys(folder)
    return folder / "account.nk", lambda: key_of(folder, "account")


def password(folder, _):
    provide_passwords(folder)
    return folder / "tracker", lambda: login(with_password_file("mongodb://db", folder))


def key_of_a_certificate(folder, environment):
    authority = Authority(folder)
    pair = authority.client()
    environment.setenv("DAIHOI_NATS_CA", str(authority.certificate))
    environment.setenv("DAIHOI_NATS_CERTIFICATE", str(pair.certificate))
    environment.setenv("DAIHOI_NATS_KEY", str(pair.key))
    return pair.key, lambda: tls_options("nats://server")


SECRETS = [
    issuers_key,
    next_key,
    credentials_of_a_device,
    credentials_beside_the_key,
    accounts_key,
    password,
    key_of_a_certificate,
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_secret_that_others_may_read_or_write_is_not_used(tmp_path, monkeypatch, secret, mode):
    path, use = secret(tmp_path, monkeypatch)
    path.chmod(mode)
    content = path.read_bytes()
    with pytest.raises(PlatformError) as refused:
        use()
    why = refused.value.why
    assert why.code == "secret_file_open"
    for sentence in (str(why), render(why.message, "vi")):
        assert str(path) in sentence
        assert f"{mode:04o}" in sentence
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (content, mode), "it is left as it is"


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_secret_that_its_owner_alone_may_read_is_used(tmp_path, monkeypatch, secret, mode):
    path, use = secret(tmp_path, monkeypatch)
    path.chmod(mode)
    assert use()


@pytest.mark.parametrize(
    ("is_own", "mode", "is_taken"),
    [
        (True, 0o600, True),
        (True, 0o400, True),
        (True, 0o440, False),
        (True, 0o404, False),
        (False, 0o400, True),
        (False, 0o440, True),
        (False, 0o640, True),
        (False, 0o750, True),
        (False, 0o444, False),
        (False, 0o460, False),
        (False, 0o602, False),
    ],
)
def test_of_a_file_that_somebody_else_owns_its_group_may_read_the_secret(
    tmp_path, monkeypatch, is_own, mode, is_taken
):
    """As container platforms mount secrets. Only root could really give a file away."""
    path = tmp_path / "token"
    path.write_text("eyJ")
    path.chmod(mode)
    status = path.stat()
    monkeypatch.setattr(os, "geteuid", lambda: status.st_uid + (not is_own))
    assert is_closed(status) is is_taken
    environment = {"DAIHOI_TOKEN_FILE": str(path)}
    if is_taken:
        take_setting_files(environment)
        assert environment == {"DAIHOI_TOKEN": "eyJ"}
        return
    with pytest.raises(PlatformError) as refused:
        take_setting_files(environment)
    assert refused.value.why.code == "setting_file_open"


def test_credentials_that_others_have_read_can_be_revoked_and_made_anew(tmp_path):
    path, use = credentials_beside_the_key(tmp_path, None)
    read = use()
    path.chmod(0o644)
    (tmp_path / "issued.jsonl").unlink()
    assert revoke_all_of(tmp_path, f"{CONGRESS}/auditor", path).users == {read.key.public}
    assert use().key.public != read.key.public
