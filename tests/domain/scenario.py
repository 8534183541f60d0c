"""`given(aggregate, *history).when(command, actor).then(*events)`: the language the domain's tests are written in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from services.logistics import expenses, resources
from services.propaganda import publications
from services.security import clearances, incidents
from services.subcommittee import (
    catalogue,
    code_list,
    congress,
    directive,
    duty,
    instruction,
    issued_report,
    meeting,
    organisation,
    parked_event,
    revocation,
    scenario,
)
from shared.domain import (
    document,
    evidence,
    known_clearance,
    known_list,
    review,
    task,
    unit_rules,
    unit_scenario,
    variant,
)
from shared.domain.correcting import Correction, Noted, Past
from shared.domain.decider import Actor, Aggregate, Command, Key, Refusal, Refused
from shared.events.base import Event

MODULES = (
    task, document, meeting, directive, review, organisation, duty, catalogue, scenario, variant, unit_scenario,
    publications, resources, clearances, expenses, incidents, known_clearance, parked_event,
    revocation, congress, instruction, issued_report, evidence, unit_rules, code_list, known_list,
)  # fmt: skip
AGGREGATES = tuple(module.AGGREGATE for module in MODULES)

OFFICER = Actor("logistics.officer", "logistics")
LEAD = Actor("logistics.lead", "logistics")
DEPUTY = Actor("logistics.deputy-2", "logistics")
POLICY = Actor("policy.follow-switches", "logistics")
BEGAN, CORRECTED = datetime(2020, 8, 15, 2, tzinfo=UTC), datetime(2020, 9, 30, 2, tzinfo=UTC)
"""When everything happened, and when it is corrected."""


def noted(events: Iterable[Event], actor: Actor, happened: datetime = BEGAN) -> tuple[Noted, ...]:
    return tuple(Noted(event, actor.id, happened) for event in events)


def decided_in(
    world: Mapping[Key, Any],
    aggregate: Aggregate,
    command: Command,
    state: Any,
    actor: Actor,
    past: Past = Past(),  # noqa: B008 - a tuple
) -> Sequence[Event]:
    """What `aggregate` decides, shown of the `world` what it wants to see, and a correction the `past`."""
    if aggregate.reads is None and not isinstance(command, Correction):
        return aggregate.decide(command, state, actor)
    wanted = aggregate.reads(command, state) if aggregate.reads else ()
    seen = {key: world.get(key) for key in wanted if key[1] != "*"}
    seen |= {key: found for key, found in world.items() if (key[0], "*") in wanted}
    if aggregate.reads_then is not None:
        seen |= {key: world.get(key) for key in aggregate.reads_then(command, state, seen)}
    if isinstance(command, Correction):
        if past.happened:
            command.check_given_at(past.happened)
        return aggregate.correct(command, state, actor, past, seen)
    return aggregate.decide(command, state, actor, seen)


@dataclass(frozen=True)
class Outcome:
    events: tuple[Event, ...] = ()
    refused: Refused | None = None

    def then(self, *events: Event) -> None:
        assert self.refused is None
        assert self.events == events

    def nothing_happened(self) -> None:
        self.then()

    def rejected(self, code: str) -> None:
        assert self.refused is not None, f"accepted: {self.events}"
        assert self.refused.code == code


@dataclass(frozen=True)
class Given:
    aggregate: Aggregate
    history: tuple[Event, ...]
    world: Mapping[Key, Any] = field(default_factory=dict)
    past: Past = Past(happened=CORRECTED)  # noqa: RUF009 - a tuple

    def seeing(self, world: Mapping[Key, Any]) -> "Given":
        """Other aggregates of the service, as the decision finds them."""
        return replace(self, world=world)

    def dated(self, happened: datetime) -> "Given":
        """Whoever corrects says when that was."""
        return replace(self, past=Past(happened=happened, is_dated=True))

    def recorded_by(self, *actors: Actor) -> "Given":
        """Who recorded each event of the history; otherwise the officer recorded all."""
        each = zip(self.history, actors, strict=True)
        return replace(self, past=self.past._replace(noted=[Noted(event, actor.id, BEGAN) for event, actor in each]))

    def when(self, command: Command, actor: Actor = OFFICER) -> Outcome:
        past = self.past._replace(noted=self.past.noted or noted(self.history, OFFICER))
        try:
            state = self.aggregate.fold(self.history)
            decided = decided_in(self.world, self.aggregate, command, state, actor, past)
        except Refused as refused:
            return Outcome(refused=refused)
        return Outcome(tuple(decided))


def given(aggregate: Aggregate, *history: Event) -> Given:
    return Given(aggregate, history)


def accepting(table: Mapping[str, Sequence[object]]) -> pytest.MarkDecorator:
    """One test for each sentence → (history, command, actor, event)."""
    return pytest.mark.parametrize(("history", "command", "actor", "event"), table.values(), ids=table.keys())


def silent_on(table: Mapping[str, Sequence[object]]) -> pytest.MarkDecorator:
    """One test for each sentence → (history, command, actor)."""
    return pytest.mark.parametrize(("history", "command", "actor"), table.values(), ids=table.keys())


def rejecting(table: Sequence[Sequence[object]]) -> pytest.MarkDecorator:
    """One test for each (history, command, actor, code)."""
    return pytest.mark.parametrize(("history", "command", "actor", "code"), table, ids=_in_a_word)


def _in_a_word(value: object) -> str:
    match value:
        case Command():
            return value.NAME
        case Actor():
            return value.id
        case (*_, Event() as latest):
            return latest.TYPE.split(".")[-2]
        case _:
            return str(value or "new")


def refusal_codes(module: ModuleType) -> set[str]:
    modules = [module, *(part for part in vars(module).values() if _is_part(part, module))]
    constants = [constant for part in modules for constant in vars(part).values()]
    return {constant.code for constant in constants if isinstance(constant, Refusal)}


def _is_part(value: object, package: ModuleType) -> bool:
    return isinstance(value, ModuleType) and value.__name__.startswith(f"{package.__name__}.")


def assert_all_told(
    module: ModuleType, accepted: Mapping[str, Sequence[object]], rejected: Sequence[Sequence[object]]
) -> None:
    """Every command brings something about, every event comes about and every refusal is met."""
    assert {type(command) for _, command, *_ in accepted.values()} == set(module.AGGREGATE.commands)
    assert {type(event) for *_, event in accepted.values()} == set(module.AGGREGATE.events)
    assert {code for *_, code in rejected} == refusal_codes(module)
