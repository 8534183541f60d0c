"""Commands in a file, one after the other: `- record-meeting: {meeting_id: …}` in YAML, or the same in JSON."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4, uuid5

from daihoi.importing.congress_answers import loaded
from shared.domain.decider import Refusal
from shared.entering.moments import parse_time
from shared.values.brief import brief_text

MOST_STEPS = 100
MOST_SHOWN = 60
STEP_IDS = UUID("d0c3c1b7-5b7e-5f0a-9f6e-1b8f0a4c2e11")
BESIDE = ("as", "happened")

NO_STEPS = Refusal(
    "no_steps", "{path} is to hold a list of commands, each with its fields, such as «start-task: {{task_id: 1-03}}»."
)
ONE_STEP = Refusal("not_one_command", "{path} is to hold the fields of {command}, as names with their values.")
TOO_MANY_STEPS = Refusal("too_many_steps", "{path} holds more than {most} commands; give them in several files.")
NO_FIELDS = Refusal("no_fields", "In {path}, {command} has no fields with their values.")


class Step(NamedTuple):
    """A command with its fields; `actor` and `happened` where the file says who gives it, and when it happened."""

    command: str
    data: dict[str, Any]
    actor: str = ""
    happened: datetime | None = None


def read_steps(path: Path, command: str = "") -> tuple[Step, ...]:
    """All of a file, or the fields of one `command`. Raises a refusal."""
    content = loaded(path)
    if command:
        if not isinstance(content, dict):
            raise ONE_STEP(path=path, command=command)
        return (Step(command, _as_json(content)),)
    if not isinstance(content, list) or not content:
        raise NO_STEPS(path=path)
    if len(content) > MOST_STEPS:
        raise TOO_MANY_STEPS(path=path, most=MOST_STEPS)
    return tuple(_step(path, one) for one in content)


def _step(path: Path, fields: object) -> Step:
    """`as` beside the command says who gives it, `happened` when it happened."""
    if not isinstance(fields, Mapping):
        raise NO_STEPS(path=path)
    beside = {name: str(fields[name]) for name in BESIDE if fields.get(name)}
    commands = [(str(name), data) for name, data in fields.items() if name not in BESIDE]
    if len(commands) != 1:
        raise NO_STEPS(path=path)
    ((command, data),) = commands
    if not isinstance(data, dict):
        raise NO_FIELDS(path=path, command=brief_text(command, MOST_SHOWN))
    happened = parse_time(beside["happened"]) if "happened" in beside else None
    return Step(command, _as_json(data), beside.get("as", ""), happened)


def command_ids(congress: str, steps: Sequence[Step]) -> list[UUID]:
    """An id for each step of a file. The same thing by the same position at the same time is the same command, so
    that a file that is given again does only what it did not do before; what has no date is a new command every
    time."""
    seen: Counter[str] = Counter()
    return [_command_id(congress, step, seen) for step in steps]


def _command_id(congress: str, step: Step, seen: Counter[str]) -> UUID:
    if step.happened is None:
        return uuid4()
    content = [congress, step.actor, step.command, step.data, step.happened.astimezone(UTC).isoformat()]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    seen[text] += 1
    return uuid5(STEP_IDS, f"{text}/{seen[text]}")


def _as_json(value: Any) -> Any:
    """YAML has days; a command has their text."""
    match value:
        case dict():
            return {str(name): _as_json(item) for name, item in value.items()}
        case list():
            return [_as_json(item) for item in value]
        case date():
            return value.isoformat()
        case _:
            return value
