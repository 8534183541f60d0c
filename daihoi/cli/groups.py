"""Groups and commands that print their help, and what is wrong with how they are called, in the reader's language."""

import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from daihoi.cli.help_page import one_line, page
from daihoi.cli.language import speak_as_asked, spoken


class Command(TyperCommand):
    def get_help(self, ctx: Any) -> str:
        return page(ctx, spoken())


class Group(TyperGroup):
    def get_help(self, ctx: Any) -> str:
        return page(ctx, spoken())

    def help_lines(self, ctx: Any) -> dict[str, str]:
        """What each of its commands is for."""
        return {name: one_line(command.help) for name, command in self.commands.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in (names := self.list_commands(ctx)):
            from daihoi.cli.usage_errors import no_such_command

            no_such_command(ctx, args[0], names)
        return super().resolve_command(ctx, args)

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> NoReturn:
        """Ends the process: 2 where the program is called wrongly, else with the command's own code."""
        arguments = sys.argv[1:] if args is None else list(args)
        speak_as_asked(arguments)
        try:
            code = super().main(arguments, *rest, **options | {"standalone_mode": False})
        except typer.TyperException as error:
            from daihoi.cli.usage_errors import report_usage_error

            report_usage_error(error)
            code = error.exit_code
        sys.exit(code if isinstance(code, int) else 0)


class CommandGroup(typer.Typer):
    """A group of commands."""

    def __init__(self, help: str, *, cls: type[Group] = Group, no_args_is_help: bool = True) -> None:  # noqa: A002
        super().__init__(
            cls=cls,
            help=help,
            no_args_is_help=no_args_is_help,
            add_completion=False,
            pretty_exceptions_enable=False,
            rich_markup_mode=None,
        )

    def command(self, name: str | None = None, **options: Any) -> Callable[[Any], Any]:
        return super().command(name, **{"cls": Command} | options)


def command_of(loaded: Any, name: str) -> Any:
    """The click command that a function or a group is under this name."""
    if not isinstance(loaded, typer.Typer):
        single = CommandGroup("")
        single.command(name)(loaded)
        loaded = single
    command: Any = typer.main.get_command(loaded)
    command.name = name
    return command
