"""Who somebody is by their token, and what the table of roles lets them do where. Every command is tried by everybody
in `tests/properties/test_hostile_commands.py`."""

import pytest
from typer.testing import CliRunner

from daihoi.cli.main import app
from shared.domain.decider import Actor, Refused
from shared.domain.ranks import Act
from shared.domain.task import CancelTask, StartTask
from shared.i18n import title_of_position
from shared.unit.roles import MAY, Role, may, may_give, role_of
from shared.values.units import AUDITOR, LEADERS, OPERATOR, SECURITY, SUBCOMMITTEE, TRACKER, services
from shared.web.sign_in.accounts import checked_position

ROLES = {
    "logistics.member": Role.MEMBER,
    "logistics.lead-secretary": Role.MEMBER,
    "logistics.deputy": Role.DEPUTY,
    "logistics.deputy-2": Role.DEPUTY,
    "logistics.lead": Role.LEAD,
    "subcommittee.office": Role.OF_SUBCOMMITTEE,
    "subcommittee.deputy-1": Role.DEPUTY_OF_SUBCOMMITTEE,
    "subcommittee.lead": Role.LEAD_OF_SUBCOMMITTEE,
    "leaders.lead": Role.LEADER,
    "auditor.lead": Role.AUDITOR,
    "operator.lead": Role.OPERATOR,
}
COMMANDS = {Act.RECORD, Act.DECIDE, Act.SIGN, Act.FOLLOW}


def actor(named):
    return Actor(named, named.partition(".")[0])


def test_each_role_is_somebodys_and_follows_from_unit_and_position():
    assert {named: role_of(actor(named)) for named in ROLES} == ROLES
    assert set(ROLES.values()) == set(Role) == set(MAY)
    assert role_of(Actor("logistics.lead", "security")) is Role.MEMBER
    assert role_of(Actor("policy.follow-switches", "logistics")) is Role.MEMBER


@pytest.mark.parametrize("named", ROLES)
def test_nobody_gives_a_command_to_another_unit_and_no_person_one_that_is_a_policys(named):
    who = actor(named)
    elsewhere = [service for service in (*services(), TRACKER) if service != who.unit]
    assert not any(may(who, act, service) for act in COMMANDS for service in elsewhere)
    assert not may(who, Act.FOLLOW, who.unit)


def where(act):
    """The units of which somebody may, in whatever position, and where that is."""
    return {
        (who.unit, service)
        for who in map(actor, ROLES | {f"{SECURITY}.member": None, f"{SECURITY}.lead": None})
        for service in (*services(), TRACKER)
        if may(who, act, service)
    }


def everywhere(unit):
    return {(unit, service) for service in (*services(), TRACKER)}


def test_a_unit_reads_its_own_and_those_above_and_beside_it_read_all():
    own = {("logistics", "logistics"), (SECURITY, SECURITY)}
    assert where(Act.READ) == own | everywhere(SUBCOMMITTEE) | everywhere(LEADERS) | everywhere(AUDITOR)


def test_what_is_restricted_is_read_by_security_and_by_who_keeps_the_register_there_and_by_the_auditor():
    assert where(Act.READ_RESTRICTED) == {(SECURITY, SECURITY), (SUBCOMMITTEE, SUBCOMMITTEE)} | everywhere(AUDITOR)


def test_nobody_signs_in_as_operator():
    with pytest.raises(Refused) as refused:
        checked_position("operator.a")
    assert refused.value.code == "not_a_position"
    assert CliRunner().invoke(app, ["token", "--as", "operator.a"]).exit_code == 2


def test_accounts_are_kept_by_the_operator_and_the_lead_of_the_sub_committee():
    assert where(Act.KEEP_ACCOUNTS) == {(SUBCOMMITTEE, SUBCOMMITTEE)} | everywhere(OPERATOR)
    assert not may(actor("subcommittee.deputy"), Act.KEEP_ACCOUNTS, SUBCOMMITTEE)


def test_what_is_offered_is_what_the_command_takes():
    offered = {
        named: [command.NAME for command in (StartTask, CancelTask) if may_give(actor(named), command, "logistics")]
        for named in ROLES
    }
    assert {named: names for named, names in offered.items() if names} == {
        "logistics.member": ["start-task"],
        "logistics.lead-secretary": ["start-task"],
        "logistics.deputy": ["start-task", "cancel-task"],
        "logistics.deputy-2": ["start-task", "cancel-task"],
        "logistics.lead": ["start-task", "cancel-task"],
    }


@pytest.mark.parametrize(
    ("named", "vietnamese", "english"),
    [
        ("leaders.bi-thu", "Lãnh đạo (bi-thu)", "Leader (bi-thu)"),
        ("auditor.chief", "Người kiểm tra (chief)", "Auditor (chief)"),
        ("operator.a", "Người vận hành (a)", "Operator (a)"),
        ("leaders", "leaders", "leaders"),
    ],
)
def test_who_has_no_service_has_a_title(named, vietnamese, english):
    assert (title_of_position(named, "vi"), title_of_position(named, "en")) == (vietnamese, english)
