"""One task or document for people, on a terminal: all that is on record of it, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from daihoi.terminal.audit import timeline_lines
from daihoi.terminal.corrections import correction_lines
from daihoi.terminal.documents_table import STATUS_NAMES, URGENCY_NAMES
from daihoi.terminal.fields import field_in_words, masked_in_words, value_in_words
from daihoi.terminal.labels import in_language
from daihoi.terminal.lists import deadline_in_words, holding_in_words, status_in_words
from shared.i18n import Language, render, translate
from shared.reports.document_register import Filed
from shared.reports.pages import DocumentPage, TaskPage
from shared.reports.positions import Holding
from shared.reports.task_list import TaskRow
from shared.values.code_lists import CodeList, name_of
from shared.values.units import title_of
from shared.views.view import Document

SAID_ABOVE = frozenset(
    ("_id", "search", "title", "task_id", "document_id", "symbol", "unit", "status", "percent", "corrections")
)
"""What the heading has or lines of their own, and what is for programs alone."""
FIRST_OF_A_TASK = ("group", "phase", "scenario", "collective", "individual", "coordinating", "deadline")


def task_parts(page: TaskPage, lang: Language) -> Iterator[Any]:
    row, task = page.line, page.task
    yield Text(f"{row.id}. {in_language(row.title_vi, row.title_en, lang)}", style="bold")
    yield Text.assemble(f"{title_of(row.unit, lang)} · ", status_in_words(row, lang))
    known = {"collective": row.collective, "individual": row.individual, "coordinating": row.coordinating}
    yield _fields(_in_words({**task, **known}, row, lang), lang)
    if page.holder:
        yield Text(
            f"{translate('Held by', lang)}: {holding_in_words(page.holder, lang)}{_reached(page.holder, lang)}"
        )
    yield from correction_lines(task, lang)
    yield from _history(page.history, lang)


def _reached(holding: Holding, lang: Language) -> str:
    return f" · {masked_in_words(holding.contact, lang)}" if holding.contact else ""


def _in_words(task: Document, row: TaskRow, lang: Language) -> Mapping[str, str]:
    ordered = [*FIRST_OF_A_TASK, *(name for name in task if name not in FIRST_OF_A_TASK)]
    words = {name: _value(name, task[name], lang) for name in ordered if name in task}
    return words | {"deadline": deadline_in_words(row, lang).replace("\n", " · ")}


def document_parts(page: DocumentPage, lang: Language) -> Iterator[Any]:
    line = page.line
    yield Text(f"{line.symbol}. {in_language(line.title_vi, line.title_en, lang)}", style="bold")
    status = render(STATUS_NAMES[line.status], lang) if line.status in STATUS_NAMES else line.status
    yield Text(f"{line.kind} · {title_of(line.unit, lang)} · {status}")
    fields = {
        name: _value(name, value, lang) for name, value in page.document.items() if name not in ("kind", "form")
    }
    yield _fields(fields, lang)
    yield from _of_others(line, lang)
    yield from correction_lines(page.document, lang)
    yield from _history(page.history, lang)


def _of_others(line: Filed, lang: Language) -> Iterator[Text]:
    for label, symbols in (("Basis of", line.basis_of), ("Supersedes", line.supersedes)):
        if symbols:
            yield Text(f"{translate(label, lang)}: {', '.join(symbols)}")
    for warning in line.warnings:
        yield Text(f"⚠ {in_language(warning.vi, warning.en, lang)}")


def _value(name: str, value: Any, lang: Language) -> str:
    """Text in two languages in the one that is read; records one beneath the other."""
    if name == "urgency" and value in URGENCY_NAMES:
        return render(URGENCY_NAMES[value], lang)
    if isinstance(value, dict) and value.keys() <= {"vi", "en"}:
        return in_language(value["vi"], value.get("en", ""), lang)
    if name == "group" and isinstance(value, dict):
        name = name_of(CodeList.GROUPS, number := str(value["number"]), lang)
        return f"{number}. {_value('name', value['name'], lang) if name == number else name}"
    if isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
        return "\n".join(value_in_words(name.removesuffix("s"), entry, lang) for entry in value)
    return value_in_words(name, value, lang)


def _fields(words: Mapping[str, str], lang: Language) -> Table:
    """The fields that say something, as lines."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bright_black")
    table.add_column(overflow="fold")
    for name, text in words.items():
        if name not in SAID_ABOVE and text != "–":
            table.add_row(field_in_words(name, lang), text)
    return table


def _history(rows: Sequence[dict[str, Any]], lang: Language) -> Iterator[Text | str]:
    if rows:
        yield Text(translate("History", lang), style="bold")
        yield from timeline_lines(list(rows), lang)
