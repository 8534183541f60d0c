"""`python -m daihoi.ops.charters` writes the generated half of every service's README, read from the code, beneath a
mark; what stands above the mark is written by hand."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

from shared.domain.decider import Aggregate, Command, Refusal
from shared.eventstore.names import service_stream
from shared.unit.asyncapi import sentence_of
from shared.unit.policies import ANY_SERVICE
from shared.unit.service import UnitService
from shared.unit.support_unit import support_unit
from shared.values.units import SUBCOMMITTEE, WITH_CODE, has_code

MARK = "<!-- From here on made by `make charters` from the code. -->"
FOLDER = Path(__file__).parents[2] / "services"


def service_named(name: str) -> UnitService:
    """What a service that writes events is made of; a unit without code of its own has what all units have."""
    if not has_code(name):
        return support_unit(name)
    service: UnitService = importlib.import_module(f"services.{name}.main").SERVICE
    return service


def path_of(name: str) -> Path:
    return FOLDER / name / "README.md"


def charter(service: UnitService, readme: str) -> str:
    """`readme` with everything beneath the mark made anew."""
    by_hand, _, _ = readme.partition(MARK)
    return "\n".join([by_hand.rstrip(), "", MARK, "", *_generated(service)]) + "\n"


def _generated(service: UnitService) -> Iterator[str]:
    yield "## Subjects\n"
    yield f"- Commands in: `cmd.<congress>.{service.name}.<command>`"
    stream = service_stream("<congress>", service.name)
    yield f"- Events out: `evt.<congress>.{service.name}.<entity>.<id>`, in the stream `{stream}`"
    for policy in service.policies:
        of = "any unit" if policy.service == ANY_SERVICE else policy.service
        events = " and ".join(f"`{event.TYPE}`" for event in policy.events)
        yield f"- Policy `{policy.name}`: reacts to {events} of {of}"
    for aggregate in service.aggregates:
        yield from _of(aggregate)


def _of(aggregate: Aggregate) -> Iterator[str]:
    yield f"\n## `{aggregate.entity}`\n"
    if aggregate.internal:
        yield "Only the service's own policies give these commands.\n"
    yield "| command | fields | |\n|---|---|---|"
    for command in aggregate.commands:
        yield f"| `{command.NAME}` | {_fields(command)} | {sentence_of(command)} |"
    yield f"\nEvents: {', '.join(f'`{event.TYPE}`' for event in aggregate.events)}."
    constants = vars(sys.modules[aggregate.decide.__module__]).values()
    sentences = {constant.code: constant.sentence for constant in constants if isinstance(constant, Refusal)}
    if sentences:
        yield "\n| refused as | |\n|---|---|"
    for code, sentence in sorted(sentences.items()):
        yield f"| `{code}` | {sentence} |"


def _fields(command: type[Command]) -> str:
    """Names as on the wire; what may be left out in brackets."""
    fields = command.model_fields.items()
    return ", ".join(f"`{name}`" if field.is_required() else f"[`{name}`]" for name, field in fields)


if __name__ == "__main__":
    for name in (SUBCOMMITTEE, *(unit.id for unit in WITH_CODE)):
        path = path_of(name)
        by_hand = path.read_text("utf-8") if path.exists() else f"# The {name} unit's service"
        path.write_text(charter(service_named(name), by_hand), "utf-8")
