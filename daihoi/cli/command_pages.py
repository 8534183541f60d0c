"""`python -m daihoi.cli.command_pages` writes `docs/commands.md`: every command with all that may be given to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from daihoi.cli.help_page import Row, arguments_of, one_line, options_of, usage
from daihoi.cli.main import app

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
HEAD = """# Commands

Made by `make commands` from the commands themselves; `daihoi --help` and `daihoi <command> --help` say the same, in
Vietnamese too. Exit codes: 0 fine, 1 something is wrong, 2 wrong use.
"""


def every_command() -> Iterator[typer.Context]:
    """A context of the program, and of every group and command in it, each group before its commands."""
    yield from _under(typer.main.get_command(app), "daihoi", None)


def _under(command: Any, name: str, parent: Any) -> Iterator[typer.Context]:
    context = typer.Context(command, info_name=name, parent=parent)
    yield context
    if hasattr(command, "list_commands"):
        for name in command.list_commands(context):
            yield from _under(command.get_command(context, name), name, context)


def page() -> str:
    return "\n".join([HEAD, *(_section(context) for context in list(every_command())[1:])])


def _section(context: typer.Context) -> str:
    depth = context.command_path.count(" ") + 1
    parts = [f"{'#' * depth} {context.command_path}", one_line(context.command.help), f"`{usage(context, 'en')}`"]
    rows = [*arguments_of(context, "en"), *(row for row in options_of(context, "en") if row.name != "--help")]
    if rows:
        parts.append("\n".join(map(_line, rows)))
    return "\n\n".join(parts) + "\n"


def _line(row: Row) -> str:
    return f"- `{row.name}`: {row.meaning}" if row.meaning else f"- `{row.name}`"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
