"""The published language: every event is one class, in the module of its entity, and everybody reads that one."""

import ast
import string
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from services.security import clearances
from shared import events
from shared.events.base import Event
from shared.events.clearance import ClearanceRequested
from shared.eventstore.names import event_subject, ledger_stream, service_stream
from shared.eventstore.streams import stream_configs
from shared.history.decoding import EVENT_TYPES
from shared.history.sentences import SENTENCES
from shared.unit.refusals import REFUSALS
from shared.unit.support_unit import NOTE_CLEARANCES
from shared.values.units import services
from tests.contract.units import LOGISTICS, PROPAGANDA, SECURITY, SUBCOMMITTEE
from tests.domain.scenario import AGGREGATES

ROOT = Path(__file__).parents[2]
MODULES = {module.name: import_module(f"shared.events.{module.name}") for module in iter_modules(events.__path__)}
DEFINED = {
    model.TYPE: model
    for module in MODULES.values()
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, Event) and model is not Event
}
EMITTED = {event.TYPE: event for aggregate in (*AGGREGATES, REFUSALS) for event in aggregate.events}
MAY_BE_IMPORTED = (
    *("pydantic", "shared.values.types", "shared.values.code_lists", "shared.events.base"),
    *("datetime", "enum", "typing"),
)


def types_written_in(path: Path) -> list[str]:
    """The event types that classes in this file give themselves."""
    return [
        node.value.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "TYPE"
        and isinstance(node.value, ast.Constant)
    ]


def test_each_type_is_defined_once_and_in_the_module_of_its_entity():
    product = [path for part in ("daihoi", "services", "shared") for path in sorted((ROOT / part).rglob("*.py"))]
    defined = [(written, path.relative_to(ROOT)) for path in product for written in types_written_in(path)]
    assert defined == [
        (written, Path("shared/events", written.split(".")[2].replace("-", "_") + ".py")) for written, _ in defined
    ]
    assert sorted(written for written, _ in defined) == sorted(DEFINED)


def test_each_event_is_one_of_an_aggregate_and_the_tracker_reads_the_same_class():
    assert DEFINED == EMITTED == EVENT_TYPES


@pytest.mark.parametrize("service", [SUBCOMMITTEE, PROPAGANDA, LOGISTICS, SECURITY], ids=lambda service: service.name)
def test_a_policy_reads_the_classes_that_are_written(service):
    assert all(DEFINED[event.TYPE] is event for policy in service.policies for event in policy.events)


def test_an_event_is_made_of_values_and_nothing_else():
    imported = {
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for path in (ROOT / "shared/events").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imported <= set(MAY_BE_IMPORTED)


@pytest.mark.parametrize("name", EMITTED)
def test_every_event_says_a_sentence_made_of_its_own_fields(name):
    placeholders = {field for _, field, _, _ in string.Formatter().parse(SENTENCES[name]) if field}
    assert placeholders - {"actor", "id", "title"} <= set(EMITTED[name].model_fields)


def test_the_units_hear_of_every_decision_that_security_can_take_on_a_clearance():
    decided = {event.TYPE for event in clearances.AGGREGATE.events} - {ClearanceRequested.TYPE}
    assert {event.TYPE for policy in NOTE_CLEARANCES for event in policy.events} == decided


def test_streams_and_subjects_have_the_names_that_the_design_gives_them():
    assert service_stream("namdinh-xx", "logistics") == "EVENTS_LOGISTICS_namdinh-xx"
    assert ledger_stream("namdinh-xx") == "LEDGER_namdinh-xx"
    assert event_subject("namdinh-xx", "logistics", "task", "1-03") == "evt.namdinh-xx.logistics.task.1-03"
    *streams, ledger = stream_configs("namdinh-xx")
    assert [source["name"] for source in ledger["sources"]] == [stream["name"] for stream in streams]
    assert [stream["subjects"] for stream in streams] == [[f"evt.namdinh-xx.{name}.>"] for name in services()]
