"""What all support units share: tasks, documents, reviews and scenarios, and the policies that feed them.

A catalogue item assigned to a unit opens a task there, with whoever does it, its deadline and its money where the
item says so; a duty handed out to it likewise. A directive for a four-point review opens one in every unit that it
addresses, and what is taken up while a review is open enters it. What security decides on clearances is noted, for
tasks that need them, and what the sub-committee instructs is noted with the task. When the sub-committee switches the
scenario, every task follows: the switch is put on record in the unit before its tasks are listed. A task opened or
reopened later follows what is on record by then, in the same batch; what is put on record in the meantime it follows
once the ledger tells of it. So none is left out, in whatever order the two meet.
"""

from collections.abc import Iterator, Sequence

from shared.domain import (
    document,
    evidence,
    known_clearance,
    known_list,
    review,
    task,
    unit_rules,
    unit_scenario,
    variant,
)
from shared.domain.decider import Aggregate, Command
from shared.domain.known_clearance import NoteClearance
from shared.domain.review import EnterTask, OpenReview
from shared.domain.task import AssignTask, DescribeTask, FollowScenario, FundTask, OpenTask, SetDeadline
from shared.domain.unit_scenario import ConfirmSwitch, RecordSwitch
from shared.events.base import Event
from shared.events.catalogue_item import Item, ItemAssigned
from shared.events.clearance import ClearanceGranted, ClearanceRefused, ClearanceWithdrawn
from shared.events.directive import DirectiveIssued, DirectiveKind
from shared.events.duty import DUTY_GROUP, DutyHandedOut
from shared.events.known_clearance import ClearanceDecision
from shared.events.scenario import ScenarioSwitched
from shared.events.task import ScenarioFollowed, TaskOpened, TaskReopened
from shared.events.variant import AdjustmentWithdrawn, VariantAdjusted
from shared.eventstore.envelope import Envelope
from shared.unit.instructions import note_instructions
from shared.unit.known_lists import OF_EVERY_UNIT, note_lists
from shared.unit.moving_deadlines import move_confirmed_deadlines
from shared.unit.policies import ForEvery, Policy
from shared.unit.service import UnitService
from shared.values.code_lists import EVERY_CASE, CodeList
from shared.values.local_time import local_date
from shared.values.types import EARLIEST, LATEST, EntityId, Phrase
from shared.values.units import SECURITY, SUBCOMMITTEE


def support_unit(
    unit: str, own: Sequence[Aggregate] = (), policies: Sequence[Policy] = (), lists: Sequence[CodeList] = ()
) -> UnitService:
    """The service of a support unit, with what is its `own` beside what all have; `lists` are the code lists that it
    decides with beside those of every unit."""
    return UnitService(
        unit,
        aggregates=(
            *(module.AGGREGATE for module in (task, known_clearance, document, review, variant, unit_scenario)),
            *(module.AGGREGATE for module in (evidence, unit_rules, known_list)),
            *own,
        ),
        policies=(
            open_assigned_items(unit),
            open_handed_out_duties(unit),
            open_ordered_reviews(unit),
            *NOTE_CLEARANCES,
            FOLLOW_SWITCHES,
            move_confirmed_deadlines(unit),
            *follow_own_events(unit),
            note_instructions(unit),
            note_lists((*OF_EVERY_UNIT, *lists)),
            *policies,
        ),
    )


def _opening(item: Item, directive_id: EntityId | None) -> OpenTask:
    return OpenTask(
        task_id=item.item_id,
        catalogue_item=item.item_id,
        planned_vnd=item.budget_vnd,
        directive_id=directive_id,
        **item.model_dump(include={"title", "group", "phase", "scenario", "due_offset_days"}),
    )


class OpenItem(Command):
    """Opens the task of a catalogue item with what it is to bring about, who does it, by when and with what money, as
    far as the item says so: all of it or nothing. Only the policy gives it."""

    NAME = "open-item"
    ENTITY = "task"
    task_id: EntityId
    item: Item
    directive_id: EntityId | None = None
    past_because: Phrase | None = None

    def parts(self) -> Sequence[Command]:
        opened, *following = _opening(self.item, self.directive_id).parts()
        return (opened, *self._settled(), *following)

    def _settled(self) -> Iterator[Command]:
        task_id, item = self.task_id, self.item
        if item.product or item.directing_leader or item.remark:
            yield DescribeTask(task_id=task_id, **item.model_dump(include={"product", "directing_leader", "remark"}))
        if item.collective and item.individual:
            who = item.model_dump(include={"collective", "individual", "coordinating"})
            yield AssignTask(task_id=task_id, **who)
        if item.deadline:
            yield SetDeadline(task_id=task_id, deadline=item.deadline, past_because=self.past_because)
        if item.secured_vnd is not None and item.funding_source:
            yield FundTask(task_id=task_id, secured_vnd=item.secured_vnd, funding_source=item.funding_source)


OVER_WHEN_ASSIGNED = "Thời hạn ghi trong danh mục đã qua khi giao việc"
"""Why a deadline is set that is over on the day of assigning: the paper says it, and what is late is to be seen."""


def open_assigned_items(unit: str) -> Policy:
    def react(assigned: ItemAssigned, envelope: Envelope) -> Sequence[OpenTask | OpenItem]:
        item, directive_id = assigned.item, assigned.directive_id
        if assigned.unit != unit:
            return ()
        if not item.says_more:
            return (_opening(item, directive_id),)
        because = OVER_WHEN_ASSIGNED if _is_over(item, envelope) else None
        return (OpenItem(task_id=item.item_id, item=item, directive_id=directive_id, past_because=because),)

    return Policy(name="open-assigned-items", service=SUBCOMMITTEE, events=(ItemAssigned,), react=react)


def _is_over(item: Item, assigned: Envelope) -> bool:
    in_range = EARLIEST <= assigned.time < LATEST
    return in_range and item.deadline is not None and item.deadline < local_date(assigned.time)


class OpenDuty(Command):
    """Opens the task of a duty, assigned to the locality and with its deadline: all of it or nothing. Only the policy
    gives it."""

    NAME = "open-duty"
    ENTITY = "task"
    task_id: EntityId
    handed_out: DutyHandedOut

    def parts(self) -> Sequence[Command]:
        task_id, duty = self.task_id, self.handed_out
        same = duty.model_dump(include={"title", "phase", "planned_vnd", "directive_id", "duty", "locality"})
        opened = OpenTask(task_id=task_id, group=DUTY_GROUP, scenario=EVERY_CASE, **same)
        assigned = AssignTask(task_id=task_id, collective=duty.locality_name.vi, individual=duty.responsible)
        if duty.deadline is None:
            return (opened, assigned)
        return (
            opened,
            assigned,
            SetDeadline(task_id=task_id, **duty.model_dump(include={"deadline", "past_because"})),
        )


def open_handed_out_duties(unit: str) -> Policy:
    """The task has the id of the duty."""

    def react(handed_out: DutyHandedOut, envelope: Envelope) -> Sequence[OpenDuty]:
        if handed_out.unit != unit:
            return ()
        return (OpenDuty(task_id=envelope.subject, handed_out=handed_out),)

    return Policy(name="open-handed-out-duties", service=SUBCOMMITTEE, events=(DutyHandedOut,), react=react)


def open_ordered_reviews(unit: str) -> Policy:
    """The review has the id of the directive that orders it."""

    def react(issued: DirectiveIssued, envelope: Envelope) -> Sequence[OpenReview]:
        if issued.kind is not DirectiveKind.REVIEW or unit not in issued.units:
            return ()
        directive_id = envelope.subject
        due = {"due_on": issued.due_on, "past_because": issued.past_because}
        return (OpenReview(review_id=directive_id, directive_id=directive_id, **due),)

    return Policy(name="open-ordered-reviews", service=SUBCOMMITTEE, events=(DirectiveIssued,), react=react)


def _note(decision: ClearanceDecision, event: type[Event]) -> Policy:
    """Earlier versions did not keep the order of these events; that is why `known_clearance` does not need it."""

    def react(_: Event, envelope: Envelope) -> Sequence[NoteClearance]:
        return (NoteClearance(clearance_id=envelope.subject, decision=decision),)

    return Policy(name=f"note-{decision}-clearances", service=SECURITY, events=(event,), react=react)


NOTE_CLEARANCES = (
    _note(ClearanceDecision.GRANTED, ClearanceGranted),
    _note(ClearanceDecision.REFUSED, ClearanceRefused),
    _note(ClearanceDecision.WITHDRAWN, ClearanceWithdrawn),
)


def _on_switch(switched: ScenarioSwitched, _: Envelope) -> Sequence[Command | ForEvery]:
    """Recorded first, so that whatever is opened from then on follows by itself; listed then."""
    return (
        RecordSwitch(**switched.model_dump()),
        ForEvery("task", lambda task_id: FollowScenario(task_id=task_id)),
        ConfirmSwitch(number=switched.number),
    )


FOLLOW_SWITCHES = Policy(name="follow-switches", service=SUBCOMMITTEE, events=(ScenarioSwitched,), react=_on_switch)


def follow_own_events(unit: str) -> Sequence[Policy]:
    """An adjustment may change what the scenario in force demands of a task. A task that is taken up, or resumed by
    that scenario, comes under the reviews that are open; and where a switch overtook the decision to take it up, it
    follows that switch now."""

    def on_variant(changed: VariantAdjusted | AdjustmentWithdrawn, _: Envelope) -> Sequence[FollowScenario]:
        return (FollowScenario(task_id=changed.task_id),)

    def on_live(
        live: TaskOpened | TaskReopened | ScenarioFollowed, envelope: Envelope
    ) -> Sequence[Command | ForEvery]:
        task_id = envelope.subject
        enter = ForEvery("review", lambda review_id: EnterTask(review_id=review_id, task_id=task_id))
        if isinstance(live, ScenarioFollowed):
            return () if live.suspended else (enter,)
        return (enter, FollowScenario(task_id=task_id))

    return (
        Policy("follow-when-adjusted", unit, (VariantAdjusted, AdjustmentWithdrawn), on_variant),
        Policy("enter-open-reviews", unit, (TaskOpened, TaskReopened, ScenarioFollowed), on_live),
    )
