"""Commands that somebody might give, chosen so that a story gets somewhere."""

from collections.abc import Sequence
from functools import cache
from uuid import UUID

from hypothesis import strategies as st

from shared.domain.decider import Actor, Aggregate, Command
from tests.domain.test_histories import any_of
from tests.properties.history import History

HOW = ("something new", "something new", "something", "anything")
_NOBODY = UUID(int=0)


@cache
def commands_of(command: type[Command]) -> st.SearchStrategy[Command]:
    return any_of(command)


def actors_of(service: str) -> st.SearchStrategy[Actor]:
    positions = [f"{service}.{position}" for position in ("lead", "deputy-2", "officer")]
    return st.sampled_from([Actor(position, service) for position in positions])


@st.composite
def wishes(
    draw: st.DrawFn,
    aggregates: Sequence[Aggregate],
    history: History,
    actors: st.SearchStrategy[Actor],
    hows: Sequence[str] = HOW,
) -> tuple[Command, Actor]:
    """A command that brings about a kind of event that `history` has not; where there is none, one that brings about
    anything; where there is none, or now and then anyway, whatever comes first."""
    kinds = draw(st.permutations([command for aggregate in aggregates for command in aggregate.commands]))
    seen = {type(told.event) for told in history.told}
    how = draw(st.sampled_from(hows))
    found: dict[str, tuple[Command, Actor]] = {}
    for kind in kinds:
        command, actor = draw(commands_of(kind)), draw(actors)
        found.setdefault("anything", (command, actor))
        outcome = history.outcome(command, _NOBODY, actor)
        if isinstance(outcome, list) and outcome:
            found.setdefault("something", (command, actor))
            if not seen.issuperset(type(wanted.event) for wanted in outcome):
                found.setdefault("something new", (command, actor))
        if how in found:
            break
    return next(found[name] for name in ("something new", "something", "anything") if name in found)
