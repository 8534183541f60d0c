"""The sub-committee's lead, and nobody else, revokes tokens, the tokens of a position, and keys."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError

from services.subcommittee import revocation
from services.subcommittee.revocation import AGGREGATE, MOST_AHEAD, RecordRevocation
from shared.domain.decider import Actor, Refused
from shared.events.revocation import RevocationRecorded
from shared.eventstore.envelope import Cause, as_bytes, decode, decode_data, encode
from shared.history.sentences import summary
from shared.unit.issuer import id_of_private
from shared.unit.requests import CLOCK_SKEW
from shared.unit.revocations import Revocation
from shared.unit.tokens import Bearer, id_of, mint_token
from tests.domain.scenario import LEAD, accepting, assert_all_told, given, rejecting

HEAD = Actor("subcommittee.lead", "subcommittee")
DEPUTY_HEAD = Actor("subcommittee.deputy", "subcommittee")
OFFICE = Actor("subcommittee.office", "subcommittee")
NOON, HOUR = datetime(2020, 8, 14, 5, tzinfo=UTC), timedelta(hours=1)
TOKEN, KEY = "0123456789abcdef" * 2, "0123456789abcdef"
CAUSE = Cause(command_id=uuid4(), actor=HEAD, happened=NOON, correlation_id=uuid4(), causation_id=uuid4())


def content(what: str, named: str, **changes: object) -> dict[str, object]:
    return {"what": what, "named": named, "since": NOON, "reason": "Máy tính bị mất", **changes}


def revoke(what: str, named: str, **changes: object) -> RecordRevocation:
    return RecordRevocation(revocation_id="r1", **content(what, named, **changes))


def revoked(what: str, named: str, **changes: object) -> RevocationRecorded:
    return RevocationRecorded(**content(what, named, **changes))


ACCEPTED = {
    "a token is revoked by its id": ((), revoke("token", TOKEN), HEAD, revoked("token", TOKEN)),
    "a position's tokens are revoked": (
        (),
        revoke("position", "logistics.phó"),
        HEAD,
        revoked("position", "logistics.phó"),
    ),
    "a key is revoked": ((), revoke("key", KEY), HEAD, revoked("key", KEY)),
    "the lead's own tokens are revoked": (
        (),
        revoke("position", HEAD.id),
        HEAD,
        revoked("position", HEAD.id),
    ),
}
REJECTED = [
    *(((), revoke("token", TOKEN), actor, "no_right_to_revoke") for actor in (DEPUTY_HEAD, OFFICE)),
    *(((), revoke("token", wrong), HEAD, "nothing_to_revoke") for wrong in ("a.b", "a b", "x" * 65)),
    *(((), revoke("token", wrong), HEAD, "nothing_to_revoke") for wrong in (TOKEN[1:], TOKEN.upper(), KEY)),
    *(((), revoke("key", wrong), HEAD, "nothing_to_revoke") for wrong in (KEY[1:], KEY.upper(), "../issuer.pub")),
    *(((), revoke("position", wrong), HEAD, "nothing_to_revoke") for wrong in ("logistics", "logistics.", ".lead")),
    *(((), revoke("position", wrong), HEAD, "no_unit_to_revoke") for wrong in ("logistic.lead", "y-te.lead")),
    ((revoked("key", KEY),), revoke("key", KEY, reason="Khác"), HEAD, "revocation_already_recorded"),
]


TOO_FAR_AHEAD = ((), revoke("position", LEAD.id, since=NOON + MOST_AHEAD + timedelta(seconds=1)), HEAD)


@accepting(ACCEPTED)
def test_accepted(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_rejected(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_everything_is_told():
    assert_all_told(revocation, ACCEPTED, [*REJECTED, (*TOO_FAR_AHEAD, "revocation_too_far_ahead")])


def test_a_revocation_is_recorded_a_month_before_it_is_in_force_at_the_earliest():
    _, command, _ = TOO_FAR_AHEAD
    with pytest.raises(Refused) as refused:
        command.check_given_at(NOON)
    assert refused.value.code == "revocation_too_far_ahead"
    command.check_given_at(NOON + timedelta(seconds=1))
    revoke("position", LEAD.id, since=NOON - 1000 * HOUR).check_given_at(NOON)


def test_tokens_of_the_auditor_and_of_a_unit_by_setting_are_revoked_where_the_service_has_the_setting(monkeypatch):
    monkeypatch.setenv("DAIHOI_UNITS", "y-te=Bộ phận y tế")
    for named in ("y-te.lead", "auditor.chief", "leaders.bi-thu"):
        given(AGGREGATE).when(revoke("position", named), HEAD).then(revoked("position", named))


def test_what_tokens_and_keys_really_are_called_can_be_revoked():
    private_key = Ed25519PrivateKey.generate()
    pem = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    token = mint_token(pem, "congress", LEAD, NOON, HOUR)
    for what, named in (("token", id_of(token)), ("key", id_of_private(pem))):
        given(AGGREGATE).when(revoke(what, named), HEAD).then(revoked(what, named))


@pytest.mark.parametrize(
    ("what", "named", "since"),
    [
        ("token", "any-id_of-before", NOON),
        ("position", "a-unit-that-was.lead", NOON),
        ("position", LEAD.id, NOON + 9000 * 24 * HOUR),
    ],
)
def test_what_earlier_versions_recorded_is_still_read(what, named, since):
    recorded = revoked(what, named, since=since)
    stored = as_bytes(encode(recorded, CAUSE, "subcommittee", "revocation", "r1", 0))
    assert decode_data(decode(stored), RevocationRecorded) == recorded
    assert AGGREGATE.fold([recorded]) == recorded


@pytest.mark.parametrize("wrong", [{"what": "unit"}, {"reason": " "}, {"since": None}, {"named": ""}])
def test_what_names_nothing_or_gives_no_reason_is_no_command(wrong):
    with pytest.raises(ValidationError):
        RecordRevocation(**{"revocation_id": "r1", **content("key", KEY), **wrong})


@pytest.mark.parametrize(
    ("what", "named", "en", "vi"),
    [
        ("token", TOKEN, f"the token {TOKEN}", f"mã xác thực {TOKEN}"),
        ("position", "logistics.lead", "all tokens of logistics.lead", "mọi mã xác thực của logistics.lead"),
        ("key", KEY, f"the key {KEY}", f"khóa {KEY}"),
    ],
)
def test_a_revocation_says_what_since_when_and_why_in_both_languages(what, named, en, vi):
    data = revoked(what, named).model_dump(mode="json")
    sentences = summary(RevocationRecorded.TYPE, HEAD.id, "r1", data)
    assert sentences["en"].endswith(f"revoked {en} as of 14/08/2020 12:00: Máy tính bị mất")
    assert sentences["vi"].endswith(f"đã thu hồi {vi} kể từ 14/08/2020 12:00: Máy tính bị mất")


def minted(at: datetime) -> Bearer:
    return Bearer(LEAD, TOKEN, KEY, at, at + 8 * HOUR)


def taken(what: str, since: datetime, recorded: datetime, bearer: Bearer, now: datetime) -> bool:
    """Whether a revocation that names `bearer` takes it at `now`."""
    return Revocation(revoked(what, LEAD.id, since=since), recorded).holds(bearer, now)


@pytest.mark.parametrize("what", ["token", "position", "key"])
def test_a_revocation_for_later_is_in_force_from_then_on_and_one_dated_back_at_once(what):
    early = minted(NOON - HOUR)
    assert not taken(what, NOON + HOUR, NOON, early, NOON + HOUR / 2)
    assert taken(what, NOON + HOUR, NOON, early, NOON + HOUR)
    assert taken(what, NOON - 9 * HOUR, NOON, early, NOON)


def test_who_comes_into_a_position_after_its_tokens_were_revoked_is_taken_and_a_key_is_refused_for_ever():
    later = minted(NOON + HOUR)
    assert not taken("position", NOON, NOON, later, NOON + HOUR)
    assert taken("position", NOON + HOUR, NOON, later, NOON + HOUR), "minted when it came into force"
    assert taken("position", NOON - 9 * HOUR, NOON + HOUR, later, NOON + HOUR), "minted before it was on record"
    assert taken("key", NOON, NOON, later, NOON + HOUR)
    assert taken("token", NOON, NOON, later, NOON + HOUR)


@pytest.mark.parametrize("since", [NOON - 9 * HOUR, NOON, NOON + HOUR])
def test_a_clock_that_was_ahead_when_it_minted_takes_no_token_out_of_what_was_revoked(since):
    """By as much as a token may name a later time than it is: who is given one in these minutes waits for as long."""
    in_force = max(since, NOON)
    assert taken("position", since, NOON, minted(in_force + CLOCK_SKEW), in_force)
    assert not taken("position", since, NOON, minted(in_force + CLOCK_SKEW + timedelta(seconds=1)), in_force)
