"""What is shown on a terminal: text from events, files and arguments can't command it, and no setting of the shell
around makes it fail."""

import os
import re
from collections.abc import Iterable, MutableMapping
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from shared.values.harmless import harmless

_COMMANDING_UTF_8 = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]")
"""What `harmless` writes out, as far as JSON leaves it as it is."""
_SIZES = {"COLUMNS": (20, 1000), "LINES": (5, 1000), "TERMINAL_WIDTH": (20, 1000)}


def harmless_json(content: bytes) -> bytes:
    """The same JSON, that a terminal can be shown as well."""
    return _COMMANDING_UTF_8.sub(lambda sign: f"\\u{ord(sign.group().decode()):04x}".encode(), content)


def forget_impossible_sizes(environment: MutableMapping[str, str]) -> None:
    """What the shell says of the terminal's size is believed only where something fits into it."""
    for name, (least, most) in _SIZES.items():
        size = environment.get(name, "")
        is_number = size.isascii() and size.isdecimal() and len(size) <= len(str(most))
        if not (is_number and least <= int(size) <= most):
            environment.pop(name, None)


class Screen(Console):
    """Prints text as it is, but for what would command the terminal."""

    def __init__(self, *, stderr: bool = False) -> None:
        forget_impossible_sizes(os.environ)
        super().__init__(stderr=stderr, markup=False, highlight=False)

    def render_str(self, text: str, **options: Any) -> Text:
        """Before it is measured: what is written out takes more room."""
        return super().render_str(harmless(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=harmless(segment.text))
