"""What the documents print: in a ```console block, each command after `$ ` and the output below it.

A ```sh block is for what can't be run here, such as containers, and shows no output.
"""

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).parents[2]
READMES = ("README.md", "README.vi.md")
PAGES = (*READMES, "docs/tour.vi.md", "docs/tour.md", "docs/operate.md", "docs/operate.vi.md")
"""In the order in which they are run, all on one sample congress."""
BEGINNINGS = {"docs/start.md": "en", "docs/start.vi.md": "vi"}
"""One guide in two languages, each followed on a congress of its own."""

_BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
PROMPT = "$ "


class Shown(NamedTuple):
    """A command as a page prints it, over several lines or one, and the lines that it is said to print."""

    command: str
    output: str


def text_of(page: str) -> str:
    return (PROJECT / page).read_text("utf-8")


def shown_in(text: str) -> list[Shown]:
    return [shown for block in _BLOCK.findall(text) for shown in _commands_of(block)]


def with_outputs(text: str, output_of: Callable[[Shown], str]) -> str:
    """`text` with other outputs below the same commands."""

    def renew(block: re.Match[str]) -> str:
        return "".join(f"{PROMPT}{shown.command}\n{output_of(shown)}" for shown in _commands_of(block.group()))

    return _BLOCK.sub(renew, text)


def _commands_of(block: str) -> Iterator[Shown]:
    lines = block.splitlines(keepends=True)
    while lines:
        command = lines.pop(0).removeprefix(PROMPT)
        while not _is_complete(command):
            command += lines.pop(0)
        output = ""
        while lines and not lines[0].startswith(PROMPT):
            output += lines.pop(0)
        yield Shown(command.rstrip("\n"), output)


def _is_complete(command: str) -> bool:
    try:
        shlex.split(command.rstrip("\n"))
    except ValueError:  # a quotation or an escape at the end is open
        return False
    return True
