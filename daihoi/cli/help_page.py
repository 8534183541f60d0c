"""What `--help` prints, in the reader's language: usage, what a command is for, and what may be given to it."""

import shutil
import textwrap
from collections.abc import Iterator
from enum import Enum
from typing import Any, NamedTuple

import typer
from typer.core import TyperArgument, TyperGroup, TyperOption

from shared.i18n import Language, translate

WIDEST = 110
NAMES_WIDTH = 30
KINDS = {"int": "NUMBER", "float": "NUMBER", "Path": "FILE", "UUID": "UUID"}


class Row(NamedTuple):
    """Something that may be given, as it is written, and what it means."""

    name: str
    meaning: str


def one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def usage(context: typer.Context, lang: Language) -> str:
    """`daihoi audit diff [OPTIONS] A [B]`"""
    arguments = [param for param in context.command.params if isinstance(param, TyperArgument)]
    pieces = [("{}" if param.required else "[{}]").format(placeholder(param, lang)) for param in arguments]
    if isinstance(context.command, TyperGroup):
        command = translate("COMMAND …", lang)
        pieces.append(f"[{command}]" if context.command.invoke_without_command else command)
    return " ".join([context.command_path, f"[{translate('OPTIONS', lang)}]", *pieces])


def arguments_of(context: typer.Context, lang: Language) -> list[Row]:
    params = (param for param in context.command.params if isinstance(param, TyperArgument))
    return [Row(placeholder(param, lang), _meaning(param, lang)) for param in params]


def options_of(context: typer.Context, lang: Language) -> list[Row]:
    params = (param for param in context.command.get_params(context) if isinstance(param, TyperOption))
    return [Row(_written(param, lang), _meaning(param, lang)) for param in params]


def commands_of(context: typer.Context, lang: Language) -> list[Row]:
    group: Any = context.command
    lines = group.help_lines(context) if hasattr(group, "help_lines") else {}
    return [Row(name, translate(line, lang)) for name, line in lines.items()]


def placeholder(param: TyperArgument | TyperOption, lang: Language) -> str:
    """What stands for the value, in capitals; where only some values can be given, these."""
    descriptor = param.type_descriptor
    if param.metavar:
        return translate(param.metavar, lang)
    if isinstance(param, TyperArgument):
        return translate(param.name.upper(), lang)
    if values := values_of(param):
        return "|".join(values)
    return translate(KINDS.get(getattr(descriptor.annotation, "__name__", ""), "TEXT"), lang)


def values_of(param: TyperArgument | TyperOption) -> list[str]:
    """The only values that can be given; empty where there is no such list."""
    choices = param.type_descriptor.choices or ()
    return [str(choice.value if isinstance(choice, Enum) else choice) for choice in choices]


def _written(option: TyperOption, lang: Language) -> str:
    names = ", ".join((*option.opts, *option.secondary_opts))
    return names if option.is_flag else f"{names} {placeholder(option, lang)}"


def _meaning(param: TyperArgument | TyperOption, lang: Language) -> str:
    text = translate(one_line(param.help), lang) if param.help else ""
    marks = "; ".join(_marks(param, lang))
    return f"{text} [{marks}]".strip() if marks else text


def _marks(param: TyperArgument | TyperOption, lang: Language) -> Iterator[str]:
    if isinstance(param, TyperArgument) and (values := values_of(param)):
        yield translate("one of {values}", lang, values=", ".join(values))
    if param.min is not None and param.max is not None:
        yield translate("from {least} to {most}", lang, least=f"{param.min:g}", most=f"{param.max:g}")
    elif param.min is not None:
        yield translate("at least {least}", lang, least=f"{param.min:g}")
    if param.required:
        yield translate("required", lang)
    elif param.default not in (None, "", False):
        yield translate("default: {value}", lang, value=_default(param, lang))


def _default(param: TyperArgument | TyperOption, lang: Language) -> str:
    if isinstance(param.default, bool):
        return param.opts[0]
    return f"{param.default:g}" if isinstance(param.default, float) else str(param.default)


def page(context: typer.Context, lang: Language) -> str:
    """The page for a terminal."""
    width = min(shutil.get_terminal_size().columns, WIDEST)
    sections = (
        (translate("Arguments", lang), arguments_of(context, lang)),
        (translate("Options", lang), options_of(context, lang)),
        (translate("Commands", lang), commands_of(context, lang)),
    )
    heading = translate("Usage: {usage}", lang, usage=usage(context, lang))
    about = translate(one_line(context.command.help), lang)
    parts = [_wrapped(heading, width, "    "), _wrapped(about, width)]
    parts += [_section(title, rows, width) for title, rows in sections if rows]
    return "\n\n".join(parts)


def _wrapped(text: str, width: int, later: str = "") -> str:
    return textwrap.fill(text, width, subsequent_indent=later, break_long_words=False, break_on_hyphens=False)


def _section(title: str, rows: list[Row], width: int) -> str:
    names_width = min(NAMES_WIDTH, max(len(row.name) for row in rows)) + 2
    return "\n".join([f"{title}:", *(_row(row, names_width, width) for row in rows)])


def _row(row: Row, names_width: int, width: int) -> str:
    """What has a long name stands beneath it."""
    indent = " " * (names_width + 2)
    name = f"  {row.name}"
    meaning = _wrapped(row.meaning, max(width - len(indent), 20)).replace("\n", f"\n{indent}")
    between = f"\n{indent}" if len(name) > len(indent) - 1 else " " * (len(indent) - len(name))
    return f"{name}{between}{meaning}" if meaning else name
