"""What a unit's lead demands of its work: whether it is handed in with evidence only. As long as nothing is said, it
is."""

from collections.abc import Sequence

from shared.domain.decider import Actor, Aggregate, Command, RankRefusal, latest, require_rank
from shared.domain.ranks import Act
from shared.events.scenario import CURRENT
from shared.events.unit_rules import EVENTS, UnitRulesChanged
from shared.values.types import Brief

ENTITY = "unit-rules"


class SetUnitRules(Command):
    """Says whether work of this unit is handed in with evidence only; for the unit's lead."""

    NAME = "set-unit-rules"
    GIVEN_BY = Act.SIGN
    ENTITY = ENTITY
    evidence_required: bool
    reason: Brief

    @property
    def entity_id(self) -> str:
        return CURRENT


NO_RIGHT = RankRefusal("no_right_to_set_rules", "{actor} can't change the rules of the unit; its lead does.")


def evidence_required(rules: UnitRulesChanged | None) -> bool:
    return rules is None or rules.evidence_required


def decide(command: SetUnitRules, rules: UnitRulesChanged | None, actor: Actor) -> Sequence[UnitRulesChanged]:
    require_rank(command, actor, NO_RIGHT)
    if command.evidence_required == evidence_required(rules):
        return ()
    return (UnitRulesChanged(**command.model_dump()),)


AGGREGATE = Aggregate(events=EVENTS, commands=(SetUnitRules,), evolve=latest, decide=decide)
