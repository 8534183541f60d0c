"""What signing in goes by, without a server: passwords, limits, tickets and records."""

import asyncio
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.domain.decider import Actor, Refused
from shared.unit.tokens import mint_token
from shared.web.local_paths import local_path
from shared.web.sign_in.accounts import Account, checked_position
from shared.web.sign_in.limits import Limit, Rate
from shared.web.sign_in.passwords import LONGEST, Passwords, checked_password
from shared.web.sign_in.tickets import AtProvider, Destination, Proved, seal, unseal

NOW = datetime.now(UTC)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
KEY = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_too_short"),
        ("123456789", "password_too_short"),
        ("a        ", "password_too_short"),
        (" " * 20, "password_too_short"),
        ("x" * (LONGEST + 1), "password_too_long"),
        ("Nguyen-Van-A", "password_is_the_name"),
        (" nguyen-van-a", "password_is_the_name"),
        (unicodedata.normalize("NFD", "nguyễn văn an"), "password_is_the_name"),
        ("\ud800" * 12, "password_unreadable"),
        ("a\x00bcdefghijk", "password_unreadable"),
        ("a\nbcdefghijkl", "password_unreadable"),
    ],
)
def test_a_password_that_is_none_is_refused_by_name(password, code):
    with pytest.raises(Refused) as told:
        checked_password(password, "nguyen-van-a", "Nguyễn Văn An")
    assert told.value.code == code


def test_a_password_is_the_same_however_its_letters_are_put_together():
    composed = "một mật khẩu"
    assert checked_password(unicodedata.normalize("NFD", composed)) == composed
    assert checked_password("x" * LONGEST)
    assert checked_password("🔑" * 10)


async def test_a_password_is_compared_composed_and_nobody_without_a_hash_is_right():
    passwords = Passwords(QUICK)
    hashed = await passwords.hash("một mật khẩu")
    assert await passwords.is_right(unicodedata.normalize("NFD", "một mật khẩu"), hashed)
    for password, given_hash in (
        ("một mật khẩu ", hashed),
        ("", hashed),
        ("\ud800", hashed),
        ("x" * 2_000_000, hashed),
        ("một mật khẩu", None),
        ("một mật khẩu", ""),
        ("một mật khẩu", "no hash"),
        ("nobody has this password", None),
    ):
        assert not await passwords.is_right(password, given_hash)


async def test_a_missing_account_takes_the_work_of_a_wrong_password():
    """Counted, not timed."""
    verified = []

    class Counting(PasswordHasher):
        def verify(self, hashed, password):
            verified.append(hashed)
            return super().verify(hashed, password)

    passwords = Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1))
    hashed = await passwords.hash("the right password")
    await passwords.is_right("wrong", hashed)
    await passwords.is_right("wrong", None)
    assert len(verified) == 2
    assert verified[0].split("$")[:4] == verified[1].split("$")[:4]


async def test_only_a_few_are_hashed_at_once():
    at_once, most = 0, 0

    class Slow(PasswordHasher):
        def hash(self, password, *, salt=None):
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            hashed = QUICK.hash(password)
            at_once -= 1
            return hashed

    passwords = Passwords(Slow())
    await asyncio.gather(*(passwords.hash("x") for _ in range(20)))
    assert 1 <= most <= 2


def test_a_hash_of_other_parameters_is_made_again():
    passwords = Passwords(QUICK)
    assert not passwords.needs_rehash(QUICK.hash("x"))
    assert passwords.needs_rehash(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash("x"))


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_so_many_tries_at_once_and_then_one_after_another():
    clock = Clock()
    limit = Limit(Rate(3, 10.0), clock)
    assert [limit.take("a") for _ in range(5)] == [0, 0, 0, 10.0, 10.0]
    assert limit.take("b") == 0
    clock.now = 5.0
    assert limit.take("a") == pytest.approx(5.0)
    clock.now = 10.0
    assert [limit.take("a"), limit.take("a")] == [0, 10.0]
    clock.now = 10_000.0
    assert [limit.take("a") for _ in range(4)] == [0, 0, 0, 10.0]


def test_a_try_that_was_right_does_not_count_and_gives_no_more_than_there_was():
    limit = Limit(Rate(2, 10.0), Clock())
    for _ in range(10):
        assert limit.take("a") == 0
        limit.give_back("a")
    limit.give_back("a")
    assert [limit.take("a") for _ in range(3)] == [0, 0, 10.0]


def test_the_table_of_tries_does_not_grow():
    limit = Limit(Rate(1, 10.0), Clock(), most=3)
    for key in range(1000):
        limit.take(str(key))
    assert len(limit._left) == 3
    assert limit.take("999") > 0


@given(st.text(max_size=50) | st.text("/\\:@.?#%\t\r\n abc", max_size=20).map(lambda end: "/" + end))
def test_a_path_leads_to_this_host_alone(typed):
    """As browsers read it: backslashes are slashes, and blanks and line ends are left out."""
    path = local_path(typed)
    read = "".join(letter for letter in path.replace("\\", "/") if letter > " ")
    assert read.startswith("/")
    assert not read.startswith("//")
    assert path.isascii()
    assert path.isprintable()


def test_what_a_browser_keeps_between_two_steps_is_good_for_one_thing():
    destination = Destination(to="logistics", path="/x", state="0" * 64)
    proved = seal(Proved(destination=destination, account="lan", seen=1, at=NOW), KEY, "c", NOW)
    assert unseal(Proved, proved, KEY, "c") == Proved(destination=destination, account="lan", seen=1, at=NOW)
    assert unseal(AtProvider, proved, KEY, "c") is None
    assert unseal(Proved, proved, KEY, "other") is None
    late = seal(Proved(destination=destination, account="lan", seen=1, at=NOW), KEY, "c", NOW - timedelta(hours=1))
    assert unseal(Proved, late, KEY, "c") is None
    session = mint_token(KEY, "c", Actor("logistics.lead", "logistics", "lan"), NOW, timedelta(hours=1))
    assert unseal(Proved, session, KEY, "c") is None
    for odd in ("", "a.b.c", "é", proved[:-2], "x" * 5000):
        assert unseal(Proved, odd, KEY, "c") is None


@pytest.mark.parametrize("position", ["", "lead", "nobody.lead", "logistics.", ".lead", "logistics.a\nb", "x" * 500])
def test_what_is_no_position_is_refused(position):
    with pytest.raises(Refused) as told:
        checked_position(position)
    assert told.value.code == "not_a_position"


@pytest.mark.parametrize("position", ["logistics.lead", "subcommittee.deputy-2", "leaders.first", "auditor.one"])
def test_positions_of_every_unit_and_of_those_who_read(position):
    assert checked_position(position) == position


@pytest.mark.parametrize(
    "wrong",
    [{"id": "a.b"}, {"id": "*"}, {"id": "x" * 81}, {"name": ""}, {"positions": ["x"]},
     {"positions": ["logistics.lead"] * 21}, {"oidc_names": ["x"] * 11}, {"changed_at": "2020-01-01T00:00:00"}],
)  # fmt: skip
def test_an_account_is_bounded(wrong):
    right = {"id": "lan", "name": "Lan", "changed_at": NOW}
    assert Account.model_validate(right)
    with pytest.raises(ValidationError):
        Account.model_validate(right | wrong)


def test_an_account_of_a_later_version_and_of_a_unit_that_is_not_here_can_be_read():
    account = Account.model_validate(
        {"id": "lan", "name": "Lan", "changed_at": NOW, "later": 1, "positions": ["newcomer.lead", "logistics.lead"]}
    )
    assert account.usable_positions == ("logistics.lead",)
