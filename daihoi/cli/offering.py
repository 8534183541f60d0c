"""Which commands a unit may give, as `daihoi do` takes them: listed, one by one, and with values by their fields."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

import typer

from daihoi.cli import console
from daihoi.cli.arguments import TASK_ID, guessed, json_value, named_fields
from daihoi.cli.issuing import unit_that_gives
from daihoi.cli.language import spoken
from daihoi.cli.listed import is_listed
from daihoi.cli.shell import WRONG_USE
from daihoi.cli.usage_errors import PERHAPS
from daihoi.ops.offered import offered_by
from daihoi.terminal.commands import fields_parts, offered_table
from shared.domain.decider import Command
from shared.entering.fields import schema_of
from shared.entering.typed import as_meant, schema_at
from shared.i18n import render
from shared.unit.problems import UNKNOWN_COMMAND
from shared.values.brief import brief_text
from shared.values.units import services

MOST_SHOWN = 60


def list_offered(actor: str) -> bool:
    """Whether it is known whose commands are to be listed."""
    unit = unit_that_gives(actor)
    if not _is_known(unit):
        return False
    console.out.print(offered_table(unit, offered_by(unit), spoken()))
    return True


def show_fields(name: str, actor: str) -> None:
    """Shows the fields of a unit's command, or of anybody's where nobody says who gives it. Ends the program as wrong
    use where there is none."""
    unit = unit_that_gives(actor)
    units = [unit] if _is_known(unit) else list(services())
    commands = {name: command for unit in reversed(units) for name, command in offered_by(unit).items()}
    if name not in commands:
        _no_such_command(units[0], name, commands)
    console.out.print(fields_parts(commands[name], spoken()))


def command_named(name: str, actor: str) -> type[Command] | None:
    """The command of this name; nothing where the unit is not known here: whoever mints its token says so. Ends the
    program as wrong use where the unit has no such command."""
    unit = unit_that_gives(actor)
    if not _is_known(unit):
        return None
    offered = offered_by(unit)
    if name not in offered:
        _no_such_command(unit, name, offered)
    return offered[name]


def fields_typed(command: type[Command] | None, texts: Sequence[str]) -> dict[str, Any]:
    """Each read by what the command's field holds. Raises a refusal."""
    if command is None:
        return named_fields(texts)
    schema = schema_of(command)

    def value_of(path: tuple[str, ...], text: str) -> Any:
        held = schema_at(schema, path)
        if not held:
            return guessed(path, text)
        opens = {"object": "{", "array": "["}.get(held.get("type", ""))
        return as_meant(json_value(path, text) if opens and text.startswith(opens) else text, path[-1], held)

    return named_fields(texts, command.ID or TASK_ID, value_of)


def fields_meant(command: type[Command] | None, data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a file, where text may stand for what the field holds. Raises a refusal."""
    return dict(data) if command is None else dict(as_meant(dict(data), "", schema_of(command)))


def _is_known(unit: str) -> bool:
    return unit in services() or is_listed(unit)


def _no_such_command(unit: str, name: str, offered: Mapping[str, type[Command]]) -> NoReturn:
    shown = brief_text(name, MOST_SHOWN)
    lines = [UNKNOWN_COMMAND(service=unit, command=shown)]
    if near := sorted({*get_close_matches(name, offered), *(other for other in offered if name in other.split("-"))}):
        lines.append(PERHAPS(names=", ".join(near)))
    console.err.print(offered_table(unit, offered, spoken()))
    console.say(f"{UNKNOWN_COMMAND.code}: " + " ".join(render(line.message, spoken()) for line in lines))
    raise typer.Exit(WRONG_USE)
