"""Names that the register does not know, as a warning: what is like them, and how they come onto it afterwards."""

import shlex
from collections.abc import Iterator, Sequence

from daihoi.terminal.fields import field_in_words
from services.subcommittee.naming import MergeName
from shared.i18n import Language, translate
from shared.reports.doubted_names import DoubtedName
from shared.reports.unregistered import Alike
from shared.values.units import SUBCOMMITTEE

MOST_TOLD = 10


def warning_lines(doubts: Sequence[DoubtedName], lang: Language) -> Iterator[str]:
    for doubt in doubts[:MOST_TOLD]:
        yield from _lines(doubt, lang)
    if len(doubts) > MOST_TOLD:
        more = len(doubts) - MOST_TOLD
        yield translate("… and {count} more names; `daihoi names` lists those in tasks.", lang, count=more)
    if any(doubt.taken_for is None for doubt in doubts):
        yield translate("`daihoi organisations import` or `add-position` adds what the register lacks.", lang)


def _lines(doubt: DoubtedName, lang: Language) -> Iterator[str]:
    names = {"role": field_in_words(doubt.role, lang), "name": doubt.name}
    if doubt.taken_for is not None:
        yield translate(
            "{role}: «{name}» is taken for «{other}» on the register.", lang, **names, other=doubt.taken_for
        )
        return
    yield translate("{role}: the register does not know «{name}».", lang, **names)
    for alike in doubt.alike:
        merging = {"other": alike.position or alike.organisation, "command": _merging(doubt.name, alike)}
        yield translate("  Is it «{other}»? Then merge it: {command}", lang, **merging)


def _merging(name: str, alike: Alike) -> str:
    data = {"organisation_id": alike.organisation_id, "alias": name}
    if alike.position:
        data["position"] = alike.position
    fields = shlex.join(f"{field}={value}" for field, value in data.items())
    return f"daihoi do {MergeName.NAME} {fields} --as {SUBCOMMITTEE}.office"
