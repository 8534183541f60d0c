"""The annex of every item where a terminal is too narrow for its table: one item under the other."""

from collections.abc import Iterable, Iterator

from rich.padding import Padding
from rich.text import Text

from daihoi.terminal import labels
from daihoi.terminal.annex_table import COLUMNS, TITLES, cells_of, subtotal_of
from shared.i18n import Language, translate
from shared.reports.annex import Annex, AnnexRow

INDENT = 3


def annex_blocks(annex: Annex, lang: Language) -> Iterator[Padding | Text]:
    """In the order of the table, with what each section and all of it come to."""
    yield Text(translate(TITLES[annex.by], lang), "italic")
    for section in annex.sections:
        name = labels.in_language(section.name_vi, section.name_en, lang)
        yield Text(f"\n{section.number}. {name}", "bold")
        yield _subtotal(subtotal_of(section.cells, section.sums, lang))
        for row in section.rows:
            yield from _block(row, lang)
    yield Text(f"\n{translate('Total', lang)}", "bold")
    yield _subtotal(subtotal_of(annex.cells, annex.sums, lang))


def _subtotal(cells: Iterable[Text | str]) -> Padding:
    return _indented("; ".join("; ".join(str(cell).splitlines()) for cell in cells if str(cell)))


def _block(row: AnnexRow, lang: Language) -> Iterator[Padding | Text]:
    """The number and title, then what is said of it, a line each after its heading; nothing of what is empty."""
    number, item, *others = map(str, cells_of(row, lang))
    cells = dict(zip(list(COLUMNS)[2:], others, strict=True))
    cells["Status"] += f", {cells.pop('%')}%"
    facts = [f"{translate(heading, lang)}: {'; '.join(text.splitlines())}" for heading, text in cells.items() if text]
    yield Text(f"\n{number}  {item}")
    yield _indented("\n".join(facts))


def _indented(text: str) -> Padding:
    return Padding(Text(text), (0, 0, 0, INDENT), expand=False)
