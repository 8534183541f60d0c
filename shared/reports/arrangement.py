"""What an annex is arranged by: its sections in their order, what they are called, and what stands in each."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from shared.domain.paper import same
from shared.i18n import render
from shared.reports.lines import Names
from shared.reports.money import Accounts
from shared.reports.order import PHASES, place, unit_order
from shared.values.code_lists import Entries
from shared.values.message import Message
from shared.values.ordering import natural
from shared.values.types import Text, fold_diacritics
from shared.views.view import Document


class AnnexBy(StrEnum):
    """What the annex is arranged by: task group, unit, collective in charge, or phase."""

    GROUP = "group"
    UNIT = "unit"
    AGENCY = "agency"
    PHASE = "phase"


NOBODY_YET = Message("nobody_yet", "Nobody yet")
PHASE_NAMES = {
    "before": Message("before", "Before the congress"),
    "during": Message("during", "During the congress"),
    "after": Message("after", "After the congress"),
}


class Heading(NamedTuple):
    key: str
    vi: str
    en: str


class Arranged(NamedTuple):
    """What an annex is made of; `tasks` in the order in which a section lists them, `units` as the congress has
    them."""

    tasks: Sequence[Document]
    accounts: Accounts
    groups: Names
    organisations: Sequence[Document]
    units: Entries
    today: date


type Sections = Iterable[tuple[Heading, list[Document]]]


def arranged_by(arranged: Arranged, by: AnnexBy) -> Sections:
    """The sections in their order; none is empty."""
    return _ARRANGED[by](arranged)


def _by_group(arranged: Arranged) -> Sections:
    for number, name in arranged.groups.items():
        heading = Heading(str(number), name["vi"], name["en"])
        yield heading, [task for task in arranged.tasks if task["group"]["number"] == number]


def _by_unit(arranged: Arranged) -> Sections:
    by_unit = _grouped(arranged.tasks, "unit")
    names = {entry.id: entry.name for entry in arranged.units}
    for unit in unit_order(by_unit, arranged.units):
        if unit in by_unit:
            name = names.get(unit, Text(vi=unit))
            yield Heading(unit, name.vi, name.en or name.vi), by_unit[unit]


def _by_agency(arranged: Arranged) -> Sections:
    """Arranges by agency: by name, as the register spells it or else most of the tasks; last those that nobody is in
    charge of yet."""
    named = [task for task in arranged.tasks if task["collective"]]
    by_agency: dict[str, list[Document]] = {}
    for task in named:
        by_agency.setdefault(same(task["collective"]), []).append(task)
    names = [body["name"] for body in arranged.organisations]
    registered = {same(spelled): name for name in names for spelled in name.values() if spelled}
    headings = {folded: _agency(tasks, registered.get(folded)) for folded, tasks in by_agency.items()}
    for folded in sorted(headings, key=lambda folded: natural(fold_diacritics(headings[folded].vi).lower())):
        yield headings[folded], by_agency[folded]
    if nobody := [task for task in arranged.tasks if not task["collective"]]:
        yield Heading("", render(NOBODY_YET, "vi"), render(NOBODY_YET, "en")), nobody


def _agency(tasks: Sequence[Document], registered: Mapping[str, str] | None) -> Heading:
    spellings = Counter(task["collective"] for task in tasks)
    spelled = min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
    name = registered or {"vi": spelled}
    return Heading(name["vi"], name["vi"], name.get("en", ""))


def _by_phase(arranged: Arranged) -> Sections:
    by_phase = _grouped(arranged.tasks, "phase")
    for phase in sorted(by_phase, key=lambda phase: place(phase, PHASES)):
        name = PHASE_NAMES.get(phase)
        heading = Heading(phase, render(name, "vi"), render(name, "en")) if name else Heading(phase, phase, phase)
        yield heading, by_phase[phase]


def _grouped(tasks: Iterable[Document], field: str) -> dict[str, list[Document]]:
    grouped: dict[str, list[Document]] = {}
    for task in tasks:
        grouped.setdefault(task[field], []).append(task)
    return grouped


_ARRANGED: Mapping[AnnexBy, Callable[[Arranged], Sections]] = {
    AnnexBy.GROUP: _by_group,
    AnnexBy.UNIT: _by_unit,
    AnnexBy.AGENCY: _by_agency,
    AnnexBy.PHASE: _by_phase,
}
