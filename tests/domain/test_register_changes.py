"""What a file would change on the register is told first; the same file again changes nothing."""

import json
from datetime import date

import pytest

from services.subcommittee.importing.register import RegisterWishes
from services.subcommittee.importing.register_changes import commands
from services.subcommittee.organisation import AGGREGATE, RegisterOrganisations
from shared.domain.decider import Actor, Refused
from shared.domain.entering import entered
from shared.views.organisations import VIEW
from tests.domain.test_growth import stored
from tests.registers import DEPUTY, DISTRICT, FIRST, HEADINGS, HEALTH, change_of, register, row

ROOMY = 1024 * 1024
OFFICE = Actor("subcommittee.office", "subcommittee")


class Register:
    """A register on record, by the commands that were given."""

    def __init__(self):
        self.states, self.events = {}, {}

    def give(self, batches):
        """How many events they make. Raises a refusal."""
        made = 0
        for data in batches:
            states, events = dict(self.states), {key: [*found] for key, found in self.events.items()}
            for part in entered(RegisterOrganisations, json.loads(json.dumps(data))).parts():
                id_ = part.entity_id
                seen = {("organisation", other): state for other, state in states.items()}
                for event in AGGREGATE.decide(part, states.get(id_), OFFICE, seen):
                    states[id_] = AGGREGATE.evolve(states.get(id_), event)
                    events.setdefault(id_, []).append(event)
                    made += 1
            self.states, self.events = states, events
        return made

    def documents(self):
        return [folded(id_, events) for id_, events in self.events.items()]

    def take(self, content, wishes=RegisterWishes()):  # noqa: B008
        change = change_of(content, self.documents(), wishes)
        assert not change.refused, [str(wrong.why) for wrong in change.refused]
        return change, self.give(commands(change, ROOMY))


def folded(id_, events):
    document = None
    for sequence, event in enumerate(events, start=1):
        document = VIEW.fold(document, stored(AGGREGATE, event, sequence))
    return {**document, "_id": id_}


@pytest.fixture
def known():
    register_ = Register()
    register_.take(register())
    return register_


def told(change):
    return [(one.is_new, one.organisation, one.position, dict(one.fields)) for one in change.rows]


# --- what is new ---
def test_an_empty_register_gets_everything_in_one_command():
    given = Register()
    change, made = given.take(register())
    assert [(one[0], one[1], one[2]) for one in told(change)] == [
        (True, "Sở Y tế", ""), (True, "Sở Y tế", "Giám đốc Sở Y tế"), (True, "Sở Y tế", "Phó Giám đốc Sở Y tế"),
        (True, "Huyện Mỹ Lộc", ""), (True, "Huyện Mỹ Lộc", "Chủ tịch UBND huyện Mỹ Lộc"),
    ]  # fmt: skip
    assert len(commands(change, ROOMY)) == 1
    assert made == 2 + 3 + 2
    health = given.documents()[0]
    assert (health["_id"], health["kind"], health["positions"][0]) == ("so-y-te", "agency", "Giám đốc Sở Y tế")
    assert health["holders"][1]["contact"] == "pgd@example.vn"


def test_the_same_file_again_however_it_is_spelled_sends_nothing(known):
    capitals = [row(HEALTH, c1="SỞ Y TẾ", c3="giám đốc sở y tế", c4="NGƯỜI A"), DEPUTY, DISTRICT]
    for content in (register(), register(*capitals)):
        change, made = known.take(content)
        assert (change.changes_nothing, change.rows, change.unchanged, made) == (True, [], 3, 0)


def test_columns_that_are_missing_change_nothing_and_what_is_not_listed_stays(known):
    change, made = known.take(register(("Sở Y tế", "Giám đốc Sở Y tế"), headings=("Đơn vị", "Chức vụ"), merged=()))
    assert (change.changes_nothing, change.not_listed, made) == (True, 1, 0)


# --- what changes ---
def test_another_person_takes_over_and_is_told_as_before_and_after(known):
    change, made = known.take(register(row(c4="Người C", c5="1/9/2020", c6=None)))
    fields = {"person": ("Người A", "Người C"), "since": ("2019-07-01", "2020-09-01")}
    assert told(change) == [(False, "Sở Y tế", "Giám đốc Sở Y tế", fields)]
    assert made == 2
    (health, _) = known.documents()
    assert {holder["person"] for holder in health["holders"]} == {"Người B", "Người C"}
    assert health["former"][0]["until"] == "2020-09-01"


def test_another_contact_of_the_same_person_is_amended_and_nothing_else(known):
    change, made = known.take(register(row(c5=None, c6="0912 345 678")))
    assert [one.fields for one in change.rows] == [{"contact": ("0228 3649 888", "0912 345 678")}]
    assert made == 1


def test_a_deputy_is_named_also_of_a_position_further_down(known):
    headings = ("Đơn vị", "Loại", "Chức vụ", "Cấp phó của")
    rows = [("Sở Y tế", "ngành", "Phó Giám đốc Sở Y tế", "giám đốc sở y tế"),
            ("Sở Lạ", "ngành", "Phó", "Trưởng"), ("Sở Lạ", None, "Trưởng", None)]  # fmt: skip
    change, made = known.take(register(*rows, headings=headings, merged=()))
    assert change.rows[0].fields == {"deputises_for": (None, "Giám đốc Sở Y tế")}
    assert made == 1 + 1 + 2 + 1
    assert known.take(register(*rows, headings=headings, merged=()))[1] == 0


def test_an_office_that_is_known_by_a_merged_name_is_not_registered_again(known):
    document, district = known.documents()
    merged = [document | {"aliases": [{"alias": "Sở YT", "position": None}]}, district]
    change = change_of(register(row(c1="Sở YT")), merged)
    assert (change.changes_nothing, change.refused) == (True, [])


def test_two_organisations_whose_names_make_one_id_get_two():
    change, _ = Register().take(register(row(c1="Sở Y tế"), row(c1="Sở - Y tế")))
    assert {entry["organisation_id"] for entry in change.entries} == {"so-y-te", "so-y-te-2"}


# --- what is refused, before anything is sent ---
@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"c2": "Đơn vị"}, "Loại", "organisation_of_another_kind"),
        ({"c5": "2/7/2019"}, "Giữ chức từ ngày", "position_already_held"),
        ({"c4": "Người C", "c5": "1/1/2018"}, "Giữ chức từ ngày", "file_before_handover"),
        ({"c4": "Người C", "c5": None}, "Họ và tên", "no_since_said"),
        ({"c1": "Sở Lạ", "c2": None}, "Loại", "no_kind_said"),
    ],
)
def test_what_contradicts_the_register_is_named_by_row_and_heading(known, cells, column, code):
    change = change_of(register(row(**cells)), known.documents())
    assert [(wrong.row, wrong.column, wrong.why.code) for wrong in change.refused] == [(FIRST, column, code)]


def test_what_the_file_does_not_say_may_be_said_for_all():
    wishes = RegisterWishes(kind="body", since=date(2020, 1, 1))
    headings = ("Đơn vị", "Chức vụ", "Họ tên")
    _, made = Register().take(
        register(("Báo tỉnh", "Tổng Biên tập", "Người A"), headings=headings, merged=()), wishes
    )
    assert made == 3


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"c0": "so-khac"}, "organisation_under_another_id"),
        ({"c0": "huyen-my-loc", "c1": "Sở Lạ", "c2": "Địa phương"}, "organisation_of_another_name"),
    ],
)
def test_an_id_that_is_anothers_is_refused(known, cells, code):
    change = change_of(register(row(**cells), headings=("Mã", *HEADINGS[1:])), known.documents())
    assert [(wrong.column, wrong.why.code) for wrong in change.refused] == [("Mã", code)]


def test_the_day_for_all_does_not_contradict_who_is_on_the_register_already(known):
    wishes = RegisterWishes(since=date(2021, 1, 1))
    change = change_of(register(row(c5=None)), known.documents(), wishes)
    assert (change.changes_nothing, change.refused) == (True, [])


def test_a_batch_that_the_rules_forbid_writes_nothing(known):
    before = known.documents()
    with pytest.raises(Refused) as raised:
        known.give([{"entries": [_entry("Sở Lạ", "so-la"), _entry("Sở Y tế", "so-y-te", kind="body")]}])
    assert raised.value.code == "organisation_already_registered"
    assert known.documents() == before


def _entry(name, id_, kind="agency"):
    return {"organisation_id": id_, "kind": kind, "name": {"vi": name}, "positions": ["Trưởng"]}


# --- a file that contradicts itself, or asks for more than there can be ---
WITH_DEPUTIES = ("Đơn vị", "Loại", "Chức vụ", "Cấp phó của")
WITH_IDS = ("Mã đơn vị", "Đơn vị", "Loại", "Chức vụ")


def refused_of(headings, *rows, documents=()):
    change = change_of(register(*rows, headings=headings, merged=(), title=()), documents)
    return [(wrong.row, wrong.column, wrong.why.code) for wrong in change.refused]


@pytest.mark.parametrize(
    ("headings", "rows", "wrong"),
    [
        (
            WITH_DEPUTIES,
            [("Sở Lạ", "ngành", "Trưởng", "Phó"), ("Sở Lạ", None, "Phó", "trưởng")],
            (3, "Cấp phó của", "deputies_in_a_circle"),
        ),
        (WITH_DEPUTIES, [("Sở Lạ", "ngành", "Trưởng", "trưởng")], (2, "Cấp phó của", "deputies_in_a_circle")),
        (
            WITH_DEPUTIES,
            [("Sở Lạ", "ngành", name, above) for name, above in [("A", None), ("B", None), ("C", "A"), ("C", "B")]],
            (5, "Cấp phó của", "said_otherwise_above"),
        ),
        (
            WITH_DEPUTIES,
            [("Sở Lạ", "ngành", "A", None), *(("Sở Lạ", "ngành", f"Phó {n}", "A") for n in range(51))],
            (53, "Cấp phó của", "organisation_deputies_full"),
        ),
        (
            WITH_DEPUTIES,
            [("Sở Lạ", "ngành", f"Chức vụ {number}", None) for number in range(300)],
            (202, "Chức vụ", "organisation_positions_full"),
        ),
        (
            WITH_IDS,
            [("so-la", "Sở Lạ", "ngành", "Trưởng"), ("so-la", "Sở Khác", "ngành", "Trưởng")],
            (3, "Mã đơn vị", "organisation_id_twice"),
        ),
        (
            WITH_IDS,
            [("so-la", "Sở Lạ", "ngành", "Trưởng"), ("so-khac", "Sở Lạ", "ngành", "Phó")],
            (3, "Mã đơn vị", "said_otherwise_above"),
        ),
        (
            ("Đơn vị", "Loại", "Chức vụ", "Họ tên", "Giữ chức từ ngày"),
            [("Sở Lạ", "ngành", "Trưởng", "Người A", day) for day in ("1/7/2019", "1/8/2019")],
            (3, "Giữ chức từ ngày", "said_otherwise_above"),
        ),
    ],
)
def test_what_contradicts_itself_is_named_by_row_and_heading_before_anything_is_sent(headings, rows, wrong):
    assert refused_of(headings, *rows) == [wrong]


def test_an_id_in_the_file_is_not_given_to_another_organisation():
    rows = [(None, "Sở Lạ", "ngành", "Trưởng"), ("so-la", "Sở Khác", "ngành", "Trưởng")]
    change, _ = Register().take(register(*rows, headings=WITH_IDS, merged=(), title=()))
    assert [entry["organisation_id"] for entry in change.entries] == ["so-la-2", "so-la"]


def test_rows_that_repeat_a_position_are_one_and_what_one_leaves_out_the_other_says():
    rows = (row(c7=None, c6=None), row(c3="giám đốc sở y tế"), row(c5=None))
    change, made = Register().take(register(*rows))
    assert [(one.is_new, one.position) for one in change.rows] == [(True, ""), (True, "Giám đốc Sở Y tế")]
    assert (made, change.entries[0]["holders"][0]["contact"]) == (3, "0228 3649 888")


# --- what is sent ---
def test_a_long_register_is_cut_into_commands_that_the_broker_takes():
    rows = [(number, f"Sở {number // 120}", "ngành", f"Chức vụ {number}", f"Người {number}", "1/1/2020")
            for number in range(1200)]  # fmt: skip
    given = Register()
    change, made = given.take(register(*rows))
    batches = commands(change, ROOMY)
    assert made == 10 + 2 * 1200
    assert all(len(json.dumps(batch)) < ROOMY for batch in batches)
    assert 3 <= len(batches) <= 5
    assert all(entered(RegisterOrganisations, batch) for batch in batches)
    assert given.take(register(*rows))[1] == 0
