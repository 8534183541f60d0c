"""A token is proved once and its time is looked at whenever it is shown."""

import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from shared.domain.decider import Actor, Refused
from shared.unit import tokens
from shared.unit.issuer import make_issuer_keys
from shared.unit.problems import EXPIRED_TOKEN
from shared.unit.tokens import TokenVerifier, mint_token

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
