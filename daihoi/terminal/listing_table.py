"""A listing for people, on a terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text as Words

from services.tracker.reports.listing import Listing
from shared.i18n import Language, format_number
from shared.values.types import Text
from shared.views.view import Document


def listing_table(listing: Listing, documents: Sequence[Document], lang: Language) -> Table:
    table = Table(title=Words(f"{_in_language(listing.title, lang)}: {len(documents)}"), title_justify="left")
    for column in listing.columns:
        table.add_column(Words(_in_language(column.heading, lang)), overflow="fold")
    for document in documents:
        table.add_row(*(_cell(column.cell(document), lang) for column in listing.columns))
    return table


def _in_language(text: Text, lang: Language) -> str:
    return (text.en if lang == "en" else "") or text.vi


def _cell(value: object, lang: Language) -> Words:
    match value:
        case None:
            return Words("")
        case bool():
            return Words("✓" if value else "")
        case int():
            return Words(format_number(value, lang), justify="right")
        case Text():
            return Words(_in_language(value, lang))
        case _:
            return Words(str(value))
