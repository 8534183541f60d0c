"""Units, phases and cases as people name them: by id, by title, or as offices say it in few words."""

from collections.abc import Mapping

from daihoi.importing.cells import NOT_ONE_OF, Value
from daihoi.importing.plain import words
from daihoi.importing.tables import quoted
from services.subcommittee.duty import PHASE_NAMES
from shared.i18n import translate
from shared.values.message import Message, word
from shared.values.types import Phase, Scenario
from shared.values.units import support_units

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
    titles = {}
    for unit in support_units():
        for name in (unit.id, unit.vi, unit.en):
            titles[words(name)] = unit.id
            for front in _IN_FRONT:
                titles.setdefault(words(name).removeprefix(front), unit.id)
    return _one_of(value, titles, [unit.vi for unit in support_units()])


def phase_of(value: Value) -> str:
    return _one_of(value, {words(name): phase.value for phase, names in _PHASES.items() for name in names}, phases())


def case_of(value: Value) -> str:
    names = {words(name): case.value for case, names in _CASES.items() for name in names}
    titles = {words(title): case.value for case in Scenario for title in (_title(case, "vi"), _title(case, "en"))}
    return _one_of(value, titles | names, cases())


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
