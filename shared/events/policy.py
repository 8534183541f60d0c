"""What a policy could not do, and that somebody has seen to it."""

from shared.events.base import Event


class PolicyRefused(Event):
    """A policy could not do what it wanted; a person has to look. `sequence` is its cause's in the ledger; events of
    earlier versions don't have it."""

    TYPE = "vn.daihoi.policy.refused.v1"
    policy: str
    command: str
    code: str
    detail: str
    sequence: int | None = None


class PolicyRefusalResolved(Event):
    """Everything that the policy could not do for this cause is seen to: done after all, or settled otherwise for a
    reason."""

    TYPE = "vn.daihoi.policy.resolved.v1"
    policy: str
    reason: str = ""
