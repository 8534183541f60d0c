"""The commands that the service of a unit offers to people."""

from daihoi.ops.charters import service_named
from shared.domain.decider import Command
from shared.unit.refusals import RetryPolicy, SettleRefusal


def offered_by(unit: str) -> dict[str, type[Command]]:
    """The commands that people of this unit may give, by name; lists that the service keeps for itself have none."""
    commands: list[type[Command]] = [
        command for aggregate in service_named(unit).aggregates for command in aggregate.public_commands
    ]
    commands += [SettleRefusal, RetryPolicy]
    return {command.NAME: command for command in commands}
