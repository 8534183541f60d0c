"""A token is proved once and its time is looked at whenever it is shown."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.decider import Actor, Refused
from shared.unit import tokens
from shared.unit.problems import EXPIRED_TOKEN
from shared.unit.tokens import TokenVerifier, make_issuer_keys, mint_token

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
