"""Whatever people read can be read in Vietnamese, and `vi.po` holds nothing that nobody reads."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes
from typer.core import TyperArgument

import daihoi
import services
import shared
from daihoi.cli.command_pages import every_command
from daihoi.cli.help_page import one_line, placeholder, values_of
from daihoi.terminal import (
    annex_table,
    audit,
    catalogue,
    code_lists,
    commands,
    congress_tables,
    documents_table,
    duties_table,
    evidence,
    fields,
    identities,
    issued_reports,
    lists,
    money_tables,
    operation,
    pages,
    reviews,
    rules_table,
    scenario_tables,
    section_tables,
    task_lists,
    trace_tree,
    unit_tables,
    workload,
)
from daihoi.terminal import labels as label_names
from daihoi.terminal import parked as parked_lines
from daihoi.terminal import report as report_tables
from shared.domain import paper
from shared.i18n import CATALOGUE, format_date, format_number, render, translate
from shared.reports import parked
from shared.unit.findings import Notice
from shared.values.local_time import local_date
from shared.values.message import Message, word

PACKAGES = (daihoi, services, shared)
TEMPLATES = Path(shared.__path__[0]) / "web" / "templates"
with CATALOGUE.open("rb") as file:
    VIETNAMESE = {str(message.id): str(message.string) for message in read_po(file) if message.id}


@cache
def trees() -> list[ast.Module]:
    """Of all modules, when a test first needs them: every worker collects these tests, and one runs them."""
    paths = [path for package in PACKAGES for path in sorted(Path(package.__path__[0]).rglob("*.py"))]
    return [ast.parse(path.read_text("utf-8"), str(path)) for path in paths]


def literals(tree: ast.AST, *functions: str, position: int = 0) -> Iterator[str]:
    """The literal arguments at `position` of all calls to `functions`, however they are reached."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) > position:
            name = getattr(node.func, "attr", getattr(node.func, "id", None))
            argument = node.args[position]
            if name in functions and isinstance(argument, ast.Constant):
                yield argument.value


def labels(tree: ast.AST) -> set[str]:
    """Every capitalised string that is no docstring: tables and headings reach `_say` through variables."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return {node.value for node in strings if node.value[:1].isupper() and id(node) not in docstrings}


def constants_of_all_modules() -> list[object]:
    names = [m.name for package in PACKAGES for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    return [constant for name in names for constant in vars(importlib.import_module(name)).values()]


def messages_in(constant: object) -> Iterator[Message]:
    """The messages that a module defines, by themselves, in a table or as what a look at a service can find."""
    match constant:
        case Message():
            yield constant
        case Notice():
            yield from messages_in((constant.detail, constant.advice))
        case dict():
            yield from messages_in(tuple(constant.values()))
        case tuple() | list():
            for each in constant:
                yield from messages_in(each)


def says_something(sentence: str) -> bool:
    """Whether there is anything to translate beside the placeholders."""
    return any(letter.isalpha() for text, *_ in Formatter().parse(sentence) for letter in text)


def help_texts() -> Iterator[str]:
    """What `--help` of any command says of it and of what may be given, and what stands for the values."""
    for context in every_command():
        yield one_line(context.command.help)
        for param in context.command.get_params(context):
            yield one_line(param.help)
            if param.metavar:
                yield param.metavar if param.metavar not in SIGNS else ""
            elif isinstance(param, TyperArgument):
                yield param.name.upper()
            elif not param.is_flag and not values_of(param):
                yield placeholder(param, "en")


SIGNS = {"A", "B", "UUID"}
"""Placeholders that are the same in every language."""


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@cache
def messages() -> set[str]:
    return {message.sentence for constant in constants_of_all_modules() for message in messages_in(constant)}


DRAWN = (
    report_tables,
    label_names,
    duties_table,
    unit_tables,
    documents_table,
    trace_tree,
    scenario_tables,
    parked,
    parked_lines,
    reviews,
    task_lists,
    workload,
    fields,
    identities,
    operation,
    audit,
    catalogue,
    congress_tables,
    code_lists,
    commands,
    annex_table,
    issued_reports,
    section_tables,
    money_tables,
    rules_table,
    evidence,
    lists,
    pages,
)


@cache
def drawn() -> set[str]:
    return {label for module in DRAWN for label in labels(ast.parse(Path(module.__file__).read_text("utf-8")))}


@cache
def said() -> set[str]:
    return {sentence for tree in trees() for sentence in literals(tree, "translate", "_say", "t", "Link")}


@cache
def said_on_pages() -> set[str]:
    """The sentences that templates say by `t`."""
    parsed = Environment(autoescape=True)
    return {
        call.args[0].value
        for path in TEMPLATES.rglob("*.html")
        for call in parsed.parse(path.read_text("utf-8")).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "t" and isinstance(call.args[0], nodes.Const)
    }


@cache
def read() -> set[str]:
    offered = set(help_texts()) - SIGNS - {""}
    return offered | {
        sentence for sentence in messages() | said() | said_on_pages() | drawn() if says_something(sentence)
    }


def test_messages_sentences_and_labels_are_found_where_they_are_known_to_be():
    assert {*label_names.ESSENTIAL_NAMES.values(), *(label for label, *_ in label_names.CELLS.values())} <= drawn()
    assert {"By unit", "By phase"} <= drawn() - said()
    assert {"There is no task {task_id}.", "There is no resource {resource_id}."} <= messages()
    assert {"can not be read", "Status of all tasks"} <= said()
    assert {"Skip to the content", "Overdue"} <= said_on_pages()
    names = (
        *label_names.PHASE_NAMES.values(),
        *documents_table.URGENCY_NAMES.values(),
        *label_names.TASK_STATUSES.values(),
        *trace_tree.ROLE_NAMES.values(),
    )
    assert {name.sentence for name in names} <= messages()
    assert {paper.USED_TWICE.sentence, "required", "it can't be read", "{actor} started task {id}"} <= messages()
    assert {
        "{service} does not answer.",
        "Restart the tracker and keep its log: it is to say why it waits.",
    } <= messages()


def test_every_message_is_a_constant_of_its_module():
    made = {sentence for tree in trees() for sentence in literals(tree, "Refusal", "Message", position=1)}
    noticed = {text for tree in trees() for place in (2, 3) for text in literals(tree, "Notice", position=place)}
    assert made | noticed <= messages()


def test_whatever_can_not_be_had_is_told_by_a_refusal_and_never_by_a_text_in_one_language():
    told = [
        ast.unparse(node)
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "PlatformError"
    ]
    assert len(told) > 40
    assert [call for call in told if re.match(r"PlatformError\((f?['\"]|translate|str\()", call)] == []


def test_everything_people_read_is_translated():
    untranslated = {sentence for sentence in read() if VIETNAMESE.get(sentence, "") in ("", sentence)}
    assert untranslated == set()


def test_nothing_is_translated_that_nobody_reads():
    assert VIETNAMESE.keys() - read() == set()


def test_a_translation_has_the_placeholders_of_its_sentence():
    assert {
        sentence: translation
        for sentence, translation in VIETNAMESE.items()
        if placeholders(translation) != placeholders(sentence)
    } == {}


def test_a_sentence_is_told_in_the_language_asked_for():
    assert translate("There is no task {task_id}.", "vi", task_id="1-03") == "Không có nhiệm vụ 1-03."
    assert translate("There is no task {task_id}.", "en", task_id="1-03") == "There is no task 1-03."


def test_what_stands_in_a_message_is_told_in_its_language_too():
    gap = Message("gap", "{name} ({reason})")
    closed = Message("closed", "Task {task_id} is closed ({status}); reopen it first.")
    told = closed.filled(task_id="1-03", status=word("completed"))
    assert render(told, "vi") == "Nhiệm vụ 1-03 đã kết thúc (đã hoàn thành); phải mở lại trước."
    assert render(told, "en") == str(told) == "Task 1-03 is closed (completed); reopen it first."
    left = tuple(
        gap.filled(name=task, reason=(word("deadline"), word("funding"), word("unheard-of")))
        for task in ("1-03", "2-01")
    )
    several = Message("gaps_left", "Review {review_id} can't be closed: fix or explain {gaps}.").filled(gaps=left)
    words = "(thời gian hoàn thành, kinh phí, unheard-of)"
    assert render(several.filled(review_id="r", gaps=left), "vi").endswith(f"giải trình 1-03 {words}; 2-01 {words}.")
    amounts = Message("x", "{a_vnd} {b} {day} {at} {title}").filled(
        a_vnd=1234567,
        b=1234567,
        day=date(2020, 9, 20),
        at=datetime(2020, 8, 13, 17, tzinfo=UTC),
        title={"vi": "Việc"},
    )
    assert render(amounts, "vi") == "1.234.567 1234567 20/09/2020 14/08/2020 00:00 Việc"
    assert render(amounts, "en") == "1,234,567 1234567 20/09/2020 14/08/2020 00:00 Việc"


def test_a_sentence_without_translation_is_told_in_english():
    assert translate("Nobody wrote {this} down", "vi", this="that") == "Nobody wrote that down"


@pytest.mark.parametrize(("lang", "written"), [("vi", "1.234.567"), ("en", "1,234,567")])
def test_thousands_are_grouped_as_the_language_has_it(lang, written):
    assert format_number(1234567, lang) == written


def test_a_date_is_day_month_year():
    assert format_date(date(2020, 8, 3)) == "03/08/2020"


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2020, 8, 13, 16, 59, 59, tzinfo=UTC), date(2020, 8, 13)),
        (datetime(2020, 8, 13, 17, tzinfo=UTC), date(2020, 8, 14)),
        (datetime(2020, 12, 31, 17, tzinfo=UTC), date(2021, 1, 1)),
    ],
)
def test_a_day_begins_at_midnight_in_vietnam_which_is_five_in_the_afternoon_utc(moment, day):
    assert local_date(moment) == day
