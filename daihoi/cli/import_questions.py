"""What an import asks whoever sits at a terminal: what headings are, which unit, and what unclear cells mean. Where
nobody can answer nobody is asked; what is missing is then told as an error."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from daihoi.cli import console
from daihoi.importing.annex import NO_UNIT, Wishes
from daihoi.importing.headings import NOT_TAKEN, heading_key
from daihoi.importing.layout import FIELDS, UNKNOWN_FIELD, HeadingsUnknown
from daihoi.importing.remembered import remember, remembered
from daihoi.importing.session import Source, read
from daihoi.importing.tables import Unreadable
from daihoi.terminal.fields import field_in_words
from shared.domain.decider import Refusal
from shared.i18n import Language, render, translate
from shared.platform.files import why_not
from shared.platform.settings import Settings
from shared.values.code_lists import units_to_choose
from shared.values.units import title_of

NOT_A_COLUMN = Refusal("not_a_column", "--columns is to be such as «Người làm=individual, Mức độ=-», not {part}.")
NOT_REMEMBERED = Refusal("columns_not_remembered", "What the headings are could not be kept for next time: {reason}.")
_YES = frozenset(("y", "yes", "c", "có", "co"))


def columns_of(option: str) -> dict[str, str]:
    """`Người làm=individual, Mức độ=-` by `heading_key`. Ends the program as wrong use where it can't be meant."""
    columns = {}
    for part in filter(None, (part.strip() for part in option.split(","))):
        heading, sign, field = (text.strip() for text in part.rpartition("="))
        if not sign or not heading_key(heading):
            console.refuse(NOT_A_COLUMN(part=part))
        if field not in FIELDS:
            console.refuse(UNKNOWN_FIELD(field=field, fields=", ".join(FIELDS)))
        columns[heading_key(heading)] = field
    return columns


def read_asking(
    file: Path, catalogue: str, wishes: Wishes, settings: Settings, lang: Language, *, asks: bool
) -> Source:
    """Reads, and reads again with each answer. Raises `Unreadable` once nothing more can be said."""
    asking = _Asking(settings, lang, asks and sys.stdin.isatty() and console.err.is_terminal)
    while True:
        try:
            return read(file, catalogue, wishes)
        except Unreadable as unreadable:
            more = asking.more(unreadable, wishes)
            if more == wishes:
                raise
            wishes = more


class _Asking:
    def __init__(self, settings: Settings, lang: Language, asks: bool) -> None:
        self._settings, self._lang, self._asks = settings, lang, asks
        self._declined: set[str] = set()

    def more(self, unreadable: Unreadable, wishes: Wishes) -> Wishes:
        """With what is remembered, or answered now; the same where nothing more is said."""
        if isinstance(unreadable, HeadingsUnknown):
            return wishes._replace(columns=self._columns(unreadable, wishes.columns))
        if not self._asks:
            return wishes
        if not wishes.unit and any(error.why.refusal == NO_UNIT for error in unreadable.errors):
            return wishes._replace(unit=self._unit())
        return wishes._replace(accepted=wishes.accepted | self._accepted(unreadable))

    def _columns(self, unreadable: HeadingsUnknown, columns: Mapping[str, str]) -> Mapping[str, str]:
        settings, headings = self._settings, unreadable.headings
        kept = remembered(settings.data_dir, settings.congress, headings)
        missing = {heading_key(heading) for heading in unreadable.unknown} - kept.keys()
        if not self._asks or not missing:
            return {**kept, **columns}
        answered = {**kept, **columns, **self._ask_columns(unreadable.unknown)}
        try:
            remember(settings.data_dir, settings.congress, headings, answered)
        except OSError as error:
            console.say(render(NOT_REMEMBERED(reason=why_not(error)).message, self._lang))
        return answered

    def _ask_columns(self, unknown: Sequence[str]) -> Mapping[str, str]:
        lang = self._lang
        console.say(translate("What are these columns? The answers are kept for files with the same headings.", lang))
        for number, field in enumerate(FIELDS, start=1):
            name = translate("not to be read", lang) if field == NOT_TAKEN else field_in_words(field, lang)
            console.say(f"{number:>3}  {name}")
        return {heading_key(heading): FIELDS[_number(f"«{heading}»", len(FIELDS), lang) - 1] for heading in unknown}

    def _unit(self) -> str:
        lang = self._lang
        console.say(translate("No column says which unit the tasks are for. Which one has them all?", lang))
        units = units_to_choose()
        for number, unit in enumerate(units, start=1):
            console.say(f"{number:>3}  {title_of(unit.id, lang)}")
        return units[_number(translate("Unit", lang), len(units), lang) - 1].id

    def _accepted(self, unreadable: Unreadable) -> frozenset[str]:
        """Each text once, however often it stands there."""
        lang, accepted = self._lang, set[str]()
        for text, error in {error.unclear: error for error in unreadable.errors if error.unclear}.items():
            if text in self._declined:
                continue
            answer = _answer(f"{render(error.why.message, lang)} {translate('Accept (y/n)?', lang)}")
            (accepted if answer.casefold() in _YES else self._declined).add(text)
        return frozenset(accepted)


def _answer(question: str) -> str:
    """Raises `KeyboardInterrupt` where somebody ends it, also by ending the input."""
    try:
        return str(typer.prompt(question, err=True)).strip()
    except typer.Abort as ended:
        raise KeyboardInterrupt from ended


def _number(question: str, most: int, lang: Language) -> int:
    while True:
        answer = _answer(question)
        if answer.isascii() and answer.isdigit() and 1 <= int(answer[:9]) <= most:
            return int(answer)
        console.say(translate("A number from 1 to {most}, please.", lang, most=most))
