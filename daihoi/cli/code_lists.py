"""`daihoi lists`: the code lists of the congress, what is on them, and changing them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

import typer

from daihoi.cli import console
from daihoi.cli.console import ActorOption, CommandIdOption, LangOption, WaitForServiceOption
from daihoi.cli.groups import CommandGroup
from daihoi.cli.language import spoken
from daihoi.cli.listed import take_names_if_there
from daihoi.cli.sending import PatienceOption, send_and_print
from daihoi.cli.view_selection import Selection, of_views, selecting, show_report
from daihoi.importing.congress_answers import MOST_BYTES, loaded
from daihoi.importing.list_entries import entries_in, entries_in_table
from daihoi.ops.session import PATIENCE_S
from daihoi.terminal.code_lists import entries_parts, lists_table
from services.subcommittee.code_list import AddEntry, AmendEntry, PublishList, RestoreEntry, RetireEntry
from services.subcommittee.templates import ListEntries, publishing
from shared.i18n import render
from shared.platform.reading import read_file
from shared.platform.settings import Settings
from shared.reports.code_lists import ListLine, ListPage, list_lines, list_page
from shared.unit.commands import Answer
from shared.unit.patience import WAIT_FOR_SERVICE_S
from shared.values.code_lists import LIST_NAMES, CodeList, Entries, entries_to_choose, name_of
from shared.values.message import Message
from shared.values.names_in_use import names_in_use
from shared.values.units import SUBCOMMITTEE
from shared.views.view import Document

CHANGED = Message("list_changed", "The list «{list}» is changed.")
PUBLISHED = Message("list_published", "The list «{list}» is published, with {count} entries.")
RETIRED = Message(
    "entries_retired", "Retired: {entries}. What is on record of them stays; `daihoi lists restore` takes one back."
)
AS_IT_WAS = Message("list_as_it_was", "The list «{list}» was like that already.")

lists = CommandGroup(
    "The congress's own lists of units, cases, channels and the like: show, add, amend, retire, restore, publish.",
    no_args_is_help=False,
)
ListArgument = Annotated[CodeList, typer.Argument(metavar="LIST", help="The list, by its id.")]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The entry's id, which never changes.")]
ViOption = Annotated[str, typer.Option("--vi", help="Its name in Vietnamese.")]
EnOption = Annotated[str, typer.Option("--en", help="Its name in English.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept with the change.")]


@lists.callback(invoke_without_command=True)
@selecting
def every_list(selection: Selection, context: typer.Context) -> None:
    """Every list, and how many entries it has."""
    if context.invoked_subcommand:
        return

    def report(views: Mapping[str, Sequence[Document]], _: object) -> list[ListLine]:
        return list_lines(views["code_lists"])

    show_report(selection, of_views(("code_lists",), report), lists_table)


@lists.command("show")
@selecting
def show_list(
    selection: Selection,
    code_list: ListArgument,
    with_retired: Annotated[bool, typer.Option("--all", help="With the retired entries.")] = False,
) -> None:
    """The entries of one list, in the order of every report."""

    def report(views: Mapping[str, Sequence[Document]], _: object) -> ListPage:
        return list_page(views["code_lists"], code_list, with_retired=with_retired)

    show_report(selection, of_views(("code_lists",), report), entries_parts)


@lists.command("add")
def add(
    code_list: ListArgument,
    entry_id: IdArgument,
    vi: ViOption,
    en: EnOption = "",
    actor: ActorOption = "",
    command_id: CommandIdOption = None,
    patience: PatienceOption = PATIENCE_S,
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    lang: LangOption = None,
) -> None:
    """Put an entry at the end of a list."""
    data = {"entry_id": entry_id, "name": {"vi": vi, "en": en}}
    settings, _ = console.begin(lang)
    _give(settings, AddEntry.NAME, code_list, data, actor, command_id, patience, wait_for_service)


@lists.command("amend")
def amend(
    code_list: ListArgument,
    entry_id: IdArgument,
    vi: ViOption,
    reason: ReasonOption,
    en: EnOption = "",
    actor: ActorOption = "",
    command_id: CommandIdOption = None,
    patience: PatienceOption = PATIENCE_S,
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    lang: LangOption = None,
) -> None:
    """Give an entry another name; its id stays."""
    data = {"entry_id": entry_id, "name": {"vi": vi, "en": en}, "reason": reason}
    settings, _ = console.begin(lang)
    _give(settings, AmendEntry.NAME, code_list, data, actor, command_id, patience, wait_for_service)


@lists.command("retire")
def retire(
    code_list: ListArgument,
    entry_id: IdArgument,
    reason: ReasonOption,
    actor: ActorOption = "",
    command_id: CommandIdOption = None,
    patience: PatienceOption = PATIENCE_S,
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    lang: LangOption = None,
) -> None:
    """Take an entry out of use: what names it keeps it, and nothing new names it."""
    settings, _ = console.begin(lang)
    data = {"entry_id": entry_id, "reason": reason}
    _give(settings, RetireEntry.NAME, code_list, data, actor, command_id, patience, wait_for_service)


@lists.command("restore")
def restore(
    code_list: ListArgument,
    entry_id: IdArgument,
    reason: ReasonOption,
    actor: ActorOption = "",
    command_id: CommandIdOption = None,
    patience: PatienceOption = PATIENCE_S,
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    lang: LangOption = None,
) -> None:
    """Take a retired entry into use again."""
    settings, _ = console.begin(lang)
    data = {"entry_id": entry_id, "reason": reason}
    _give(settings, RestoreEntry.NAME, code_list, data, actor, command_id, patience, wait_for_service)


@lists.command("publish")
def publish(
    code_list: ListArgument,
    file: Annotated[Path, typer.Argument(help="Its entries, as CSV, JSON or YAML: id, vi, en.")],
    actor: ActorOption = "",
    command_id: CommandIdOption = None,
    patience: PatienceOption = PATIENCE_S,
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    lang: LangOption = None,
) -> None:
    """Publish a whole list, in the order of the file; entries that are not in it are retired. The list of cases
    always has «none»."""
    settings, _ = console.begin(lang)
    with console.refusals_are_wrong_use():
        wish = publishing(code_list, _entries_of(file, code_list))
    take_names_if_there()
    publish_lists(settings, (wish,), actor, command_id, patience, wait_for_service)


def _entries_of(file: Path, code_list: CodeList) -> ListEntries:
    """Raises a refusal."""
    if file.suffix.lower() == ".csv":
        return entries_in_table(read_file(file, MOST_BYTES, or_pipe=True), code_list)
    return entries_in(loaded(file), code_list)


def publish_lists(
    settings: Settings,
    wishes: Sequence[PublishList],
    actor: str,
    command_id: UUID | None,
    patience_s: float | None,
    wait_for_service_s: float,
) -> None:
    """Publishes one list after the other, and tells of each; waits for the views once, after the last. Given again,
    it goes on with those that are not published yet."""
    for number, wish in enumerate(wishes, start=1):
        send_and_print(
            settings,
            SUBCOMMITTEE,
            PublishList.NAME,
            wish.model_dump(mode="json", exclude_none=True),
            actor=actor,
            command_id=uuid5(command_id, wish.code_list) if command_id else uuid4(),
            patience_s=patience_s if number == len(wishes) else None,
            wait_for_service_s=wait_for_service_s,
            tell=partial(_tell_of_published, wish, _retired_by(wish)),
        )


def _give(
    settings: Settings,
    command: str,
    code_list: CodeList,
    data: dict[str, Any],
    actor: str,
    command_id: UUID | None,
    patience_s: float,
    wait_for_service_s: float,
) -> None:
    send_and_print(
        settings,
        SUBCOMMITTEE,
        command,
        {"code_list": code_list.value, **data},
        actor=actor,
        command_id=command_id or uuid4(),
        patience_s=patience_s,
        wait_for_service_s=wait_for_service_s,
        tell=_telling(CHANGED, code_list),
    )


def _retired_by(wish: PublishList) -> Entries:
    """What leaves the list, where it is known from the congress itself what was on it."""
    staying = {entry.id for entry in wish.entries if not entry.retired}
    before = entries_to_choose(wish.code_list) if names_in_use() and not wish.template else ()
    return tuple(entry for entry in before if entry.id not in staying)


def _tell_of_published(wish: PublishList, retired: Entries, answer: Answer) -> None:
    count = sum(not entry.retired for entry in wish.entries)
    _tell(PUBLISHED.filled(list=LIST_NAMES[wish.code_list], count=count), wish.code_list, answer)
    if retired and answer.events:
        names = "; ".join(f"{name_of(wish.code_list, entry.id, spoken())} ({entry.id})" for entry in retired)
        console.out.print(render(RETIRED.filled(entries=names), spoken()), soft_wrap=True)


def _telling(done: Message, code_list: CodeList, **params: object) -> Callable[[Answer], None]:
    return partial(_tell, done.filled(list=LIST_NAMES[code_list], **params), code_list)


def _tell(done: Message, code_list: CodeList, answer: Answer) -> None:
    message = done if answer.events else AS_IT_WAS.filled(list=LIST_NAMES[code_list])
    console.out.print(render(message, spoken()), soft_wrap=True)
