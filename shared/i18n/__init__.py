"""Vietnamese and English: sentences from `vi.po`, numbers, money and dates by Babel.

The key of a sentence is its English text; `vi.po` holds the Vietnamese.
"""

import os
import re
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Literal

from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from shared.i18n.counted import told_of_one
from shared.values.brief import brief_text
from shared.values.local_time import LOCAL_TIME
from shared.values.message import Message, OwnWords, joined
from shared.values.names_in_use import CodeList, name_in_use
from shared.values.units import AUDITOR, LEADERS, OPERATOR, services, title_of

type Language = Literal["vi", "en"]

LANGUAGES: tuple[Language, ...] = ("vi", "en")
NOT_TRANSLATED = Message("not_translated", "its own words, in English: ask with DAIHOI_LANG=en")
LISTED = {
    "unit": CodeList.UNITS,
    "channel": CodeList.CHANNELS,
    "duty": CodeList.DUTIES,
    "scenario": CodeList.CASES,
    "variant": CodeList.CASES,
    "funding_source": CodeList.FUNDING_SOURCES,
}
"""The code list that a value's id is looked up on, by the name under which it stands in a sentence or a document."""
CATALOGUE = Path(__file__).with_name("vi.po")


@cache
def _vietnamese() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.string}


def translate(sentence: str, lang: Language, /, **params: object) -> str:
    """`sentence` in `lang`, its `{placeholders}` filled in; English where there is no translation."""
    text = _vietnamese().get(sentence, sentence) if lang == "vi" else told_of_one(sentence, params)
    return text.format(**params) if params else text


def render(message: Message, lang: Language) -> str:
    """`message` in `lang`, with all that stands in it; what others wrote is cut where it is very long."""
    params = {name: in_words(name, value, lang) for name, value in message.params.items()}
    return translate(message.sentence, lang, **params)


def shows_own_words(lang: Language) -> bool:
    """Whether whoever reads `lang` is shown what other programs say, which is English."""
    return lang == "en" or os.environ.get("DAIHOI_DEBUG") == "1"


def in_words(name: str, value: object, lang: Language) -> str:
    """A value as it stands in a sentence under `name`."""
    match value:
        case OwnWords() | Exception() if not shows_own_words(lang):
            text = render(NOT_TRANSLATED, lang)
        case str() if name == "unit":
            text = title_of(value, lang)
        case str() if name in LISTED and (listed := _listed_name(LISTED[name], value, lang)):
            text = listed
        case str() if name in ("actor", "given_by"):
            text = title_of_position(value, lang)
        case Message():
            text = render(value, lang)
        case tuple():
            text = joined(value, [in_words(name, part, lang) for part in value])
        case datetime():
            text = format_minute(value)
        case date():
            text = format_date(value)
        case int() if name.endswith("_vnd"):
            text = format_number(value, lang)
        case int() if name == "due_offset_days":
            text = offset_in_words(value, lang)
        case {"vi": vietnamese, **others}:
            text = str(others.get(lang) or vietnamese)
        case _:
            text = str(value)
    return brief_text(text)


def _listed_name(code_list: CodeList, entry_id: str, lang: Language) -> str:
    """Empty for what is no entry. Help is shown without loading what the lists are made of."""
    from shared.values.code_lists import is_listed, name_of

    return name_of(code_list, entry_id, lang) if is_listed(code_list, entry_id) else ""


POSITIONS = {
    "lead": Message("lead", "Head, {unit}"),
    "deputy": Message("deputy", "Deputy head, {unit}"),
    "chair": Message("chair", "Chair, {unit}"),
    "member": Message("member", "Member, {unit}"),
    "secretary": Message("secretary", "Secretary, {unit}"),
    "office": Message("office", "Office, {unit}"),
}
WITHOUT_SERVICE = {
    AUDITOR: Message("auditor", "Auditor ({position})"),
    LEADERS: Message("leader", "Leader ({position})"),
    OPERATOR: Message("operator", "Operator ({position})"),
}
"""Those of no unit that has a service."""
AUDITOR_ALONE = Message("auditor", "Auditor")
POSITION_WORDS = {
    "lead": Message("position_word", "head"),
    "deputy": Message("position_word", "deputy head"),
    "chair": Message("position_word", "chair"),
    "member": Message("position_word", "member"),
    "secretary": Message("position_word", "secretary"),
    "office": Message("position_word", "office"),
}
"""As they stand behind those."""
NUMBERED_DEPUTY = Message("deputy", "Deputy head {number}, {unit}")
POLICY = Message("policy", "Policy {name}")
POLICIES = {
    "open-assigned-items": Message("policy_name", "open-assigned-items"),
    "open-handed-out-duties": Message("policy_name", "open-handed-out-duties"),
    "open-ordered-reviews": Message("policy_name", "open-ordered-reviews"),
    "note-granted-clearances": Message("policy_name", "note-granted-clearances"),
    "note-refused-clearances": Message("policy_name", "note-refused-clearances"),
    "note-withdrawn-clearances": Message("policy_name", "note-withdrawn-clearances"),
    "note-lists": Message("policy_name", "note-lists"),
    "note-instructions": Message("policy_name", "note-instructions"),
    "follow-switches": Message("policy_name", "follow-switches"),
    "follow-when-adjusted": Message("policy_name", "follow-when-adjusted"),
    "enter-open-reviews": Message("policy_name", "enter-open-reviews"),
    "move-confirmed-deadlines": Message("policy_name", "move-confirmed-deadlines"),
    "clearance-for-tasks": Message("policy_name", "clearance-for-tasks"),
    "clearance-for-reserved-venues": Message("policy_name", "clearance-for-reserved-venues"),
}
"""What each does, in Vietnamese; in English its name says that."""


def title_of_position(actor: str, lang: Language) -> str:
    """`logistics.lead` as «Trưởng Bộ phận hậu cần phục vụ»; a position without a title is shown as it is."""
    unit, _, position = actor.partition(".")
    if unit == "policy":
        return render(POLICY.filled(name=POLICIES.get(position, position)), lang)
    if unit in WITHOUT_SERVICE and position:
        named = WITHOUT_SERVICE[unit].filled(position=POSITION_WORDS.get(position, position))
        return render(AUDITOR_ALONE if unit == position == AUDITOR else named, lang)
    deputy = re.fullmatch("deputy-([1-9][0-9]*)", position)
    title = NUMBERED_DEPUTY if deputy else POSITIONS.get(position)
    if title is None or (unit not in services() and not name_in_use(CodeList.UNITS, unit, lang)):
        return actor
    return render(title.filled(unit=unit, number=deputy[1] if deputy else ""), lang)


def is_title_of(name: str, actor: str) -> bool:
    """Whether this is no more than the title of the position, in any language."""
    return name.casefold() in {title_of_position(actor, lang).casefold() for lang in LANGUAGES}


def format_number(number: int, lang: Language) -> str:
    """`1234567` → `1.234.567` (vi), `1,234,567` (en)."""
    return str(format_decimal(number, locale=lang))


def format_date(day: date) -> str:
    """Vietnamese official form, in both languages: dd/mm/yyyy."""
    return f"{day:%d/%m/%Y}"


def format_minute(moment: datetime | str) -> str:
    """`13/08/2020 09:00` in Asia/Ho_Chi_Minh, in both languages. Text that is no instant, and an instant that has no
    date there, are shown as they are: whatever is on record can be shown."""
    try:
        instant = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        local = instant.astimezone(LOCAL_TIME) if instant.tzinfo else instant
        return f"{local:%d/%m/%Y %H:%M}"
    except (ValueError, OverflowError):
        return str(moment)


def offset_in_words(days: int, lang: Language) -> str:
    """A time that counts from the opening day, for as long as that day is not set: `30 days before the opening`."""
    if days == 0:
        return translate("on the opening day", lang)
    if days < 0:
        return translate("{days} days before the opening", lang, days=-days)
    return translate("{days} days after the opening", lang, days=days)


def format_instant(moment: datetime, lang: Language) -> str:
    """An instant to the second, in Asia/Ho_Chi_Minh: `23:59:59 on 13/08/2020` (en), `23:59:59 ngày 13/08/2020`
    (vi)."""
    local = moment.astimezone(LOCAL_TIME)
    return translate("{time} on {day}", lang, time=f"{local:%H:%M:%S}", day=format_date(local.date()))
