"""Which commands a service takes from people, what each is for in a sentence, and which of them make sense for a task
as it stands."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from shared.domain.decider import Actor, Command
from shared.domain.task import AGGREGATE, CLOSED, TaskStatus
from shared.domain.task.command import TaskCommand
from shared.entering.fields import GIVEN_BY_POLICIES
from shared.reports.lines import is_suspended
from shared.reports.my_work import pending_extension
from shared.unit.refusals import OFFERED
from shared.unit.roles import may_give
from shared.unit.service import UnitService
from shared.values.message import Message
from shared.views.view import Document

NOT_BY_HAND = GIVEN_BY_POLICIES | {"follow-scenario", "enter-task"}
"""What a service does of its own accord; a form for it would only be in the way."""


def offered_at(service: UnitService) -> Mapping[str, type[Command]]:
    """The commands that people may be offered a form for, by name."""
    commands = (*(command for each in service.aggregates for command in each.public_commands), *OFFERED)
    return {command.NAME: command for command in commands if command.NAME not in NOT_BY_HAND}


class Help(NamedTuple):
    """`title` is what a button says, `text` what the form says beneath."""

    title: Message
    text: Message


def _help(title: str, text: str) -> Help:
    return Help(Message("action", title), Message("help", text))


HELP: Mapping[str, Help] = {
    "open-task": _help("Open a task", "A piece of work that is not on the catalogue. It gets a number of its own."),
    "assign-task": _help(
        "Put in charge",
        "Name the collective and the individual, by position, who answer for the task, and who lends a hand.",
    ),
    "set-deadline": _help(
        "Set the deadline",
        "The day on which the work has to be done. It is set once; later it is extended or brought forward.",
    ),
    "fund-task": _help("Guarantee funding", "How much money is guaranteed for the task, and from which source."),
    "request-extension": _help(
        "Ask for an extension",
        "Ask for a later deadline and say why. The head or a deputy decides; the original deadline stays on record.",
    ),
    "grant-extension": _help("Grant the extension", "The deadline moves as it was asked for."),
    "refuse-extension": _help("Refuse the extension", "The deadline stays. Say why, so that whoever asked knows."),
    "shorten-deadline": _help("Bring the deadline forward", "An earlier deadline, with the reason."),
    "start-task": _help("Start", "The work has begun. Somebody has to be in charge first."),
    "report-progress": _help("Report progress", "How far the work is, in percent, and a word on it where one helps."),
    "block-task": _help(
        "Report as blocked",
        "The work can't go on. Say what holds it up; where it goes on all the same, record an obstacle instead.",
    ),
    "unblock-task": _help("Take up again", "What blocked the work is out of the way."),
    "submit-task": _help(
        "Hand in", "The work is done. Show it with files or links; somebody else accepts or returns it."
    ),
    "complete-task": _help("Accept", "The work that was handed in is accepted, and the task is completed."),
    "return-task": _help("Return", "The work has to be mended. Say what is missing."),
    "cancel-task": _help("Cancel", "The task is given up. It stays on record and can be reopened."),
    "reopen-task": _help("Reopen", "The task was closed and has to be worked on again. Say why."),
    "require-clearance": _help(
        "Needs a security clearance",
        "The task can't be completed before security has cleared it. Describe what is to be cleared, or name the "
        "clearance that is requested already.",
    ),
    "drop-clearance": _help("Do without the clearance", "The task can be completed without it. Say why."),
    "describe-task": _help(
        "Describe the task",
        "What the task brings about, who directs it, and a remark. This replaces all three.",
    ),
    "open-obstacle": _help(
        "Record an obstacle", "What stands in the way, why, and what is proposed to whom. The task is not stopped."
    ),
    "resolve-obstacle": _help("Resolved", "Say how the obstacle was overcome."),
    "comment-on-task": _help("Give a comment", "A word on the task for everybody who works on it."),
    "instruct-task": _help("Give an instruction", "What the head of the unit wants done, and by when."),
    "add-dependency": _help(
        "Comes after another task", "This task can't be completed before that one is completed or cancelled."
    ),
    "drop-dependency": _help("Does not wait any more", "The task can be completed before the other one."),
    "add-checklist-item": _help("Add a step", "One step of the work, to be ticked once it is done."),
    "tick-checklist-item": _help("Tick", "The step is done."),
    "untick-checklist-item": _help("Untick", "The step is not done after all."),
    "drop-checklist-item": _help("Take off", "The step is not needed."),
    "correct-task": _help(
        "Correct the record",
        "Put right what was recorded wrongly. Both values stay on record. What has changed since is no error: there "
        "are actions for it.",
    ),
}
ABOUT_AN_ENTRY = frozenset(("obstacle_id", "clearance_id", "on", "item_id"))
"""Fields that a link may fill in for good: which entry of a task it is about."""

WORK, ESSENTIALS, NOTES, MORE = "work", "essentials", "notes", "more"
GROUPS: Mapping[str, Sequence[str]] = {
    WORK: (
        *("start-task", "report-progress", "unblock-task", "submit-task", "complete-task", "return-task"),
        *("block-task", "reopen-task"),
    ),
    ESSENTIALS: (
        *("assign-task", "set-deadline", "grant-extension", "refuse-extension", "request-extension", "fund-task"),
        *("shorten-deadline", "describe-task"),
    ),
    NOTES: ("comment-on-task", "open-obstacle", "add-checklist-item", "instruct-task"),
    MORE: ("require-clearance", "add-dependency", "correct-task", "cancel-task"),
}
GROUP_TITLES = {
    ESSENTIALS: Message("essentials", "Essentials, deadline"),
    NOTES: Message("notes", "Notes and obstacles"),
    MORE: Message("more", "More actions"),
}
LED_TO = frozenset(("start-task", "submit-task", "complete-task", "reopen-task", "unblock-task", "grant-extension"))
"""What is most likely next."""


_TASK_COMMANDS = {command.NAME: command for command in AGGREGATE.commands}


class Action(NamedTuple):
    name: str
    title: Message
    is_next: bool


def actions_for(task: Document, actor: Actor, service: str) -> Mapping[str, Sequence[Action]]:
    """What this actor may do with the task as it stands, by group; the service has the last word."""
    next_one = _next(task, actor)
    return {
        group: actions
        for group, names in GROUPS.items()
        if (
            actions := [
                Action(name, HELP[name].title, name == next_one or name in LED_TO)
                for name in names
                if may_give(actor, _TASK_COMMANDS[name], service) and _fits(name, task, actor)
            ]
        )
    }


def _next(task: Document, actor: Actor) -> str:
    if task["status"] == TaskStatus.OPEN:
        return "start-task" if task["collective"] else "assign-task"
    return "report-progress" if task["status"] == TaskStatus.IN_PROGRESS and task["percent"] < 100 else ""


def _fits(name: str, task: Document, actor: Actor) -> bool:
    check = _FITS.get(name)
    is_live = task["status"] not in CLOSED
    return check(task, actor) if check else is_live


def _is(*statuses: TaskStatus) -> Callable[[Document, Actor], bool]:
    return lambda task, _: task["status"] in statuses and not is_suspended(task)


def _handed_in_by_another(task: Document, actor: Actor) -> bool:
    return _is(TaskStatus.SUBMITTED)(task, actor) and task["submitted_by"] != actor.id


def _asked_by_another(task: Document, actor: Actor) -> bool:
    requested = pending_extension(task)
    return requested is not None and requested["requested_by"] != actor.id


def _can_be_extended(task: Document, _: Actor) -> bool:
    return task["status"] not in CLOSED and task["deadline"] is not None and pending_extension(task) is None


_FITS: Mapping[str, Callable[[Document, Actor], bool]] = {
    "start-task": lambda task, actor: _is(TaskStatus.OPEN)(task, actor) and bool(task["collective"]),
    "report-progress": _is(TaskStatus.IN_PROGRESS),
    "block-task": _is(TaskStatus.OPEN, TaskStatus.IN_PROGRESS),
    "unblock-task": _is(TaskStatus.BLOCKED),
    "submit-task": _is(TaskStatus.IN_PROGRESS),
    "complete-task": _handed_in_by_another,
    "return-task": _handed_in_by_another,
    "reopen-task": lambda task, _: task["status"] in CLOSED,
    "set-deadline": lambda task, _: task["status"] not in CLOSED and task["original_deadline"] is None,
    "grant-extension": _asked_by_another,
    "refuse-extension": _asked_by_another,
    "request-extension": _can_be_extended,
    "shorten-deadline": _can_be_extended,
    "comment-on-task": lambda *_: True,
    "correct-task": lambda *_: True,
}


def may_do(actor: Actor, name: str, service: str) -> bool:
    """Whether this command on a task is this actor's to give there."""
    return may_give(actor, _TASK_COMMANDS[name], service)


def is_about_a_task(command: type[Command]) -> bool:
    return issubclass(command, TaskCommand)
