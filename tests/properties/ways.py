"""The shortest way to where a command is accepted: what has to be done before, and by whom, as the rules say."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings

from services.logistics import expenses, resources
from services.propaganda import publications
from services.security import incidents
from services.subcommittee import congress, duty, meeting, organisation
from shared.domain import document, review, task
from shared.domain.decider import Actor, Aggregate, Command
from tests.contract.units import SERVICE_AGGREGATES
from tests.domain.test_histories import BY_NAME
from tests.properties.history import History, Wanted
from tests.properties.wishes import commands_of

NOBODY = UUID(int=0)
EXAMPLES_OF_EACH = 8
MOST_STEPS = 6
ONLY_POLICIES_MAY = {"follow-scenario", "record-switch", "confirm-switch", "move-deadline", "note-instruction"}
"""No way that callers go leads there."""
POSITIONS = ("member", "lead")
"""Who asks, and who decides."""


class Step(NamedTuple):
    """A command that is accepted where it is given, and who gives it: a position of the service."""

    command: Command
    position: str

    def renamed(self, mark: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
        """What is sent, or this `data` instead. All names end with `mark`, so that the same way can be gone again
        beside this one."""
        renamed: dict[str, Any] = with_mark(data or self.command.model_dump(mode="json"), mark)
        return renamed


X, R = {"task_id": "x"}, {"review_id": "r"}
OPEN_TASK = Step(
    task.OpenTask(
        **X,
        title={"vi": "x"},
        group={"number": 1, "name": {"vi": "x"}},
        phase="before",
        scenario="both",
        planned_vnd=1,
    ),
    "member",
)
OPEN_REVIEW = Step(review.OpenReview(**R, directive_id="d"), "member")
OPEN_ANOTHER = OPEN_TASK._replace(command=OPEN_TASK.command.model_copy(update={"task_id": "y"}))
ADD_DEPENDENCY = Step(task.AddDependency(**X, on="y"), "member")
OPEN_OBSTACLE = Step(task.OpenObstacle(**X, obstacle_id="o", what="x"), "member")
ITEM = {"item_id": "i"}
ADD_ITEM = Step(task.AddChecklistItem(**X, **ITEM, text="x"), "member")
TICK_ITEM = Step(task.TickChecklistItem(**X, **ITEM), "member")


def way_of(*steps: Step) -> dict[type[Command], list[Step]]:
    """To the last of these steps on a task, by its command."""
    return {type(steps[-1].command): [OPEN_TASK, *steps]}


def corrections_of(*steps: Step | Command) -> dict[type[Command], list[Step]]:
    """To the correction at the end of these steps, which the lead gives."""
    *before, last = steps
    return {type(last): [*before, Step(last, "lead")]}


HALL = {"resource_id": "h"}
REGISTER_HALL = Step(resources.RegisterResource(**HALL, kind="hall", name={"vi": "x"}, capacity=1), "member")
ESTIMATE = Step(expenses.EstimateExpense(**X, amount_vnd=1, guaranteed_vnd=1, funding_source="x"), "member")


BY_HAND: dict[type[Command], list[Step]] = {
    review.CloseReview: [
        OPEN_TASK,
        Step(task.AssignTask(**X, collective="x", individual="x"), "member"),
        Step(task.SetDeadline(**X, deadline="2020-09-30"), "member"),
        Step(task.FundTask(**X, secured_vnd=1, funding_source="x"), "member"),
        OPEN_REVIEW,
        Step(review.CloseReview(**R), "lead"),
    ],
    congress.ConfirmDeadlines: [
        Step(
            congress.FoundCongress(
                title={"vi": "x"}, ordinal="x", term="2020-2025", issuing_body={"vi": "x"}, issuer_code="x"
            ),
            "member",
        ),
        Step(congress.AmendCongress(opening_day="2020-09-24", cleared=["closing_day"], reason="x"), "lead"),
        Step(
            congress.ConfirmDeadlines(
                opening_day="2020-09-24",
                moves=[{"unit": "logistics", "task_id": "x", "deadline": "2020-09-30"}],
                past_because="x",
            ),
            "lead",
        ),
    ],
    duty.HandOutDuty: [
        Step(organisation.RegisterOrganisation(organisation_id="o", kind="locality", name={"vi": "x"}), "member"),
        Step(organisation.AddPosition(organisation_id="o", position="x"), "member"),
        Step(
            duty.HandOutDuty(unit="logistics", duty="sanitation", phases=[{"phase": "before"}], localities=["o"]),
            "lead",
        ),
    ],
    review.EnterTask: [OPEN_REVIEW, OPEN_TASK, Step(review.EnterTask(**R, **X), "member")],
    **way_of(Step(task.DescribeTask(**X, product="x"), "member")),
    **way_of(
        Step(task.SetDeadline(**X, deadline="2020-09-30"), "member"),
        Step(task.ShortenDeadline(**X, deadline="2020-09-29", reason="x"), "lead"),
    ),
    **way_of(OPEN_OBSTACLE),
    **way_of(OPEN_OBSTACLE, Step(task.ResolveObstacle(**X, obstacle_id="o", resolution="x"), "member")),
    **way_of(Step(task.CommentOnTask(**X, comment_id="c", text="x"), "member")),
    **way_of(Step(task.InstructTask(**X, instruction_id="i", text="x"), "lead")),
    **way_of(OPEN_ANOTHER, ADD_DEPENDENCY),
    **way_of(OPEN_ANOTHER, ADD_DEPENDENCY, Step(task.DropDependency(**X, on="y"), "member")),
    **way_of(ADD_ITEM),
    **way_of(ADD_ITEM, TICK_ITEM),
    **way_of(ADD_ITEM, TICK_ITEM, Step(task.UntickChecklistItem(**X, **ITEM), "member")),
    **way_of(ADD_ITEM, Step(task.DropChecklistItem(**X, **ITEM), "member")),
    **way_of(Step(task.CorrectTask(**X, planned_vnd=2, reason="x"), "lead")),
    **corrections_of(ESTIMATE, expenses.corrections.CorrectEstimate(**X, amount_vnd=2, reason="x")),
    **corrections_of(
        ESTIMATE,
        Step(expenses.AdvanceMoney(**X, advance_id="a", amount_vnd=1, recipient="x", purpose="x"), "lead"),
        expenses.corrections.CorrectAdvance(**X, advance_id="a", recipient="y", reason="x"),
    ),
    **corrections_of(
        ESTIMATE,
        Step(expenses.RecordSpending(**X, spending_id="s", amount_vnd=1, payee="x", voucher="x"), "lead"),
        expenses.corrections.CorrectSpending(**X, spending_id="s", payee="y", reason="x"),
    ),
    **corrections_of(REGISTER_HALL, resources.CorrectResource(**HALL, capacity=2, reason="x")),
    **corrections_of(
        REGISTER_HALL,
        Step(
            resources.ReserveResource(
                **HALL,
                reservation_id="b",
                starts="2020-09-25T01:00:00Z",
                ends="2020-09-25T02:00:00Z",
                purpose="x",
            ),
            "member",
        ),
        resources.CorrectReservation(**HALL, reservation_id="b", purpose="y", reason="x"),
    ),
    **corrections_of(
        Step(incidents.ReportIncident(incident_id="i", place="x", kind="fire", details="x"), "member"),
        incidents.CorrectIncident(incident_id="i", kind="drill", reason="x"),
    ),
    **corrections_of(
        Step(
            meeting.RecordMeeting(meeting_id="m", title={"vi": "x"}, held_on="2020-08-14", chair={"position": "x"}),
            "member",
        ),
        meeting.CorrectMeeting(meeting_id="m", held_on="2020-08-13", reason="x"),
    ),
    **corrections_of(
        Step(
            document.IssueDocument(symbol="76-KH/TU", kind="Kế hoạch", title={"vi": "x"}, issuer="x"),
            "member",
        ),
        document.CorrectDocument(document_id="76-KH-TU", issuer="y", reason="x"),
    ),
    **corrections_of(
        Step(publications.ProposePublication(publication_id="p", channel="press", title={"vi": "x"}), "member"),
        publications.CorrectPublication(publication_id="p", channel="portal", reason="x"),
    ),
    **corrections_of(
        Step(organisation.RegisterOrganisation(organisation_id="o", kind="agency", name={"vi": "x"}), "member"),
        organisation.CorrectOrganisation(organisation_id="o", kind="body", reason="x"),
    ),
    **corrections_of(
        Step(organisation.RegisterOrganisation(organisation_id="o", kind="agency", name={"vi": "x"}), "member"),
        Step(organisation.AddPosition(organisation_id="o", position="x"), "member"),
        Step(
            organisation.holding.HoldPosition(organisation_id="o", position="x", person="x", since="2020-01-01"),
            "lead",
        ),
        organisation.CorrectHolder(organisation_id="o", position="x", person="y", reason="x"),
    ),
    **corrections_of(
        Step(organisation.RegisterOrganisation(organisation_id="o", kind="agency", name={"vi": "x"}), "member"),
        Step(organisation.AddPosition(organisation_id="o", position="x"), "member"),
        organisation.CorrectPosition(organisation_id="o", position="x", right_name="y", reason="x"),
    ),
}
"""Ways over several aggregates, which nobody looks for; one that leads there whatever day the congress opens; and
what may happen to a task at any time: together it would be tried in every order."""


@cache
def examples(command: type[Command]) -> Sequence[Command]:
    """The same few commands on every run, the simplest first."""
    found: list[Command] = []

    @settings(
        max_examples=EXAMPLES_OF_EACH,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(commands_of(command))
    def collect(each: Command) -> None:
        if each not in found:
            found.append(each)

    collect()
    return sorted(found, key=lambda each: len(each.model_dump_json()))


def positions(service: str) -> list[Actor]:
    return [Actor(f"{service}.{position}", service) for position in POSITIONS]


def steps_of(command: type[Command], service: str, history: History) -> Iterator[tuple[Step, list[Wanted]]]:
    """Each way of giving this command in which something comes of it."""
    for each in examples(command):
        for actor in positions(service):
            outcome = history.outcome(each, NOBODY, actor)
            if isinstance(outcome, list) and outcome:
                yield Step(each, actor.id.partition(".")[2]), outcome


@cache
def all_ways() -> dict[type[Command], list[Step]]:
    """Per command the way to it, the command itself last. What several units have is looked for in one of them;
    commands to which no way leads are left out."""
    ways: dict[type[Command], list[Step]] = {}
    for service, aggregates in SERVICE_AGGREGATES.items():
        opened = _opened(service, aggregates)
        found: dict[type[Command], list[Step]] = {}
        for aggregate in aggregates:
            if not aggregate.internal and not ways.keys() & set(aggregate.commands):
                _search(service, aggregate, aggregates, opened, found)
                _search_beside(service, aggregate, aggregates, found)
        for last in set(BY_HAND) - ways.keys():
            if any(last in aggregate.commands for aggregate in aggregates):
                found[last] = replayed(service, aggregates, BY_HAND[last])[1]
        ways |= {command: _shortened(service, aggregates, way) for command, way in found.items()}
    return ways


def _opened(service: str, aggregates: Sequence[Aggregate]) -> list[Step]:
    """Each aggregate begun, where a caller may begin it: what others need of it is there."""
    history, way = History(aggregates), []
    commands = [command for aggregate in aggregates if not aggregate.internal for command in aggregate.commands]
    while True:
        begun = {key[0] for key in history.states}
        new = next(
            (
                (step, outcome)
                for command in commands
                if command.ENTITY not in begun
                for step, outcome in steps_of(command, service, history)
            ),
            None,
        )
        if new is None:
            return way
        way.append(new[0])
        history = history.after(new[1])


def _search(
    service: str,
    aggregate: Aggregate,
    aggregates: Sequence[Aggregate],
    opened: list[Step],
    found: dict[type[Command], list[Step]],
) -> None:
    """From two beginnings, nothing and everything begun, breadth first. Where the same can be done as somewhere else
    nobody looks further."""
    looked_for = [
        command for command in aggregate.commands if command not in BY_HAND and command.NAME not in ONLY_POLICIES_MAY
    ]
    level: list[tuple[History, list[Step]]] = [(History(aggregates), []), replayed(service, aggregates, opened)]
    seen: set[frozenset[tuple[str, str]]] = set()
    for _ in range(MOST_STEPS):
        following: list[tuple[History, list[Step]]] = []
        for history, way in level:
            possible: dict[tuple[str, str], tuple[Step, list[Wanted]]] = {}
            for command in looked_for:
                for step, outcome in steps_of(command, service, history):
                    possible.setdefault((command.NAME, step.position), (step, outcome))
            for step, _ in possible.values():
                found.setdefault(type(step.command), [*way, step])
            if found.keys() >= set(looked_for):
                return
            if (here := frozenset(possible)) not in seen:
                seen.add(here)
                following += [(history.after(outcome), [*way, step]) for step, outcome in possible.values()]
        level = following


def _search_beside(
    service: str, aggregate: Aggregate, aggregates: Sequence[Aggregate], found: dict[type[Command], list[Step]]
) -> None:
    """What nothing of its own leads to may need just one step of another aggregate."""
    nothing = History(aggregates)
    others = [command for each in aggregates if not each.internal for command in each.commands]
    for missing in [command for command in aggregate.commands if command not in found.keys() | BY_HAND.keys()]:
        for command in others:
            for step, outcome in steps_of(command, service, nothing):
                for last, _ in steps_of(missing, service, nothing.after(outcome)):
                    found.setdefault(missing, [step, last])


def replayed(service: str, aggregates: Sequence[Aggregate], way: Sequence[Step]) -> tuple[History, list[Step]]:
    """What follows from a way, and those of its steps that led to something."""
    history, taken = History(aggregates), []
    for step in way:
        outcome = history.outcome(step.command, NOBODY, Actor(f"{service}.{step.position}", service))
        if isinstance(outcome, list) and outcome:
            history = history.after(outcome)
            taken.append(step)
    return history, taken


def _shortened(service: str, aggregates: Sequence[Aggregate], way: list[Step]) -> list[Step]:
    """Without the steps that its end does not need."""
    for step in way[:-1]:
        without = [each for each in way if each is not step]
        if replayed(service, aggregates, without)[1][-1:] == way[-1:]:
            way = replayed(service, aggregates, without)[1]
    return way


NO_NAMES = {"link", "sha256", "media_type", "essential", "basis", "term", "stored_under", "parked_as", "contact"}
NO_NAMES |= {"unit", "scenario", "variant", "units", "named", "since", "digest", "content_digest"}
NO_NAMES |= {"code_list", "channel", "duty"}
MARKED = BY_NAME.keys() - NO_NAMES
"""Fields that name something."""


def with_mark(value: Any, mark: str, name: str = "") -> Any:
    """`value` with `mark`, a number, at the end of every name in it."""
    match value:
        case dict():
            return {field: with_mark(each, mark, field) for field, each in value.items()}
        case list():
            return [with_mark(each, mark, name) for each in value]
        case str() if name in MARKED:
            return f"{value}.{mark}" if name == "code" else f"{value}-{mark}"
        case int() if name == "sequence":
            return value + 10 * int(mark)
        case _:
            return value
