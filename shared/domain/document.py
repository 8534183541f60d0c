"""An official document on file: issued under its symbol, later superseded or withdrawn, never deleted.

Numbers begin again with each term, so a symbol names a document only together with its term. Wherever one document
names another, it may say the term: `03-KH/TB (2015-2020)`; without, its own term is meant.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from shared.domain.correcting import BriefText, Correction, Past, Recorders, require_right, require_room, wrong_values
from shared.domain.decider import Actor, Aggregate, Command, Refusal, State, begun, commands_of, once
from shared.events import document as events
from shared.values.symbol import MOST_DIGITS, Citation, DocumentSymbol, leading_digits
from shared.values.types import ID_PATTERN, Brief, Day, Phrase, Text


def _names_a_file(symbol: str) -> str:
    if not DocumentSymbol.parse(symbol).entity_id:
        raise ValueError("a symbol needs at least one letter or digit")
    if Citation.parse(symbol).term:
        raise ValueError("a symbol is written without its term; give the term apart")
    return symbol


SYMBOL_LENGTH = 69
Symbol = Annotated[str, Field(min_length=1, max_length=SYMBOL_LENGTH), AfterValidator(_names_a_file)]
"""A symbol as written. It has at least one letter or digit to file it under, and leaves room for the term in the
id."""


def _names_a_document(cited: str) -> str:
    if len(_names_a_file(Citation.parse(cited).symbol)) > SYMBOL_LENGTH:
        raise ValueError("a symbol has at most 69 characters")
    return cited


def _id_of_a_document(named: str) -> str:
    """The id of a document that is named by its id, or by its symbol with or without a term."""
    document_id = named if re.fullmatch(ID_PATTERN, named) else Citation.parse(named).entity_id
    if not re.fullmatch(ID_PATTERN, document_id):
        raise ValueError("neither the id nor the symbol of a document")
    return document_id


CITED_LENGTH = SYMBOL_LENGTH + len(" (2015-2020)")
Cited = Annotated[str, Field(min_length=1, max_length=CITED_LENGTH), AfterValidator(_names_a_document)]
"""Another document as a text names it: by its symbol, with its term where that is a different one."""
DocumentId = Annotated[str, Field(min_length=1, max_length=CITED_LENGTH), AfterValidator(_id_of_a_document)]
"""A document on file, named by its id (`76-KH-TU_2020-2025`) or by its symbol (`76-KH/TU (2020-2025)`)."""
Term = Annotated[str, Field(pattern=r"^(19|20|21)[0-9]{2}-(19|20|21)[0-9]{2}$")]
"""The term of office in which an issuer numbers its documents, such as `2020-2025`."""


class Document(State):
    issued: events.DocumentIssued
    superseded_by: str | None = None
    withdrawn_because: str | None = None
    corrected: events.DocumentValues = events.DocumentValues()
    """Of what was issued, by field the last correction of it."""
    corrections: int = 0

    @property
    def filed(self) -> Citation:
        return Citation(self.issued.symbol, self.issued.term)

    @property
    def in_force(self) -> bool:
        return self.superseded_by is None and self.withdrawn_because is None


def evolve(document: Document | None, event: events.DocumentEvent) -> Document:
    if isinstance(event, events.DocumentIssued):
        return Document(issued=event)
    document = begun(document, event)
    match event:
        case events.DocumentSuperseded():
            return document.but(superseded_by=event.superseded_by)
        case events.DocumentWithdrawn():
            return document.but(withdrawn_because=event.reason)
        case events.DocumentCorrected():
            after = {name: value for name, value in event.after if value is not None}
            return document.but(
                superseded_by=after.get("superseded_by", document.superseded_by),
                corrected=document.corrected.model_copy(update=after),
                corrections=document.corrections + 1,
            )


class IssueDocument(Command):
    """Files a document under its symbol as written, in Party or State form; `kind` is spelled out because
    `QĐ` stands for two kinds. `issued_on` may be unknown. `basis` names the documents it is based on (căn cứ), on
    file or not; `advised_by` is who prepared it for the issuer (tham mưu). Numbers begin again with each `term`."""

    NAME = "issue-document"
    HAPPENED: ClassVar[frozenset[str]] = frozenset({"issued_on"})
    ENTITY = "document"
    symbol: Symbol
    kind: Phrase
    title: Text
    issuer: Phrase
    issued_on: Day | None = None
    urgency: events.Urgency = events.Urgency.NORMAL
    term: Term | None = None
    basis: tuple[Cited, ...] = Field(default=(), max_length=50)
    advised_by: Phrase | None = None

    @property
    def entity_id(self) -> str:
        return Citation(self.symbol, self.term).entity_id


class DocumentCommand(Command):
    ENTITY = "document"
    ID = "document_id"
    document_id: DocumentId


class SupersedeDocument(DocumentCommand):
    """Another document, named by its symbol, takes this one's place."""

    NAME = "supersede-document"
    superseded_by: Cited


class WithdrawDocument(DocumentCommand):
    NAME = "withdraw-document"
    reason: Phrase


class CorrectDocument(DocumentCommand, Correction):
    """Puts right what was recorded wrongly, in force or not. A symbol is corrected where it still names the same
    document, as marks that are missing do; `superseded_by` where the document is superseded."""

    NAME = "correct-document"
    VALUES = events.DocumentValues
    HAPPENED: ClassVar[frozenset[str]] = frozenset({"issued_on"})
    symbol: Symbol | None = None
    kind: Brief | None = None
    title: BriefText | None = None
    issuer: Brief | None = None
    issued_on: Day | None = None
    urgency: events.Urgency | None = None
    basis: Annotated[tuple[Cited, ...], Field(max_length=50)] | None = None
    advised_by: Brief | None = None
    superseded_by: Cited | None = None


Wish = IssueDocument | SupersedeDocument | WithdrawDocument
OF_ITS_ISSUE = tuple(name for name in events.DocumentValues.model_fields if name != "superseded_by")
RECORDERS = Recorders({events.DocumentIssued: OF_ITS_ISSUE, events.DocumentSuperseded: ("superseded_by",)})

NOT_FOUND = Refusal(
    "document_not_found",
    "There is no document {document_id}. One that is filed under a term is named with it: 76-KH/TU (2020-2025).",
)
ALREADY_ISSUED = Refusal(
    "document_already_issued", "A document with the symbol {symbol} is already on file with different content."
)
NUMBER_TOO_LONG = Refusal(
    "document_number_too_long", "The number of a document has at most {most} digits; {symbol} has {digits}."
)
NOT_IN_FORCE = Refusal("document_not_in_force", "Document {document_id} is no longer in force.")
NAMES_ANOTHER = Refusal(
    "symbol_names_another",
    "{symbol} is another document than {document_id}: file it under its own symbol, and withdraw this one.",
)
SUPERSEDES_ITSELF = Refusal("document_supersedes_itself", "Document {document_id} can't supersede itself.")


def decide(command: Wish, document: Document | None, actor: Actor) -> Sequence[events.DocumentEvent]:
    if isinstance(command, IssueDocument):
        if document is None and (digits := leading_digits(command.symbol)) > MOST_DIGITS:
            raise NUMBER_TOO_LONG(symbol=command.symbol, digits=digits, most=MOST_DIGITS)
        issued = events.DocumentIssued(**command.model_dump())
        return once(issued, document.issued if document else None, ALREADY_ISSUED(symbol=command.symbol))
    if document is None:
        raise NOT_FOUND(document_id=command.document_id)
    match command:
        case SupersedeDocument():
            return _supersede(command, document)
        case WithdrawDocument():
            if document.withdrawn_because == command.reason:
                return ()
            _require_in_force(command, document)
            return (events.DocumentWithdrawn(reason=command.reason),)


def _supersede(command: SupersedeDocument, document: Document) -> Sequence[events.DocumentEvent]:
    _require_another(command, command.superseded_by, document)
    if document.superseded_by == command.superseded_by:
        return ()
    _require_in_force(command, document)
    return (events.DocumentSuperseded(superseded_by=command.superseded_by),)


def _require_another(command: DocumentCommand, superseded_by: str, document: Document) -> None:
    cited = Citation.parse(superseded_by)
    if (cited.file, cited.term or document.issued.term) == (document.filed.file, document.filed.term):
        raise SUPERSEDES_ITSELF(document_id=command.document_id)


def correct(
    command: CorrectDocument, document: Document | None, actor: Actor, past: Past, _: object
) -> Sequence[events.DocumentEvent]:
    if document is None:
        raise NOT_FOUND(document_id=command.document_id)
    held = _held(document)
    wrong = wrong_values(command, held)
    if not wrong:
        return ()
    if "symbol" in wrong and Citation(wrong["symbol"], document.issued.term).entity_id != command.document_id:
        raise NAMES_ANOTHER(symbol=wrong["symbol"], document_id=command.document_id)
    if "superseded_by" in wrong:
        _require_another(command, wrong["superseded_by"], document)
    require_right(command, wrong, actor, past, RECORDERS)
    require_room(command, document.corrections)
    before = events.DocumentValues(**{name: held[name] for name in wrong})
    return (events.DocumentCorrected(before=before, after=events.DocumentValues(**wrong), reason=command.reason),)


def _held(document: Document) -> dict[str, Any]:
    """What is on record now, by field."""
    corrected = {name: value for name, value in document.corrected if value is not None}
    superseded = {"superseded_by": document.superseded_by} if document.superseded_by else {}
    return {**dict(document.issued), **corrected, **superseded}


def _require_in_force(command: DocumentCommand, document: Document) -> None:
    if not document.in_force:
        raise NOT_IN_FORCE(document_id=command.document_id)


AGGREGATE = Aggregate(
    events=events.EVENTS,
    commands=(*commands_of(Wish), CorrectDocument),
    evolve=evolve,
    decide=decide,
    correct=correct,
)
