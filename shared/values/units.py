"""The registry of units: which there are, in which order, what they are called, and what only they may write about.

A support unit with rules of its own stands in `WITH_CODE`. One without needs no code: the setting DAIHOI_UNITS names
it in every process of the congress. What is stored is read whether or not this process knows the unit.
"""

import os
import re
from functools import cache
from typing import NamedTuple

from shared.values.brief import brief_text
from shared.values.message import Message
from shared.values.names_in_use import CodeList, name_in_use

SUBCOMMITTEE = "subcommittee"
AUDITOR = "auditor"
LEADERS = "leaders"
"""Those who direct the work, and read of all of it."""
READING = (AUDITOR, LEADERS)
"""Units for reading only: no service takes their commands."""
OPERATOR = "operator"
"""Who runs the servers; of no unit."""
LOGISTICS, SECURITY = "logistics", "security"
TRACKER = "tracker"
BODY_ABOVE = "body-above"
"""Where the name of the body that steers the work stands among the names in use."""
UNIT_PATTERN = r"^[a-z][a-z0-9-]{0,29}$"


class SupportUnit(NamedTuple):
    """`vi` and `en` are its titles, `writes` the entities that only this unit writes about."""

    id: str
    vi: str
    en: str
    writes: tuple[str, ...] = ()


WITH_CODE = (
    SupportUnit("propaganda", "Bộ phận tuyên truyền", "Propaganda unit", ("publication",)),
    SupportUnit(LOGISTICS, "Bộ phận hậu cần phục vụ", "Logistics unit", ("resource", "expense")),
    SupportUnit(SECURITY, "Bộ phận đảm bảo an ninh trật tự và an toàn", "Security unit", ("clearance", "incident")),
)
"""In the order of every report; units by setting follow. The id is the folder of its service."""
_ABOVE = SupportUnit(
    SUBCOMMITTEE,
    "Tiểu ban Tổ chức phục vụ Đại hội",
    "Sub-committee",
    (
        *("meeting", "directive", "catalogue-item", "organisation", "duty", "scenario", "parked-event", "revocation"),
        *("congress", "instruction", "issued-report", "code-list"),
    ),
)
WRITERS = {entity: unit.id for unit in (_ABOVE, *WITH_CODE) for entity in unit.writes}
_OF_EVERY_UNIT = frozenset(
    {"task", "review", "variant", "unit-scenario", "known-clearance", "evidence", "unit-rules", "known-list"}
)
_OF_EVERY_SERVICE = frozenset({"document", "policy"})
_TAKEN = {
    SUBCOMMITTEE,
    TRACKER,
    *READING,
    OPERATOR,
    "store",
    "current",
    *WRITERS,
    *_OF_EVERY_UNIT,
    *_OF_EVERY_SERVICE,
}
"""Names that mean something else where a unit can be named."""
SETTING = "DAIHOI_UNITS"
MOST_UNITS = 50
LONGEST_TITLE = 200

BAD_CHARACTERS = Message("bad_characters", "has square brackets or control characters")
NO_UNIT_ID = Message(
    "no_unit_id",
    "is to be such as «y-te=Tiểu ban Y tế|Health unit; …», and «{name}» is no id of a unit: up to 30 small letters, "
    "digits and hyphens, a letter first",
)
UNIT_ID_TAKEN = Message("unit_id_taken", "names {name}, which is taken")
LONG_TITLE = Message("long_title", "gives {name} a title of more than {most} characters")
TOO_MANY_UNITS = Message("too_many_units", "names more than {most} units")


class MalformedUnits(ValueError):
    """The setting can't be meant; `message` goes on after its name."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def support_units() -> tuple[SupportUnit, ...]:
    """The support units with code, then those that the setting names, in its order. Raises `MalformedUnits`."""
    return parse_units(os.environ.get(SETTING, ""))


@cache
def parse_units(setting: str) -> tuple[SupportUnit, ...]:
    """`y-te=Tiểu ban Y tế|Health unit; tai-chinh=Tiểu ban Tài chính`: the English title may be left out."""
    units = [*WITH_CODE]
    if re.search(r"[\[\]\x00-\x1f]", setting):
        raise MalformedUnits(BAD_CHARACTERS)
    for entry in filter(None, (part.strip() for part in setting.split(";"))):
        name, _, titles = entry.partition("=")
        vi, _, en = (title.strip() for title in titles.partition("|"))
        unit = SupportUnit(_new_id(name.strip(), units), vi or name.strip(), en or vi or name.strip())
        if max(len(unit.vi), len(unit.en)) > LONGEST_TITLE:
            raise MalformedUnits(LONG_TITLE.filled(name=unit.id, most=LONGEST_TITLE))
        units.append(unit)
    if len(units) > MOST_UNITS:
        raise MalformedUnits(TOO_MANY_UNITS.filled(most=MOST_UNITS - len(WITH_CODE)))
    return tuple(units)


def _new_id(name: str, units: list[SupportUnit]) -> str:
    if not re.fullmatch(UNIT_PATTERN, name):
        raise MalformedUnits(NO_UNIT_ID.filled(name=brief_text(name, LONGEST_TITLE)))
    if name in _TAKEN or any(unit.id == name for unit in units):
        raise MalformedUnits(UNIT_ID_TAKEN.filled(name=name))
    return name


def may_be_unit(name: str) -> bool:
    """Whether a unit can have this id: what means something else where a unit can be named is none."""
    return re.fullmatch(UNIT_PATTERN, name) is not None and name not in _TAKEN


def support_unit_ids() -> tuple[str, ...]:
    return tuple(unit.id for unit in support_units())


def services() -> tuple[str, ...]:
    """Every service that writes events, each to its own stream."""
    return (SUBCOMMITTEE, *support_unit_ids())


def has_code(service: str) -> bool:
    """Whether there is code for this service alone."""
    return service in {SUBCOMMITTEE, TRACKER, *(unit.id for unit in WITH_CODE)}


def title_of(service: str, lang: str) -> str:
    """The title of a unit as the congress calls it that is being read, or else as this process does; its id where
    neither knows it."""
    list_id = BODY_ABOVE if service == SUBCOMMITTEE else CodeList.UNITS
    return name_in_use(list_id, service, lang) or default_title(service, lang)


def default_title(service: str, lang: str) -> str:
    """The title that this process has for the unit."""
    for unit in (_ABOVE, *support_units()):
        if unit.id == service:
            return unit.vi if lang == "vi" else unit.en
    return service


def may_write(service: str, entity: str) -> bool:
    """Whether this service's events about `entity` count. Of what nobody knows yet, anybody may write."""
    if entity in _OF_EVERY_UNIT:
        return service != SUBCOMMITTEE
    return WRITERS.get(entity, service) == service
