"""What an import asks whoever sits at a terminal: what headings are, which unit, and what unclear cells mean. Where
nobody can answer nobody is asked; what is missing is then told as an error."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from daihoi.cli import console
from daihoi.importing.annex import NO_UNIT, Wishes
from daihoi.importing.headings import heading_key
from daihoi.importing.layout import FIELDS, UNKNOWN_FIELD, HeadingsUnknown
from daihoi.importing.remembered import remember, remembered
from daihoi.importing.session import Source, read
from daihoi.importing.tables import Unreadable
from daihoi.terminal.fields import field_in_words
from shared.domain.decider import Refusal
from shared.i18n import Language, render, translate
from shared.platform.files import why_not
from shared.platform.settings import Settings
from shared.values.units import support_units

NOT_A_COLUMN = Refusal("not_a_column", "--columns is to be such as «Người làm=individual, Mức độ=-», not {part}.")
NOT_REMEMBERED = Refusal("columns_not_remembered", "What the headings are could not be kept for next time: {reason}.")


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
    asks = asks and sys.stdin.isatty() and console.err.is_terminal
    while True:
        try:
            return read(file, catalogue, wishes)
        except Unreadable as unreadable:
            more = _more(unreadable, wishes, settings, lang, asks=asks)
            if more == wishes:
                raise
            wishes = more


def _more(unreadable: Unreadable, wishes: Wishes, settings: Settings, lang: Language, *, asks: bool) -> Wishes:
    if isinstance(unreadable, HeadingsUnknown):
        columns = remembered(settings.data_dir, settings.congress, unreadable.headings) | wishes.columns
        if columns == wishes.columns and asks:
            columns |= _ask_columns(unreadable.unknown, lang)
            _remember(settings, unreadable.headings, columns, lang)
        return wishes._replace(columns=columns)
    if not asks:
        return wishes
    if not wishes.unit and any(error.why.refusal == NO_UNIT for error in unreadable.errors):
        return wishes._replace(unit=_ask_unit(lang))
    return wishes._replace(accepted=wishes.accepted | _ask_unclear(unreadable, wishes, lang))


def _ask_columns(unknown: Sequence[str], lang: Language) -> Mapping[str, str]:
    console.say(translate("What are these columns? The answers are kept for files with the same headings.", lang))
    for number, field in enumerate(FIELDS, start=1):
        name = translate("not to be read", lang) if field == "-" else field_in_words(field, lang)
        console.say(f"{number:>3}  {name}")
    return {heading_key(heading): FIELDS[_ask_number(f"«{heading}»", len(FIELDS), lang) - 1] for heading in unknown}


def _remember(settings: Settings, headings: Sequence[str], columns: Mapping[str, str], lang: Language) -> None:
    try:
        remember(settings.data_dir, settings.congress, headings, columns)
    except OSError as error:
        console.say(render(NOT_REMEMBERED(reason=why_not(error)).message, lang))


def _ask_unit(lang: Language) -> str:
    console.say(translate("No column says which unit the tasks are for. Which one has them all?", lang))
    units = support_units()
    for number, unit in enumerate(units, start=1):
        console.say(f"{number:>3}  {unit.vi if lang == 'vi' else unit.en}")
    return units[_ask_number(translate("Unit", lang), len(units), lang) - 1].id


def _ask_number(question: str, most: int, lang: Language) -> int:
    while True:
        answer = typer.prompt(question, err=True).strip()
        if answer.isascii() and answer.isdigit() and 1 <= int(answer[:9]) <= most:
            return int(answer)
        console.say(translate("A number from 1 to {most}, please.", lang, most=most))


def _ask_unclear(unreadable: Unreadable, wishes: Wishes, lang: Language) -> frozenset[str]:
    """Each text once, however often it stands there."""
    unclear = {error.unclear: error for error in unreadable.errors if error.unclear not in {"", *wishes.accepted}}
    accepted = set()
    for text, error in unclear.items():
        answer = typer.prompt(f"{render(error.why.message, lang)} {translate('Accept (y/n)?', lang)}", err=True)
        if answer.strip().casefold() in {"y", "yes", "c", "có", "co"}:
            accepted.add(text)
    return frozenset(accepted)
