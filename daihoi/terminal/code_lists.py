"""The code lists of the congress for people, on a terminal."""

from collections.abc import Sequence

from rich.console import Group
from rich.table import Table

from daihoi.terminal.labels import in_language, table_of
from shared.i18n import Language, format_minute, format_number, render, title_of_position, translate
from shared.reports.code_lists import ListLine, ListPage
from shared.values.code_lists import LIST_NAMES, CodeList


def lists_table(lines: Sequence[ListLine], lang: Language) -> Table:
    headings = ("List", "What is on it", "Entries", "Retired", "Changed last")
    table = table_of(translate("Lists of the congress", lang), lang, *headings)
    for line in lines:
        name = render(LIST_NAMES[CodeList(line.id)], lang)
        numbers = (format_number(number, lang) for number in (line.entries, line.retired))
        table.add_row(line.id, name, *numbers, _changed(line, lang))
    return table


def _changed(line: ListLine, lang: Language) -> str:
    if line.changed_at is None or line.changed_by is None:
        return translate("As it is by default", lang) if line.entries else translate("Free: nothing is checked", lang)
    when = f"{format_minute(line.changed_at)}, {title_of_position(line.changed_by, lang)}"
    return f"{when} ({line.template})" if line.template else when


def entries_parts(page: ListPage, lang: Language) -> Group:
    name = render(LIST_NAMES[CodeList(page.line.id)], lang)
    table = table_of(f"{name}: {format_number(page.line.entries, lang)}", lang, "Id", "Name", "Retired")
    for entry in page.entries:
        name = in_language(entry.name.vi, entry.name.en, lang)
        table.add_row(entry.id, name, translate("yes", lang) if entry.retired else "")
    over = [translate("{count} retired ones are not shown; --all shows them", lang, count=page.left_out)]
    return Group(table, *(over if page.left_out else []))
