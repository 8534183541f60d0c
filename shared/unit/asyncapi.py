"""What a service speaks, as an AsyncAPI 3.0 document made from the aggregates and policies that it runs on.

Commands come in and are answered, so are the questions after its health and after this document; events go out, and
policies read those of others. Schemas are those of the models (pydantic's JSON Schema, and msgspec's of
the envelope).
"""

import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.domain.decider import Aggregate, Command
from shared.events.base import Event, entity_of
from shared.eventstore.canonical import indented
from shared.eventstore.envelope import Envelope
from shared.eventstore.names import ledger_stream, service_stream
from shared.unit.answering import respond, unread
from shared.unit.commands import Answer, Question
from shared.unit.health import Health
from shared.unit.policies import ANY_SERVICE, Policy
from shared.unit.problems import Problem
from shared.unit.requests import CommandRequest

if TYPE_CHECKING:
    from faststream.nats import NatsBroker

type Json = dict[str, Any]

ASYNCAPI = "3.0.0"
VERSION = "0.1.0"
"""The project's own version, as `pyproject.toml` has it."""
PLACE = "#/components/schemas/{name}"
ABOUT = "Commands in, events out, over NATS. An event is a CloudEvent 1.0 in structured JSON."
INSTANCE = {"description": "The setting DAIHOI_INSTANCE of the process, else the name of its machine or container."}
CONGRESS = {"description": "The id of the congress.", "examples": ["namdinh-xx"]}
AGGREGATE_ID = {"description": "The id of the aggregate that the event is about."}
WRITER = {"description": "Any service that writes such events."}
SERVER = {
    "host": "{address}",
    "protocol": "nats",
    "variables": {"address": {"description": "Where NATS is.", "default": "127.0.0.1:4222"}},
}
INBOX = {"location": "$message.header#/reply", "description": "The inbox that the NATS request names."}
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "In the NATS header `Authorization`: Ed25519, `aud` the congress, `unit` the service.",
}
AUTHORIZATION = {
    "type": "object",
    "required": ["Authorization"],
    "properties": {"Authorization": {"type": "string", "pattern": "^[Bb][Ee][Aa][Rr][Ee][Rr] .+$"}},
}


def asyncapi_subject(congress: str, service: str) -> str:
    return f"asyncapi.{congress}.{service}"


def answer_asyncapi(broker: "NatsBroker", congress: str, service: str, document: Callable[[], Json]) -> None:
    """`document` is made when somebody first asks for it."""
    from faststream.nats import NatsMessage

    @cache
    def answer() -> bytes:
        return indented(document())

    @broker.subscriber(
        asyncapi_subject(congress, service), no_reply=True, decoder=unread, title=f"{service} asyncapi"
    )
    async def on_asyncapi(message: NatsMessage) -> None:
        await respond(broker, message.reply_to, answer())


def asyncapi(
    service: str,
    aggregates: Sequence[Aggregate] = (),
    policies: Sequence[Policy] = (),
    reads: Sequence[type[Event]] = (),
    offered: Sequence[type[Command]] = (),
) -> Json:
    """The document of one service: `aggregates` are all that write to its stream, `reads` what it reads of the ledger
    besides its policies, `offered` the commands that it takes beside those of its aggregates."""
    schemas = _Schemas(aggregates, offered, [*(event for policy in policies for event in policy.events), *reads])
    contract = _Contract(service, schemas)
    for aggregate in aggregates:
        for command in aggregate.public_commands:
            contract.takes(command)
        contract.appends(aggregate)
    for command in offered:
        contract.takes(command)
    for policy in policies:
        contract.follows(policy)
    for entity in dict.fromkeys(entity_of(event) for event in reads):
        contract.reads(entity, [event for event in reads if entity_of(event) == entity])
    contract.tells("health", health=Health)
    contract.tells("health", "instance", health=Health)
    contract.tells("asyncapi", document=None)
    return {
        "asyncapi": ASYNCAPI,
        "info": {"title": f"Daihoi: {service}", "version": VERSION, "description": ABOUT},
        "defaultContentType": "application/json",
        "servers": {"nats": SERVER},
        "channels": contract.channels,
        "operations": contract.operations,
        "components": {
            "messages": contract.messages,
            "schemas": schemas.definitions,
            "securitySchemes": contract.security_schemes,
        },
    }


class _Schemas:
    """The JSON Schemas of all models that a service speaks in; two models of one name get longer names."""

    def __init__(
        self, aggregates: Sequence[Aggregate], offered: Sequence[type[Command]], others: Sequence[type[Event]]
    ) -> None:
        commands = [*(command for aggregate in aggregates for command in aggregate.public_commands), *offered]
        events = dict.fromkeys((*others, *(event for aggregate in aggregates for event in aggregate.events)))
        answers: Iterable[type[Answer]] = dict.fromkeys((Answer, *(_answer_to(command) for command in commands)))
        requests: tuple[type[BaseModel], ...] = (CommandRequest, *answers, Problem) if commands else ()
        models: list[type[BaseModel]] = [*requests, Health, *commands, *events]
        references, schemas = models_json_schema(
            [(model, "validation") for model in models], ref_template=PLACE.format(name="{model}")
        )
        (envelope,), components = msgspec.json.schema_components([Envelope], ref_template=PLACE)
        self._references: dict[Any, Json] = {model: reference for (model, _), reference in references.items()}
        self._references[Envelope] = envelope
        self.definitions: Json = schemas["$defs"] | components

    def __getitem__(self, model: type[BaseModel | Envelope]) -> Json:
        return self._references[model]


class _Contract:
    """Channels, operations and messages, as they are added."""

    def __init__(self, service: str, schemas: _Schemas) -> None:
        self._service = service
        self._schemas = schemas
        self.channels: Json = {"replies": {"address": None, "messages": {}}}
        self.operations: Json = {}
        self.messages: Json = {}
        self.security_schemes: Json = {}

    def takes(self, command: type[Command]) -> None:
        name = command.NAME
        self._channel(name, f"cmd.{{congress}}.{self._service}.{name}")
        payload = {"allOf": [self._schemas[CommandRequest], {"properties": {"data": self._schemas[command]}}]}
        self._can_say(name, name, payload)
        self.messages[name]["headers"] = AUTHORIZATION
        self.security_schemes["bearer"] = BEARER
        answer = _answer_to(command)
        replies: dict[str, type[BaseModel] | None] = {_name_of(answer): answer, "problem": Problem}
        self.operations[name] = {
            **self._operation("receive", name, [name]),
            **({"summary": summary} if (summary := sentence_of(command)) else {}),
            "security": [{"$ref": "#/components/securitySchemes/bearer"}],
            "reply": self._reply(**replies),
            "bindings": {"nats": {"queue": self._service, "bindingVersion": "0.1.0"}},
        }

    def appends(self, aggregate: Aggregate) -> None:
        summary = f"Appended to the stream {service_stream('<congress>', self._service)}."
        name, events = f"append-{aggregate.entity}", aggregate.events
        self._events("send", name, self._service, aggregate.entity, events, summary)

    def follows(self, policy: Policy) -> None:
        summary = f"Read from the ledger by the durable consumer policies-{self._service}."
        name, events = f"policy-{policy.name}", policy.events
        self._events("receive", name, policy.service, policy.entity, events, summary)

    def reads(self, entity: str, events: Sequence[type[Event]]) -> None:
        summary = f"Read from the stream {ledger_stream('<congress>')} by batched direct get."
        self._events("receive", f"read-{entity}", ANY_SERVICE, entity, events, summary)

    def tells(self, question: str, whom: str = "", **answer: type[BaseModel] | None) -> None:
        """Any instance of the service tells it, or the one that stands for the parameter `whom`."""
        name, address = question, f"{question}.{{congress}}.{self._service}"
        if whom:
            name, address = f"{question}-of-{whom}", f"{address}.{{{whom}}}"
        self._channel(name, address, **({whom: INSTANCE} if whom else {}))
        self._can_say(name, f"{question}-question", {"description": "Whatever it is, it is not read."})
        self.operations[name] = {
            **self._operation("receive", name, [f"{question}-question"]),
            "reply": self._reply(**answer),
        }

    def _events(
        self, action: str, name: str, service: str, entity: str, events: Sequence[type[Event]], summary: str
    ) -> None:
        """The operation `name` on the channel of one entity's events."""
        of_any = service == ANY_SERVICE
        channel = f"events-{'any' if of_any else service}-{entity}"
        writer = "{service}" if of_any else service
        parameters = {"id": AGGREGATE_ID} | ({"service": WRITER} if of_any else {})
        self._channel(channel, f"evt.{{congress}}.{writer}.{entity}.{{id}}", **parameters)
        for event in events:
            self._can_say(channel, event.TYPE, self._envelope(event))
        types = [event.TYPE for event in events]
        self.operations[name] = {**self._operation(action, channel, types), "summary": summary}

    def _envelope(self, event: type[Event]) -> Json:
        """Empty where the event is described already."""
        if event.TYPE in self.messages:
            return {}
        data = {"properties": {"type": {"const": event.TYPE}, "data": self._schemas[event]}}
        return {"allOf": [self._schemas[Envelope], data]}

    def _channel(self, name: str, address: str, **parameters: Json) -> None:
        channel = {"address": address, "parameters": {"congress": CONGRESS, **parameters}, "messages": {}}
        self.channels.setdefault(name, channel)

    def _can_say(self, channel: str, name: str, payload: Json) -> None:
        self.messages.setdefault(name, {"name": name, "payload": payload})
        self.channels[channel]["messages"][name] = {"$ref": f"#/components/messages/{name}"}

    def _operation(self, action: str, channel: str, messages: Iterable[str]) -> Json:
        return {"action": action, **self._of(channel, messages)}

    def _reply(self, **answers: type[BaseModel] | None) -> Json:
        for name, model in answers.items():
            payload = self._schemas[model] if model else {"type": "object", "description": "This document."}
            self._can_say("replies", name, payload)
            if model is Problem:
                self.messages[name]["contentType"] = "application/problem+json"
        return {"address": INBOX, **self._of("replies", answers)}

    @staticmethod
    def _of(channel: str, messages: Iterable[str]) -> Json:
        path = f"#/channels/{channel}"
        return {"channel": {"$ref": path}, "messages": [{"$ref": f"{path}/messages/{name}"} for name in messages]}


def _answer_to(command: type[Command]) -> type[Answer]:
    answer: type[Answer] = command.ANSWER if issubclass(command, Question) else Answer
    return answer


def _name_of(answer: type[Answer]) -> str:
    """`EvidencePart` → `evidence-part`."""
    return re.sub("(?<=[a-z])(?=[A-Z])", "-", answer.__name__).lower()


def sentence_of(command: type[Command]) -> str:
    """The command's own docstring, on one line."""
    return " ".join(inspect.cleandoc(command.__dict__.get("__doc__") or "").split())
