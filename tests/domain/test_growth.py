"""However much is told of one thing, its documents stay small: the lists that grow have an end, which is refused by
name."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import count, cycle
from typing import Any, get_origin, get_type_hints

import orjson
import pytest

from services.logistics import expenses, resources
from services.propaganda import publications
from services.security import incidents
from services.subcommittee import code_list, congress, holding, meeting, naming, organisation, scenario
from shared.domain import document, known_list, review, task, variant
from shared.domain.decider import Actor, Aggregate, Command, Key, Refused, latest
from shared.domain.entering import EVENT_BYTES
from shared.events.base import Event
from shared.events.review import Essential
from shared.events.task import TaskOpened
from shared.events.unit_rules import UnitRulesChanged
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import as_bytes
from shared.eventstore.names import service_stream
from shared.history.decoding import decode_event
from shared.values.units import may_write, services
from shared.views.all_views import VIEWS
from shared.views.view import Recorded
from tests.congress import BEGINNING, envelope_of
from tests.domain.largest import BY_NAME, FACE, THE_CASES, largest, largest_data
from tests.domain.scenario import AGGREGATES, LEAD, OFFICER, POLICY, decided_in

MOST_BYTES = 6 * 2**20
"""Well below the 16 MiB of a document, and of an audit row that tells it before and after."""
BARE = task.AGGREGATE.fold([TaskOpened(**largest(task.OpenTask).model_dump())])
DAY = "2199-12-31"
HEAD = Actor("subcommittee.lead", "subcommittee")
type Wishes = Iterator[tuple[Command, Actor]]


def named(number: int) -> str:
    """An id that is as long as ids get."""
    return f"{'x' * 75}{number:05}"


class AnyTask(dict[Key, Any]):
    """A service in which every task is there."""

    def get(self, key: Key, default: Any = None) -> Any:
        return BARE if key[0] == "task" else THE_CASES.get(key, default)


TASKS: Mapping[Key, Any] = {("task", named(number)): BARE for number in range(review.MOST_REVIEWED)}


def a_task() -> Iterable[Wishes]:
    yield iter([(largest(task.OpenTask), OFFICER), (largest(task.AssignTask, coordinating=["x"]), OFFICER)])
    coordinating = [FACE * 2000] * 22
    yield iter([(largest(task.AssignTask, collective="x", individual="x", coordinating=coordinating), OFFICER)])
    yield iter([(largest(task.FundTask), OFFICER), (largest(task.StartTask), OFFICER)])
    yield ((largest(task.RequireClearance, clearance_id=named(number)), OFFICER) for number in count())
    yield iter([(largest(task.SetDeadline, deadline="2020-09-01"), OFFICER)])
    asked = largest(task.RequestExtension)
    yield cycle([(asked, OFFICER), (largest(task.RefuseExtension), LEAD)])
    shown = largest(task.SubmitTask, evidence=largest_data(task.SubmitTask)["evidence"][:25])
    yield cycle([(shown, OFFICER), (largest(task.ReturnTask), LEAD)])
    yield cycle([(largest(task.SubmitTask, evidence=[]), OFFICER), (largest(task.ReturnTask), LEAD)])
    yield from the_records_of_a_task()


def the_records_of_a_task() -> Iterable[Wishes]:
    """Each of them full, and what can be dropped is not."""
    days = (date(2020, 9, 1) - timedelta(days=number) for number in count(1))
    yield ((largest(task.ShortenDeadline, deadline=day.isoformat()), LEAD) for day in days)
    yield iter([(largest(task.DescribeTask), OFFICER)])
    yield (
        (command, OFFICER)
        for number in count()
        for command in (
            largest(task.OpenObstacle, obstacle_id=named(number)),
            largest(task.ResolveObstacle, obstacle_id=named(number)),
        )
    )
    yield ((largest(task.CommentOnTask, comment_id=named(number)), OFFICER) for number in count())
    yield ((largest(task.NoteInstruction, instruction_id=named(number)), POLICY) for number in count())
    yield ((largest(task.AddDependency, on=named(number)), OFFICER) for number in count())
    yield (
        (command, OFFICER)
        for number in count()
        for command in (
            largest(task.AddChecklistItem, item_id=named(number)),
            largest(task.TickChecklistItem, item_id=named(number)),
        )
    )
    told = {"deadline": DAY, "original_deadline": DAY, "completed_on": None}
    yield ((largest(task.CorrectTask, directing_leader=f"{number}", **told), LEAD) for number in count())


def a_resource() -> Iterable[Wishes]:
    yield iter([(largest(resources.RegisterResource), OFFICER)])
    yield ((reservation(number), OFFICER) for number in count())
    yield ((largest(resources.CorrectResource, capacity=number), LEAD) for number in count(1))


def reservation(number: int) -> Command:
    year, day = divmod(number, 300)
    starts, ends = (f"{2020 + year}-{1 + day // 25:02}-{1 + day % 25:02}T{hour}:00:00Z" for hour in (10, 11))
    return largest(resources.ReserveResource, reservation_id=named(number), starts=starts, ends=ends)


def an_expense() -> Iterable[Wishes]:
    yield iter([(largest(expenses.EstimateExpense), OFFICER), (largest(expenses.ReviseEstimate), LEAD)])
    yield ((largest(expenses.AdvanceMoney, advance_id=named(number)), LEAD) for number in count())
    yield ((largest(expenses.RecordSpending, spending_id=named(number)), LEAD) for number in count())
    yield iter([(largest(expenses.SettleExpense), LEAD)])
    told = {"spending_id": named(0), "on": None}
    corrected = expenses.corrections.CorrectSpending
    yield ((largest(corrected, amount_vnd=number, **told), LEAD) for number in count(1))


def the_scenario() -> Iterable[Wishes]:
    yield cycle([(largest(scenario.SwitchScenario, scenario=case), HEAD) for case in ("none", "outbreak")])


def the_congress() -> Iterable[Wishes]:
    told = {"time_zone": congress.TIME_ZONE, "cleared": []}
    yield iter([(largest(congress.FoundCongress, time_zone=congress.TIME_ZONE), OFFICER)])
    yield ((largest(congress.AmendCongress, ordinal=f"{number}", **told), HEAD) for number in count())
    parts = [[named(number) for number in range(begin, begin + 1000)] for begin in (0, 1000)]
    moves = [[{"unit": "propaganda", "task_id": name, "deadline": DAY} for name in part] for part in parts]
    yield cycle([(largest(congress.ConfirmDeadlines, moves=part), HEAD) for part in moves])


def a_code_list() -> Iterable[Wishes]:
    list_id = {"code_list": "channels"}
    kept = [{"id": "press", "name": {"vi": "x"}}]
    yield iter([(largest(code_list.PublishList, entries=kept, **list_id), HEAD)])
    yield (
        (largest(code_list.AddEntry, entry_id=f"{'x' * 37}{number:03}", **list_id), HEAD)
        for number in range(code_list.MOST_ENTRIES)
    )
    yield (
        (largest(code_list.AmendEntry, entry_id="press", name={"vi": f"{number:03}{FACE * 297}"}, **list_id), HEAD)
        for number in count()
    )


def a_known_list() -> Iterable[Wishes]:
    entries = [
        {"id": f"{'x' * 37}{number:03}", "name": {"vi": FACE * 300, "en": FACE * 300}}
        for number in range(code_list.MOST_ENTRIES)
    ]
    yield iter([(known_list.NoteList(code_list="channels", entries=entries), POLICY)])


def a_variant() -> Iterable[Wishes]:
    yield ((largest(variant.AdjustVariant, task_id=named(number)), OFFICER) for number in count())
    yield iter([(largest(variant.PrepareVariant), LEAD)])


def a_review() -> Iterable[Wishes]:
    yield iter([(largest(review.OpenReview), OFFICER)])
    yield (
        (largest(review.ExplainGap, task_id=task_id, essential=essential), OFFICER)
        for _, task_id in TASKS
        for essential in Essential
    )


def an_organisation() -> Iterable[Wishes]:
    yield iter([(largest(organisation.RegisterOrganisation), OFFICER)])
    yield ((largest(organisation.AddPosition, position=a_position(number)), OFFICER) for number in count())
    positions = range(organisation.MOST_POSITIONS)
    yield ((largest(holding.HoldPosition, position=a_position(number)), OFFICER) for number in positions)
    yield iter([(largest(holding.ActForPosition, position=a_position(0)), OFFICER)])
    yield (
        (largest(holding.NameDeputy, position=a_position(n), deputises_for=a_position(n + 1)), OFFICER)
        for n in positions
    )
    yield ((a_name(number), OFFICER) for number in count())
    yield ((a_corrected_name(number), LEAD) for number in count())


def a_position(number: int) -> str:
    return f"{number:04}{FACE * 1996}"


def a_name(number: int) -> Command:
    return largest(naming.MergeName, alias=f"{number:04}{FACE * 496}", position=a_position(0))


def a_corrected_name(number: int) -> Command:
    return largest(organisation.CorrectOrganisation, name={"vi": f"{number:04}{FACE * 996}", "en": FACE * 1000})


def a_meeting() -> Iterable[Wishes]:
    points = largest_data(meeting.ConcludeMeeting)["points"][:10]
    numbered = [{**point, "number": number} for number, point in enumerate(points, start=1)]
    participants = largest_data(meeting.RecordMeeting)["participants"][:18]
    yield iter([(largest(meeting.RecordMeeting, participants=participants), OFFICER)])
    yield iter([(largest(meeting.ConcludeMeeting, points=numbered), OFFICER)])
    yield ((corrected_points(number), LEAD) for number in count())


def corrected_points(number: int) -> Command:
    text = {"vi": f"{number:04}{FACE * 996}", "en": FACE * 1000}
    points = [{"number": point, "text": text} for point in range(1, meeting.MOST_POINTS_CORRECTED + 1)]
    return largest(meeting.CorrectMeeting, points=points)


def an_incident() -> Iterable[Wishes]:
    longest = "information"
    yield iter(
        [
            (largest(incidents.ReportIncident, kind=longest), OFFICER),
            (largest(incidents.AssessIncident), OFFICER),
            (largest(incidents.ResolveIncident), OFFICER),
        ]
    )
    yield ((largest(incidents.CorrectIncident, kind=longest, place=f"{number}"), LEAD) for number in count())


def a_document() -> Iterable[Wishes]:
    yield iter([(largest(document.IssueDocument, term=None), OFFICER)])
    told = {"document_id": BY_NAME["symbol"], "superseded_by": None}
    yield ((largest(document.CorrectDocument, advised_by=f"{number}", **told), LEAD) for number in count())


def a_publication() -> Iterable[Wishes]:
    longest = "loudspeaker"
    yield iter([(largest(publications.ProposePublication, channel=longest), OFFICER)])
    told = {"channel": longest, "released_on": None}
    yield ((largest(publications.CorrectPublication, task_id=named(number), **told), LEAD) for number in count())


GROWING = {
    "a task": (
        task.AGGREGATE,
        a_task,
        TASKS | THE_CASES | {("unit-rules", "current"): UnitRulesChanged(evidence_required=False, reason="x")},
        [
            *("task_clearances_full", "task_extensions_full", "task_evidence_full", "task_sent_back_full"),
            *("task_shortenings_full", "task_obstacles_full", "task_comments_full", "task_instructions_full"),
            *("task_dependencies_full", "task_checklist_full", "corrections_full"),
        ],
    ),
    "a resource": (resources.AGGREGATE, a_resource, {}, ["resource_reservations_full", "corrections_full"]),
    "an expense": (
        expenses.AGGREGATE,
        an_expense,
        {},
        ["expense_advances_full", "expense_spending_full", "corrections_full"],
    ),
    "a meeting": (meeting.AGGREGATE, a_meeting, {}, ["corrections_full"]),
    "an incident": (incidents.AGGREGATE, an_incident, {}, ["corrections_full"]),
    "a document": (document.AGGREGATE, a_document, {}, ["corrections_full"]),
    "a publication": (publications.AGGREGATE, a_publication, {}, ["corrections_full"]),
    "the scenario": (scenario.AGGREGATE, the_scenario, {}, ["scenario_switches_full"]),
    "the congress": (
        congress.AGGREGATE,
        the_congress,
        {},
        ["congress_amendments_full", "congress_moves_full"],
    ),
    "a code list": (code_list.AGGREGATE, a_code_list, {}, ["list_full", "list_changes_full"]),
    "a known list": (known_list.AGGREGATE, a_known_list, {}, []),
    "a variant": (variant.AGGREGATE, a_variant, AnyTask(), ["variant_adjustments_full"]),
    "a review": (review.AGGREGATE, a_review, TASKS, ["review_explanations_full"]),
    "an organisation": (
        organisation.AGGREGATE,
        an_organisation,
        {},
        [
            "organisation_positions_full",
            "organisation_holdings_full",
            "organisation_deputies_full",
            "organisation_names_full",
            "corrections_full",
        ],
    ),
}


GROW_FOR_SECONDS = {"a resource", "the congress"}


@pytest.mark.parametrize(
    ("aggregate", "story", "world", "codes"),
    [
        pytest.param(*growing, id=name, marks=[pytest.mark.long] if name in GROW_FOR_SECONDS else [])
        for name, growing in GROWING.items()
    ],
)
def test_a_document_of_which_all_is_told_that_can_be_told_stays_small(aggregate, story, world, codes):
    events, refused = told(aggregate, story(), world)
    assert [each.code for each in refused] == codes
    documents: dict[tuple[str, str], dict[str, Any] | None] = {}
    for sequence, event in enumerate(events, start=1):
        recorded = stored(aggregate, event, sequence)
        assert len(as_bytes(recorded.envelope)) <= EVENT_BYTES
        for view in VIEWS:
            if type(recorded.event) in view.events:
                for key in view.route(recorded):
                    documents[view.name, key] = view.fold(documents.get((view.name, key)), recorded)
    sizes = {key: len(orjson.dumps(document)) for key, document in documents.items()}
    assert max(sizes.values(), default=0) <= MOST_BYTES, sizes


def test_whatever_holds_a_list_is_filled_here():
    holding = {
        aggregate.entity
        for aggregate in AGGREGATES
        if aggregate.evolve is not latest  # its last event is all that it holds
        for field in get_type_hints(aggregate.evolve)["return"].model_fields.values()
        if get_origin(field.annotation) in (tuple, dict, list, set, frozenset, Mapping)
    }
    assert holding == {aggregate.entity for aggregate, *_ in GROWING.values()} - {
        *("scenario", "congress", "meeting", "incident", "document", "publication")
    }  # their views hold one


def told(
    aggregate: Aggregate, story: Iterable[Wishes], world: Mapping[Key, Any]
) -> tuple[list[Event], list[Refused]]:
    """The events of a story of which each part goes on until it ends or is refused, and the refusals."""
    state, events, refused = None, [], []
    for wishes in story:
        try:
            for command, actor in wishes:
                decided = decided_in(world, aggregate, command, state, actor)
                state = aggregate.fold(decided, state)
                events += decided
        except Refused as why:
            refused.append(why)
    return events, refused


def stored(aggregate: Aggregate, event: Event, sequence: int) -> Recorded:
    """As the tracker reads it."""
    writer = next(service for service in services() if may_write(service, aggregate.entity))
    envelope = envelope_of(event, writer, aggregate.entity, "x" * 80, sequence)
    source = f"{service_stream('memory', writer)} {sequence} > > evt"
    subject = f"evt.memory.{writer}.{aggregate.entity}.{'x' * 80}"
    recorded = decode_event(Stored(sequence, subject, BEGINNING, as_bytes(envelope), source))
    assert isinstance(recorded, Recorded)
    return recorded
