"""Every service does what its OpenAPI document says, whatever it is sent that fits the document or does not.

What several services take is dealt out over them, and each gets either data that fits or data that does not; the long
test tries everything in each."""

import asyncio
from uuid import uuid4
from zlib import crc32

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
    use_after_free,
)

from shared.values.units import services
from tests.contract.units import SERVICE_AGGREGATES
from tests.properties.hostile_values import as_body

EXAMPLES, MANY_EXAMPLES = 1, 10
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    missing_required_header,
    unsupported_method,
    use_after_free,
]
"""All but one: what fits the document is not for that alone accepted, since rules say more than a schema can."""
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
PER_CALLER = {"logistics": "lead", "propaganda": "deputy", "security": "member", "subcommittee": "lead"}


def dealt(service):
    """The commands that this service tries: those that no service before it has."""
    before = list(services())[: list(services()).index(service)]
    return _commands_of(service) - {name for other in before for name in _commands_of(other)}


def _commands_of(service):
    return {c.NAME for aggregate in SERVICE_AGGREGATES[service] if not aggregate.internal for c in aggregate.commands}


async def operations(pages, service):
    shown = await pages.at(service)
    schema = schemathesis.openapi.from_dict((await shown.client.get("/openapi.json")).json())
    schema.validate()
    return [result.ok() for result in schema.get_all_operations()]


def attack(operation, mode, examples, address, authorization):
    """Calls it as often as `examples` says; the statuses that it answered. Fails where a check does not hold."""
    statuses = set()

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case):
        if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):  # so that the rules are come to
            case.body |= {"command_id": str(uuid4()), "happened": None}
        response = case.call(base_url=address, headers={"Authorization": authorization})
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    call()
    return statuses


def one_mode(operation):
    """Data that fits the document for about half of all operations, data that does not for the others."""
    return MODES[:1] if crc32(operation.path.encode()) % 2 else MODES[1:]


async def attack_all(pages, service, operations, examples, modes=lambda _: MODES):
    shown = await pages.at(service)
    authorization = f"Bearer {pages.token(f'{service}.{PER_CALLER[service]}')}"
    statuses = set()
    for operation in operations:
        for mode in MODES[:1] if operation.path == "/health" else modes(operation):  # which takes nothing
            arguments = (operation, mode, examples, shown.address, authorization)
            statuses |= await asyncio.to_thread(attack, *arguments)
    return statuses


@pytest.mark.parametrize("service", services())
async def test_a_service_answers_what_its_document_says(pages, service):
    mine = dealt(service)
    assert mine
    chosen = [
        operation
        for operation in await operations(pages, service)
        if operation.path.rpartition("/")[2] in mine or not operation.path.startswith("/commands/")
    ]
    assert len(chosen) == len(mine) + 2
    statuses = await attack_all(pages, service, chosen, EXAMPLES, one_mode)
    assert statuses >= {200, 404, 422}


@pytest.mark.long
@pytest.mark.parametrize("service", services())
async def test_a_service_answers_what_its_document_says_whatever_it_is_sent(pages, service):
    assert await attack_all(pages, service, await operations(pages, service), MANY_EXAMPLES) >= {200, 400, 404, 422}


@pytest.mark.parametrize("service", services())
async def test_a_document_lists_each_command_once_and_says_what_each_is(pages, service):
    shown = await pages.at(service)
    document = (await shown.client.get("/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    named = {path.rpartition("/")[2] for path in document["paths"] if path.startswith("/commands/")}
    assert named >= _commands_of(service)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            assert operation["operationId"], path
            assert operation["responses"]["200"]["description"], path


async def test_what_is_known_to_the_document_is_known_to_the_service(pages):
    """None of the commands that it names is answered as unknown, and every other is."""
    shown = await pages.at("logistics")
    document = (await shown.client.get("/openapi.json")).json()
    names = [path.rpartition("/")[2] for path in document["paths"] if path.startswith("/commands/")]
    for name in [*names, "record-policy-refusal", "open-item"]:
        body = as_body({"command_id": str(uuid4()), "data": {"nobody_knows": 1}})
        response = await pages.call("logistics.lead", name, body)
        assert (response.json()["code"] == "unknown_command") == (name not in names), name
