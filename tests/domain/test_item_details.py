"""What an item says of who does it by when and with what money: stored only where it is said, and carried on into the
task."""

from datetime import date

import pytest

from shared.domain import task
from shared.events.catalogue_item import DETAILS, Item, ItemAssigned, ItemPublished, ItemRevised
from shared.events.task import TaskAssigned, TaskDeadlineSet, TaskDescribed, TaskFunded, TaskOpened
from shared.unit.support_unit import OVER_WHEN_ASSIGNED, OpenItem, open_assigned_items
from shared.values.code_lists import NO_EPIDEMIC
from shared.views import catalogue as view
from shared.views.view import Recorded
from tests.congress import BEGINNING, envelope_of
from tests.domain.scenario import POLICY, decided_in
from tests.domain.test_catalogue import SOURCE, item

MORE = {
    "collective": "Sở Văn hóa",
    "individual": "Phó Giám đốc Sở",
    "coordinating": ("Văn phòng Tỉnh ủy", "Đoàn Thanh niên"),
    "directing_leader": "Phó Trưởng tiểu ban",
    "deadline": date(2020, 9, 25),
    "product": "Hội trường hoàn thiện",
    "secured_vnd": 0,
    "funding_source": "Ngân sách tỉnh",
    "remark": "Có dịch: chia hai điểm",
}
SAYS_ALL = item().model_copy(update=MORE)
react = open_assigned_items("logistics").react


def opened_by(told: Item, directive_id=None) -> list:
    """The events of the task that opens, in one batch."""
    assigned = ItemAssigned(unit="logistics", item=told, directive_id=directive_id)
    (command,) = react(assigned, envelope_of(assigned, "subcommittee", "catalogue-item", told.item_id, 0))
    state, events = None, []
    for part in command.parts():
        decided = decided_in({}, task.AGGREGATE, part, state, POLICY)
        state = task.AGGREGATE.fold(decided, state)
        events += decided
    return events


# --- what is stored ---
def test_an_item_that_says_no_more_is_stored_as_earlier_versions_stored_it():
    stored = ItemPublished(**SOURCE, item=item()).model_dump(mode="json")["item"]
    assert [*stored] == [
        *("code", "title", "group", "unit", "phase", "scenario", "due_offset_days", "budget_vnd"),
    ]
    assert Item.model_validate(stored) == item()


def test_what_an_item_says_reads_back_whole_and_the_names_of_all_of_it_are_known():
    stored = SAYS_ALL.model_dump(mode="json")
    assert Item.model_validate_json(SAYS_ALL.model_dump_json()) == Item.model_validate(stored) == SAYS_ALL
    assert set(DETAILS) == set(MORE) == stored.keys() - item().model_dump().keys()
    assert stored["secured_vnd"] == 0


def test_what_a_revised_item_does_not_say_any_more_is_gone_from_the_view():
    def folded(*events):
        document = None
        for position, event in enumerate(events):
            envelope = envelope_of(event, "subcommittee", "catalogue-item", "1-03", position)
            document = view.fold(document, Recorded(position + 1, BEGINNING, None, envelope, event))
        return document

    published, less = ItemPublished(**SOURCE, item=SAYS_ALL), ItemRevised(item=item())
    assert folded(published)["product"] == MORE["product"]
    assert folded(published, less) == folded(ItemPublished(**SOURCE, item=item()))


# --- the task that opens ---
def test_a_task_opens_with_what_it_brings_about_who_does_it_by_when_and_with_what_money():
    opened, *settled = opened_by(SAYS_ALL, "point-2")
    assert isinstance(opened, TaskOpened)
    assert (opened.catalogue_item, opened.directive_id, opened.planned_vnd) == ("1-03", "point-2", 5_000_000)
    assert settled == [
        TaskDescribed(**{name: MORE[name] for name in ("product", "directing_leader", "remark")}),
        TaskAssigned(**{name: MORE[name] for name in ("collective", "individual", "coordinating")}),
        TaskDeadlineSet(deadline=MORE["deadline"]),
        TaskFunded(secured_vnd=0, funding_source="Ngân sách tỉnh"),
    ]


def test_a_task_that_is_not_for_both_cases_follows_the_one_in_force_last():
    *_, last = OpenItem(task_id="1-03", item=SAYS_ALL.model_copy(update={"scenario": NO_EPIDEMIC})).parts()
    assert isinstance(last, task.FollowScenario)


def test_a_deadline_that_was_over_when_the_item_was_assigned_is_kept_and_says_so():
    """It was assigned on 15/08/2020, local time."""
    for day, because in ((date(2020, 8, 14), OVER_WHEN_ASSIGNED), (date(2020, 8, 15), None)):
        _, dated = opened_by(item().model_copy(update={"deadline": day}))
        assert dated == TaskDeadlineSet(deadline=day, past_because=because)


@pytest.mark.parametrize(
    ("half", "settled"),
    [
        ({"collective": "Sở Văn hóa"}, []),
        ({"individual": "Phó Giám đốc Sở"}, []),
        ({"secured_vnd": 1}, []),
        ({"funding_source": "Ngân sách"}, []),
        ({"product": "Biên bản"}, [TaskDescribed(product="Biên bản")]),
    ],
)
def test_half_of_what_the_task_would_need_is_left_to_the_unit(half, settled):
    _, *rest = opened_by(item().model_copy(update=half))
    assert rest == settled


def test_an_item_that_says_no_more_opens_as_it_ever_did():
    (command,) = react(ItemAssigned(unit="logistics", item=item()), None)
    assert isinstance(command, task.OpenTask)
