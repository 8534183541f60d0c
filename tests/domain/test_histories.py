"""What holds for every history the domain can accept, whoever asks for whatever in whatever order."""

from collections import defaultdict
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from functools import cache
from itertools import accumulate, combinations, pairwise
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin
from uuid import UUID

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from msgspec.structs import replace
from pydantic import AwareDatetime, BaseModel

from services.logistics import expenses, resources
from services.propaganda import publications
from services.security import clearances, incidents
from services.subcommittee import catalogue, code_list, congress, duty, meeting, organisation
from shared.domain import known_list, review, task, unit_scenario, variant
from shared.domain.correcting import Correction, Noted, Past
from shared.domain.decider import Actor, Aggregate, Command, Refused
from shared.domain.ranks import Act
from shared.events.base import Event
from shared.events.catalogue_item import Item
from shared.events.directive import DirectiveIssued
from shared.events.evidence import EvidenceFiled
from shared.events.known_clearance import ClearanceNoted
from shared.events.organisation import OrganisationRegistered
from shared.events.publication import PublicationApproved, PublicationCorrected, PublicationReleased
from shared.events.review import Essential
from shared.events.task import (
    ClearanceDropped,
    ClearanceRequired,
    DeadlineShortened,
    DependencyAdded,
    DependencyDropped,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionRequested,
    ObstacleOpened,
    ObstacleResolved,
    ScenarioFollowed,
    TaskAssigned,
    TaskCancelled,
    TaskCompleted,
    TaskCorrected,
    TaskDeadlineMoved,
    TaskDeadlineSet,
    TaskFunded,
    TaskOpened,
    TaskReturned,
    TaskSubmitted,
)
from shared.events.unit_scenario import SwitchRecorded
from shared.events.variant import VariantAdjusted
from shared.eventstore.envelope import decode_data
from shared.values.code_lists import CodeList, Entry, NewEntry
from shared.values.types import Text
from shared.values.units import support_unit_ids
from tests.congress import envelope_of
from tests.domain.scenario import AGGREGATES, BEGAN, decided_in
from tests.properties.effort import effort, short_and_long

LEADS = [Actor(f"{unit}.lead", unit) for unit in ("logistics", "propaganda", "security")]
KINDS_OF_INCIDENT = st.sampled_from(["order", "fire"])
ACTORS = st.sampled_from([*LEADS, Actor("policy.follow-switches", "logistics")])
ONE_OR_ANOTHER = st.sampled_from([*"aaaaaaa", "b"])

OPENED = TaskOpened(
    title={"vi": "Việc"}, group={"number": 1, "name": {"vi": "Nhóm"}}, phase="before", scenario="both", planned_vnd=5
)
ASSIGNED = TaskAssigned(collective="Sở Y tế", individual="Phó Giám đốc")
THREE_CASES = known_list.KnownList(changed=(Entry(id="storm", name=Text(vi="Có bão", en="Storm")),))
WORLD = {
    ("task", "a"): task.AGGREGATE.fold([OPENED, ASSIGNED, TaskDeadlineSet(deadline=date(2020, 9, 1))]),
    ("task", "b"): task.AGGREGATE.fold([OPENED.model_copy(update={"planned_vnd": 0}), TaskCancelled(reason="Thôi")]),
    ("organisation", "a"): organisation.Organisation(
        registered=OrganisationRegistered(kind="locality", name={"vi": "Huyện"}), positions=("Chủ tịch",)
    ),
    **{
        ("known-clearance", name): ClearanceNoted(decision=decision)
        for name, decision in (("a", "granted"), ("b", "withdrawn"))
    },
    **dict.fromkeys(
        [("directive", "a"), ("directive", "b")],
        DirectiveIssued(kind="work", text={"vi": "Triển khai"}, units=["logistics"]),
    ),
    ("evidence", "0a" * 32): EvidenceFiled(file_name="bien-ban.pdf", size_bytes=1, media_type="application/pdf"),
    **dict.fromkeys([("known-list", "cases"), ("code-list", "cases")], THREE_CASES),
    task.IN_FORCE: unit_scenario.UnitScenario(
        recorded=SwitchRecorded(number=1, scenario="outbreak", reason="Dịch lan rộng")
    ),
    ("variant", "outbreak"): variant.Variant(
        adjustments={"a": VariantAdjusted(task_id="a", planned_vnd=7, deadline=date(2020, 9, 2), reason="Giãn cách")}
    ),
}
"""The tasks that a review finds: one lacks its funding, one is not live. One locality on the register, two clearances
that tasks may need, two directives, a file that the unit keeps, a list with a third case, and a scenario in force,
with a variant."""

TAKEN_UP_LATER = {
    ("task", "c"): task.AGGREGATE.fold(
        [TaskFunded(secured_vnd=5, funding_source="Ngân sách tỉnh")], WORLD["task", "a"]
    )
}
"""A task that is not there when a review opens, and lacks nothing."""

BY_TYPE: dict[object, st.SearchStrategy] = {
    NoneType: st.none(),
    bool: st.booleans(),
    UUID: st.sampled_from([UUID(int=1), UUID(int=2)]),
    str: st.sampled_from(["Sở Y tế", "Đội xe"]),
    int: st.integers(1, 2),
    AwareDatetime: st.sampled_from([datetime(2020, 9, 25, 1, tzinfo=UTC), datetime(2020, 9, 25, 2, tzinfo=UTC)]),
    date: st.sampled_from([date(2020, 9, day) for day in (2, 1, 3)]),
}
BY_NAME: dict[str, st.SearchStrategy] = {
    **dict.fromkeys(
        (
            "task_id",
            "meeting_id",
            "directive_id",
            "review_id",
            "organisation_id",
            "publication_id",
            "resource_id",
            "clearance_id",
            "revocation_id",
            "obstacle_id",
            "comment_id",
            "instruction_id",
            "item_id",
        ),
        ONE_OR_ANOTHER,
    ),
    "incident_id": ONE_OR_ANOTHER,
    "on": st.sampled_from(["b", "b", "a"]),
    "person_id": st.sampled_from([None, "cb-1"]),
    "contact": st.sampled_from([None, "0350 364 8888", "van-phong@example.vn"]),
    "alias": st.sampled_from(["Sở YT", "Đội x"]),
    **dict.fromkeys(("holders", "deputies"), st.just([])),
    **dict.fromkeys(("advance_id", "spending_id"), st.sampled_from(["x", "y", "z"])),
    **dict.fromkeys(("catalogue", "catalogue_item", "reservation_id"), st.sampled_from(["x", "y", "z"])),
    **dict.fromkeys(("symbol", "superseded_by"), st.sampled_from(["76-KH/TU", "39/KH-BPĐBANTT"])),
    "link": st.just("https://example.invalid/1"),
    "sha256": st.just("0a" * 32),
    **dict.fromkeys(("digest", "content_digest"), st.just("0a" * 32)),
    "media_type": st.just("application/pdf"),
    "size_bytes": st.just(1),
    "kept": st.sampled_from([False, False, True]),
    "document_id": st.sampled_from(["76-KH-TU", "39_KH-BPDBANTT"]),
    "parked_as": st.sampled_from([None, "unfoldable"]),
    "stored_under": st.just("evt.xx.logistics.task.1-03"),
    "essential": st.sampled_from([Essential.FUNDING, Essential.FUNDING, Essential.DEADLINE]),
    "basis": st.lists(st.sampled_from(["76-KH/TU", "Kế hoạch công tác"]), max_size=2),
    "term": st.sampled_from([None, None, "2020-2025"]),
    "locality": st.sampled_from([None, "a"]),
    "localities": st.sampled_from([["a"], ["a"], ["a"], ["a", "b"]]),
    "unit": st.sampled_from(support_unit_ids()),
    "units": st.lists(st.sampled_from(support_unit_ids()), min_size=1, max_size=2),
    "named": st.sampled_from(["0123456789abcdef", "0123456789abcdef" * 2, "logistics.lead", "nobody.at-all"]),
    "since": st.sampled_from([datetime(2020, 8, 20, hour, tzinfo=UTC) for hour in (1, 2)]),
    "code": st.sampled_from(["1.01", "1.02"]),
    "scenario": st.sampled_from(["both", "none", "outbreak", "both", "outbreak", "storm"]),
    "variant": st.sampled_from(["none", "outbreak", "storm"]),
    **dict.fromkeys(("id", "entry_id"), ONE_OR_ANOTHER),
    "code_list": st.sampled_from([CodeList.CHANNELS, CodeList.INCIDENT_KINDS]),
    "channel": st.sampled_from(["press", "portal"]),
    "duty": st.sampled_from(["decoration", "emulation"]),
    "item_ids": st.lists(st.sampled_from(["1-01", "1-02"]), min_size=1, unique=True),
}

UNIQUE_BY = {
    Item: lambda item: item.code,
    duty.DutyPhase: lambda each: each.phase,
    congress.NewDeadline: lambda move: (move.unit, move.task_id),
    meeting.CorrectedPoint: lambda point: point.number,
    NewEntry: lambda entry: entry.id,
}


@cache
def any_of(annotation: Any) -> st.SearchStrategy:
    """A few values of a type: so few that commands meet the same ones again."""
    kind, arguments = get_origin(annotation), get_args(annotation)
    if kind is Annotated:
        return any_of(arguments[0])
    if kind in (UnionType, Union):
        return st.one_of([any_of(argument) for argument in arguments])
    if kind is tuple:
        [of, *_] = get_args(arguments[0]) if get_origin(arguments[0]) is Annotated else arguments
        unique_by = UNIQUE_BY.get(of)
        return st.lists(any_of(arguments[0]), min_size=1, max_size=2, unique_by=unique_by)
    if annotation is resources.ReserveResource:
        return reservations()
    if annotation is catalogue.ImportCatalogue:
        return imports()
    if annotation is incidents.ReportIncident:
        return st.builds(annotation, **named_in(annotation) | {"kind": KINDS_OF_INCIDENT})
    if annotation in (known_list.NoteList, known_list.NoteEntry):  # of a list that no unit decides with
        return st.builds(annotation, **named_in(annotation) | {"code_list": st.just(CodeList.GROUPS)})
    if annotation is code_list.PublishList:
        return st.builds(annotation, **named_in(annotation) | {"template": st.sampled_from([None, "trade-union"])})
    if annotation in (congress.FoundCongress, congress.AmendCongress):
        return particulars(annotation)
    if issubclass(annotation, Correction) and annotation is not organisation.CorrectPosition:
        return corrections(annotation)
    if issubclass(annotation, BaseModel):
        return st.builds(annotation, **named_in(annotation))
    if issubclass(annotation, Enum):
        return st.sampled_from(annotation)
    return BY_TYPE[annotation]


def named_in(model: type[BaseModel]) -> dict[str, st.SearchStrategy]:
    """A few values for each of its fields, by its name or else by its type."""
    kinds = {name: field.annotation for name, field in model.model_fields.items()}
    named = {name: BY_NAME[name] for name, kind in kinds.items() if name in BY_NAME and kind is not date}
    others = {name: any_of(kind) for name, kind in kinds.items() if name not in named}
    happened = {name: others[name].map(long_ago) for name in getattr(model, "HAPPENED", ())}
    return named | others | happened


def long_ago[When: (date, datetime)](when: When | None) -> When | None:
    """What is said to have happened is over when it is said."""
    return None if when is None else when - timedelta(days=45)


@st.composite
def reservations(draw: st.DrawFn) -> resources.ReserveResource:
    zone = draw(st.sampled_from([UTC, timezone(timedelta(hours=7))]))
    starts = datetime(2020, 9, 25, draw(st.integers(0, 9)), tzinfo=UTC).astimezone(zone)
    return resources.ReserveResource(
        resource_id=draw(BY_NAME["resource_id"]),
        reservation_id=draw(BY_NAME["reservation_id"]),
        starts=starts,
        ends=starts + timedelta(hours=draw(st.integers(1, 3))),
        purpose=draw(BY_TYPE[str]),
    )


@st.composite
def imports(draw: st.DrawFn) -> catalogue.ImportCatalogue:
    """One item or two, each to be published, revised or withdrawn."""
    lists: dict[str, list[object]] = {"publish": [], "revise": [], "withdraw": []}
    for item in draw(st.lists(any_of(Item), min_size=1, max_size=2, unique_by=lambda item: item.code)):
        part = draw(st.sampled_from(sorted(lists)))
        lists[part].append(item.item_id if part == "withdraw" else item)
    return catalogue.ImportCatalogue(catalogue=draw(BY_NAME["catalogue"]), note=draw(any_of(catalogue.Text)), **lists)


@st.composite
def particulars(
    draw: st.DrawFn, command: type[congress.FoundCongress | congress.AmendCongress]
) -> congress.FoundCongress | congress.AmendCongress:
    """Of a congress that may open before it closes, and takes its time zone from an office that knows only one."""
    words = draw(st.sampled_from([{"vi": "Đại hội"}, {"vi": "Đại hội", "en": "Congress"}]))
    days = {name: draw(BY_TYPE[date] | st.none()) for name in congress.DAYS}
    if command is congress.AmendCongress:
        cleared = draw(st.lists(st.sampled_from(congress.Clearable), max_size=1))
        kept = {name: day for name, day in days.items() if name not in cleared}
        return command(title=words, **kept, cleared=cleared, reason=draw(BY_TYPE[str]))
    return command(
        title=words, ordinal="XX", term="2020-2025", issuing_body={"vi": "Tiểu ban"}, issuer_code="TB", **days
    )


@st.composite
def corrections(draw: st.DrawFn, command: type[Correction]) -> Correction:
    """Of one value or two."""
    fields = command.model_fields
    values = [name for name in command.VALUES.model_fields if name in fields]
    corrected = draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))
    others = [name for name, field in fields.items() if field.is_required() or name == "beyond_guaranteed_because"]
    given = {name: draw(given_for(name, fields[name].annotation)) for name in (*corrected, *others)}
    if command is incidents.CorrectIncident and "kind" in given:
        given["kind"] = draw(KINDS_OF_INCIDENT)
    return command(**given)


def given_for(name: str, annotation: Any) -> st.SearchStrategy:
    """Of an optional value, one that is given."""
    [kind, *_] = [each for each in get_args(annotation) if each is not NoneType] or [annotation]
    is_day = date in (kind, *get_args(kind)[:1])
    found = any_of(kind if get_origin(annotation) in (UnionType, Union) else annotation)
    return found if is_day or name not in BY_NAME else BY_NAME[name].filter(lambda value: value is not None)


class Entry(NamedTuple):
    event: Event
    actor: Actor


class Ledger:
    """What a service keeps: a history for each id, to which a command adds everything or nothing."""

    def __init__(self, aggregate: Aggregate) -> None:
        self.aggregate = aggregate
        self.histories: dict[str, list[Entry]] = defaultdict(list)
        self.states: dict[str, Any] = defaultdict(lambda: None)

    def handle(self, command: Command, actor: Actor) -> list[Event] | None:
        """The events that came of it; `None` if it was refused."""
        world = WORLD if isinstance(command, review.OpenReview) else WORLD | TAKEN_UP_LATER
        states, entries = self.states.copy(), []
        try:
            for part in command.parts():
                past = Past([Noted(event, by.id, BEGAN) for event, by in self.histories.get(part.entity_id, ())])
                events = decided_in(world, self.aggregate, part, states[part.entity_id], actor, past)
                states[part.entity_id] = self.aggregate.fold(events, states[part.entity_id])
                entries += [(part.entity_id, Entry(event, actor)) for event in events]
        except Refused:
            return None
        self.states = states
        for entity_id, entry in entries:
            self.histories[entity_id].append(entry)
        return [entry.event for _, entry in entries]

    def told(self) -> list[tuple[list[Event], Any]]:
        return [
            ([event for event, _ in history], self.states[entity_id]) for entity_id, history in self.histories.items()
        ]


@cache
def wishes_of(aggregate: Aggregate) -> tuple[list[st.SearchStrategy], st.SearchStrategy]:
    """For each command one, and for any number of any of them; Hypothesis is slow to look at new ones."""
    wishes = [any_of(command) for command in aggregate.commands]
    return wishes, st.lists(st.tuples(st.one_of(wishes), ACTORS), max_size=30)


@st.composite
def attempts(draw: st.DrawFn, aggregate: Aggregate) -> list[tuple[Command, Actor]]:
    """Every command once, in the order of a lifecycle, so that its end is reached; then whatever comes."""
    wishes, whatever = wishes_of(aggregate)
    return [
        *((draw(wish), draw(ACTORS)) for wish in wishes),
        *draw(whatever),
    ]


def ledgers(aggregate: Aggregate) -> st.SearchStrategy[Ledger]:
    def kept(wishes: list[tuple[Command, Actor]]) -> Ledger:
        ledger = Ledger(aggregate)
        for command, actor in wishes:
            ledger.handle(command, actor)
        return ledger

    return attempts(aggregate).map(kept)


enough_to_reach_everything = settings(max_examples=300, deadline=None, derandomize=True, phases=[Phase.generate])
every_aggregate = pytest.mark.parametrize("aggregate", AGGREGATES, ids=lambda aggregate: aggregate.entity)


@every_aggregate
def test_the_histories_tried_here_reach_every_event(aggregate):
    reached = set()

    def are_all_reached(ledger):
        reached.update(type(event) for events, _ in ledger.told() for event in events)
        return reached >= set(aggregate.events)

    with suppress(NoSuchExample):
        find(ledgers(aggregate), are_all_reached, settings=enough_to_reach_everything)
    assert reached == set(aggregate.events)


def a_state_is_the_same_live_rebuilt_and_resumed_anywhere(ledger: Ledger) -> None:
    for events, live in ledger.told():
        assert ledger.aggregate.fold(events) == live
        for cut in range(len(events) + 1):
            assert ledger.aggregate.fold(events[cut:], ledger.aggregate.fold(events[:cut])) == live


def a_history_survives_being_written_down(ledger: Ledger) -> None:
    for events, live in ledger.told():
        replayed = [type(event).model_validate_json(event.model_dump_json()) for event in events]
        assert replayed == events
        assert ledger.aggregate.fold(replayed) == live


def a_field_that_a_later_version_adds_is_passed_over_however_deep_it_stands(ledger: Ledger) -> None:
    for events, _ in ledger.told():
        for event in events:
            envelope = envelope_of(event, "logistics", "task", "a", 1)
            assert decode_data(replace(envelope, data=with_a_surprise(envelope.data)), type(event)) == event


def with_a_surprise(value: Any) -> Any:
    match value:
        case dict():
            return {name: with_a_surprise(each) for name, each in value.items()} | {"surprise": 1}
        case list():
            return [with_a_surprise(each) for each in value]
        case _:
            return value


def reservations_of_a_resource_never_overlap(ledger: Ledger) -> None:
    for events, _ in ledger.told():
        for state in accumulate(events[1:], resources.evolve, initial=resources.evolve(None, events[0])):
            for one, other in combinations(state.reservations, 2):
                assert one.ends <= other.starts or other.ends <= one.starts


def a_publication_is_released_only_after_somebody_else_approved_it(ledger: Ledger) -> None:
    for (proposed, author), *others in ledger.histories.values():
        assert proposed.author == author.id
        later = [entry for entry in others if not isinstance(entry.event, PublicationCorrected)]
        said = [type(event) for event, _ in later]
        if PublicationReleased in said:
            assert said == [PublicationApproved, PublicationReleased]
            assert later[0].actor != author
        approved_at = next((place for place, entry in enumerate(others) if entry in later), len(others))
        for event, actor in others[approved_at:]:
            if isinstance(event, PublicationCorrected) and (event.after.title or event.after.channel):
                assert actor != author


def a_clearance_is_granted_or_refused_by_another_than_who_requested_it(ledger: Ledger) -> None:
    for (_, requester), *later in ledger.histories.values():
        for _, judge in later[:1]:
            assert judge != requester


def money_goes_beyond_what_is_guaranteed_only_where_somebody_said_why(ledger: Ledger) -> None:
    for events, _ in ledger.told():
        for before, after in pairwise(
            accumulate(events[1:], expenses.evolve, initial=expenses.evolve(None, events[0]))
        ):
            for had, has, movements in (
                (before.advanced_vnd, after.advanced_vnd, after.advances),
                (before.spent_vnd, after.spent_vnd, after.spending),
            ):
                if has > max(had, after.guaranteed_vnd):
                    [moved] = set(movements) - {*before.advances, *before.spending}
                    assert moved.beyond_vnd == has - after.guaranteed_vnd
                    assert moved.beyond_guaranteed_because


def a_task_is_completed_or_returned_by_another_than_who_submitted_it(ledger: Ledger) -> None:
    for history in ledger.histories.values():
        submitter = None
        for event, actor in history:
            match event:
                case TaskSubmitted():
                    submitter = actor
                    assert event.submitted_by == actor.id
                case TaskCompleted() | TaskReturned():
                    assert submitter not in (None, actor)
                    submitter = None


def a_task_is_never_completed_while_it_needs_a_clearance_that_is_not_granted(ledger: Ledger) -> None:
    for history in ledger.histories.values():
        needed = set()
        for event, _ in history:
            match event:
                case ClearanceRequired():
                    needed.add(event.clearance_id)
                case ClearanceDropped():
                    needed.remove(event.clearance_id)
                case TaskCompleted():
                    assert needed <= {"a"}


def a_task_is_never_completed_with_an_open_obstacle_or_before_what_it_waits_for(ledger: Ledger) -> None:
    for history in ledger.histories.values():
        obstacles, waits = set(), set()
        for event, _ in history:
            match event:
                case ObstacleOpened():
                    obstacles.add(event.obstacle_id)
                case ObstacleResolved():
                    obstacles.remove(event.obstacle_id)
                case DependencyAdded():
                    waits.add(event.on)
                case DependencyDropped():
                    waits.remove(event.on)
                case TaskCompleted():
                    assert (obstacles, waits - {"b"}) == (set(), set())


def a_deadline_moves_by_an_extension_that_another_granted_by_a_lead_or_after_the_opening_day(ledger: Ledger) -> None:
    for entity_id, history in ledger.histories.items():
        original = agreed = deadline = asked = None
        for event, actor in history:
            match event:
                case TaskDeadlineSet():
                    assert original is None
                    original = agreed = event.deadline
                    deadline = deadline or original
                case ScenarioFollowed():
                    deadline = event.deadline
                case TaskDeadlineMoved():
                    assert actor.is_policy
                    assert event.replaces == agreed != event.deadline
                    assert event.in_force in (event.deadline, deadline)
                    original, agreed, deadline = original or event.deadline, event.deadline, event.in_force
                case ExtensionRequested():
                    assert asked is None
                    assert original is not None
                    assert (event.requested_by, event.replaces) == (actor.id, deadline)
                    asked = event
                case ExtensionGranted() | ExtensionRefused():
                    assert asked.requested_by != actor.id
                    if isinstance(event, ExtensionGranted):
                        assert (event.replaces, event.deadline) == (asked.replaces, asked.deadline)
                        assert event.deadline > event.replaces
                        agreed, deadline = max(agreed, event.deadline), max(deadline, event.deadline)
                    asked = None
                case DeadlineShortened():
                    assert actor.ranks_for(Act.DECIDE) or actor.is_policy
                    assert (event.replaces, asked) == (deadline, None)
                    assert event.deadline < deadline
                    agreed, deadline = min(agreed or event.deadline, event.deadline), event.deadline
                case TaskCorrected():
                    before, after = event.before, event.after
                    assert not (asked and (after.deadline or after.original_deadline))
                    if after.original_deadline:
                        assert before.original_deadline == original
                        original = after.original_deadline
                    if after.deadline:
                        assert before.deadline == agreed
                        assert event.deadline_in_force in (None, deadline)
                        agreed, deadline = after.deadline, event.deadline_in_force or after.deadline
                case TaskCompleted() | TaskCancelled():
                    asked = None
        state = ledger.states[entity_id]
        if state is not None:
            assert (state.original_deadline, state.agreed_deadline, state.deadline) == (original, agreed, deadline)


OF_ITS_OWN = {
    resources.AGGREGATE.entity: (reservations_of_a_resource_never_overlap,),
    publications.AGGREGATE.entity: (a_publication_is_released_only_after_somebody_else_approved_it,),
    clearances.AGGREGATE.entity: (a_clearance_is_granted_or_refused_by_another_than_who_requested_it,),
    expenses.AGGREGATE.entity: (money_goes_beyond_what_is_guaranteed_only_where_somebody_said_why,),
    task.AGGREGATE.entity: (
        a_task_is_completed_or_returned_by_another_than_who_submitted_it,
        a_task_is_never_completed_while_it_needs_a_clearance_that_is_not_granted,
        a_task_is_never_completed_with_an_open_obstacle_or_before_what_it_waits_for,
        a_deadline_moves_by_an_extension_that_another_granted_by_a_lead_or_after_the_opening_day,
    ),
}


@short_and_long(25, 100)
@every_aggregate
def test_what_was_just_accepted_changes_nothing_when_repeated_and_every_rule_holds_of_a_history(aggregate, examples):
    """All rules look at the same histories, which take far longer to draw than to look at."""

    @effort(examples)
    @given(attempts(aggregate))
    def holds(attempted):
        ledger = Ledger(aggregate)
        for command, actor in attempted:
            if ledger.handle(command, actor) is not None:
                assert ledger.handle(command, actor) == []
        a_state_is_the_same_live_rebuilt_and_resumed_anywhere(ledger)
        a_history_survives_being_written_down(ledger)
        a_field_that_a_later_version_adds_is_passed_over_however_deep_it_stands(ledger)
        for rule in OF_ITS_OWN.get(aggregate.entity, ()):
            rule(ledger)

    holds()
