"""The history of an entity as people read it: who, when it happened and when it was recorded, in a sentence, with
what changed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.history.sentences import with_summary
from shared.i18n import Language, format_minute, in_words, render, title_of_position, translate
from shared.reports.masking import masked_row
from shared.unit.roles import Act
from shared.values.command_words import FIELD_WORDS
from shared.values.field_names import field_words, readable
from shared.values.message import Message, word
from shared.views.view import Document
from shared.web.visit import Visit

RECORDED_LATER = timedelta(minutes=1)
TONES = {
    "completed": "good",
    "extension-granted": "good",
    "obstacle-resolved": "good",
    "submitted": "info",
    "started": "info",
    "blocked": "bad",
    "returned": "watch",
    "extension-requested": "watch",
    "obstacle-opened": "watch",
    "extension-refused": "watch",
    "cancelled": "rest",
    "corrected": "watch",
}
"""By the last part of the event's type."""
LABELS = {
    "status": Message("status", "Status"),
    "suspended": Message("suspended", "Suspended"),
    "advanced_vnd": Message("advanced_vnd", "Advanced"),
    "spent_vnd": Message("spent_vnd", "Spent"),
}
"""Of what no command says."""
SIMPLE = (str, int, float, bool, type(None))
NOT_SHOWN = frozenset(("submitted_by", "started", "agreed_deadline", "completed_on"))
"""What the sentence says already, or what is for programs alone."""


async def story_for(visit: Visit, entity: str, entity_id: str) -> list[dict[str, Any]]:
    """The history of an entity of the service, for the macro `timeline`, the newest first; what this visitor may not
    read is masked. Raises `Unavailable`."""
    rows, unmasked = await visit.views.history(entity, entity_id), visit.may(Act.READ_RESTRICTED)
    return story_of(rows if unmasked else list(map(masked_row, rows)), visit.lang, unmasked=unmasked)


def told_of(row: Document, lang: Language, *, unmasked: bool = False) -> str:
    """The sentence of a row of the audit trail."""
    summary: Mapping[str, str] = with_summary(row, unmasked=unmasked).get("summary", {})
    return summary.get(lang) or str(row.get("type", ""))


def story_of(rows: Sequence[Document], lang: Language, *, unmasked: bool = False) -> list[dict[str, Any]]:
    """For the macro `timeline`, the newest first."""
    return [_line(row, lang, unmasked) for row in reversed(rows)]


def _line(row: Document, lang: Language, unmasked: bool) -> dict[str, Any]:
    happened = row.get("happened") or row["recorded"]
    return {
        "time": happened,
        "who": _who(row, happened, lang),
        "sentence": told_of(row, lang, unmasked=unmasked),
        "tone": TONES.get(row["type"].split(".")[3] if row["type"].count(".") > 2 else "", "plain"),
        "changes": list(_changes(row, lang)),
    }


def _who(row: Document, happened: str, lang: Language) -> str:
    """Sentences say who it was; here stands when it was put on record, where that was later."""
    recorded, then = datetime.fromisoformat(row["recorded"]), datetime.fromisoformat(happened)
    if recorded - then < RECORDED_LATER:
        return ""
    return translate("recorded {when}", lang, when=format_minute(recorded))


def _changes(row: Document, lang: Language) -> Iterator[dict[str, str]]:
    data = row.get("data") or {}
    if isinstance(data.get("before"), dict) and isinstance(data.get("after"), dict):
        for name, after in data["after"].items():
            yield _change(name, data["before"].get(name), after, lang)
        return
    for change in row.get("changes", ()):
        name = change["field"]
        if name in NOT_SHOWN or "after" not in change or "." in name or change.get("before") is None:
            continue
        if name == "status" and isinstance(word(change["after"]), str):
            continue  # the sentence has its words for it
        is_simple = isinstance(change["before"], SIMPLE) and isinstance(change["after"], SIMPLE)
        if is_simple and isinstance(_label(name), Message):
            yield _change(name, change["before"], change["after"], lang)


def _change(name: str, before: Any, after: Any, lang: Language) -> dict[str, str]:
    label = _label(name)
    return {
        "name": render(label, lang) if isinstance(label, Message) else label,
        "before": value_in_words(name, before, lang),
        "after": value_in_words(name, after, lang),
    }


def _label(name: str) -> Message | str:
    return LABELS.get(name) or FIELD_WORDS.get(name) or field_words(name)


def value_in_words(name: str, value: Any, lang: Language) -> str:
    """A value of a document as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return translate("Yes" if value else "No", lang)
    if name == "status" and isinstance(value, str):
        value = word("not_started" if value == "open" else value)
    return in_words(name, readable(name, value), lang)


def position_of(actor: str, lang: Language) -> str:
    return title_of_position(actor, lang)
