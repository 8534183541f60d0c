"""Who may do what, and where: the one table that commands over NATS, HTTP, pages, reports and tests go by."""

from collections.abc import Mapping
from enum import StrEnum

from shared.domain.decider import Actor, Command
from shared.domain.ranks import BY_RANK, Act, Rank
from shared.unit.problems import READS_ONLY, WRONG_UNIT
from shared.values.units import AUDITOR, LEADERS, OPERATOR, SECURITY, SUBCOMMITTEE

__all__ = ["MAY", "ONLY_AT", "Act", "Role", "Where", "check_may_record", "may", "may_give", "role_of"]


class Role(StrEnum):
    MEMBER = "member"
    DEPUTY = "deputy"
    LEAD = "lead"
    OF_SUBCOMMITTEE = "of-subcommittee"
    DEPUTY_OF_SUBCOMMITTEE = "deputy-of-subcommittee"
    LEAD_OF_SUBCOMMITTEE = "lead-of-subcommittee"
    LEADER = "leader"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class Where(StrEnum):
    """`OWN`: at the service of one's own unit."""

    NOWHERE = "nowhere"
    OWN = "own"
    EVERYWHERE = "everywhere"


def _of_a_unit(rank: Rank) -> Mapping[Act, Where]:
    return dict.fromkeys((Act.READ, Act.READ_RESTRICTED, *(act for act in Act if act in BY_RANK[rank])), Where.OWN)


_SEES_ALL = {Act.READ: Where.EVERYWHERE}
MAY: Mapping[Role, Mapping[Act, Where]] = {
    Role.MEMBER: _of_a_unit(Rank.MEMBER),
    Role.DEPUTY: _of_a_unit(Rank.DEPUTY),
    Role.LEAD: _of_a_unit(Rank.LEAD),
    Role.OF_SUBCOMMITTEE: {**_of_a_unit(Rank.MEMBER), **_SEES_ALL},
    Role.DEPUTY_OF_SUBCOMMITTEE: {**_of_a_unit(Rank.DEPUTY), **_SEES_ALL},
    Role.LEAD_OF_SUBCOMMITTEE: {**_of_a_unit(Rank.LEAD), **_SEES_ALL, Act.KEEP_ACCOUNTS: Where.OWN},
    Role.LEADER: {**_SEES_ALL},
    Role.AUDITOR: {**_SEES_ALL, Act.READ_RESTRICTED: Where.EVERYWHERE},
    Role.OPERATOR: {Act.KEEP_ACCOUNTS: Where.EVERYWHERE},
}
"""What is not in it is not allowed."""
ONLY_AT: Mapping[Act, frozenset[str]] = {Act.READ_RESTRICTED: frozenset({SECURITY, SUBCOMMITTEE})}
"""What those whose own it is find at these services alone: the details of incidents are security's, and where people
can be reached is security's and the sub-committee's, which keeps the register."""
_READS_ONLY = {AUDITOR: Role.AUDITOR, LEADERS: Role.LEADER, OPERATOR: Role.OPERATOR}
_OF_SUBCOMMITTEE = {
    Rank.MEMBER: Role.OF_SUBCOMMITTEE,
    Rank.DEPUTY: Role.DEPUTY_OF_SUBCOMMITTEE,
    Rank.LEAD: Role.LEAD_OF_SUBCOMMITTEE,
}
_OF_A_UNIT = {Rank.MEMBER: Role.MEMBER, Rank.DEPUTY: Role.DEPUTY, Rank.LEAD: Role.LEAD}


def role_of(actor: Actor) -> Role:
    if role := _READS_ONLY.get(actor.unit):
        return role
    return (_OF_SUBCOMMITTEE if actor.unit == SUBCOMMITTEE else _OF_A_UNIT)[actor.rank]


def may(actor: Actor, act: Act, unit: str) -> bool:
    """Whether whoever acts so may do this at the service of `unit`."""
    match MAY[role_of(actor)].get(act, Where.NOWHERE):
        case Where.EVERYWHERE:
            return True
        case Where.OWN:
            return actor.unit == unit and (act not in ONLY_AT or unit in ONLY_AT[act])
        case _:
            return False


def may_give(actor: Actor, command: type[Command], service: str) -> bool:
    """Whether the command is this actor's to give there, so that it can be offered. It may still be refused for what
    the state is."""
    return may(actor, command.GIVEN_BY, service)


def check_may_record(actor: Actor, service: str) -> None:
    """Raises a refusal for whoever gives no commands there at all."""
    if may(actor, Act.RECORD, service):
        return
    if actor.unit in _READS_ONLY:
        raise READS_ONLY(actor=actor.id)
    raise WRONG_UNIT(actor=actor.id, service=service)
