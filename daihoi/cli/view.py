"""`daihoi view`: the documents of any view, as the listing that it has, or as they are."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from daihoi.cli import console
from daihoi.cli.console import TokenOption
from daihoi.cli.view_selection import Selection, check_view, of_views, selecting, show_report
from daihoi.ops.reading import may_read_restricted
from daihoi.terminal.listing_table import listing_table
from services.tracker.projection.store import VIEW_NAMES
from shared.i18n import Language
from shared.reports.listing import listing_of
from shared.reports.masking import masked_documents
from shared.reports.order import in_order_of_id
from shared.views.view import Document


@selecting
def view(
    selection: Selection,
    name: Annotated[str, typer.Argument(help="The view, such as tasks; without one the names of all.")] = "",
    token: TokenOption = "",
) -> None:
    """The documents of a view: as a table where there is a listing of it, otherwise one a line, as JSON."""
    if not name:
        console.out.print("\n".join(VIEW_NAMES), soft_wrap=True)
        return
    name = name.replace("-", "_")
    check_view(name, VIEW_NAMES)
    unmasked = console.run(may_read_restricted(console.read_settings(), token))
    listing = listing_of(name)

    def rows_of(views: dict[str, list[Document]], _: object) -> Sequence[Document]:
        documents = views[name] if unmasked else masked_documents(name, views[name])
        return listing.rows(documents) if listing else in_order_of_id(documents)

    def draw(rows: Sequence[Document], language: Language) -> Any:
        if listing:
            return listing_table(listing, rows, language)
        console.write_lines(rows)
        return ()

    show_report(selection, of_views((name,), rows_of), draw)
