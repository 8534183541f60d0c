"""What one cell of a register says: a kind of organisation, since when, how to reach somebody."""

import re
from contextlib import suppress
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from services.subcommittee.importing.fields import Reader, clear
from services.subcommittee.importing.vocabulary import one_of
from shared.domain.decider import Refusal, Refused
from shared.entering.cells import BRIEF_LENGTH, NAME_LENGTH, Value, text_of
from shared.entering.days import NOT_A_DAY, UNCLEAR_DAY, meant_by
from shared.entering.plain import plain, words
from shared.entering.tables import quoted
from shared.events.organisation import OrganisationKind
from shared.values.contact import Contact
from shared.values.types import FIRST_DAY, ID_PATTERN, LAST_DAY

KINDS = {
    OrganisationKind.AGENCY: ("ngành", "cơ quan", "sở, ban, ngành", "các sở, ban, ngành", "cơ quan, ban, ngành"),
    OrganisationKind.LOCALITY: ("địa phương", "huyện, thành phố", "huyện, thị xã, thành phố", "xã, phường"),
    OrganisationKind.BODY: (
        "đơn vị",
        "tổ chức",
        "đoàn thể",
        "đơn vị sự nghiệp",
        "doanh nghiệp",
        "cơ quan, đơn vị khác",
    ),
}
"""As offices say them; the first is what the template offers."""
_KIND_NAMES = {words(name): kind.value for kind, names in KINDS.items() for name in (kind.value, *names)}
_BEFORE_A_KIND = re.compile(r"^(?:(?:cac|khoi|nhom|danh sach) )+")
_FROM = re.compile(r"^\s*(?:kể\s+từ|từ)\s+", re.IGNORECASE)
_MONTH = re.compile(r"(?:ngay )?(?:thang ?|t)?(?P<month>\d{1,2}) ?[/.-] ?(?P<year>\d{4})")
_SEVERAL = re.compile(r"[;\n]|\s[/-]\s|,\s")
_LOST_ITS_ZERO = re.compile(r"[2-9]\d{8,9}")
_CONTACT: TypeAdapter[str] = TypeAdapter(Contact)

NOT_A_CONTACT = Refusal("not_a_contact", "«{found}» is no e-mail address and no telephone number.")
UNCLEAR_CONTACT = Refusal(
    "unclear_contact", "«{found}» can be read in more ways; {proposed} would be taken. Write it so, or accept it."
)
NOT_AN_ID = Refusal("not_an_id", "«{found}» is no id: an id has letters without marks, digits, _ and -.")


def kind_of(value: Value) -> str:
    """Raises `Refused`."""
    return one_of(_BEFORE_A_KIND.sub("", words(str(value))), _KIND_NAMES, [names[0] for names in KINDS.values()])


def kind_named(name: str) -> str:
    """The kind that a group of rows is named as; empty where it is named otherwise."""
    with suppress(Refused):
        return kind_of(name)
    return ""


def first_day(value: Value, years: frozenset[int]) -> tuple[date, Refused | None]:
    """Since when: of a month, or a year alone, its first day is proposed. Raises `Refused`."""
    text = _FROM.sub("", value) if isinstance(value, str) else value
    if proposed := _beginning(text):
        return proposed, UNCLEAR_DAY(found=quoted(value), proposed=proposed)
    meant = meant_by(text, years)
    if meant.day is None:
        raise NOT_A_DAY(found=quoted(value))
    return meant.day, None if meant.is_clear else UNCLEAR_DAY(found=quoted(value), proposed=meant.day)


def _beginning(value: Value) -> date | None:
    if isinstance(value, date):
        return None
    if isinstance(value, float):
        value = int(value) if value.is_integer() else str(value)
    match = _MONTH.fullmatch(plain(str(value)))
    year, month = (int(match["year"]), int(match["month"])) if match else (_year(str(value)), 1)
    with suppress(ValueError):  # no calendar has it
        day = date(year, month, 1)
        return day if FIRST_DAY <= day <= LAST_DAY else None
    return None


def _year(text: str) -> int:
    return int(text) if re.fullmatch(r"(?:19|20|21)\d\d", text) else 0


def contact_of(value: Value) -> tuple[str, Refused | None]:
    """An e-mail address or a telephone number. What lost its first zero, and the first of several, is proposed.
    Raises `Refused`."""
    if isinstance(value, date):
        raise NOT_A_CONTACT(found=quoted(value))
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if _LOST_ITS_ZERO.fullmatch(text):
        return f"0{text}", UNCLEAR_CONTACT(found=quoted(value), proposed=f"0{text}")
    with suppress(ValidationError):
        return _contact(text), None
    first = _SEVERAL.split(text)[0]
    with suppress(ValidationError):
        return (proposed := _contact(first)), UNCLEAR_CONTACT(found=quoted(value), proposed=proposed)
    raise NOT_A_CONTACT(found=quoted(value))


def _contact(text: str) -> str:
    """`(0228) 3649 888` → `0228 3649 888`. Raises `ValidationError`."""
    return _CONTACT.validate_python(" ".join(re.sub(r"^\((\d+)\)", r"\1 ", text.strip()).split()))


def id_of(value: Value) -> str:
    text = str(value)
    if not re.fullmatch(ID_PATTERN, text):
        raise NOT_AN_ID(found=quoted(value))
    return text


def _name_of(most: int) -> Reader:
    """A name on one line, however its cell is broken."""
    return clear(lambda value: " ".join(text_of(most)(value).split()))


_ONE_LINE = _name_of(BRIEF_LENGTH)


def readers(years: frozenset[int]) -> dict[str, Reader]:
    return {
        "organisation": _ONE_LINE,
        "organisation_en": _ONE_LINE,
        "organisation_id": clear(id_of),
        "kind": clear(kind_of),
        "position": _ONE_LINE,
        "person": _name_of(NAME_LENGTH),
        "since": Reader(lambda value: first_day(value, years)),
        "deputises_for": _ONE_LINE,
        **dict.fromkeys(("phone", "email", "contact"), Reader(_read_contact)),
    }


def _read_contact(value: Value) -> tuple[Any, Refused | None]:
    return contact_of(value)
