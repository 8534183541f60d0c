"""What things that have an id are called where people read of them."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from shared.domain.paper import same
from shared.i18n import Language, format_date, render
from shared.values.brief import brief_text
from shared.values.choice_words import words_of_choice
from shared.values.code_lists import CodeList, is_listed, name_of
from shared.values.local_time import local_date
from shared.values.message import Message
from shared.values.units import services, title_of
from shared.views.view import Document
from shared.web.rendering import text_in

LONGEST = 100
REVIEW_OF = Message("review_of", "Review begun on {day}")
REVIEW_FOR = Message("review_for", "Review begun on {day}, due on {due_on}")
MEETING_OF = Message("meeting_of", "Meeting of {day}")
DIRECTIVE_OF = Message("directive_of", "Directive of {day}")
INCIDENT_AT = Message("incident_at", "{kind}, {place}, {at}")


KINDS_OF_PAPER = {
    "nghị quyết": Message("kind_of_paper", "Formal resolution"),
    "quyết định": Message("kind_of_paper", "Formal decision"),
    "quy định": Message("kind_of_paper", "Regulation"),
    "chỉ thị": Message("kind_of_paper", "Formal directive"),
    "kết luận": Message("kind_of_paper", "Conclusion"),
    "kế hoạch": Message("kind_of_paper", "Plan"),
    "thông báo": Message("kind_of_paper", "Notice"),
    "hướng dẫn": Message("kind_of_paper", "Guidance"),
    "báo cáo": Message("kind_of_paper", "Report"),
    "tờ trình": Message("kind_of_paper", "Submission"),
    "công văn": Message("kind_of_paper", "Official letter"),
    "chương trình": Message("kind_of_paper", "Programme"),
    "phương án": Message("kind_of_paper", "Scheme"),
    "đề án": Message("kind_of_paper", "Project"),
    "biên bản": Message("kind_of_paper", "Minutes"),
    "giấy mời": Message("kind_of_paper", "Invitation"),
    "thông cáo": Message("kind_of_paper", "Communiqué"),
    "kịch bản": Message("kind_of_paper", "Script"),
    "quy chế": Message("kind_of_paper", "Statute"),
    "nghị định": Message("kind_of_paper", "Decree"),
    "thông tư": Message("kind_of_paper", "Circular"),
    "thông tri": Message("kind_of_paper", "Instruction circular"),
}
"""What kinds of documents are called elsewhere than in Vietnamese, in which they are on record."""


def kind_of_paper(kind: str, lang: Language) -> str:
    """The kind of paper: as it is on record in Vietnamese, and where it has no other name."""
    words = KINDS_OF_PAPER.get(unicodedata.normalize("NFC", kind).casefold()) if lang != "vi" else None
    return render(words, lang) if words else kind


def issuer_in(issuer: str, lang: Language) -> str:
    """A unit by its title in `lang`; any other issuer as it is on record."""
    units = (unit for unit in services() if same(title_of(unit, "vi")) == same(issuer)) if lang != "vi" else ()
    return next((title_of(unit, lang) for unit in units), issuer)


def name_in(view: str, document: Document, lang: Language) -> str:
    """What a document of the view is called, in a line; its id where nothing else names it."""
    name = NAMES[view](document, lang) if view in NAMES else ""
    return brief_text(name or str(document["_id"]).rpartition("/")[2], LONGEST)


def _review(document: Document, lang: Language) -> str:
    day, due_on = _day(document["opened_at"]), document.get("due_on")
    if due_on:
        return render(REVIEW_FOR.filled(day=day, due_on=date.fromisoformat(due_on)), lang)
    return render(REVIEW_OF.filled(day=day), lang)


def _meeting(document: Document, lang: Language) -> str:
    return f"{format_date(date.fromisoformat(document['held_on']))}: {text_in(document['title'], lang)}"


def directive_title(document: Document, lang: Language) -> str:
    return render(DIRECTIVE_OF.filled(day=_day(document["issued_at"])), lang)


def meeting_title(document: Document, lang: Language) -> str:
    return render(MEETING_OF.filled(day=date.fromisoformat(document["held_on"])), lang)


def _directive(document: Document, lang: Language) -> str:
    return f"{format_date(_day(document['issued_at']))}: {text_in(document['text'], lang)}"


def _document(document: Document, lang: Language) -> str:
    return f"{document['symbol']}: {text_in(document['title'], lang)}"


def _clearance(document: Document, lang: Language) -> str:
    words = words_of_choice("kind", document["kind"]) if document.get("kind") else None
    kind = f" ({render(words, lang)})" if words else ""
    return f"{document['holder']}{kind}" if document.get("holder") else ""


def _incident(document: Document, lang: Language) -> str:
    kind = document["kind"]
    listed = name_of(CodeList.INCIDENT_KINDS, kind, lang) if is_listed(CodeList.INCIDENT_KINDS, kind) else kind
    at = datetime.fromisoformat(document.get("happened_at") or document["reported_at"])
    return render(INCIDENT_AT.filled(kind=listed, place=document["place"], at=at), lang)


def _day(instant: str) -> date:
    return local_date(datetime.fromisoformat(instant))


NAMES: Mapping[str, Callable[[Document, Language], Any]] = {
    "reviews": _review,
    "meetings": _meeting,
    "directives": _directive,
    "documents": _document,
    "clearances": _clearance,
    "incidents": _incident,
    "resources": lambda document, lang: text_in(document["name"], lang),
    "publications": lambda document, lang: text_in(document["title"], lang),
    "catalogue": lambda document, lang: f"{document['code']}. {text_in(document['title'], lang)}",
    "organisations": lambda document, lang: text_in(document["name"], lang),
}
