"""What a command takes: the schema of its fields, and the ids that nobody need invent."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from shared.domain.decider import Command

type Schema = Mapping[str, Any]
"""A JSON schema, with whatever it refers to put in its place."""

NEW_IDS: Mapping[str, tuple[str, str]] = {
    "open-obstacle": ("obstacle_id", "vm"),
    "comment-on-task": ("comment_id", "yk"),
    "instruct-task": ("instruction_id", "cd"),
    "give-instruction": ("instruction_id", "cd"),
    "add-checklist-item": ("item_id", "dv"),
    "advance-money": ("advance_id", "tu"),
    "record-spending": ("spending_id", "chi"),
    "reserve-resource": ("reservation_id", "dk"),
    "report-incident": ("incident_id", "sc"),
    "request-clearance": ("clearance_id", "an"),
    "open-review": ("review_id", "rs"),
    "register-resource": ("resource_id", "cs"),
    "propose-publication": ("publication_id", "tt"),
}
"""Ids that nobody need invent, by the command that brings them up, and how a proposed one begins."""
DIGITS = 8
GIVEN_BY_POLICIES = frozenset(("note-instruction", "move-deadline", "record-switch", "confirm-switch"))
"""A service refuses them to people, by name."""


def new_id(command: str, data: Mapping[str, Any], command_id: UUID) -> dict[str, str]:
    """The field with an id to propose, where the command needs one of its own and none is given. It follows from the
    command's id, so that the same command again is the same."""
    field, prefix = NEW_IDS.get(command, ("", ""))
    if not field or field in data:
        return {}
    return {field: f"{prefix}-{uuid5(command_id, field).hex[:DIGITS]}"}


@cache
def schema_of(command: type[Command]) -> Schema:
    schema = command.model_json_schema()
    resolved: Schema = _resolved(schema, schema.get("$defs", {}))
    return resolved


def _resolved(schema: Any, definitions: Schema) -> Any:
    """Fields that may be left empty have the schema of what they hold otherwise."""
    match schema:
        case {"$ref": str(place), **others}:
            return others | _resolved(definitions[place.rpartition("/")[2]], definitions)
        case {"anyOf": [held, {"type": "null"}], **others}:
            return others | _resolved(held, definitions)
        case dict():
            return {name: _resolved(part, definitions) for name, part in schema.items() if name != "$defs"}
        case list():
            return [_resolved(part, definitions) for part in schema]
        case _:
            return schema
