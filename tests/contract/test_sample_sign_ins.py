"""The accounts of the sample congress."""

import stat
from datetime import UTC, datetime

import pytest

from daihoi.sample.sign_ins import POSITIONS, provide_sign_ins, sign_ins, sign_ins_path
from shared.eventstore.streams import provision
from shared.platform.settings import Settings
from shared.web.sign_in.accounts import Account, Accounts
from shared.web.sign_in.passwords import Passwords
from shared.web.sign_in.setup_code import provide_setup_code, read_setup_code

OWN = Account(id="lan", name="Nguyễn Lan", positions=("logistics.lead",), changed_at=datetime.now(UTC))


@pytest.fixture
async def settings(tmp_path, connection, congress):
    await provision(connection, congress)
    return Settings(data_dir=tmp_path, congress=congress, nats_url="")


@pytest.fixture
def accounts(connection, congress):
    return Accounts(connection, congress)


async def test_each_position_has_an_account_and_one_password_that_its_owner_alone_reads(
    settings, connection, accounts
):
    provide_setup_code(settings)
    await provide_sign_ins(connection, settings)
    made = await sign_ins(connection, settings)
    assert tuple(made.accounts.values()) == POSITIONS
    for account, position in made.accounts.items():
        kept = (await accounts.get(account)).account
        assert (kept.positions, kept.must_change_password) == ((position,), False)
    assert await Passwords().is_right(made.password, kept.password)
    assert stat.S_IMODE(sign_ins_path(settings).stat().st_mode) == 0o600
    assert read_setup_code(settings) == "", "which is good for nothing any more"


async def test_the_sample_told_again_changes_no_account(settings, connection, accounts):
    await provide_sign_ins(connection, settings)
    before = await accounts.all()
    await provide_sign_ins(connection, settings)
    assert await accounts.all() == before


async def test_nothing_is_made_beside_accounts_of_somebody_elses(settings, connection, accounts):
    await accounts.add(OWN)
    await provide_sign_ins(connection, settings)
    assert [kept.account.id for kept in await accounts.all()] == ["lan"]
    assert not sign_ins_path(settings).exists()
    assert await sign_ins(connection, settings) is None


async def test_nothing_is_made_on_servers_that_a_setting_names(settings, connection, accounts):
    named = settings.model_copy(update={"nats_url": "nats://nats.example:4222"})
    await provide_sign_ins(connection, named)
    assert await accounts.are_there_none()


async def test_what_was_changed_or_disabled_is_told_no_more(settings, connection, accounts):
    await provide_sign_ins(connection, settings)
    await accounts.change(await accounts.get("logistics-lead"), active=False)
    await accounts.change(await accounts.get("security-lead"), password=await Passwords().hash("một mật khẩu khác"))
    told = (await sign_ins(connection, settings)).accounts
    assert len(told) == len(POSITIONS) - 2
    assert not {"logistics-lead", "security-lead"} & told.keys()
