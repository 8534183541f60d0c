"""What is wrong with how the program was called, in sentences of ours instead of the library's."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

import typer
from pydantic import ValidationError
from typer.core import TyperArgument, TyperOption

from daihoi.cli.console import say
from daihoi.cli.help_page import placeholder, values_of
from daihoi.cli.language import spoken
from daihoi.cli.shell import WRONG_USE
from shared.domain.decider import Refusal, Refused
from shared.i18n import render, translate
from shared.unit.field_errors import message_of
from shared.values.brief import brief_text

NO_SUCH_COMMAND = Refusal("no_such_command", "There is no command {name}.")
NO_SUCH_OPTION = Refusal("no_such_option", "There is no option {name}.")
PERHAPS = Refusal("perhaps_meant", "Perhaps {names} is meant.")
NO_COMMAND = Refusal("no_command", "Name a command.")
ARGUMENT_MISSING = Refusal("argument_missing", "{name} is missing.")
VALUE_MISSING = Refusal("value_missing", "The option {name} needs a value.")
VALUE_TOO_MUCH = Refusal("value_too_much", "The option {name} takes no value.")
VALUE_WRONG = Refusal("value_wrong", "The value of {name} is wrong: {reason}.")
TOO_MANY_ARGUMENTS = Refusal("too_many_arguments", "There is nothing to be done with {given}.")
NOT_UNDERSTOOD = Refusal("not_understood", "The command can't be understood as it stands.")
SEE_HELP = Refusal("see_help", "`{command} --help` says what may be given.")
MOST_SHOWN = 200


def no_such_command(context: typer.Context, name: str, names: Sequence[str]) -> NoReturn:
    _say(NO_SUCH_COMMAND(name=brief_text(name, MOST_SHOWN)), get_close_matches(name, names), context)
    raise typer.Exit(WRONG_USE)


def report_usage_error(error: typer.TyperException) -> None:
    """The library's error, by its kind; a group called without a command has printed its help for a message."""
    if type(error).__name__ == "NoArgsIsHelpError":
        say(error.message)
        return
    _say(sentence_of(error), getattr(error, "possibilities", None) or (), getattr(error, "ctx", None))


def sentence_of(error: typer.TyperException) -> Refused:
    kind, message = type(error).__name__, error.message
    details: Any = error  # each kind has attributes of its own
    if kind == "NoSuchOption":
        return NO_SUCH_OPTION(name=brief_text(details.option_name, MOST_SHOWN))
    if kind == "BadOptionUsage":
        refusal = VALUE_TOO_MUCH if "not take" in message else VALUE_MISSING
        return refusal(name=details.option_name)
    if kind == "MissingParameter":
        return ARGUMENT_MISSING(name=_name(details.param))
    if isinstance(error, typer.BadParameter):
        return VALUE_WRONG(name=_name(error.param), reason=_why(error))
    if message.startswith("Got unexpected extra argument"):
        return TOO_MANY_ARGUMENTS(given=brief_text(message.partition("(s) (")[2][:-1], MOST_SHOWN))
    return NO_COMMAND() if message.startswith("Missing command") else NOT_UNDERSTOOD()


def _why(error: typer.BadParameter) -> str:
    """What the validator says of the value."""
    if isinstance(error.param, TyperArgument | TyperOption) and (values := values_of(error.param)):
        return translate("must be one of {expected}", spoken(), expected=", ".join(values))
    if not isinstance(error.__cause__, ValidationError):
        return translate("not valid", spoken())
    return render(message_of(error.__cause__.errors()[0]), spoken())


def _name(param: Any) -> str:
    if isinstance(param, TyperArgument):
        return placeholder(param, spoken())
    return param.opts[0] if isinstance(param, TyperOption) else ""


def _say(wrong: Refused, perhaps: Sequence[str], context: typer.Context | None) -> None:
    lines = [wrong]
    if perhaps:
        lines.append(PERHAPS(names=", ".join(sorted(perhaps))))
    if context is not None:
        lines.append(SEE_HELP(command=context.command_path))
    say(" ".join(render(line.message, spoken()) for line in lines))
