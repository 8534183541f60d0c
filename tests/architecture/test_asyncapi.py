"""`docs/asyncapi/` says what the services speak, in the words of the specification."""

import json
import tomllib
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from jsonschema import Draft7Validator, ValidationError

from daihoi.cli.asyncapi import FOLDER, document_of
from daihoi.ops.supervisor import all_services
from shared.eventstore.envelope import as_bytes
from shared.history.decoding import EVENT_TYPES
from shared.unit.asyncapi import VERSION
from shared.unit.policies import ANY_SERVICE
from shared.unit.refusals import REFUSALS
from shared.values.units import services
from tests.architecture.test_documents import PROJECT, service_named
from tests.congress import envelope_of, life_of_a_task
from tests.contract.units import SERVICE_AGGREGATES, opening

SPECIFICATION = json.loads((Path(__file__).parent / "asyncapi-3.0.0.schema.json").read_text("utf-8"))


@cache
def written(name):
    return json.loads(document_of(name))


every_document = pytest.mark.parametrize("name", all_services())
every_writer = pytest.mark.parametrize("name", services())


def references(value):
    """Every `$ref` in a document."""
    match value:
        case dict():
            for key, inner in value.items():
                if key == "$ref":
                    yield inner
                yield from references(inner)
        case list():
            for inner in value:
                yield from references(inner)


def found(document, reference):
    for part in reference.removeprefix("#/").split("/"):
        document = document[part]
    return document


def spoken(name, operation):
    """Where it goes, what is said there, and with which data: the names of the messages and of their schemas."""
    told = written(name)["operations"][operation]
    channel = found(written(name), told["channel"]["$ref"])
    return told["action"], channel["address"], [each["$ref"].rpartition("/")[2] for each in told["messages"]]


def payload(name, message):
    document = written(name)
    schema = {"$ref": f"#/components/messages/{message}/payload", "components": document["components"]}
    return Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)


@every_document
def test_the_exported_document_is_what_the_service_is_made_of_today(name):
    assert (FOLDER / f"{name}.json").read_bytes() == document_of(name), "run `make asyncapi`"


def test_there_is_no_document_of_anything_else():
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.json" for name in all_services()}


@every_document
def test_a_document_keeps_to_the_specification(name):
    Draft7Validator(SPECIFICATION).validate(written(name))


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("asyncapi", "2.6.0"),
        ("operations", {"x": {"action": "shout", "channel": {"$ref": "#/channels/health"}}}),
        ("channels", {"x": {"address": 1}}),
        ("components", {"schemas": {"X": {"type": "nothing"}}}),
        ("surprise", {}),
    ],
)
def test_what_the_specification_forbids_is_noticed(part, wrong):
    with pytest.raises(ValidationError):
        Draft7Validator(SPECIFICATION).validate(written("logistics") | {part: wrong})


@every_document
def test_every_reference_leads_somewhere_and_nothing_is_described_that_nobody_speaks_of(name):
    document = written(name)
    named = set(references(document))
    assert all(found(document, reference) is not None for reference in named)
    for part in ("schemas", "messages", "securitySchemes"):
        assert {f"#/components/{part}/{each}" for each in document["components"][part]} <= named


@every_document
def test_addresses_are_unique_and_their_parameters_are_explained(name):
    channels = [channel for channel in written(name)["channels"].values() if channel["address"]]
    assert len({channel["address"] for channel in channels}) == len(channels)
    for channel in channels:
        assert {part[1:-1] for part in channel["address"].split(".") if part[0] == "{"} == set(channel["parameters"])


@every_writer
def test_every_command_is_answered_on_its_subject_and_wants_a_token(name):
    operations = written(name)["operations"]
    aggregates = [aggregate for aggregate in SERVICE_AGGREGATES[name] if not aggregate.internal]
    commands = {command.NAME for aggregate in aggregates for command in aggregate.commands}
    offered = {command.NAME for command in service_named(name).offered}
    assert {each for each, operation in operations.items() if "security" in operation} == commands | offered
    for command in commands:
        assert spoken(name, command) == ("receive", f"cmd.{{congress}}.{name}.{command}", [command])
        answers = [each["$ref"] for each in operations[command]["reply"]["messages"]]
        assert answers == ["#/channels/replies/messages/answer", "#/channels/replies/messages/problem"]
        headers = written(name)["components"]["messages"][command]["headers"]
        assert headers["required"] == ["Authorization"]


@every_writer
def test_every_event_is_appended_under_its_entity_and_every_policy_says_what_it_reads(name):
    for aggregate in (*SERVICE_AGGREGATES[name], REFUSALS):
        address = f"evt.{{congress}}.{name}.{aggregate.entity}.{{id}}"
        types = [event.TYPE for event in aggregate.events]
        assert spoken(name, f"append-{aggregate.entity}") == ("send", address, types)
    for policy in service_named(name).policies:
        writer = "{service}" if policy.service == ANY_SERVICE else policy.service
        address = f"evt.{{congress}}.{writer}.{policy.entity}.{{id}}"
        assert spoken(name, f"policy-{policy.name}") == ("receive", address, [event.TYPE for event in policy.events])


def test_the_tracker_reads_every_event_and_takes_no_command():
    operations = written("tracker")["operations"]
    read = [name for name in operations if name.startswith("read-")]
    assert {event for name in read for event in spoken("tracker", name)[2]} == set(EVENT_TYPES)
    assert set(operations) == {*read, "health", "health-of-instance", "asyncapi"}


@every_document
def test_health_and_the_document_itself_can_be_asked_for(name):
    for question in ("health", "asyncapi"):
        assert spoken(name, question) == ("receive", f"{question}.{{congress}}.{name}", [f"{question}-question"])
    of_one = ("receive", f"health.{{congress}}.{name}.{{instance}}", ["health-question"])
    assert spoken(name, "health-of-instance") == of_one


@every_writer
def test_a_request_that_the_service_takes_fits_its_schema_and_another_one_does_not(name):
    for aggregate in SERVICE_AGGREGATES[name]:
        if aggregate.internal:
            continue
        command, data, _ = opening("Một")[aggregate.entity]
        data = json.loads(json.dumps(data))
        request = {"command_id": str(uuid4()), "data": data}
        validator = payload(name, command)
        validator.validate(request)
        for wrong in (request | {"surprise": 1}, request | {"data": data | {"surprise": 1}}, {"data": data}):
            assert not validator.is_valid(wrong)


def test_an_event_as_it_is_stored_fits_its_schema_and_not_that_of_another():
    for position, event in enumerate(life_of_a_task(1)):
        stored = json.loads(as_bytes(envelope_of(event, "logistics", "task", "1-03", position)))
        for name in ("logistics", "tracker"):
            payload(name, event.TYPE).validate(stored)
            assert not payload(name, "vn.daihoi.document.withdrawn.v1").is_valid(stored)
            assert not payload(name, event.TYPE).is_valid({**stored, "actor": None})


def test_the_documents_have_the_projects_version():
    assert tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == VERSION
