"""What a file would change on the register of organisations, and what came of it, for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table

from daihoi.importing.sending import Committed
from daihoi.terminal.catalogue import ROWS_SHOWN, outcome_lines
from daihoi.terminal.fields import field_in_words, value_in_words
from daihoi.terminal.labels import add_columns
from services.subcommittee.importing.register_changes import RegisterChange
from services.subcommittee.importing.register_planning import RegisterPreview, RegisterSource
from shared.i18n import Language, translate
from shared.reports.masking import MASK


def import_parts(source: RegisterSource, planned: RegisterPreview, lang: Language) -> Iterator[str | Table]:
    """What the file would change: each organisation and position, as it is and as it would be."""
    change = planned.change
    about = {"file": source.name, "sequence": planned.sequence}
    yield translate("{file} against the register of organisations at ledger event {sequence}", lang, **about)
    yield _table_of_counts(change, lang)
    if change.rows:
        yield _table_of_changes(change, lang)
    if len(change.rows) > ROWS_SHOWN:
        yield translate("… and {count} more; --format json has all.", lang, count=len(change.rows) - ROWS_SHOWN)
    if change.not_listed:
        yield translate(
            "{count} positions of these organisations are not in the file; they stay as they are.",
            lang,
            count=change.not_listed,
        )


def counts_of(change: RegisterChange) -> dict[str, int]:
    new = sum(row.is_new for row in change.rows)
    return {"new": new, "changed": len(change.rows) - new, "unchanged": change.unchanged}


def masked(fields: Mapping[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """Where somebody could be reached up to now is for security and the auditor."""
    return {name: (MASK if old and name == "contact" else old, new) for name, (old, new) in fields.items()}


def end_lines(change: RegisterChange, done: Committed | None, lang: Language) -> Iterator[tuple[str, bool]]:
    """What came of it, and of each line whether it tells of something wrong."""
    if change.changes_nothing:
        yield translate("The register is so already; nothing was written.", lang), False
    else:
        yield from outcome_lines(done, lang)


def _table_of_counts(change: RegisterChange, lang: Language) -> Table:
    table = Table()
    for label in (translate("new", lang), translate("changed", lang), translate("unchanged", lang)):
        table.add_column(label, justify="right")
    table.add_row(*map(str, counts_of(change).values()))
    return table


def _table_of_changes(change: RegisterChange, lang: Language) -> Table:
    table = Table()
    add_columns(table, lang, "", "Organisation", "Position", "What changes", overflow="fold")
    for row in change.rows[:ROWS_SHOWN]:
        kind = translate("new", lang) if row.is_new else translate("changed", lang)
        table.add_row(kind, row.organisation, row.position, _fields(masked(row.fields), lang))
    return table


def _fields(fields: Mapping[str, tuple[Any, Any]], lang: Language) -> str:
    return "\n".join(f"{field_in_words(name, lang)}: {_change(name, *sides, lang)}" for name, sides in fields.items())


def _change(name: str, before: Any, after: Any, lang: Language) -> str:
    """What stands there and what would; where nothing does, only that."""
    sides = [value_in_words(name, side, lang) for side in (before, after) if side is not None]
    return " → ".join(sides)
