"""A new key takes the place of the issuer's in steps that can be broken off and done again."""

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from daihoi.cli.main import app
from daihoi.ops.issuer_keys import key_findings
from daihoi.terminal.screen import Screen
from shared.domain.decider import Actor, Refused
from shared.platform.errors import PlatformError
from shared.platform.settings import Settings
from shared.unit.accepted_keys import KeysOnDisk, accepted_keys
from shared.unit.health import health_of
from shared.unit.issuer import (
    held_private_key,
    id_of_private,
    issuer_private_key,
    key_id,
    load_public_key,
    provide_issuer_keys,
)
from shared.unit.rotation import Part, keys_here, make_next_key, remove_key, rotate_keys
from shared.unit.tokens import TokenVerifier, id_of, mint_token
from tests.contract.refusing import refused

LEAD = Actor("logistics.lead", "logistics")


@pytest.fixture
def here(tmp_path):
    settings = Settings(data_dir=tmp_path / "data", congress="congress", lang="en")
    provide_issuer_keys(settings)
    return settings


@pytest.fixture
def service(here, tmp_path):
    """Another machine that checks tokens: its folder has what is brought to it."""
    folder = tmp_path / "service"
    folder.mkdir()
    (folder / "issuer.pub").write_bytes(here.issuer_public_key_path.read_bytes())
    return here.model_copy(update={"data_dir": tmp_path / "none", "issuer_public_key": folder})


def token(settings):
    key = held_private_key(settings)
    return mint_token(key, "congress", LEAD, datetime.now(UTC), timedelta(hours=1))


def is_good(settings, minted):
    try:
        return TokenVerifier(accepted_keys(settings), "congress", "logistics").actor(f"Bearer {minted}") == LEAD
    except Refused:
        return False


def parts(settings):
    return {key.key_id: key.part for key in keys_here(settings)}


def test_in_no_step_of_a_rotation_a_good_token_is_refused_anywhere(here, service):
    of_old, old = token(here), id_of_private(held_private_key(here))
    half = make_next_key(here)
    new = half.stem
    assert parts(here) == {old: Part.MINTS, new: Part.NEXT}
    assert is_good(service, token(here)), "the old key mints until the new one is everywhere"
    (service.issuer_public_keys / half.name).write_bytes(half.read_bytes())
    assert rotate_keys(here) == new
    of_new = token(here)
    assert all(is_good(place, minted) for place in (here, service) for minted in (of_old, of_new))
    assert parts(here) == {old: Part.CHECKS, new: Part.MINTS}
    for place in (here, service):
        remove_key(place, old)
        assert (is_good(place, of_old), is_good(place, of_new)) == (False, True)
    assert (parts(here), parts(service)) == ({new: Part.MINTS}, {new: Part.CHECKS})
    provide_issuer_keys(here)
    assert (id_of_private(issuer_private_key(here)), parts(here)) == (new, {new: Part.MINTS})


def test_a_step_that_is_done_again_does_the_rest_and_nothing_twice(here):
    half = make_next_key(here)
    assert make_next_key(here) == half
    half.unlink()
    assert make_next_key(here) == half, "it was broken off between the halves"
    assert rotate_keys(here) == half.stem
    assert refused(lambda: rotate_keys(here)) == "no_next_key"
    assert parts(here)[half.stem] is Part.MINTS


def test_no_key_mints_that_no_service_can_have_unless_it_is_to_at_once(here, service):
    old = id_of_private(held_private_key(here))
    assert refused(lambda: rotate_keys(here)) == "no_next_key"
    make_next_key(here).unlink()
    assert refused(lambda: rotate_keys(here)) == "no_next_key", "it was broken off before there was a half to bring"
    assert id_of_private(held_private_key(here)) == old
    new = rotate_keys(here, at_once=True)
    assert parts(here) == {old: Part.CHECKS, new: Part.MINTS}
    of_new = token(here)
    assert (is_good(here, of_new), is_good(service, of_new)) == (True, False)
    half = here.issuer_public_keys / f"{new}.pub"
    (service.issuer_public_keys / half.name).write_bytes(half.read_bytes())
    assert is_good(service, of_new)


def test_a_key_that_was_made_and_is_not_wanted_can_be_taken_away_again(here):
    mints, unwanted = id_of_private(held_private_key(here)), make_next_key(here).stem
    remove_key(here, unwanted)
    assert parts(here) == {mints: Part.MINTS}
    assert sorted(path.name for path in here.issuer_private_key_path.parent.iterdir()) == ["issuer.key"]


def test_the_private_halves_are_their_owners_alone_and_the_public_ones_everybodys(here):
    before = os.umask(0)
    try:
        half = make_next_key(here)
        private = here.issuer_private_key_path
        secret = private.with_name("issuer.key.next")
        assert [stat.S_IMODE(path.stat().st_mode) for path in (secret, half)] == [0o600, 0o644]
        rotate_keys(here)
    finally:
        os.umask(before)
    assert (stat.S_IMODE(private.stat().st_mode), secret.exists()) == (0o600, False)


def test_a_key_that_is_needed_or_not_there_is_not_taken_away(here, service):
    mints = id_of_private(held_private_key(here))
    assert refused(lambda: remove_key(here, mints)) == "key_mints"
    assert refused(lambda: remove_key(here, "0" * 16)) == "no_such_key"
    assert refused(lambda: remove_key(here, "../public/issuer.pub")) == "no_such_key"
    assert refused(lambda: remove_key(service, mints)) == "last_key"


def test_after_a_rotation_a_lost_private_half_is_begun_anew_without_any_key_of_before(here):
    of_old, half = token(here), make_next_key(here)
    rotate_keys(here)
    of_new = token(here)
    here.issuer_private_key_path.unlink()
    with pytest.raises(PlatformError, match=r"issuer\.pub and all keys beside it"):
        provide_issuer_keys(here)
    [lost] = [finding for finding in key_findings(here, {}) if finding.code == "private_half_missing"]
    assert "issuer.pub and all keys beside it" in lost.advice
    assert half in [path for key in keys_here(here) for path in key.files], "the list shows them"
    for path in here.issuer_public_key_path.parent.iterdir():
        path.unlink()
    provide_issuer_keys(here)
    assert [is_good(here, minted) for minted in (of_old, of_new, token(here))] == [False, False, True]


def test_keys_are_rotated_where_the_private_half_is_and_in_a_folder(here, service):
    for step in (make_next_key, rotate_keys):
        assert refused(lambda step=step: step(service)) == "private_key_not_here"
    a_file = here.model_copy(update={"issuer_public_key": here.issuer_public_key_path})
    assert refused(lambda: rotate_keys(a_file)) == "keys_need_a_folder"
    assert len(keys_here(here)) == 1
    assert KeysOnDisk(a_file.issuer_public_keys).ids == (keys_here(here)[0].key_id,), "one file is one key, as ever"


def test_a_service_starts_with_any_key_of_its_folder_and_not_without_one(here, service):
    half = make_next_key(here)
    folder = service.issuer_public_keys
    (folder / half.name).write_bytes(half.read_bytes())
    (folder / "issuer.pub").write_text("no key")
    (folder / "notes.txt").write_text("no key either")
    provide_issuer_keys(service, to_mint=False)
    assert accepted_keys(service).ids == (half.stem,)
    (folder / half.name).unlink()
    assert refused(lambda: accepted_keys(service)) == "not_a_public_key"
    (folder / "issuer.pub").unlink()
    assert refused(lambda: accepted_keys(service)) == "public_key_not_here"


# --- what doctor says while keys change ---
def seen(settings, revoked=frozenset(), /, **key_ids):
    healths = {name: [health_of([], {"key_id": key_id})] for name, key_id in key_ids.items()}
    return {(finding.about, finding.code) for finding in key_findings(settings, healths, revoked)}


def test_doctor_names_the_services_that_lack_a_key_and_is_content_when_none_does(here):
    old, new = id_of_private(held_private_key(here)), make_next_key(here).stem
    both = ", ".join(sorted((old, new)))
    assert seen(here, logistics=both, security=old) == {("keys", "keys_good"), ("security", "key_not_everywhere")}
    assert seen(here, logistics=both, security=both) == {("keys", "keys_good")}
    rotate_keys(here)
    assert ("security", "other_key") in seen(here, logistics=both, security=old)
    remove_key(here, old)
    assert seen(here, logistics=new, security=both) == {("keys", "keys_good"), ("logistics", "key_not_everywhere")}
    assert seen(here, logistics=new, security=new) == {("keys", "keys_good")}


def test_a_service_without_any_key_counts_for_nobody_who_verifies_and_hides_no_other(here):
    ours = id_of_private(held_private_key(here))
    [good] = key_findings(
        here, {name: [health_of([], {"key_id": id_})] for name, id_ in (("logistics", ""), ("security", ours))}
    )
    assert (good.code, "1 service verifies" in good.detail) == ("keys_good", True)
    assert seen(here, logistics="", security="f" * 16) == {("security", "other_key")}
    assert seen(here, logistics="") == set(), "one runs, so nobody says that none does"


def test_a_key_that_is_revoked_is_good_for_nobody_and_nobody_is_to_have_it(here, service):
    old = id_of_private(held_private_key(here))
    assert seen(here, {old}, logistics=old) == {("keys", "key_revoked")}
    assert seen(service, {old}, logistics=old) == {("keys", "key_revoked")}
    new = rotate_keys(here, at_once=True)
    assert seen(here, {old}, logistics=new, security=old) == {("keys", "keys_good"), ("security", "other_key")}
    assert seen(here, {old}, logistics=new, security=new) == {("keys", "keys_good")}, "though the old one is here"


# --- the command line ---
def run(*arguments):
    return CliRunner().invoke(app, arguments)


def test_keys_are_listed_made_rotated_and_removed_by_name(tmp_path, monkeypatch):
    monkeypatch.setenv("DAIHOI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DAIHOI_LANG", "en")
    assert run("keys").exit_code == 0
    [(old, part)] = [
        (key["key_id"], key["part"]) for key in json.loads(run("keys", "list", "--format", "json").stdout)
    ]
    half = run("keys", "next").stdout.strip()
    rotated = run("keys", "rotate")
    new = rotated.stdout.strip()
    assert rotated.stderr.startswith("No service was asked whether it has the key"), "none runs here"
    assert (part, half) == ("mints", str(tmp_path / "issuer" / "public" / f"{new}.pub"))
    assert run("keys", "rotate").stderr.startswith("no_next_key: There is no next key")
    listed = run("keys", "list")
    table = listed.stdout
    assert listed.stderr.startswith("Whether one of them is revoked is not known"), "no server runs"
    assert old in table
    assert new in table
    assert run("keys", "remove", new).exit_code == 1
    assert run("keys", "remove", old).exit_code == 0
    assert old not in run("keys", "list").stdout


def test_whoever_rotates_at_once_is_told_what_to_bring_to_every_service(tmp_path, monkeypatch):
    monkeypatch.setenv("DAIHOI_DATA_DIR", str(tmp_path))
    assert run("keys").exit_code == 0
    for lang, sentence in (("en", "to every service now"), ("vi", "tới mọi dịch vụ")):
        monkeypatch.setenv("DAIHOI_LANG", lang)
        refused, ran = run("keys", "rotate"), run("keys", "rotate", "--at-once")
        assert (refused.exit_code, ran.exit_code) == (1, 0)
        half = tmp_path / "issuer" / "public" / f"{ran.stdout.strip()}.pub"
        assert half.exists()
        assert str(half) in ran.stderr
        assert sentence in ran.stderr


def test_a_next_key_that_may_be_stolen_as_well_never_mints_and_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("DAIHOI_DATA_DIR", str(tmp_path))
    private_key = Settings(data_dir=tmp_path).issuer_private_key_path
    assert run("keys").exit_code == 0
    for lang, sentence in (("en", "may be stolen as well"), ("vi", "cũng có thể đã lộ")):
        monkeypatch.setenv("DAIHOI_LANG", lang)
        waiting = Path(run("keys", "next").stdout.strip())
        private = private_key.with_name("issuer.key.next").read_bytes()
        ran = run("keys", "rotate", "--at-once")
        assert ran.exit_code == 0
        assert private_key.read_bytes() != private
        assert ran.stdout.strip() != waiting.stem
        assert not waiting.exists(), "no token of it is good here"
        assert waiting.stem in ran.stderr
        assert sentence in " ".join(ran.stderr.split())
        assert not private_key.with_name("issuer.key.next").exists()


def test_the_half_that_is_to_be_brought_to_services_is_that_of_the_key_that_mints(tmp_path, monkeypatch):
    monkeypatch.setenv("DAIHOI_DATA_DIR", str(tmp_path))
    printed = [run("keys").stdout.strip()]
    old, half = Path(printed[0]), run("keys", "next").stdout.strip()
    printed.append(run("keys").stdout.strip())
    of_old = id_of_private(Settings(data_dir=tmp_path).issuer_private_key_path.read_bytes())
    new = run("keys", "rotate").stdout.strip()
    printed.append(run("keys").stdout.strip())
    assert printed == [str(old), str(old), half]
    (tmp_path / "issuer" / "public" / "copied.pub").write_text("half of a k")
    assert run("keys").stdout.strip() == half, "what is no key is nobody's business here"
    (tmp_path / "issuer" / "public" / "copied.pub").unlink()
    assert run("keys", "remove", of_old).exit_code == 0
    assert key_id(load_public_key(Path(run("keys").stdout.strip()))) == new


def test_a_token_is_minted_where_the_private_half_is_and_nowhere_else(tmp_path, monkeypatch):
    monkeypatch.setenv("DAIHOI_DATA_DIR", str(tmp_path / "none"))
    for lang, sentence in (("en", "there is no private key"), ("vi", "không có khóa bí mật")):
        monkeypatch.setenv("DAIHOI_LANG", lang)
        ran = run("token", "--as", "logistics.lead")
        assert (ran.exit_code, ran.stdout) == (1, "")
        assert "private_key_not_here: " in ran.stderr
        assert sentence in ran.stderr
    assert not (tmp_path / "none").exists()
    assert run("keys").exit_code == 0
    quiet = run("token", "--as", "logistics.lead")
    assert (quiet.stdout[:3], quiet.stderr) == ("eyJ", "")
    monkeypatch.setattr(Screen, "is_terminal", True)
    watched = run("token", "--as", "logistics.lead")
    assert id_of(watched.stdout.strip()) in watched.stderr
    assert watched.stdout.strip() not in watched.stderr
    assert run("token", "--as", "logistics.lead", "--hours", "25").exit_code == 2
