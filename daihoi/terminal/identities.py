"""Who comes to NATS as whom, and what each may do there."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table

from daihoi.terminal.labels import add_columns
from shared.i18n import Language


def identities_parts(content: Mapping[str, Any], lang: Language) -> Iterator[Table | str]:
    for name, public in content["keys"].items():
        yield f"{name}: {public}"
    table = Table(show_lines=True)
    add_columns(table, lang, "Identity", no_wrap=True)
    add_columns(table, lang, "May publish to", "May listen to", overflow="fold")
    for identity, rights in content["identities"].items():
        table.add_row(identity, *("\n".join(rights[direction]) for direction in ("publish", "subscribe")))
    yield table
