"""Templates: one environment for all services, with the words and forms of the language of whoever reads."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from shared.i18n import (
    Language,
    format_date,
    format_minute,
    format_number,
    offset_in_words,
    render,
    title_of_position,
    translate,
)
from shared.reports.masking import MASK
from shared.values.choice_words import words_of_choice
from shared.values.code_lists import CodeList, is_listed, name_of
from shared.values.message import Message
from shared.values.units import title_of

FOLDER = Path(__file__).parent
TEMPLATES = FOLDER / "templates"
STATIC = FOLDER / "static"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_readable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"day": _day, "minute": _minute}
    return made


@pass_context
def _readable(context: Context, value: Any) -> Any:
    """What is masked says so in the reader's language, wherever it stands."""
    return f"«{translate('restricted', context['lang'])}»" if value == MASK else value


def in_language(lang: Language) -> Mapping[str, Any]:
    """What templates call to say something in `lang`."""
    return {
        "lang": lang,
        "t": partial(_said, lang),
        "say": lambda message: message if isinstance(message, str) else render(message, lang),
        "number": lambda value: "" if value is None else format_number(value, lang),
        "vnd": lambda value: "" if value is None else f"{format_number(value, lang)} đ",
        "position": lambda actor: title_of_position(actor, lang) if actor else "",
        "unit_title": lambda unit: title_of(unit, lang),
        "listed": partial(_listed, lang),
        "text_in": lambda text: text_in(text, lang),
        "from_opening": lambda days: offset_in_words(days, lang),
        "weekday": lambda day: translate(WEEKDAYS[day.weekday()], lang),
        "choice_word": partial(_word, lang),
        "static": static_url,
    }


def text_in(text: Any, lang: Language) -> str:
    """A text in two languages, as documents hold it, in the one asked for where there is that."""
    if isinstance(text, Mapping):
        return str(text.get(lang) or text.get("vi") or "")
    return "" if text is None else str(text)


def page_of(template: str, context: Mapping[str, Any]) -> str:
    return environment().get_template(template).render(context).replace("\0", "\ufffd")


def _said(lang: Language, sentence: str, /, **params: object) -> str:
    return render(Message("of_a_page", sentence).filled(**params), lang) if params else translate(sentence, lang)


def _word(lang: Language, field: str, code: str | None) -> str:
    """What people call a code of the program that stands in this field; the code where it has no name."""
    message = words_of_choice(field, code) if code else None
    text = render(message, lang) if message else (code or "")
    return text[:1].upper() + text[1:]


def _listed(lang: Language, code_list: str, entry_id: str | None) -> str:
    """The name of an entry of a code list; its id where it is none."""
    if entry_id is None:
        return ""
    listed = CodeList(code_list)
    return name_of(listed, entry_id, lang) if is_listed(listed, entry_id) else entry_id


def _day(value: date | str | None) -> str:
    if not value:
        return ""
    return format_date(date.fromisoformat(value[:10]) if isinstance(value, str) else value)


def _minute(value: datetime | str | None) -> str:
    return format_minute(value) if value else ""


@cache
def static_url(name: str) -> str:
    """The URL of a static file, with a part that changes with the file, so that browsers may keep it for ever. Raises
    `LookupError`."""
    path = STATIC / name
    if not path.is_file():
        raise LookupError(name)
    return f"/static/{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}/{name}"


def hidden(name: str, value: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
