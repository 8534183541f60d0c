"""A token is proved once and its time is looked at whenever it is shown. Several keys may be accepted at once."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from shared.domain.decider import Actor, Refused
from shared.unit import accepted_keys, tokens
from shared.unit.accepted_keys import AcceptedKeys, KeysOnDisk
from shared.unit.issuer import key_id, load_public_key, make_issuer_keys
from shared.unit.problems import EXPIRED_TOKEN
from shared.unit.requests import CLOCK_SKEW
from shared.unit.tokens import TokenVerifier, id_of, mint_token

NOW, HOUR = datetime(2026, 11, 25, 8, tzinfo=UTC), timedelta(hours=1)
LEAD = Actor("logistics.lead", "logistics")


class Clock:
    now = NOW


@pytest.fixture
def keys(tmp_path):
    make_issuer_keys(tmp_path / "key", tmp_path / "pub")
    return (tmp_path / "key").read_bytes(), (tmp_path / "pub").read_bytes()


@pytest.fixture
def verifier(keys):
    return TokenVerifier(keys[1], "congress", "logistics", now=lambda: Clock.now)


def test_a_token_that_was_good_is_refused_when_it_has_expired(keys, verifier, monkeypatch):
    shown = f"Bearer {mint_token(keys[0], 'congress', LEAD, NOW, HOUR)}"
    assert verifier.actor(shown) == LEAD
    monkeypatch.setattr(Clock, "now", NOW + HOUR - timedelta(seconds=1))
    assert verifier.actor(shown) == LEAD
    monkeypatch.setattr(Clock, "now", NOW + HOUR)
    with pytest.raises(Refused) as told:
        verifier.actor(shown)
    assert told.value.refusal is EXPIRED_TOKEN


def test_no_more_tokens_are_remembered_than_the_bound_says(keys, verifier, monkeypatch):
    monkeypatch.setattr(tokens, "REMEMBERED_TOKENS", 3)
    for number in range(10):
        verifier.actor(f"Bearer {mint_token(keys[0], 'congress', LEAD, NOW + timedelta(seconds=number), HOUR)}")
    assert len(verifier._proved) == 3


ODD = {
    "no text for a name": {"sub": 7},
    "a list for a name": {"sub": ["logistics.lead"]},
    "no name": {"sub": ""},
    "a name that can't be seen": {"sub": "\u200b"},
    "a control character": {"sub": "logistics.\x1b[31mlead"},
    "two lines": {"sub": "logistics.lead\nadmin"},
    "a turn of direction": {"sub": "logistics.\u202elead"},
    "half a character": {"sub": "logistics.\ud83d"},
    "a long name": {"sub": "x" * 201},
    "the name of a policy": {"sub": "policy.open-assigned-items"},
    "no text for a unit": {"unit": 7},
    "an object for a unit": {"unit": {}},
    "a unit that is no name": {"unit": "logistics.task"},
    "a unit with a blank": {"unit": "logistics "},
    "no number for an end": {"exp": "tomorrow"},
    "a huge end": {"exp": 10**30},
    "an end without end": {"exp": float("inf")},
    "a list for an end": {"exp": [1]},
    "no number for a beginning": {"iat": "yesterday"},
    "a beginning without beginning": {"iat": float("-inf")},
    "a number for a congress": {"aud": 7},
    "an object for a congress": {"aud": {"congress": 1}},
    "a list of odd congresses": {"aud": [7, None]},
    "a list for an issuer": {"iss": ["daihoi"]},
    "nobody": {"sub": None},
    "no text for a person": {"person": 7},
    "a person that is nothing": {"person": None},
    "a list of people": {"person": ["nguyen-van-a"]},
    "a person by name": {"person": "Nguyễn Văn A"},
    "a person on two lines": {"person": "nguyen-van-a\n"},
    "a person elsewhere": {"person": "../nguyen-van-a"},
    "a long person": {"person": "x" * 81},
}


@pytest.mark.parametrize("claims", ODD.values(), ids=ODD.keys())
def test_a_signed_token_with_odd_claims_is_not_valid(keys, verifier, claims):
    good = {"iss": "daihoi", "aud": "congress", "sub": "logistics.lead", "unit": "logistics", "iat": 1, "exp": 2**33}
    told = jwt.PyJWS().encode(json.dumps(good | claims).encode(), keys[0], algorithm="EdDSA")
    assert (
        verifier.actor(f"Bearer {jwt.PyJWS().encode(json.dumps(good).encode(), keys[0], algorithm='EdDSA')}") == LEAD
    )
    with pytest.raises(Refused) as refused:
        verifier.actor(f"Bearer {told}")
    assert refused.value.code == "invalid_token"


def test_a_name_is_composed_and_trimmed_whoever_mints_it(keys, verifier):
    written = Actor("logistics.pho\u0301 ", "logistics")
    assert verifier.actor(f"Bearer {mint_token(keys[0], 'congress', written, NOW, HOUR)}").id == "logistics.phó"
    for nobody in (Actor("", "logistics"), Actor("policy.x", "logistics"), Actor("logistics.\x00", "logistics")):
        with pytest.raises(ValueError, match=r"actor|control"):
            mint_token(keys[0], "congress", nobody, NOW, HOUR)


def test_a_token_names_who_holds_the_position_where_whoever_minted_it_did(keys, verifier):
    held = LEAD._replace(person="nguyen-van-a")
    assert verifier.actor(f"Bearer {mint_token(keys[0], 'congress', held, NOW, HOUR)}") == held
    assert "person" not in jwt.decode(
        mint_token(keys[0], "congress", LEAD, NOW, HOUR), options={"verify_signature": False}
    )
    with pytest.raises(ValueError, match="person"):
        mint_token(keys[0], "congress", LEAD._replace(person="Nguyễn Văn A"), NOW, HOUR)


# --- several keys ---
def key_pair(folder, name):
    make_issuer_keys(folder / f"{name}.key", folder / f"{name}.pub")
    return (folder / f"{name}.key").read_bytes(), folder / f"{name}.pub"


def code_of(verifier, token):
    try:
        return verifier.actor(f"Bearer {token}")
    except Refused as refused:
        return refused.code


def signed(private_key, now=NOW, **header):
    """A token with the header that somebody wrote; with `kid=None` one as earlier versions minted it."""
    claims = {"iss": "daihoi", "aud": "congress", "sub": LEAD.id, "unit": LEAD.unit, "iat": now, "exp": now + HOUR}
    headers = {name: value for name, value in header.items() if value is not None}
    return jwt.encode(claims, private_key, algorithm="EdDSA", headers=headers)


def test_tokens_of_several_keys_are_good_at_once_and_each_key_is_noticed_as_it_comes_and_goes(tmp_path, monkeypatch):
    monkeypatch.setattr(accepted_keys, "LOOK_EVERY_S", 0)
    public = tmp_path / "public"
    public.mkdir()
    (old, old_half), (new, new_half) = key_pair(tmp_path, "old"), key_pair(tmp_path, "new")
    (public / "issuer.pub").write_bytes(old_half.read_bytes())
    verifier = TokenVerifier(KeysOnDisk(public), "congress", "logistics", now=lambda: NOW)
    of_old, of_new = (mint_token(key, "congress", LEAD, NOW, HOUR) for key in (old, new))
    assert (code_of(verifier, of_old), code_of(verifier, of_new)) == (LEAD, "invalid_token")
    (public / "new.pub").write_bytes(new_half.read_bytes()[:40])
    assert code_of(verifier, of_new) == "invalid_token", "it is only half copied"
    (public / "new.pub").write_bytes(new_half.read_bytes())
    (public / "again.pub").write_bytes(new_half.read_bytes())
    assert (code_of(verifier, of_old), code_of(verifier, of_new)) == (LEAD, LEAD)
    assert verifier.key_id.count(", ") == 1
    (public / "issuer.pub").unlink()
    assert (code_of(verifier, of_old), code_of(verifier, of_new)) == ("invalid_token", LEAD)
    (public / "new.pub").unlink()
    (public / "again.pub").unlink()
    assert code_of(verifier, of_new) == "invalid_token"


def test_a_token_of_a_key_that_has_just_come_is_good_at_once(tmp_path):
    public = tmp_path / "public"
    public.mkdir()
    (old, old_half), (new, new_half) = key_pair(tmp_path, "old"), key_pair(tmp_path, "new")
    (public / "issuer.pub").write_bytes(old_half.read_bytes())
    verifier = TokenVerifier(KeysOnDisk(public), "congress", "logistics", now=lambda: NOW)
    assert code_of(verifier, mint_token(old, "congress", LEAD, NOW, HOUR)) == LEAD
    (public / "new.pub").write_bytes(new_half.read_bytes())
    assert code_of(verifier, mint_token(new, "congress", LEAD, NOW, HOUR)) == LEAD


def test_a_token_that_names_no_key_is_good_where_the_key_of_before_is_still_accepted_and_until_it_expires(tmp_path):
    (old, old_half), (_, new_half), (foreign, _) = (key_pair(tmp_path, name) for name in ("old", "new", "foreign"))
    both = AcceptedKeys(map(load_public_key, (old_half, new_half)))
    verifier = TokenVerifier(both, "congress", "logistics", now=lambda: Clock.now)
    alone = TokenVerifier(new_half.read_bytes(), "congress", "logistics", now=lambda: NOW)
    of_before = signed(old, kid=None)
    assert (code_of(verifier, of_before), code_of(alone, of_before)) == (LEAD, "invalid_token")
    assert code_of(verifier, signed(foreign, kid=None)) == "invalid_token"
    assert code_of(verifier, signed(old, NOW - HOUR, kid=None)) == "expired_token"
    assert verifier.bearer(f"Bearer {of_before}").key_id == key_id(load_public_key(old_half))


def test_a_token_is_what_the_key_says_that_signed_it_and_never_what_its_header_names(tmp_path):
    (ours, ours_half), (foreign, foreign_half) = key_pair(tmp_path, "ours"), key_pair(tmp_path, "foreign")
    verifier = TokenVerifier(AcceptedKeys([load_public_key(ours_half)]), "congress", "logistics", now=lambda: NOW)
    named = key_id(load_public_key(ours_half))
    assert code_of(verifier, signed(ours, kid=named)) == LEAD
    for kid in (key_id(load_public_key(foreign_half)), "../issuer.pub", str(ours_half), "", "\ud83d", "x" * 10_000):
        assert code_of(verifier, signed(ours, kid=kid)) == "invalid_token", kid
    assert code_of(verifier, signed(foreign, kid=named)) == "invalid_token"
    with pytest.raises(Refused, match="signature is not that of the key"):
        verifier.actor(f"Bearer {signed(foreign, kid=named)}")


def test_two_keys_with_one_id_are_both_tried(tmp_path, monkeypatch):
    monkeypatch.setattr(accepted_keys, "key_id", lambda _: "0" * 16)
    (one, one_half), (other, other_half), (foreign, _) = (key_pair(tmp_path, name) for name in ("1", "2", "3"))
    keys = AcceptedKeys(map(load_public_key, (one_half, other_half)))
    verifier = TokenVerifier(keys, "congress", "logistics", now=lambda: NOW)
    assert [code_of(verifier, signed(key, kid="0" * 16)) for key in (one, other, foreign)] == [
        LEAD,
        LEAD,
        "invalid_token",
    ]


def part(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "HS512", "ES256", "RS256", "", 7])
def test_no_other_algorithm_is_taken_whatever_the_header_says(keys, verifier, algorithm):
    """The public half is no secret: with it as one, anybody could sign."""
    claims = jwt.decode(mint_token(keys[0], "congress", LEAD, NOW, HOUR), options={"verify_signature": False})
    header = {"typ": "JWT", "alg": algorithm, "kid": verifier.key_id}
    content = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    for secret in (keys[1], keys[1].strip(), b""):
        for digest in ("sha256", "sha512"):
            signature = part(hmac.new(secret, content.encode(), digest).digest())
            assert code_of(verifier, f"{content}.{signature}") == "invalid_token"
    assert code_of(verifier, f"{content}.") == "invalid_token"


def test_a_clock_that_is_some_minutes_ahead_where_tokens_are_minted_is_forgiven_and_no_more(keys, verifier):
    for ahead, outcome in ((CLOCK_SKEW, LEAD), (CLOCK_SKEW + timedelta(seconds=1), "invalid_token")):
        assert code_of(verifier, mint_token(keys[0], "congress", LEAD, NOW + ahead, HOUR)) == outcome


def test_every_token_has_an_id_of_its_own_and_an_odd_one_is_not_valid(keys, verifier):
    minted = [mint_token(keys[0], "congress", LEAD, NOW, HOUR) for _ in range(2)]
    ids = [verifier.bearer(f"Bearer {token}").token_id for token in minted]
    assert ids == [id_of(token) for token in minted]
    assert len(set(ids)) == 2
    claims = jwt.decode(minted[0], options={"verify_signature": False})
    for odd in (7, None, ["a"], "a b", "\u001b[31m", "x" * 65, "an-id", "0" * 31, "A" * 32):
        token = jwt.PyJWS().encode(json.dumps(claims | {"jti": odd}).encode(), keys[0], algorithm="EdDSA")
        assert code_of(verifier, token) == "invalid_token"
