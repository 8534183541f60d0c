"""Units, phases and cases as people name them: by id, by title, or as offices say it in few words."""

from collections.abc import Mapping
from functools import cache

from daihoi.importing.cells import NOT_ONE_OF, Value
from daihoi.importing.plain import words
from daihoi.importing.tables import quoted
from services.subcommittee.duty import PHASE_NAMES
from shared.i18n import translate
from shared.values.code_lists import Entries, units_to_choose
from shared.values.message import Message, word
from shared.values.types import Phase, Scenario

_PHASES = {
    Phase.BEFORE: ("trước", "trước Đại hội", "chuẩn bị", "before"),
    Phase.DURING: ("trong", "trong Đại hội", "diễn ra Đại hội", "during"),
    Phase.AFTER: ("sau", "sau Đại hội", "tổng kết", "after"),
}
_CASES = {
    Scenario.NONE: ("không có dịch", "không dịch", "không có dịch bệnh", "bình thường", "none"),
    Scenario.OUTBREAK: ("có dịch", "có dịch bệnh", "dịch bệnh", "dịch bùng phát", "outbreak"),
    Scenario.BOTH: ("cả hai", "cả hai trường hợp", "mọi trường hợp", "mọi kịch bản", "chung", "both"),
}
_IN_FRONT = ("bo phan ", "tieu ban ", "to ")


def unit_of(value: Value) -> str:
    """The id of the unit. Raises `Refused`."""
    units = units_to_choose()
    return _one_of(value, _names_of(units), [unit.name.vi for unit in units])


def phase_of(value: Value) -> str:
    return _one_of(value, _names_of_phases(), phases())


def case_of(value: Value) -> str:
    return _one_of(value, _names_of_cases(), cases())


@cache
def _names_of(units: Entries) -> Mapping[str, str]:
    """A short name goes to the first unit that has it; a title is always its own unit's."""
    whole = {words(name): unit.id for unit in units for name in (unit.id, unit.name.vi, unit.name.en)}
    short = {name.removeprefix(front): id_ for name, id_ in reversed(whole.items()) for front in _IN_FRONT}
    return short | whole


@cache
def _names_of_phases() -> Mapping[str, str]:
    return {words(name): phase.value for phase, names in _PHASES.items() for name in names}


@cache
def _names_of_cases() -> Mapping[str, str]:
    titles = {words(title): case.value for case in Scenario for title in (_title(case, "vi"), _title(case, "en"))}
    return titles | {words(name): case.value for case, names in _CASES.items() for name in names}


def phases() -> list[str]:
    """As the template offers them, in the order of `Phase`."""
    return [PHASE_NAMES[phase].vi for phase in Phase]


def cases() -> list[str]:
    return [_title(case, "vi") for case in Scenario]


def in_words(value: str) -> object:
    """A phase or a case as a message has it."""
    return PHASE_NAMES[Phase(value)].model_dump() if value in [*Phase] else word(value)


def _title(case: Scenario, lang: str) -> str:
    named = word(case.value)
    sentence = named.sentence if isinstance(named, Message) else named
    return translate(sentence, "vi" if lang == "vi" else "en")


def _one_of(value: Value, names: Mapping[str, str], shown: list[str]) -> str:
    if (key := words(str(value))) in names:
        return names[key]
    raise NOT_ONE_OF(found=quoted(value), choices=", ".join(shown))
