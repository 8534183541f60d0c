"""Units, phases and cases as people name them: by id, by title, or as offices say it in few words. The cases are
those of the congress."""

from collections.abc import Mapping
from functools import cache

from services.subcommittee.duty import PHASE_NAMES
from shared.entering.cells import NOT_ONE_OF, Value
from shared.entering.plain import words
from shared.entering.tables import quoted
from shared.i18n import translate
from shared.values.code_lists import EVERY_CASE, NO_EPIDEMIC, OUTBREAK, Entries, cases_to_choose, units_to_choose
from shared.values.message import WORDS, word
from shared.values.types import Phase

_PHASES = {
    Phase.BEFORE: ("trước", "trước Đại hội", "chuẩn bị", "before"),
    Phase.DURING: ("trong", "trong Đại hội", "diễn ra Đại hội", "during"),
    Phase.AFTER: ("sau", "sau Đại hội", "tổng kết", "after"),
}
_CASES = {
    NO_EPIDEMIC: ("không có dịch", "không dịch", "không có dịch bệnh", "bình thường", "none"),
    OUTBREAK: ("có dịch", "có dịch bệnh", "dịch bệnh", "dịch bùng phát", "outbreak"),
    EVERY_CASE: (
        *("cả hai", "cả hai trường hợp", "cả hai kịch bản", "mọi trường hợp", "mọi kịch bản", "mọi tình huống"),
        *("chung", "both"),
    ),
}
"""What offices say beside the names on the list, which come first."""
_IN_FRONT = ("bo phan ", "tieu ban ", "to ")


def unit_of(value: Value) -> str:
    """The id of the unit. Raises `Refused`."""
    units = units_to_choose()
    return one_of(value, _names_of(units), [unit.name.vi for unit in units])


def phase_of(value: Value) -> str:
    return one_of(value, _names_of_phases(), phases())


def case_of(value: Value) -> str:
    return one_of(value, _names_of_cases(cases_to_choose()), cases())


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
def _names_of_cases(entries: Entries) -> Mapping[str, str]:
    """A name goes to the first case that has it."""
    named = _named_cases(entries)
    phrases = {words(name): case for case, names in _CASES.items() if case in named for name in names}
    titles = {words(name): case for case in reversed(named) for name in named[case] if name}
    return phrases | titles | {words(case): case for case in named}


def _named_cases(entries: Entries) -> dict[str, tuple[str, str]]:
    """The names of the cases by id, in Vietnamese and, where there is one, in English; «every case» is the last."""
    sentence = WORDS[EVERY_CASE].sentence
    return {
        **{entry.id: (entry.name.vi, entry.name.en) for entry in entries},
        EVERY_CASE: (translate(sentence, "vi"), sentence),
    }


def phases() -> list[str]:
    """The names of the phases, as the template offers them, in the order of `Phase`."""
    return [PHASE_NAMES[phase].vi for phase in Phase]


def cases() -> list[str]:
    return [name for name, _ in _named_cases(cases_to_choose()).values()]


def in_words(value: str) -> object:
    """A phase, or the case of all rows where none is said, as a message has it."""
    return PHASE_NAMES[Phase(value)].model_dump() if value in [*Phase] else word(value)


def one_of(value: Value, names: Mapping[str, str], shown: list[str]) -> str:
    """What a name means, by `words`. Raises `Refused` with those that are `shown`."""
    if (key := words(str(value))) in names:
        return names[key]
    raise NOT_ONE_OF(found=quoted(value), choices=", ".join(shown))
