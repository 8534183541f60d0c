"""The cases of the congress as people read them."""

from collections.abc import Iterable

from daihoi.terminal.labels import in_language
from services.tracker.reports.cases import CaseLine
from shared.i18n import Language, in_words
from shared.values.case_names import text_of_case


def case_name(case_id: str, lang: Language, cases: Iterable[CaseLine] = ()) -> str:
    """By the list that a report has, otherwise as everywhere."""
    line = next((case for case in cases if case.id == case_id), None)
    return in_language(line.name_vi, line.name_en, lang) if line else in_words("case", text_of_case(case_id), lang)


def case_names(cases: Iterable[CaseLine], lang: Language) -> list[str]:
    return [in_language(case.name_vi, case.name_en, lang) for case in cases]
