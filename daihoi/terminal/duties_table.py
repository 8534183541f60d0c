"""The continuing duties for people, on a terminal: a row a locality, a column a duty, a sign for each phase."""

from rich.table import Table
from rich.text import Text

from daihoi.terminal import labels
from shared.i18n import Language, format_number, render, translate
from shared.reports.cells import Cells, Share
from shared.reports.duties import Duties
from shared.values.code_lists import CodeList, name_of

NOT_HANDED_OUT = "·"
NARROWEST, NARROW, WIDEST = 7, 9, 14
"""Widths of a duty's column: a sum fits, and the locality's name has room beside it, whatever the duty is called."""


def duties_table(duties: Duties, lang: Language, *, is_wide: bool = True) -> Table:
    """Who is behind stands first, in red; the rows beneath have the numbers, the legend the sum of each sign. On a
    narrow terminal the signs alone say what is overdue."""
    title, legend = _heading(duties, lang), _legend(duties, lang)
    table = Table(title=title, title_justify="left", caption=legend, caption_justify="left")
    labels.add_columns(table, lang, "Locality")
    most = WIDEST if is_wide else NARROW
    for duty in duties.by_duty:
        name = name_of(CodeList.DUTIES, duty, lang)
        table.add_column(name, justify="center", overflow="fold", min_width=NARROWEST, max_width=most)
    labels.add_columns(table, lang, *(["Overdue"] if is_wide else []), "Completed", justify="right", no_wrap=True)
    for row in duties.localities:
        name = labels.in_language(row.name_vi, row.name_en, lang)
        signs = (_phases(row.by_duty[duty]) for duty in duties.by_duty)
        table.add_row(Text(name, style=_style(row.totals)), *signs, *_numbers(row.totals, lang, is_wide))
    table.add_section()
    for phase, cells in duties.by_phase.items():
        if cells.tasks:
            sums = (labels.fraction_in_words(duties.by_duty[duty][phase].completion, lang) for duty in duties.by_duty)
            table.add_row(render(labels.PHASE_NAMES[phase], lang), *sums, *_numbers(cells, lang, is_wide))
    table.add_section()
    sums = (_all_phases(duties.by_duty[duty], lang) for duty in duties.by_duty)
    table.add_row(translate("Total", lang), *sums, *_numbers(duties.totals, lang, is_wide))
    return table


def _heading(duties: Duties, lang: Language) -> Text:
    title = f"{translate('Continuing duties of the localities', lang)}: {format_number(duties.totals.tasks, lang)}"
    order = translate("In each cell, from the left: before, during and after the congress", lang)
    return Text(f"{title}\n{order}")


def _legend(duties: Duties, lang: Language) -> Text:
    """What each sign means, and how many tasks have it, of all."""
    legend = Text()
    for cell, (label, sign, colour) in labels.CELLS.items():
        share = Share.of(getattr(duties.totals, cell), duties.totals.tasks)
        legend.append(sign, style=colour).append(f" {translate(label, lang)} {labels.share_in_words(share, lang)}\n")
    legend.append(f"{NOT_HANDED_OUT} {translate('Not handed out', lang)}\n")
    legend.append(translate("In the sums beneath the localities: completed of all", lang))
    if duties.totals.cancelled:
        legend.append(f"\n{translate('Cancelled (not counted above)', lang)}: {duties.totals.cancelled}")
    if duties.not_opened:
        label = translate("Handed out, but not opened by the unit yet", lang)
        legend.append(f"\n{label}: {', '.join(duties.not_opened)}")
    return legend


def _phases(cells: dict[str, Cells]) -> Text:
    """A sign for the task of each phase; a number with it where there is more than one."""
    return Text(" ").join(map(_signs, cells.values()))


def _signs(cells: Cells) -> Text:
    signs = Text()
    for cell, (_, sign, colour) in labels.CELLS.items():
        if number := getattr(cells, cell):
            signs.append(f"{sign}{number if number > 1 else ''}", style=colour)
    return signs or Text(NOT_HANDED_OUT, style="bright_black")


def _numbers(cells: Cells, lang: Language, is_wide: bool) -> list[Text]:
    overdue = Text(labels.fraction_in_words(Share.of(cells.open_overdue, cells.tasks), lang), style=_style(cells))
    completed = Text(labels.share_in_words(cells.completion, lang))
    return [overdue, completed] if is_wide else [completed]


def _style(cells: Cells) -> str:
    return "bold red" if cells.open_overdue else ""


def _all_phases(by_phase: dict[str, Cells], lang: Language) -> str:
    completed = sum(cells.completed for cells in by_phase.values())
    return labels.fraction_in_words(Share.of(completed, sum(cells.tasks for cells in by_phase.values())), lang)
