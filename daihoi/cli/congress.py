"""`daihoi congress`: putting the congress on record, amending it, and the deadlines that follow."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import typer
from pymongo.errors import PyMongoError

from daihoi.cli import console
from daihoi.cli.asking import answering, ask, ask_why
from daihoi.cli.code_lists import publish_lists
from daihoi.cli.console import ActorOption, CommandIdOption, Format, LangOption, WaitForServiceOption
from daihoi.cli.groups import CommandGroup
from daihoi.cli.language import spoken
from daihoi.cli.sending import PatienceOption, send_and_print
from daihoi.cli.view_selection import SelectedViews, Selection, of_views, selecting, show_report
from daihoi.importing.congress_answers import (
    QUESTIONS,
    Answers,
    CongressFile,
    amended_answers,
    amendment_of,
    answers_of,
    check_answers,
    data_of,
    read_congress,
)
from daihoi.ops.session import PATIENCE_S, open_session
from daihoi.ops.waiting import until_all_in_views
from daihoi.terminal.congress_tables import congress_tables, deadlines_parts
from daihoi.terminal.labels import in_language
from services.subcommittee.code_list import NO_RIGHT, PublishList
from services.subcommittee.congress import NOT_FOUNDED, AmendCongress, Clearable, ConfirmDeadlines, FoundCongress
from services.subcommittee.templates import lists_to_publish
from services.tracker.projection.errors import ViewsBroken, as_written
from shared.domain.decider import Actor, Refusal
from shared.events.congress import Particulars
from shared.eventstore.rights import member_of
from shared.i18n import render, translate
from shared.platform.embedded import keeper_lives
from shared.platform.errors import PlatformError
from shared.platform.settings import Settings
from shared.reports.congress import CongressOnRecord, on_record, particulars_of
from shared.reports.deadlines import Deadlines, batches, deadlines_of
from shared.unit.commands import Answer
from shared.unit.patience import WAIT_FOR_SERVICE_S
from shared.unit.roles import may_give
from shared.values.code_lists import LIST_NAMES
from shared.values.message import Message
from shared.values.units import SUBCOMMITTEE

NOTHING_SAID = Refusal(
    "nothing_said", "Name --file, or say by options what is to be on record; questions are asked on a terminal only."
)
NO_REASON = Refusal("no_reason", "--reason says why; it is kept with the amendment.")
CONFIRM_NOW = Refusal("confirm_now", "--confirm is about now, so --at can't stand beside it.")
ON_RECORD = Message("on_record", "The congress is on record now.")
ON_RECORD_ALREADY = Message(
    "on_record_already",
    "The congress was put on record just so before; what was amended since, stays amended (`daihoi congress show`).",
)
ON_RECORD_BEFORE = Refusal(
    "congress_on_record_before",
    "«{title}» is on record already: `daihoi congress show` has it, and `daihoi congress amend` changes it.",
)
FORM_BY_DEFAULT = Message(
    "form_by_default",
    "Its papers are laid out as the Party's, as nothing else was said; `daihoi congress amend --form state` changes "
    "that.",
)
AMENDED = Message("amended", "The congress is amended.")
NOTHING_CHANGES = Message("nothing_changes", "Nothing changes: it is on record like that.")
LEFT_ALONE = Message(
    "list_left_alone", "The list «{list}» is on record already, and stays as it is; `daihoi lists` changes it."
)
LISTS_APART = Message("lists_apart", "The lists in the file are left alone: `daihoi lists` changes those on record.")
NONE_HAS_MOVED = Message(
    "none_has_moved",
    "No deadline has moved: `daihoi congress deadlines` shows those that follow from the opening day.",
)

congress = CommandGroup("The congress itself: new, show, amend, deadlines.")
FileOption = Annotated[
    Path | None,
    typer.Option(
        "--file",
        help="One file in JSON or YAML in place of questions: each field by its name, as `congress show --format "
        "json` has it; template; lists. docs/start.md shows one.",
    ),
]
WaitOption = Annotated[bool, typer.Option(help="Until it is in the views; exit 1 if it is not.")]


@congress.command("new")
@answering
def new(
    given: Answers,
    actor: ActorOption = "",
    file: FileOption = None,
    template: Annotated[
        str, typer.Option("--template", help="The set of lists that it begins with: party-congress or trade-union.")
    ] = "",
    command_id: CommandIdOption = None,
    wait: WaitOption = True,
    patience: PatienceOption = PATIENCE_S,
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    lang: LangOption = None,
) -> None:
    """Put the congress on record: title, term, place, days, and who issues its papers; and its lists, where a set or
    the file has them. Asks on a terminal."""
    settings, language = console.begin(lang)
    with console.refusals_are_wrong_use():
        content = read_congress(file) if file else CongressFile({})
        held = _held_if_there(settings)
        if held and not _is_whole(content.answers | given):
            raise ON_RECORD_BEFORE(title=in_language(held.title.vi, held.title.en, language))
        wishes = lists_to_publish(template or content.template, content.lists)
        _check_right_to_publish(wishes, actor)
        answers = content.answers | given
        if not answers and not _may_ask():
            raise NOTHING_SAID()
        answers = answers or ask({}, language)
        check_answers(answers)
        data = data_of(answers)
    tell = partial(_tell, done=ON_RECORD, same=ON_RECORD_ALREADY)
    give = partial(_give, settings, command_id, patience if wait else None, wait_for_service)
    give(FoundCongress.NAME, data, actor, tell)
    if "form" not in data and not held:
        console.say(render(FORM_BY_DEFAULT, language))
    if to_come := console.run(_not_on_record(settings, wishes)) if wishes else ():
        publish_lists(settings, to_come, actor, command_id, patience if wait else None, wait_for_service)


@congress.command("amend")
@answering
def amend(
    given: Answers,
    actor: ActorOption = "",
    reason: Annotated[str, typer.Option(help="Why; kept with the amendment.")] = "",
    file: FileOption = None,
    clear: Annotated[
        list[Clearable] | None, typer.Option("--clear", help="Take this off the record; several times for several.")
    ] = None,
    command_id: CommandIdOption = None,
    wait: WaitOption = True,
    patience: PatienceOption = PATIENCE_S,
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    lang: LangOption = None,
) -> None:
    """Change what is on record of the congress, with a reason; no deadline moves by it. Asks on a terminal."""
    settings, language = console.begin(lang)
    held = console.run(_held(settings))
    with console.refusals_are_wrong_use():
        if held is None:
            raise NOT_FOUNDED()
        answers = _answers_in(file) | given | {name.value: "" for name in clear or ()}
        if not answers and _may_ask():
            answers = ask(answers_of(held), language)
        elif not answers:
            raise NOTHING_SAID()
        check_answers(amended_answers(held, answers))
        changes = amendment_of(held, answers)
        if changes and not (reason := reason or (ask_why(language) if _may_ask() else "")):
            raise NO_REASON()
    if not changes:
        console.out.print(render(NOTHING_CHANGES, language))
        return
    tell = partial(_tell, done=AMENDED, same=NOTHING_CHANGES)
    give = partial(_give, settings, command_id, patience if wait else None, wait_for_service)
    give(AmendCongress.NAME, {**changes, "reason": reason}, actor, tell)
    if "opening_day" in changes:
        console.say(render(NONE_HAS_MOVED, language))


@congress.command("show")
@selecting
def show(selection: Selection) -> None:
    """What is on record of the congress, and its amendments with who made them and why."""

    def report(views: Mapping[str, Any], _: object) -> CongressOnRecord:
        if (recorded := on_record(views["congress"])) is None:
            raise NOT_FOUNDED()
        return recorded

    show_report(selection, of_views(("congress",), report), congress_tables)


@congress.command("deadlines")
@selecting
def deadlines(
    selection: Selection,
    with_all: Annotated[
        bool, typer.Option("--all", help="Also the deadlines that were agreed otherwise than they follow.")
    ] = False,
    confirm: Annotated[bool, typer.Option("--confirm", help="Do it; otherwise it is only told.")] = False,
    actor: ActorOption = "",
    past_because: Annotated[str, typer.Option("--past-because", help="Why some are over already.")] = "",
    patience: PatienceOption = PATIENCE_S,
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
) -> None:
    """The deadlines that follow from the opening day, before and after. Moves none, unless --confirm is given."""
    if confirm and selection.at is not None:
        console.refuse(CONFIRM_NOW())
    shown: list[Deadlines] = []

    async def question(selected: SelectedViews) -> Deadlines:
        report = of_views(("congress", "tasks"), lambda views, _: _deadlines(views, with_all))
        shown.append(await report(selected))
        return shown[0]

    show_report(selection, question, deadlines_parts)
    if confirm:
        tell = partial(_tell_confirmed, aside=selection.format is Format.JSON)
        give = partial(_give, console.read_settings(), None, patience, wait_for_service)
        for lines in batches(shown[0].lines):
            moves = [
                {
                    "unit": line.unit,
                    "task_id": line.id,
                    "replaces": _day(line.deadline),
                    "deadline": _day(line.follows),
                }
                for line in lines
            ]
            because = {"past_because": past_because} if past_because else {}
            data = {"opening_day": _day(shown[0].opening_day), "moves": moves, **because}
            give(ConfirmDeadlines.NAME, data, actor, partial(tell, len(moves)))


def _deadlines(views: Mapping[str, Any], with_all: bool) -> Deadlines:
    return deadlines_of(views["congress"], views["tasks"], with_those_by_hand=with_all)


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


# --- what is given, and to whom ---
def _answers_in(file: Path | None) -> Answers:
    """The answers in a file that may be the one that the congress was begun with: its lists are told to be left
    alone."""
    if file is None:
        return {}
    content = read_congress(file)
    if content.template or content.lists:
        console.say(render(LISTS_APART, spoken()))
    return content.answers


def _check_right_to_publish(wishes: Sequence[PublishList], actor: str) -> None:
    """Raises the refusal that would come once the congress is on record and its lists are not."""
    if wishes and actor and not may_give(Actor(actor, SUBCOMMITTEE), PublishList, SUBCOMMITTEE):
        raise NO_RIGHT(actor=actor)


async def _not_on_record(settings: Settings, wishes: Sequence[PublishList]) -> Sequence[PublishList]:
    """The wishes whose list nobody has published or changed yet; the others are told of."""
    async with open_session(settings, member_of(SUBCOMMITTEE)) as session:
        await until_all_in_views(session, SUBCOMMITTEE)
        changed = {document["_id"] for document in await session.views.documents("code_lists")}
    for wish in wishes:
        if wish.code_list in changed:
            console.say(render(LEFT_ALONE.filled(list=LIST_NAMES[wish.code_list]), spoken()))
    return [wish for wish in wishes if wish.code_list not in changed]


def _may_ask() -> bool:
    return console.err.is_terminal and sys.stdin.isatty()


def _is_whole(answers: Answers) -> bool:
    """Whether they answer all that has to be: what is on record may then be said again."""
    return all(answers.get(question.name, "").strip() for question in QUESTIONS if question.required)


def _held_if_there(settings: Settings) -> Particulars | None:
    """What is on record; nothing where the servers can't be asked, for the command that follows says why."""
    if settings.nats_url or keeper_lives(settings.data_dir.absolute()):
        with suppress(PlatformError, ViewsBroken, PyMongoError):
            return console.run(_held(settings))
    return None


async def _held(settings: Settings) -> Particulars | None:
    """What the views have on record: who sends commands may not read the ledger."""
    async with open_session(settings, member_of(SUBCOMMITTEE)) as session:
        await session.check_views()
        documents = await session.views.documents("congress")
        with as_written():
            return particulars_of(documents)


def _give(
    settings: Settings,
    command_id: UUID | None,
    patience_s: float | None,
    wait_for_service_s: float,
    command: str,
    data: dict[str, Any],
    actor: str,
    tell: Callable[[Answer], None],
) -> None:
    send_and_print(
        settings,
        SUBCOMMITTEE,
        command,
        data,
        actor=actor,
        command_id=command_id or uuid4(),
        patience_s=patience_s,
        wait_for_service_s=wait_for_service_s,
        tell=tell,
    )


def _tell(answer: Answer, *, done: Message, same: Message) -> None:
    console.out.print(render(done if answer.events else same, spoken()), soft_wrap=True)


def _tell_confirmed(count: int, answer: Answer, *, aside: bool) -> None:
    sentence = translate("Confirmed for {count} tasks; their units move the deadlines.", spoken(), count=count)
    (console.err if aside else console.out).print(sentence, soft_wrap=True)
