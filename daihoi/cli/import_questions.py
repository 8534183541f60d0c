"""What an import asks whoever sits at a terminal: what headings are, which unit, and what unclear cells mean. Where
nobody can answer nobody is asked; what is missing is then told as an error."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import typer

from daihoi.cli import console
from daihoi.importing.session import read
from daihoi.terminal.fields import field_in_words
from services.subcommittee.importing.annex import NO_UNIT, Wishes
from services.subcommittee.importing.layout import OF_TASKS, UNKNOWN_FIELD, Fields, HeadingsUnknown
from services.subcommittee.importing.planning import Source
from services.subcommittee.importing.register import RegisterWishes
from services.subcommittee.importing.remembered import remember, remembered
from shared.domain.decider import Refusal
from shared.entering.headings import NOT_TAKEN, heading_key
from shared.entering.tables import Unreadable
from shared.i18n import Language, render, translate
from shared.platform.files import why_not
from shared.platform.settings import Settings
from shared.values.code_lists import units_to_choose
from shared.values.units import title_of

NOT_A_COLUMN = Refusal("not_a_column", "--columns is to be such as «Người làm=individual, Mức độ=-», not {part}.")
NOT_REMEMBERED = Refusal("columns_not_remembered", "What the headings are could not be kept for next time: {reason}.")
_YES = frozenset(("y", "yes", "c", "có", "co"))


def columns_of(option: str, known: Fields = OF_TASKS) -> dict[str, str]:
    """`Người làm=individual, Mức độ=-` by `heading_key`. Ends the program as wrong use where it can't be meant."""
    columns = {}
    for part in filter(None, (part.strip() for part in option.split(","))):
        heading, sign, field = (text.strip() for text in part.rpartition("="))
        if not sign or not heading_key(heading):
            console.refuse(NOT_A_COLUMN(part=part))
        if field not in known.names:
            console.refuse(UNKNOWN_FIELD(field=field, fields=", ".join(known.names)))
        columns[heading_key(heading)] = field
    return columns


def read_asking(
    file: Path, catalogue: str, wishes: Wishes, settings: Settings, lang: Language, *, asks: bool
) -> Source:
    """Reads a catalogue, and reads again with each answer. Raises `Unreadable` once nothing more can be said."""
    asking = Asking(settings, lang, asks=asks)
    return asking.until_read(lambda wishes: read(file, catalogue, wishes), wishes, asking.unit_of_all)


class Asking:
    """What is asked about tables of one kind."""

    def __init__(self, settings: Settings, lang: Language, known: Fields = OF_TASKS, *, asks: bool) -> None:
        self._settings, self._lang, self._known = settings, lang, known
        self._asks = asks and sys.stdin.isatty() and console.err.is_terminal
        self._declined: set[str] = set()

    def until_read[Said: (Wishes, RegisterWishes), Result](
        self,
        read: Callable[[Said], Result],
        wishes: Said,
        of_all: Callable[[Unreadable, Said], Said] = lambda _, wishes: wishes,
    ) -> Result:
        """Reads, and reads again with each answer; `of_all` asks what is the same for all rows. Raises `Unreadable`
        once nothing more can be said."""
        while True:
            try:
                return read(wishes)
            except Unreadable as unreadable:
                more = self._more(unreadable, wishes, of_all)
                if more == wishes:
                    raise
                wishes = more

    def _more[Said: (Wishes, RegisterWishes)](
        self, unreadable: Unreadable, wishes: Said, of_all: Callable[[Unreadable, Said], Said]
    ) -> Said:
        """The answers with what is remembered, or answered now; the same where nothing more is said."""
        if isinstance(unreadable, HeadingsUnknown):
            return wishes._replace(columns=self._columns(unreadable, wishes.columns))
        if not self._asks:
            return wishes
        if (more := of_all(unreadable, wishes)) != wishes:
            return more
        return wishes._replace(accepted=wishes.accepted | self._accepted(unreadable))

    def unit_of_all(self, unreadable: Unreadable, wishes: Wishes) -> Wishes:
        if not wishes.unit and any(error.why.refusal == NO_UNIT for error in unreadable.errors):
            return wishes._replace(unit=self._unit())
        return wishes

    def _columns(self, unreadable: HeadingsUnknown, columns: Mapping[str, str]) -> Mapping[str, str]:
        settings, headings = self._settings, unreadable.headings
        kept = remembered(settings.data_dir, settings.congress, headings, self._known)
        missing = {heading_key(heading) for heading in unreadable.unknown} - kept.keys()
        if not self._asks or not missing:
            return {**kept, **columns}
        answered = {**kept, **columns, **self._ask_columns(unreadable.unknown)}
        try:
            remember(settings.data_dir, settings.congress, headings, answered, self._known)
        except OSError as error:
            console.say(render(NOT_REMEMBERED(reason=why_not(error)).message, self._lang))
        return answered

    def _ask_columns(self, unknown: Sequence[str]) -> Mapping[str, str]:
        lang, names = self._lang, self._known.names
        console.say(translate("What are these columns? The answers are kept for files with the same headings.", lang))
        for number, field in enumerate(names, start=1):
            name = translate("not to be read", lang) if field == NOT_TAKEN else field_in_words(field, lang)
            console.say(f"{number:>3}  {name}")
        return {heading_key(heading): names[_number(f"«{heading}»", len(names), lang) - 1] for heading in unknown}

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
