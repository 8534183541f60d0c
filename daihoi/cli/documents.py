"""`daihoi documents`: what is on file, one document with all that is on record of it, and the next free number."""

from datetime import date
from typing import Annotated

import typer

from daihoi.cli import console
from daihoi.cli.console import TokenOption
from daihoi.cli.groups import CommandGroup
from daihoi.cli.listed import check_service
from daihoi.cli.lists import LimitOption, TextOption, UnitOption
from daihoi.cli.view_selection import SelectedViews, Selection, of_views, selecting, show_report
from daihoi.ops.reading import may_read_restricted
from daihoi.terminal.documents_table import documents_table, next_number_line
from daihoi.terminal.pages import document_parts
from services.tracker.projection.errors import as_written
from services.tracker.queries import history_of, views_at_once
from shared.domain.decider import Refusal
from shared.reports.document_list import DocumentFilter, DocumentStatus, document_list, documents_called
from shared.reports.document_register import Filed, filed, next_number
from shared.reports.pages import DocumentPage, document_page
from shared.values.units import services
from shared.views.view import Document

NO_ISSUER_OR_KIND = Refusal("no_issuer_or_kind", "--issuer and --kind can't be empty.")
NO_SUCH_DOCUMENT = Refusal("no_such_document", "No document on file is called {what}.")
SEVERAL_DOCUMENTS = Refusal(
    "several_documents", "Several documents are called {what}: {documents}; name the unit, or the term too."
)
documents = CommandGroup(
    "The documents on file, with what looks odd; list, show, next-number.", no_args_is_help=False
)


@documents.callback(invoke_without_command=True)
@selecting
def all_documents(selection: Selection, context: typer.Context) -> None:
    """The documents on file: basis, lineage, urgency, and what looks odd about a symbol."""
    if not context.invoked_subcommand:
        _show_list(selection, DocumentFilter())


@documents.command("list")
@selecting
def list_documents(
    selection: Selection,
    unit: UnitOption = "",
    kind: Annotated[str, typer.Option(help="The kind's code, such as KH, or its name.")] = "",
    issuer: Annotated[str, typer.Option(help="The issuer's name, or its code in symbols.")] = "",
    term: Annotated[str, typer.Option(help="The term, such as 2020-2025.")] = "",
    status: Annotated[DocumentStatus | None, typer.Option(help="Only those in force, or not any more.")] = None,
    text: TextOption = "",
    limit: LimitOption = None,
) -> None:
    """Those of the documents on file that are looked for."""
    if unit:
        check_service(unit, services())
    _show_list(selection, DocumentFilter(unit, kind, issuer, term, status, text), limit)


def _show_list(selection: Selection, criteria: DocumentFilter, limit: int | None = None) -> None:
    def report(views: dict[str, list[Document]], _: date) -> list[Filed]:
        return document_list(filed(views["documents"]), criteria)[:limit]

    show_report(selection, of_views(("documents",), report), documents_table)


@documents.command("show")
@selecting
def show_document(
    selection: Selection,
    what: Annotated[str, typer.Argument(metavar="SYMBOL", help="76-KH/TU, 76-KH/TU (2020-2025), or the id.")],
    unit: UnitOption = "",
    token: TokenOption = "",
) -> None:
    """One document: what it says of itself, what others say of it, and its history in sentences."""
    unmasked = console.run(may_read_restricted(console.read_settings(), token))

    async def question(selected: SelectedViews) -> DocumentPage:
        _, views, _ = await views_at_once(selected.views, ("documents",))
        called = documents_called(views["documents"], what, unit)
        if len(called) > 1:
            keys = ", ".join(document["_id"] for document in called)
            console.refuse(SEVERAL_DOCUMENTS(what=what, documents=keys))
        if not called:
            raise NO_SUCH_DOCUMENT(what=what)
        session = selected.session
        history = await history_of(
            selected.views, session.views, session.ledger, called[0], "document", unmasked=unmasked
        )
        with as_written():
            page = document_page(called[0], views["documents"])
        return page.model_copy(update={"history": history})

    show_report(selection, question, document_parts)


@documents.command("next-number")
@selecting
def documents_next_number(
    selection: Selection,
    issuer: Annotated[str, typer.Option(help="The issuer's name, or its code in symbols.")],
    kind: Annotated[str, typer.Option(help="The kind's code, such as KH, or its name.")],
    term: Annotated[str | None, typer.Option(help="The term, such as 2020-2025.")] = None,
) -> None:
    """The next free number of an issuer for a kind of document, in both spellings."""
    if not issuer.strip() or not kind.strip():
        console.refuse(NO_ISSUER_OR_KIND())
    question = of_views(("documents",), lambda views, _: next_number(views["documents"], issuer, kind, term))
    show_report(selection, question, next_number_line)
