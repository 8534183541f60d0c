"""What a file would change in the catalogue, and what came of it, for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table

from daihoi.importing.sending import Committed
from daihoi.terminal.fields import field_in_words, value_in_words
from daihoi.terminal.labels import add_columns, in_language
from services.subcommittee.importing.changes import Change
from services.subcommittee.importing.planning import Preview, Source
from services.subcommittee.importing.remarks import in_ranges
from shared.entering.tables import Wrong
from shared.events.catalogue_item import DETAILS, Item
from shared.i18n import Language, render, translate

ROWS_SHOWN = 30


def import_parts(source: Source, planned: Preview, lang: Language) -> Iterator[str | Table]:
    """What the file would change."""
    change = planned.change
    yield translate(
        "{file} against the catalogue {catalogue} at ledger event {sequence}",
        lang,
        file=source.name,
        catalogue=source.catalogue,
        sequence=planned.sequence,
    )
    yield _table_of_counts(change, lang)
    lines = [
        *((translate("new", lang), item, _details(item, lang)) for item in change.new),
        *((translate("changed", lang), item, _fields(fields, lang)) for item, fields in change.changed),
        *((translate("removed", lang), item, "") for item in change.removed),
    ]
    if lines:
        yield _table_of_items(lines[:ROWS_SHOWN], lang)
    if len(lines) > ROWS_SHOWN:
        yield translate("… and {count} more; --format json has all.", lang, count=len(lines) - ROWS_SHOWN)


def end_lines(change: Change, done: Committed | None, lang: Language) -> Iterator[tuple[str, bool]]:
    """What came of it, and of each line whether it tells of something wrong."""
    for refused in change.refused:
        yield render(refused.message, lang), True
    if change.refused:
        yield translate("{count} errors; nothing was written.", lang, count=len(change.refused)), True
    elif change.changes_nothing:
        yield translate("The catalogue is so already; nothing was written.", lang), False
    else:
        yield from outcome_lines(done, lang)


def outcome_lines(done: Committed | None, lang: Language) -> Iterator[tuple[str, bool]]:
    """What came of a change, where it was done at all; of each line whether it tells of something wrong."""
    if done is None:
        yield translate("Nothing was written yet; --commit does it.", lang), False
    elif done.problem is None:
        yield translate("Done: {events} events in {batches} batches.", lang, **numbers_of(done)), False
    else:
        yield f"{done.problem.code}: {done.problem.detail_in(lang)}", True
        rest = translate(
            "{stored} of {batches} batches are stored; once that is mended, import again for the rest.",
            lang,
            **numbers_of(done),
        )
        yield rest, True
    if done and done.why_not_shown:
        yield f"{done.why_not_shown.code}: {render(done.why_not_shown.message, lang)}", True


def numbers_of(done: Committed) -> dict[str, Any]:
    return {"batches": done.batches, "stored": done.stored, "events": done.events}


def _table_of_counts(change: Change, lang: Language) -> Table:
    table = Table()
    labels = (translate("new", lang), translate("changed", lang), translate("removed", lang))
    for label in (*labels, translate("unchanged", lang)):
        table.add_column(label, justify="right")
    table.add_row(*map(str, counts_of(change).values()))
    return table


def _table_of_items(lines: Sequence[tuple[str, Item, str]], lang: Language) -> Table:
    table = Table()
    add_columns(table, lang, "", "Code", "Title", "What changes", overflow="fold")
    for kind, item, fields in lines:
        table.add_row(kind, item.code, in_language(item.title.vi, item.title.en, lang), fields)
    return table


def _fields(fields: Mapping[str, tuple[Any, Any]], lang: Language) -> str:
    return "\n".join(f"{name}: {old} → {new}" for name, old, new in fields_in_words(fields, lang))


def fields_in_words(fields: Mapping[str, tuple[Any, Any]], lang: Language) -> Iterator[tuple[str, str, str]]:
    """Each column that changes, what stands there before and after."""
    for name, (old, new) in fields.items():
        yield field_in_words(name, lang), value_in_words(name, old, lang), value_in_words(name, new, lang)


def _details(item: Item, lang: Language) -> str:
    """Which unit has it, when and in which case; then who does it by when and with what money, as far as the item
    says so."""
    where = " · ".join(value_in_words(name, getattr(item, name), lang) for name in ("unit", "phase", "scenario"))
    values = item.model_dump(mode="json", include={*DETAILS, "due_offset_days", "budget_vnd"})
    shown = {name: value for name, value in values.items() if name != "budget_vnd" or value}
    return "\n".join(
        [
            where,
            *(f"{field_in_words(name, lang)}: {value_in_words(name, value, lang)}" for name, value in shown.items()),
        ]
    )


def counts_of(change: Change) -> dict[str, int]:
    return {
        "new": len(change.new),
        "changed": len(change.changed),
        "removed": len(change.removed),
        "unchanged": change.unchanged,
    }


def error_lines(errors: Sequence[Wrong], lang: Language) -> Iterator[str]:
    """What is the same in many rows is told once."""
    rows: dict[tuple[str, str], list[int]] = {}
    for error in errors:
        rows.setdefault((error.column, render(error.why.message, lang)), []).append(error.row)
    for (column, sentence), its_rows in rows.items():
        yield f"{_place(its_rows, column, lang)}{sentence}"
    if any(error.unclear for error in errors):
        yield translate("--accept takes unclear cells as it is proposed.", lang)
    yield translate("{count} errors; nothing was written.", lang, count=len(errors))


def _place(rows: Sequence[int], column: str, lang: Language) -> str:
    row = in_ranges(sorted(set(filter(None, rows))))
    if row and column:
        return translate("Row {row}, column {column}: ", lang, row=row, column=column)
    return translate("Row {row}: ", lang, row=row) if row else ""
