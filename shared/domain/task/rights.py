"""What only the unit's lead or a deputy may ask of a task."""

from shared.domain.decider import Actor, Command, RankRefusal, require_rank


def require_lead(command: Command, actor: Actor, otherwise: RankRefusal) -> None:
    """Requires what `require_rank` does, but the unit's own policies do what somebody with the right to it has
    decided elsewhere."""
    if not actor.is_policy:
        require_rank(command, actor, otherwise)
