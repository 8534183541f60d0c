"""Who may do what, and where: the one table that commands over NATS, HTTP, pages and tests go by."""

from collections.abc import Mapping
from enum import StrEnum

from shared.domain.decider import Actor
from shared.values.units import AUDITOR, SUBCOMMITTEE

LEADERS = "leaders"
"""A unit for reading only: those who direct the work and read of all of it."""
OPERATOR = "operator"


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


class Act(StrEnum):
    """`RECORD`: commands of every member. `DECIDE`: those of the lead or a deputy. `SIGN`: the lead's alone."""

    READ = "read"
    READ_RESTRICTED = "read-restricted"
    RECORD = "record"
    DECIDE = "decide"
    SIGN = "sign"
    KEEP_ACCOUNTS = "keep-accounts"


class Where(StrEnum):
    NOWHERE = "nowhere"
    OWN = "own"
    EVERYWHERE = "everywhere"


_MEMBER = {Act.READ: Where.OWN, Act.READ_RESTRICTED: Where.OWN, Act.RECORD: Where.OWN}
_DEPUTY = {**_MEMBER, Act.DECIDE: Where.OWN}
_LEAD = {**_DEPUTY, Act.SIGN: Where.OWN}
_SEES_ALL = {Act.READ: Where.EVERYWHERE}
MAY: Mapping[Role, Mapping[Act, Where]] = {
    Role.MEMBER: _MEMBER,
    Role.DEPUTY: _DEPUTY,
    Role.LEAD: _LEAD,
    Role.OF_SUBCOMMITTEE: {**_MEMBER, **_SEES_ALL},
    Role.DEPUTY_OF_SUBCOMMITTEE: {**_DEPUTY, **_SEES_ALL},
    Role.LEAD_OF_SUBCOMMITTEE: {**_LEAD, **_SEES_ALL, Act.KEEP_ACCOUNTS: Where.OWN},
    Role.LEADER: {**_SEES_ALL},
    Role.AUDITOR: {**_SEES_ALL, Act.READ_RESTRICTED: Where.EVERYWHERE},
    Role.OPERATOR: {Act.KEEP_ACCOUNTS: Where.EVERYWHERE},
}
"""What is not in it is not allowed."""


def role_of(actor: Actor) -> Role:
    match actor.unit:
        case unit if unit == AUDITOR:
            return Role.AUDITOR
        case unit if unit == LEADERS:
            return Role.LEADER
        case unit if unit == OPERATOR:
            return Role.OPERATOR
        case unit if unit == SUBCOMMITTEE:
            ranks = (Role.OF_SUBCOMMITTEE, Role.DEPUTY_OF_SUBCOMMITTEE, Role.LEAD_OF_SUBCOMMITTEE)
        case _:
            ranks = (Role.MEMBER, Role.DEPUTY, Role.LEAD)
    return ranks[2 if actor.is_lead else 1 if actor.leads else 0]


def may(actor: Actor, act: Act, unit: str) -> bool:
    """Whether whoever acts so may do this at the service of `unit`."""
    where = MAY[role_of(actor)].get(act, Where.NOWHERE)
    return where is Where.EVERYWHERE or (where is Where.OWN and actor.unit == unit)
