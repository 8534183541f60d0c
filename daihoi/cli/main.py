"""`daihoi`: the table of all commands, each of which is loaded when it is called."""

import ast
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from daihoi.cli.groups import CommandGroup, Group, command_of
from daihoi.cli.help_page import one_line
from daihoi.cli.language import Lang
from daihoi.cli.shell import FOUND_WRONG, run_in_shell
from shared.platform.memory import collect_rarely, load

COMMANDS: Mapping[str, str] = {
    "up": "running:up",
    "service": "serving:service",
    "demo": "demo:demo",
    "congress": "congress:congress",
    "lists": "code_lists:lists",
    "do": "doing:do",
    "send": "sending:send",
    "submit": "submitting:submit",
    "evidence": "evidence:evidence",
    "accounts": "accounts:accounts",
    "token": "issuing:token",
    "keys": "issuing:keys",
    "revoke": "revoking:revoke",
    "health": "health:health",
    "doctor": "doctor:doctor",
    "report": "report:report",
    "reports": "issued:reports",
    "tasks": "lists:tasks",
    "unit-rules": "lists:unit_rules",
    "task": "task:task",
    "workload": "view_reports:workload",
    "positions": "lists:positions",
    "names": "lists:names",
    "duties": "view_reports:duties",
    "coverage": "view_reports:coverage",
    "expenses": "view_reports:expenses",
    "clearances": "view_reports:clearances",
    "incidents": "view_reports:incidents",
    "trace": "view_reports:trace_order",
    "resources": "lists:resources",
    "publications": "lists:publications",
    "meetings": "lists:meetings",
    "view": "view:view",
    "documents": "documents:documents",
    "scenario": "scenario:scenario",
    "catalogue": "catalogue:catalogue",
    "organisations": "organisations:organisations",
    "audit": "audit:audit",
    "rebuild": "rebuild:rebuild_views",
    "parked": "parked:parked",
    "policies": "policies:policies",
    "streams": "streams:streams",
    "nats": "identities:nats",
    "backup": "backup:backup",
    "restore": "backup:restore_backup",
    "mongo": "mongo:mongo",
    "asyncapi": "asyncapi:asyncapi",
}
"""Where each stands, `module:name`."""


def help_of(place: str) -> str:
    """What the command is for, read from its source: the docstring of a function, or what a group is made with."""
    module, _, name = place.partition(":")
    for statement in ast.parse(Path(__file__).with_name(f"{module}.py").read_text("utf-8")).body:
        match statement:
            case ast.FunctionDef() if statement.name == name:
                return one_line(ast.get_docstring(statement))
            case ast.Assign([ast.Name(variable)], ast.Call(_, [ast.Constant(text), *_])) if variable == name:
                return str(text)
    raise LookupError(place)


class Program(Group):
    """Loads a command when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def help_lines(self, ctx: Any) -> dict[str, str]:
        return {name: help_of(place) for name, place in COMMANDS.items()}

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        return command_of(getattr(load(f"daihoi.cli.{module}"), name), cmd_name)

    def invoke(self, ctx: Any) -> Any:
        """What a service refuses, or goes wrong outside, becomes a sentence and exit code 1."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.TyperException):
            raise
        except (Exception, KeyboardInterrupt) as error:
            from daihoi.cli.failures import say_expected

            if not say_expected(error):
                raise
            raise typer.Exit(FOUND_WRONG) from error


app = CommandGroup("Prepares a large official congress.", cls=Program)


@app.callback()
def _before_any_command(
    lang: Annotated[Lang | None, typer.Option(is_eager=True, help="vi or en; otherwise DAIHOI_LANG.")] = None,
) -> None:
    """The language is taken from the arguments before they are parsed, and looked at before any help is shown."""


def main() -> None:
    collect_rarely()
    run_in_shell(_run)


def _run() -> None:
    if any(name.startswith("DAIHOI_") and name.endswith("_FILE") for name in os.environ):
        from shared.platform.setting_files import take_setting_files

        take_setting_files(os.environ)
    app(prog_name="daihoi")


if __name__ == "__main__":
    main()
