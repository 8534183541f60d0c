"""What only the unit's lead or a deputy may ask of a task."""

from shared.domain.decider import Actor, Refusal


def require_lead(actor: Actor, otherwise: Refusal) -> None:
    """Raises `otherwise` for anybody but the unit's lead, a deputy and the unit's own policies, which do what
    somebody with the right to it has decided elsewhere."""
    if not (actor.leads or actor.is_policy):
        raise otherwise(actor=actor.id)
