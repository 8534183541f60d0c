"""What has to be done before: tasks wait for others of their unit, never in a circle."""

import pytest

from shared.domain import task
from shared.domain.task import AGGREGATE, MOST_DEPENDENCIES
from shared.events.task import (
    DependencyAdded,
    DependencyDropped,
    ScenarioFollowed,
    TaskCancelled,
    TaskCompleted,
    TaskReopened,
)
from shared.i18n import render
from tests.congress import life_of_a_task
from tests.domain.scenario import LEAD, OFFICER, accepting, given, rejecting, silent_on

LIFE = life_of_a_task(1)
OPEN, STARTED, SUBMITTED, COMPLETED = (tuple(LIFE[:upto]) for upto in (1, 5, 7, 8))
CANCELLED = (*OPEN, TaskCancelled(reason="Trùng việc"))
WAITING = (*OPEN, DependencyAdded(on="b"))
DROPPED = (*WAITING, DependencyDropped(on="b"))
FULL = (*OPEN, *(DependencyAdded(on=f"t-{number}") for number in range(MOST_DEPENDENCIES)))


def unit_of(**tasks: tuple) -> dict:
    """The tasks of the unit beside the one that is decided on."""
    return {("task", name): AGGREGATE.fold(history) for name, history in tasks.items()}


def waiting_for(*others: str) -> tuple:
    return (*OPEN, *(DependencyAdded(on=other) for other in others))


def adds(on: str, task_id: str = "a") -> task.AddDependency:
    return task.AddDependency(task_id=task_id, on=on)


def drops(on: str) -> task.DropDependency:
    return task.DropDependency(task_id="a", on=on)


UNIT = unit_of(a=WAITING, b=OPEN, c=waiting_for("a"), d=waiting_for("b"), x=OPEN)
COMPLETE = task.CompleteTask(task_id="a")

ACCEPTED = {
    "a task waits for another": (OPEN, adds("b"), OFFICER, WAITING[-1]),
    "a task waits for one that waits for another": (WAITING, adds("d"), OFFICER, DependencyAdded(on="d")),
    "a task waits again for what was dropped": (DROPPED, adds("b"), OFFICER, WAITING[-1]),
    "a task waits no longer": (WAITING, drops("b"), OFFICER, DROPPED[-1]),
    "what is dropped makes no room, but may come back": (
        (*FULL, DependencyAdded(on="x"), DependencyDropped(on="x")), adds("x"), OFFICER, DependencyAdded(on="x"),
    ),
}  # fmt: skip

REJECTED = [
    *(
        (history, command, LEAD, code)
        for command in (adds("b"), drops("b"))
        for history, code in (((), "task_not_found"), (COMPLETED, "task_closed"), (CANCELLED, "task_closed"))
    ),
    (OPEN, adds("a"), OFFICER, "depends_on_itself"),
    (OPEN, adds("nowhere"), OFFICER, "dependency_unknown"),
    (OPEN, adds("c"), OFFICER, "dependency_circle"),
    (FULL, adds("b"), OFFICER, "task_dependencies_full"),
    (OPEN, drops("b"), OFFICER, "dependency_not_found"),
    ((*SUBMITTED, WAITING[-1]), COMPLETE, LEAD, "dependencies_undone"),
]


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).seeing(UNIT).when(command, actor).then(event)
    given(AGGREGATE, *history, event).seeing(UNIT).when(command, actor).nothing_happened()


@silent_on({"what was dropped is dropped again": (DROPPED, drops("b"), OFFICER)})
def test_nothing_happens_when(history, command, actor):
    given(AGGREGATE, *history).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_refused(history, command, actor, code):
    given(AGGREGATE, *history).seeing(UNIT).when(command, actor).rejected(code)


@pytest.mark.parametrize(
    ("tasks", "path"),
    [
        ({"b": waiting_for("a")}, "a → b → a"),
        ({"b": waiting_for("c"), "c": waiting_for("a")}, "a → b → c → a"),
        ({"b": waiting_for("long", "c"), "c": waiting_for("a"), "long": waiting_for("c")}, "a → b → c → a"),
        (
            {
                **{f"b{n}": waiting_for(f"b{n + 1}") for n in range(40)},
                "b": waiting_for("b0"),
                "b40": waiting_for("a"),
            },
            "a → b → b0 → b1 → b2 → b3 → b4 → b5 → b6 → b7 → … → "
            "b32 → b33 → b34 → b35 → b36 → b37 → b38 → b39 → b40 → a",
        ),
    ],
)
def test_a_circle_is_refused_with_the_shortest_way_round_of_a_long_one_both_ends(tasks, path):
    outcome = given(AGGREGATE, *OPEN).seeing(unit_of(**tasks)).when(adds("b"))
    outcome.rejected("dependency_circle")
    for lang in ("vi", "en"):
        assert path in render(outcome.refused.message, lang)


def test_a_circle_that_two_made_at_once_is_gone_round_only_once():
    """Nothing keeps what a decision has seen from changing before it is written."""
    tasks = unit_of(b=waiting_for("c"), c=waiting_for("b"))
    given(AGGREGATE, *OPEN).seeing(tasks).when(adds("b")).then(DependencyAdded(on="b"))


def test_the_refusal_to_complete_names_each_task_that_is_not_done_and_how_it_stands():
    waits = tuple(DependencyAdded(on=other) for other in ("b", "c", "d", "e", "f"))
    suspended = ScenarioFollowed(switch=1, scenario="outbreak", suspended=True, planned_vnd=1)
    tasks = unit_of(b=OPEN, c=COMPLETED, d=(*STARTED, suspended), e=CANCELLED, f=SUBMITTED)
    outcome = given(AGGREGATE, *SUBMITTED, *waits).seeing(tasks).when(COMPLETE, LEAD)
    outcome.rejected("dependencies_undone")
    words = {
        "en": "b (not started); d (suspended); f (submitted).",
        "vi": "b (chưa triển khai); d (tạm dừng); f (chờ xác nhận).",
    }
    for lang, told in words.items():
        assert render(outcome.refused.message, lang).endswith(f": {told}")


@pytest.mark.parametrize("other", [COMPLETED, CANCELLED])
def test_a_task_is_completed_once_what_it_waits_for_is_closed(other):
    waiting = given(AGGREGATE, *SUBMITTED, WAITING[-1])
    waiting.seeing(unit_of(b=other)).when(COMPLETE, LEAD).then(TaskCompleted())
    again = (*other, TaskReopened(reason="Cần lại"))
    waiting.seeing(unit_of(b=again)).when(COMPLETE, LEAD).rejected("dependencies_undone")
