"""NATS' keys, credentials and the table of rights, without a server."""

import base64
import json
import os
import stat

import pytest

from shared.eventstore.credentials import credentials_for, issue
from shared.eventstore.rights import Rights, covers, identities, inbox_prefix, member_of, rights
from shared.platform import nats_account
from shared.platform.errors import PlatformError
from shared.platform.files import own_folder
from shared.platform.nats_account import (
    KEYS,
    credentials_path,
    issued,
    jwts,
    key_of,
    provide_keys,
    revoke,
    revoke_all_of,
    revoked,
)
from shared.platform.nats_config import MAX_CONTROL_LINE, configuration
from shared.platform.nats_keys import Kind, NKey, claims_of, read_credentials, read_key
from shared.unit.answering import is_inbox
from shared.values.units import MOST_UNITS, support_unit_ids
from tests.contract.refusing import refused
from tests.own_servers import FOLDER

CONGRESS = "xx"


@pytest.fixture
def folder(tmp_path):
    provide_keys(tmp_path / FOLDER)
    return tmp_path / FOLDER


@pytest.mark.parametrize("kind", Kind)
def test_a_key_is_the_same_again_from_its_seed_and_shows_it_nowhere(kind):
    key = NKey.generate(kind)
    again = NKey.from_seed(key.seed)
    assert (again.public, again.seed) == (key.public, key.seed)
    assert key.public.startswith(kind.name[0])
    assert key.seed.startswith("S" + kind.name[0])
    assert key.seed not in repr(key) + str(vars(key).keys())


@pytest.mark.parametrize("harm", [lambda seed: seed[:-1], lambda seed: seed[:9] + "A7"[seed[9] == "A"] + seed[10:]])
def test_a_seed_that_was_miscopied_is_no_key(harm, tmp_path):
    path = tmp_path / "account.nk"
    path.write_text(harm(NKey.generate(Kind.ACCOUNT).seed))
    with pytest.raises(PlatformError, match="holds no NATS key"):
        read_key(path)


def test_keys_are_made_once_and_are_their_owners_alone(folder):
    public = {name: key_of(folder, name).public for name in KEYS}
    provide_keys(folder)
    issue(folder, CONGRESS, "auditor")
    assert {name: key_of(folder, name).public for name in KEYS} == public
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


def test_whoever_comes_shows_all_permissions_in_a_line_that_the_server_takes(folder, monkeypatch):
    joined = MOST_UNITS - len(support_unit_ids())
    monkeypatch.setenv("DAIHOI_UNITS", "; ".join(f"unit-{'x' * 23}{number:02}" for number in range(joined)))
    assert len(support_unit_ids()) == MOST_UNITS
    most = int(MAX_CONTROL_LINE.removesuffix("KB")) * 1024 - 4096  # beside them stand a signature and some names
    longest = {identity: len(credentials_for(folder, "c" * 80, identity).jwt) for identity in identities()}
    assert max(longest.values()) < most, longest


def test_nothing_that_the_server_is_told_is_secret(folder):
    issue(folder, CONGRESS, "logistics")
    told = configuration("127.0.0.1:4222", "/data", folder)
    seeds = [key_of(folder, name).seed for name in KEYS]
    seeds.append(read_credentials(credentials_path(folder, CONGRESS, "logistics")).key.seed)
    assert not any(seed in told for seed in seeds)
    assert key_of(folder, "account").public in told


@pytest.mark.parametrize("identity", identities())
def test_credentials_hold_the_rights_of_the_table_and_nothing_else(folder, identity):
    made = credentials_for(folder, CONGRESS, identity)
    wanted = rights(CONGRESS, identity)
    assert made.permissions == {"pub": {"allow": [*wanted.publish]}, "sub": {"allow": [*wanted.subscribe]}}
    assert made.inbox_prefix == inbox_prefix(CONGRESS, identity)
    assert read_credentials(credentials_path(folder, CONGRESS, identity)).jwt == made.jwt


def test_credentials_are_kept_until_other_rights_are_theirs_and_then_signed_anew_for_the_same_key(
    folder, monkeypatch
):
    first = credentials_for(folder, CONGRESS, "auditor")
    assert credentials_for(folder, CONGRESS, "auditor").jwt == first.jwt
    monkeypatch.setattr("shared.eventstore.credentials.rights", lambda *_: Rights(("a",), ("b",)))
    later = credentials_for(folder, CONGRESS, "auditor")
    assert later.key.public == first.key.public
    assert later.permissions == {"pub": {"allow": ["a"]}, "sub": {"allow": ["b"]}}


def test_whoever_is_revoked_gets_another_key(folder):
    first = credentials_for(folder, CONGRESS, "auditor")
    revoke(folder, [first.key.public])
    later = credentials_for(folder, CONGRESS, "auditor")
    assert later.key.public != first.key.public
    assert [each.user for each in issued(folder)] == [first.key.public, later.key.public]
    account = claims_of(jwts(folder)[key_of(folder, "account").public])
    assert account["nats"]["revocations"] == revoked(folder) == {first.key.public: revoked(folder)[first.key.public]}


def test_keys_that_were_replaced_sign_what_the_earlier_ones_had_signed(folder):
    first = credentials_for(folder, CONGRESS, "auditor")
    (folder / "account.nk").unlink()
    provide_keys(folder)
    again = credentials_for(folder, CONGRESS, "auditor")
    assert claims_of(again.jwt)["iss"] == key_of(folder, "account").public != claims_of(first.jwt)["iss"]


def test_a_folder_without_the_accounts_key_has_what_lies_in_it_and_the_rest_is_told_by_its_path(folder, tmp_path):
    device = tmp_path / "device"
    path = credentials_path(device, CONGRESS, "member.logistics")
    path.parent.mkdir(parents=True)
    issue(folder, CONGRESS, "member.logistics")
    credentials_path(folder, CONGRESS, "member.logistics").rename(path)
    assert credentials_for(device, CONGRESS, "member.logistics")
    assert credentials_for(path, CONGRESS, "auditor"), "one file is for whatever is done"
    for source in (device, device / "no-such-file"):
        with pytest.raises(PlatformError) as told:
            credentials_for(source, CONGRESS, "auditor")
        wanted = credentials_path(device, CONGRESS, "auditor") if source == device else source
        assert (told.value.why.code, str(wanted) in str(told.value)) == ("no_credentials", True)
    assert credentials_for("", CONGRESS, "auditor") is None


@pytest.mark.parametrize("content", ["", "-----BEGIN NATS USER JWT-----\nx\n------END NATS USER JWT------\n"])
def test_a_file_that_holds_no_credentials_is_told(tmp_path, content):
    path = tmp_path / "auditor.creds"
    path.write_text(content)
    with pytest.raises(PlatformError) as told:
        credentials_for(path, CONGRESS, "auditor")
    assert told.value.why.code == "bad_credentials"


def test_an_identity_that_there_is_not_is_refused(folder):
    with pytest.raises(PlatformError) as told:
        credentials_for(folder, CONGRESS, "member.nobody")
    assert told.value.why.code == "no_such_identity"


@pytest.mark.parametrize("identity", identities())
def test_answers_to_every_identity_may_be_given_and_go_where_no_other_listens(identity):
    inbox = f"{inbox_prefix('a' * 80, identity)}.0123456789012345678901.01234567890123456789012345"
    assert is_inbox(inbox)
    others = [rights("a" * 80, other) for other in identities() if other not in (identity, "operator")]
    assert not any(other.may_subscribe(inbox) for other in others)


@pytest.mark.parametrize("identity", [each for each in identities() if each != "operator"])
def test_nobody_but_the_operator_makes_changes_or_writes_for_others(identity):
    allowed = rights(CONGRESS, identity)
    for subject in (
        f"ledger.{CONGRESS}.x",
        "$JS.API.STREAM.CREATE.X",
        "$JS.API.STREAM.UPDATE.EVENTS_LOGISTICS_xx",
        "$JS.API.STREAM.DELETE.EVENTS_LOGISTICS_xx",
        "$JS.API.STREAM.PURGE.EVENTS_LOGISTICS_xx",
        "$JS.API.STREAM.MSG.DELETE.EVENTS_LOGISTICS_xx",
        "$JS.API.CONSUMER.DELETE.LEDGER_xx.policies-nobody",
        "$JS.API.CONSUMER.CREATE.LEDGER_xx",
        f"evt.{CONGRESS}.nobody.task.1",
        f"evt.other.{identity}.task.1",
    ):
        assert not allowed.may_publish(subject), subject
    assert allowed.may_publish(f"evt.{CONGRESS}.{identity}.task.1") == (identity in ("subcommittee", *UNITS))


UNITS = ("propaganda", "logistics", "security")


def test_a_member_sends_commands_to_one_unit_and_reads_no_event():
    allowed = rights(CONGRESS, member_of("logistics"))
    assert allowed.may_publish("cmd.xx.logistics.open-task")
    assert not allowed.may_publish("cmd.xx.security.report-incident")
    assert not any(".GET." in subject for subject in allowed.publish)
    assert not allowed.may_subscribe("ledger.xx.evt")


@pytest.mark.parametrize(
    ("pattern", "subject", "so"),
    [
        ("a.>", "a.b", True),
        ("a.>", "a", False),
        ("a.*", "a.b", True),
        ("a.*", "a.b.c", False),
        ("a.*", "a.>", False),
        ("a.>", "a.>", True),
        ("a.b", "a.*", False),
        (">", "$JS.API.INFO", True),
        ("a.b", "a.b", True),
        ("a.b.c", "a.b", False),
    ],
)
def test_a_pattern_covers_what_it_covers(pattern, subject, so):
    assert covers(pattern, subject) is so


def test_streams_of_an_account_that_is_no_more_are_taken_over_once(tmp_path):
    kept = tmp_path / "jetstream"
    (kept / "$G" / "streams" / "EVENTS").mkdir(parents=True)
    nats_account.adopt_streams(tmp_path, "AMINE")
    assert [path.name for path in kept.iterdir()] == ["AMINE"]
    (kept / "$G" / "streams").mkdir(parents=True)
    nats_account.adopt_streams(tmp_path, "AMINE")
    assert {path.name for path in kept.iterdir()} == {"AMINE", "$G"}, "what is there is never replaced"


def test_the_record_of_what_was_issued_names_no_secret(folder):
    made = credentials_for(folder, CONGRESS, "tracker")
    lines = [json.loads(line) for line in (folder / "issued.jsonl").read_text().splitlines()]
    assert lines == [{"name": "xx/tracker", "user": made.key.public}]


def test_the_record_is_on_the_disk_before_the_credentials_are(folder, monkeypatch):
    synced, sync = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (synced.append(os.fstat(file).st_ino), sync(file)))
    credentials_for(folder, CONGRESS, "tracker")
    record, made = (folder / "issued.jsonl").stat(), credentials_path(folder, CONGRESS, "tracker").stat()
    assert synced.index(record.st_ino) < synced.index(made.st_ino)
    assert folder.stat().st_ino in synced[synced.index(record.st_ino) : synced.index(made.st_ino)], "its name is too"


@pytest.mark.parametrize("kept", [1, 12, 40, -1])
def test_a_record_that_was_broken_off_swallows_no_other_one_and_is_told(folder, kept):
    """Whoever was broken off in it had made no credentials yet."""
    first, record = credentials_for(folder, CONGRESS, "auditor"), folder / "issued.jsonl"
    line = record.read_bytes()
    record.write_bytes(line + line[:kept])
    later = credentials_for(folder, CONGRESS, "tracker")
    recorded = {each.user for each in issued(folder)}
    assert {first.key.public, later.key.public} <= recorded
    withdrawn = revoke_all_of(folder, f"{CONGRESS}/tracker", credentials_path(folder, CONGRESS, "tracker"))
    assert (withdrawn.users, withdrawn.unreadable) == ({later.key.public}, int(kept > 0))
    assert later.key.public in revoked(folder)


@pytest.mark.parametrize(
    "line",
    [b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b"null", b'{"name": null}', b"1e999", b'"U"', b"9" * 5_000],
)
def test_an_odd_line_of_the_record_is_told_and_the_others_are_read(folder, line):
    first, record = credentials_for(folder, CONGRESS, "auditor"), folder / "issued.jsonl"
    record.write_bytes(line + b"\n" + record.read_bytes())
    withdrawn = revoke_all_of(folder, f"{CONGRESS}/auditor", folder / "none")
    assert (withdrawn.users, withdrawn.unreadable) == ({first.key.public}, 1)


@pytest.mark.parametrize(
    "claims",
    [
        *(b"[" * 40_000, b"null", b"{}", b"\xff", b'{"nats": null}', b'{"nats": []}'),
        *(b'{"nats": {"pub": 1}}', b'{"nats": {"sub": []}}', b'{"nats": {"sub": {"allow": [1]}}}'),
    ],
)
def test_credentials_with_odd_claims_are_told_as_none(folder, claims):
    made, path = credentials_for(folder, CONGRESS, "auditor"), credentials_path(folder, CONGRESS, "auditor")
    head, payload, signature = made.jwt.split(".")
    odd = ".".join((head, base64.urlsafe_b64encode(claims).decode().rstrip("="), signature))
    path.write_text(path.read_text().replace(made.jwt, odd))
    assert refused(lambda: credentials_for(folder, CONGRESS, "auditor")) == "bad_credentials"
    assert payload not in path.read_text(), "it is left as it is"


@pytest.mark.parametrize("content", ["", "null", "[" * 70_000, "é" * 56, "\0" * 56, "S" + "A" * 55, "SU" + "7" * 54])
def test_a_key_file_that_holds_none_is_told(folder, content):
    (folder / "account.nk").write_text(content)
    assert refused(lambda: key_of(folder, "account")) == "no_nats_key"


@pytest.mark.parametrize("count", ["", "[]", "nine", "1e999", "-1", "9" * 5_000])
def test_an_odd_number_beside_the_record_stops_nobody_from_revoking(folder, count):
    first = credentials_for(folder, CONGRESS, "auditor")
    (folder / "issued.count").write_text(count)
    assert revoke_all_of(folder, f"{CONGRESS}/auditor", folder / "none").users == {first.key.public}
    assert credentials_for(folder, CONGRESS, "auditor").key.public != first.key.public


def test_records_that_an_earlier_version_wrote_into_one_line_are_both_looked_at(folder):
    first, record = credentials_for(folder, CONGRESS, "auditor"), folder / "issued.jsonl"
    whole = record.read_bytes()
    record.write_bytes(whole[:40] + whole + b"no record at all\n")
    withdrawn = revoke_all_of(folder, f"{CONGRESS}/auditor", folder / "none")
    assert (withdrawn.users, withdrawn.unreadable) == ({first.key.public}, 2)


def test_credentials_that_lie_here_are_revoked_though_their_record_is_lost(folder):
    first, path = credentials_for(folder, CONGRESS, "auditor"), credentials_path(folder, CONGRESS, "auditor")
    (folder / "issued.jsonl").unlink()
    assert revoke_all_of(folder, f"{CONGRESS}/tracker", path).users == frozenset(), "they are somebody else's"
    assert path.exists()
    assert revoke_all_of(folder, f"{CONGRESS}/auditor", path).users == {first.key.public}
    assert (path.exists(), first.key.public in revoked(folder)) == (False, True)


def test_where_no_key_of_an_account_is_nothing_is_revoked_and_nothing_removed(folder, tmp_path):
    path = credentials_path(tmp_path / "device", CONGRESS, "auditor")
    own_folder(path.parent)
    credentials_for(folder, CONGRESS, "auditor")
    credentials_path(folder, CONGRESS, "auditor").rename(path)
    assert revoke_all_of(tmp_path / "device", f"{CONGRESS}/auditor", path).users == frozenset()
    assert [each.name for each in (tmp_path / "device").rglob("*")] == [CONGRESS, "auditor.creds"]
