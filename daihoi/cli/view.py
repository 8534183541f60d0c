"""`daihoi view`: the documents of any view, as the listing that it has, or as they are."""

from typing import Annotated

import orjson
import typer

from daihoi.cli.console import (
    Format,
    FormatOption,
    LangOption,
    TokenOption,
    as_json,
    language_of,
    out,
    read_settings,
    told_in_words,
    write,
    wrong_use,
)
from daihoi.cli.orders import read_views
from daihoi.cli.view_selection import AtOption, ByOption, asked_of
from daihoi.terminal.listing_table import listing_table
from services.tracker.access import may_read_restricted
from services.tracker.history.as_of import By
from services.tracker.masking import masked_documents
from services.tracker.projection.store import VIEW_NAMES, as_written
from services.tracker.reports.listing import in_order_of_id, listing_of


def view(
    name: Annotated[str, typer.Argument(help="The view, such as tasks.")],
    token: TokenOption = "",
    at: AtOption = None,
    by: ByOption = By.RECORDED,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """The documents of a view: as a table where there is a listing of it, otherwise one a line, as JSON."""
    settings = read_settings()
    language = language_of(settings, lang)
    if name not in VIEW_NAMES:
        wrong_use(f"there is no view {name}; there are {', '.join(VIEW_NAMES)}")
    listing = listing_of(name)
    head = format if listing else Format.JSON
    with told_in_words(), as_written():
        unmasked = may_read_restricted(settings, token)
        documents = read_views(settings, asked_of(at, by, language), language, head, (name,))[name]
        shown = documents if unmasked else masked_documents(name, documents)
        rows = listing.rows(shown) if listing else in_order_of_id(shown)
        if format is Format.JSON:
            write(as_json(rows))
        elif listing:
            out.print(listing_table(listing, rows, language))
        else:
            for document in rows:
                write(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))
