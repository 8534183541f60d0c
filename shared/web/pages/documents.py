"""The documents on file, the unit's and the sub-committee's: what each is based on, and the next free number."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from shared.domain.document import CorrectDocument, IssueDocument, SupersedeDocument, WithdrawDocument
from shared.domain.paper import KINDS
from shared.i18n import Language
from shared.reports.document_list import DocumentFilter, DocumentStatus, document_list
from shared.reports.document_register import Filed, NextNumber, filed, next_number
from shared.reports.pages import document_page as page_of_document
from shared.values.message import Message
from shared.values.symbol import Citation
from shared.values.units import SUBCOMMITTEE
from shared.views.view import Document
from shared.web.actions import action, actions
from shared.web.forms import Option
from shared.web.naming import issuer_in, kind_of_paper
from shared.web.pages.story import story_for
from shared.web.paging import paged
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit

ROWS = 50
LONGEST = 200


async def documents_page(visit: Visit) -> Response:
    on_file = visit.views.documents("documents")
    query = {name: value.strip()[:LONGEST] for name, value in visit.query.items()}
    status = query.get("status", "")
    criteria = DocumentFilter(
        unit=query.get("unit", ""),
        kind=query.get("kind", ""),
        issuer=query.get("issuer", ""),
        term=query.get("term", ""),
        status=DocumentStatus(status) if status in DocumentStatus else None,
        text=query.get("q", ""),
    )
    listed = paged(document_list(filed(on_file), criteria), query, ROWS)
    return visit.render(
        "documents/list.html",
        **_in_words(visit),
        page_title=visit.t("Documents on file"),
        lines=[{"line": line, "href": address_of(visit, line)} for line in listed.rows],
        in_all=len(on_file),
        options=_options(on_file, visit.lang),
        statuses=[Option(each, visit.say(STATUS_WORDS[each])) for each in DocumentStatus],
        units=sorted({document["unit"] for document in on_file}),
        next=_next(visit, on_file, query),
        listed_page=listed,
        actions=actions(action(visit, IssueDocument, {}, first=True)),
    )


def _in_words(visit: Visit) -> dict[str, Any]:
    return {
        "kind_of_paper": lambda kind: kind_of_paper(kind, visit.lang),
        "issuer_in": lambda issuer: issuer_in(issuer, visit.lang),
    }


STATUS_WORDS = {
    DocumentStatus.IN_FORCE: Message("in_force", "In force"),
    DocumentStatus.SUPERSEDED: Message("superseded", "Superseded"),
    DocumentStatus.WITHDRAWN: Message("withdrawn", "No longer in force: withdrawn"),
}


def address_of(visit: Visit, line: Filed) -> str:
    """Another service's documents say whose they are."""
    named = f"/documents/{Citation(line.symbol, line.term).entity_id}"
    return named if line.unit == visit.service else f"{named}?unit={line.unit}"


SHOWN_AS: Mapping[str, Callable[[str, Language], str]] = {
    "kind": kind_of_paper,
    "issuer": issuer_in,
    "term": lambda term, _: term,
}


def _options(on_file: list[Document], lang: Language) -> dict[str, list[Option]]:
    return {
        name: [
            Option(each, SHOWN_AS[name](each, lang))
            for each in sorted({str(document[name]) for document in on_file if document.get(name)})
        ]
        for name in ("kind", "issuer", "term")
    }


def _next(visit: Visit, on_file: list[Document], query: dict[str, str]) -> dict[str, Any] | None:
    """The next number of what was asked for, and forms to issue a document under it."""
    issuer, kind, term = (query.get(f"next_{name}", "") for name in ("issuer", "kind", "term"))
    if not issuer or not kind:
        return None
    number = next_number(on_file, issuer, kind, term or None)
    return {"number": number, "actions": [_issue(visit, number, symbol) for symbol in (number.party, number.state)]}


def _issue(visit: Visit, number: NextNumber, symbol: str) -> dict[str, Any]:
    kind = KINDS.get(number.kind, (number.kind,))[0]
    fields = {"symbol": symbol, "kind": kind, "issuer": number.issuer, "term": number.term or ""}
    return {"symbol": symbol, "action": action(visit, IssueDocument, fields)}


async def document_page(visit: Visit) -> Response:
    document_id, unit = visit.request.path_params["document_id"], visit.query.get("unit", visit.service)
    document = visit.views.document("documents", f"{unit}/{document_id}")
    if document is None:
        return visit.not_found()
    on_file = visit.views.documents("documents")
    is_own = unit == visit.service
    named = {"document_id": document_id}
    in_force = document["status"] == DocumentStatus.IN_FORCE
    return visit.render(
        "documents/document.html",
        **_in_words(visit),
        page_title=document["symbol"],
        document=document,
        line=page_of_document(document, on_file).line,
        status=visit.say(STATUS_WORDS[DocumentStatus(document["status"])]),
        addresses=_addresses(visit, on_file),
        story=await story_for(visit, "document", document_id) if is_own else None,
        actions=actions(
            action(visit, SupersedeDocument, named) if in_force else None,
            action(visit, WithdrawDocument, named) if in_force else None,
            action(visit, CorrectDocument, named),
        )
        if is_own
        else [],
    )


def _addresses(visit: Visit, on_file: list[Document]) -> dict[str, str]:
    """The addresses of the documents on file, by their symbols: the service's own and the sub-committee's before
    others."""
    ranked = sorted(filed(on_file), key=lambda line: (line.unit == visit.service, line.unit == SUBCOMMITTEE))
    return {
        name: address_of(visit, line) for line in ranked for name in (line.symbol, f"{line.symbol} ({line.term})")
    }


SECTION = Section(
    routes=(route("/documents", documents_page), route("/documents/{document_id}", document_page)),
    links=(Link("Official documents", "/documents"),),
)
