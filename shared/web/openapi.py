"""What a service takes and gives over HTTP, as an OpenAPI 3.1 document made from the models that it runs on."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.domain.decider import Command
from shared.unit.asyncapi import VERSION, sentence_of
from shared.unit.commands import Answer, Question
from shared.unit.health import Health
from shared.unit.problems import Problem
from shared.unit.service import UnitService
from shared.values.command_words import COMMAND_WORDS
from shared.values.message import Message
from shared.views.all_views import VIEWS

type Json = dict[str, Any]

PLACE = "#/components/schemas/{model}"
STATUSES = {
    "400": "The request is not JSON.",
    "401": "No token, or none that is good.",
    "403": "Not for this caller.",
    "404": "There is no such thing.",
    "409": "A rule turns it down, or others were faster.",
    "413": "Too large.",
    "422": "It does not fit the command.",
    "500": "Something is wrong in the service.",
    "503": "The event store does not answer; the same command can safely be sent again.",
}


def openapi(service: UnitService) -> Json:
    commands = [command for aggregate in service.aggregates for command in aggregate.public_commands]
    commands += service.offered
    answers = {command: _answer_of(command) for command in commands}
    models: list[type[BaseModel]] = [Answer, Problem, Health, *commands, *dict.fromkeys(answers.values())]
    references, schemas = models_json_schema(
        [(model, "validation") for model in dict.fromkeys(models)], ref_template=PLACE
    )
    schema_of = {model: reference for (model, _), reference in references.items()}
    problems = {
        status: {
            "description": text,
            "content": {"application/problem+json": {"schema": schema_of[Problem]}},
        }
        for status, text in STATUSES.items()
    }
    paths: Json = {}
    for command in commands:
        paths[f"/commands/{command.NAME}"] = {
            "post": {
                "operationId": command.NAME,
                "summary": sentence_of(command)
                or COMMAND_WORDS.get(command.NAME, Message("", command.NAME)).sentence,
                "security": [{"bearer": []}],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": _request(schema_of[command])}},
                },
                "responses": {"200": _json("It is done.", schema_of[answers[command]]), **problems},
            }
        }
    paths["/queries/{view}"] = _query(problems)
    paths["/health"] = {
        "get": {
            "operationId": "health",
            "summary": "How the service is.",
            "responses": {
                "200": _json("It is ready.", schema_of[Health]),
                "503": _json("It is not.", schema_of[Health]),
            },
        }
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Daihoi: {service.name}", "version": VERSION},
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _request(data: Json) -> Json:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["command_id", "data"],
        "properties": {
            "command_id": {"type": "string", "format": "uuid"},
            "data": data,
            "happened": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
        },
    }


def _query(problems: Json) -> Json:
    return {
        "get": {
            "operationId": "documents",
            "summary": "The documents of a view, as the service's own stream has them, by their ids.",
            "security": [{"bearer": []}],
            "parameters": [
                {
                    "name": "view",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string", "enum": [view.name for view in VIEWS]},
                },
                {"name": "after", "in": "query", "schema": {"type": "string", "maxLength": 200}},
                {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1000}},
            ],
            "responses": {
                "200": _json(
                    "A page of them; `after` is what the next is asked for with.",
                    {
                        "type": "object",
                        "required": ["sequence", "documents", "after"],
                        "properties": {
                            "sequence": {"type": "integer"},
                            "documents": {"type": "array", "items": {"type": "object"}},
                            "after": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                        },
                    },
                ),
                **{status: problems[status] for status in ("401", "403", "404", "422", "500", "503")},
            },
        }
    }


def _json(description: str, schema: Json) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _answer_of(command: type[Command]) -> type[Answer]:
    return command.ANSWER if issubclass(command, Question) else Answer
