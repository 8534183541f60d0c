"""The issuer's keys are made once, whole, for their owner alone, and only where nobody has named or had others."""

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from daihoi.ops.issuer_keys import key_findings
from services.tracker.access import proved_reader
from shared.domain.decider import Actor, Refused
from shared.platform.errors import PlatformError
from shared.platform.settings import Settings
from shared.unit.health import health_of
from shared.unit.issuer import (
    held_issuer_keys,
    issuer_private_key,
    issuer_public_key,
    key_id,
    make_issuer_keys,
    provide_issuer_keys,
)
from shared.unit.problems import INVALID_TOKEN
from shared.unit.tokens import TokenVerifier, mint_token
from tests.contract.refusing import refused

LEAD = Actor("logistics.lead", "logistics")


@pytest.fixture
def here(tmp_path):
    return Settings(data_dir=tmp_path / "data", congress="congress", lang="en")


def halves(settings):
    return settings.issuer_private_key_path, settings.issuer_public_key_path


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def token(private_key, actor=LEAD):
    return mint_token(private_key, "congress", actor, datetime.now(UTC), timedelta(hours=1))


def another_pair(folder):
    make_issuer_keys(folder / "other.key", folder / "other.pub")
    return folder / "other.key", folder / "other.pub"


def test_a_pair_is_made_where_there_is_none_and_only_its_owner_reads_the_private_half(here):
    before = os.umask(0)
    try:
        private_key = issuer_private_key(here)
    finally:
        os.umask(before)
    private, public = halves(here)
    assert [mode(each) for each in (private, private.parent, private.parent.parent, here.data_dir)] == [
        0o600,
        0o700,
        0o700,
        0o700,
    ]
    assert [mode(each) for each in (public, public.parent)] == [0o644, 0o755]
    assert sorted(each.name for each in here.data_dir.rglob("*") if each.is_file()) == ["issuer.key", "issuer.pub"]
    verifier = TokenVerifier(issuer_public_key(here), "congress", "logistics")
    minted = token(private_key)
    assert verifier.actor(f"Bearer {minted}") == LEAD
    assert jwt.get_unverified_header(minted)["kid"] == verifier.key_id
    assert (issuer_private_key(here), issuer_public_key(here)) == (private_key, public.read_bytes())


def test_the_public_half_is_for_everybody_to_read_whatever_the_umask(here):
    before = os.umask(0o077)
    try:
        provide_issuer_keys(here)
    finally:
        os.umask(before)
    assert [mode(each) for each in (halves(here)[1], halves(here)[1].parent)] == [0o644, 0o755]


def test_a_missing_public_half_is_made_again_from_the_private_one(here):
    provide_issuer_keys(here)
    private, public = halves(here)
    before = private.read_bytes(), public.read_bytes()
    public.unlink()
    provide_issuer_keys(here)
    assert (private.read_bytes(), public.read_bytes()) == before


def test_without_its_private_half_nothing_is_made_and_tokens_are_still_verified(here):
    minted = token(issuer_private_key(here))
    private, public = halves(here)
    before = public.read_bytes()
    private.unlink()
    assert refused(lambda: provide_issuer_keys(here)) == "private_key_lost"
    provide_issuer_keys(here, to_mint=False)
    verifier = TokenVerifier(issuer_public_key(here), "congress", "logistics")
    assert verifier.actor(f"Bearer {minted}") == LEAD
    assert (private.exists(), public.read_bytes()) == (False, before)


def test_halves_of_two_pairs_are_told_and_left_as_they_are(here, tmp_path):
    provide_issuer_keys(here)
    private, public = halves(here)
    other = another_pair(tmp_path)[1].read_bytes()
    public.write_bytes(other)
    before = private.read_bytes()
    assert refused(lambda: provide_issuer_keys(here)) == "key_halves_differ"
    assert refused(lambda: held_issuer_keys(here)) == "key_halves_differ"
    assert (private.read_bytes(), public.read_bytes()) == (before, other)


@pytest.mark.parametrize("setting", ["issuer_private_key", "issuer_public_key"])
@pytest.mark.parametrize("to_mint", [True, False])
def test_a_setting_that_names_a_key_that_is_not_there_is_told_and_nothing_is_made(here, tmp_path, setting, to_mint):
    named = here.model_copy(update={setting: tmp_path / "mistyped.key"})
    provide_issuer_keys(here)
    before = [each.read_bytes() for each in halves(here)]
    with pytest.raises(PlatformError, match="mistyped") as raised:
        provide_issuer_keys(named, to_mint=to_mint)
    assert f"DAIHOI_{setting.upper()}" in str(raised.value)
    assert [each.read_bytes() for each in halves(here)] == before
    assert not (tmp_path / "mistyped.key").exists()


def test_a_named_public_half_alone_verifies_and_never_mints(here, tmp_path):
    private, public = another_pair(tmp_path)
    verifying = here.model_copy(update={"issuer_public_key": public})
    provide_issuer_keys(verifying, to_mint=False)
    assert issuer_public_key(verifying) == public.read_bytes()
    assert refused(lambda: issuer_private_key(verifying)) == "private_key_not_here"
    minting = here.model_copy(update={"issuer_private_key": private})
    assert issuer_private_key(minting) == private.read_bytes()
    assert halves(here)[1].read_bytes() == public.read_bytes(), "derived from the one that is named"
    assert not halves(here)[0].exists()


def pem_of_another_algorithm():
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def pem_with_a_password():
    key = ed25519.Ed25519PrivateKey.generate()
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
    )


BROKEN = {
    "empty": b"",
    "garbage": bytes(range(256)) * 20,
    "another algorithm": pem_of_another_algorithm(),
    "a password": pem_with_a_password(),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_key_is_told_and_left_as_it_is(here, content):
    provide_issuer_keys(here)
    private, public = halves(here)
    kept = private.read_bytes()
    public.write_bytes(content)
    for work in (lambda: provide_issuer_keys(here), lambda: issuer_public_key(here), lambda: held_issuer_keys(here)):
        assert refused(work) == "not_a_public_key"
    private.write_bytes(content)
    assert refused(lambda: provide_issuer_keys(here)) == "not_a_private_key"
    assert (private.read_bytes(), public.read_bytes()) == (content, content)
    public.unlink()
    private.write_bytes(kept)
    provide_issuer_keys(here)


def test_a_folder_for_a_key_and_a_place_where_none_can_be_written_are_told(here, tmp_path):
    halves(here)[0].mkdir(parents=True)
    assert refused(lambda: provide_issuer_keys(here)) == "key_not_a_file"
    (tmp_path / "file").write_text("no folder")
    nowhere = here.model_copy(update={"data_dir": tmp_path / "file"})
    assert refused(lambda: provide_issuer_keys(nowhere)) == "keys_not_written"


def test_first_users_at_once_end_with_one_pair(here):
    private, public = halves(here)
    command = [sys.executable, "-m", "tests.contract.making_keys", str(private), str(public)]
    makers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
        for _ in range(12)
    ]
    for maker in makers:
        maker.stdin.close()
    answers = [maker.stdout.read() for maker in makers]
    for maker in makers:
        maker.stdout.close()
    assert [maker.wait() for maker in makers] == [0] * len(makers)
    assert len(set(answers)) == 1
    assert sorted(each.name for each in private.parent.iterdir()) == ["issuer.key"]
    held_issuer_keys(here)


def test_reading_makes_no_keys(here):
    with pytest.raises(PlatformError, match="no public key"):
        proved_reader(here, "some.token")
    assert held_issuer_keys(here) == (None, None)
    assert not here.data_dir.exists()


@pytest.mark.parametrize("name", ["logistics.le\u001bad", "logistics.\u202elead", "logistics." + "x" * 300])
def test_a_token_whose_actor_is_no_clean_name_proves_nothing_and_is_not_minted(here, name):
    verifier, private_key = TokenVerifier(_provided(here), "congress", "logistics"), issuer_private_key(here)
    with pytest.raises(ValueError, match=r"actor|character|direction"):
        token(private_key, Actor(name, "logistics"))
    claims = jwt.decode(token(private_key), options={"verify_signature": False}) | {"sub": name}
    with pytest.raises(Refused) as told:
        verifier.actor(f"Bearer {jwt.encode(claims, private_key, algorithm='EdDSA')}")
    assert told.value.refusal is INVALID_TOKEN


def test_an_actor_whose_letters_and_marks_stand_apart_is_the_same_actor(here):
    verifier = TokenVerifier(_provided(here), "congress", "logistics")
    minted = token(issuer_private_key(here), Actor("logistics.a\u0302", "logistics"))
    assert verifier.actor(f"Bearer {minted}").id == "logistics.\u00e2"


def test_a_token_of_another_key_is_refused_by_the_ids_of_both_and_one_that_is_no_text_too(here, tmp_path):
    verifier = TokenVerifier(_provided(here), "congress", "logistics")
    other = another_pair(tmp_path)[0].read_bytes()
    theirs = serialization.load_pem_private_key(other, None).public_key()
    with pytest.raises(Refused, match=f"{key_id(theirs)}.*{verifier.key_id}"):
        verifier.actor(f"Bearer {token(other)}")
    with pytest.raises(Refused) as told:
        verifier.actor("Bearer \udcff.b.c")
    assert told.value.refusal is INVALID_TOKEN


def _provided(settings):
    provide_issuer_keys(settings)
    return issuer_public_key(settings)


# --- what doctor says of them ---
def seen(settings, **key_ids):
    healths = {name: [health_of([], {"key_id": each} if each else {})] for name, each in key_ids.items()}
    found = list(key_findings(settings, healths))
    assert all(each.detail_vi != each.detail for each in found)
    return {(each.about, each.code, each.is_healthy) for each in found}


def test_doctor_compares_the_key_that_mints_here_with_those_of_the_services(here):
    ours = TokenVerifier(_provided(here), "congress", "logistics").key_id
    assert seen(here, logistics=ours, security=ours, tracker="") == {("keys", "keys_good", True)}
    assert seen(here, logistics=ours, security="another") == {
        ("keys", "keys_good", True),
        ("security", "other_key", False),
        ("keys", "keys_of_services_differ", False),
    }


def test_doctor_says_which_half_is_missing_or_wrong(here, tmp_path):
    assert seen(here) == {("keys", "keys_missing", False)}
    assert seen(here, logistics="one", security="two") >= {("keys", "keys_of_services_differ", False)}
    assert not here.data_dir.exists()
    ours = TokenVerifier(_provided(here), "congress", "logistics").key_id
    private, public = halves(here)
    kept = public.read_bytes()
    public.unlink()
    assert seen(here, logistics=ours) == {("keys", "public_half_missing", False)}
    public.write_bytes(b"no key")
    assert seen(here, logistics=ours) == {("keys", "not_a_public_key", False)}
    public.write_bytes(kept)
    private.unlink()
    assert seen(here, logistics=ours) == {("keys", "private_half_missing", False)}
    verifying = here.model_copy(update={"issuer_public_key": public})
    assert seen(verifying, logistics=ours) == {("keys", "keys_verify_only", True)}
    mistyped = here.model_copy(update={"issuer_private_key": tmp_path / "mistyped"})
    assert seen(mistyped, logistics=ours) == {("keys", "key_not_there", False)}
