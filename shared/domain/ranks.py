"""What it takes to give a command, and which positions of a unit have it. Which of it whom is allowed where, those
who only read among them, is in `shared.unit.roles`."""

from collections.abc import Mapping
from enum import StrEnum


class Act(StrEnum):
    """`RECORD`: commands of every member. `DECIDE`: those of the lead or a deputy. `SIGN`: the lead's alone.
    `FOLLOW`: those of the unit's own policies, which no person gives. The others are none of commands."""

    READ = "read"
    READ_RESTRICTED = "read-restricted"
    RECORD = "record"
    DECIDE = "decide"
    SIGN = "sign"
    FOLLOW = "follow"
    KEEP_ACCOUNTS = "keep-accounts"


class Rank(StrEnum):
    MEMBER = "member"
    DEPUTY = "deputy"
    LEAD = "lead"


BY_RANK: Mapping[Rank, frozenset[Act]] = {
    Rank.MEMBER: frozenset({Act.RECORD}),
    Rank.DEPUTY: frozenset({Act.RECORD, Act.DECIDE}),
    Rank.LEAD: frozenset({Act.RECORD, Act.DECIDE, Act.SIGN}),
}
"""The commands that a position may give to its own unit, by what they take."""
