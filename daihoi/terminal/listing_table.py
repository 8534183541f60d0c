"""A listing for people, on a terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text as Words

from daihoi.terminal.labels import in_language
from shared.i18n import Language, format_number
from shared.reports.listing import Listing
from shared.values.types import Text
from shared.views.view import Document


def listing_table(listing: Listing, documents: Sequence[Document], lang: Language) -> Table:
    table = Table(
        title=Words(f"{in_language(listing.title.vi, listing.title.en, lang)}: {len(documents)}"),
        title_justify="left",
    )
    for column in listing.columns:
        table.add_column(Words(in_language(column.heading.vi, column.heading.en, lang)), overflow="fold")
    for document in documents:
        table.add_row(*(_cell(column.cell(document), lang) for column in listing.columns))
    return table


def _cell(value: object, lang: Language) -> Words:
    match value:
        case None:
            return Words("")
        case bool():
            return Words("✓" if value else "")
        case int():
            return Words(format_number(value, lang), justify="right")
        case Text():
            return Words(in_language(value.vi, value.en, lang))
        case _:
            return Words(str(value))
