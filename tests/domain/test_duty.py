from datetime import date
from itertools import product

import pytest

from services.subcommittee import duty
from services.subcommittee.duty import AGGREGATE, DutyPhase, HandOutDuty, HandOutToLocality, duty_id
from services.subcommittee.organisation import Organisation
from shared.domain.decider import Actor
from shared.events.directive import DirectiveIssued
from shared.events.duty import DutyHandedOut
from shared.events.organisation import OrganisationKind, OrganisationRegistered
from shared.values.code_lists import CodeList, ids_of
from shared.values.types import ID_LENGTH, Phase
from tests.domain.scenario import OFFICER, given, refusal_codes, rejecting, silent_on

CHAIR = Actor("subcommittee.chair", "subcommittee")
POSITION = "Chủ tịch UBND huyện Giao Thủy"
NAME = {"vi": "Huyện Giao Thủy", "en": "Giao Thủy district"}
DUE = date(2020, 9, 20)
D3 = DirectiveIssued(kind="work", text={"vi": "Triển khai"}, units=["propaganda"])


def registered(
    kind: OrganisationKind = OrganisationKind.LOCALITY, positions: tuple[str, ...] = (POSITION,)
) -> Organisation:
    return Organisation(registered=OrganisationRegistered(kind=kind, name=NAME), positions=positions)


def register(organisation: Organisation | None) -> dict[object, object]:
    return {("organisation", "giao-thuy"): organisation, ("directive", "d3"): D3}


def hand_out(**changes: object) -> HandOutToLocality:
    content = {"unit": "propaganda", "duty": "decoration", "phase": "before", "locality": "giao-thuy"}
    return HandOutToLocality(**content | {"planned_vnd": 5, "deadline": DUE, "directive_id": "d3"} | changes)


HANDED_OUT = DutyHandedOut(
    unit="propaganda",
    duty="decoration",
    phase="before",
    locality="giao-thuy",
    locality_name=NAME,
    responsible=POSITION,
    title={
        "vi": "Trang trí trước Đại hội: Huyện Giao Thủy",
        "en": "Decoration before the congress: Giao Thủy district",
    },
    planned_vnd=5,
    deadline=DUE,
    directive_id="d3",
)
EARLIER = (HANDED_OUT,)


def test_a_duty_handed_out_names_the_locality_and_who_answers_for_it_there():
    history = given(AGGREGATE).seeing(register(registered(positions=(POSITION, "Phó Chủ tịch"))))
    history.when(hand_out(), CHAIR).then(HANDED_OUT)


SILENT = {
    "the same is handed out again": (EARLIER, hand_out(), CHAIR),
    "the same is handed out by another": (EARLIER, hand_out(), OFFICER),
}


@silent_on(SILENT)
@pytest.mark.parametrize("now", [registered(), registered(positions=("Phó Chủ tịch",)), registered(positions=())])
def test_handed_out_again_nothing_happens_whatever_the_register_says_now(history, command, actor, now):
    given(AGGREGATE, *history).seeing(register(now)).when(command, actor).nothing_happened()


OTHERWISE = [
    hand_out(unit="logistics"),
    hand_out(planned_vnd=6),
    hand_out(deadline=date(2020, 9, 21)),
    hand_out(deadline=None),
    hand_out(directive_id="d4"),
]
REJECTED = [(EARLIER, command, CHAIR, "duty_already_handed_out") for command in OTHERWISE]


@rejecting(REJECTED)
def test_a_duty_is_not_handed_out_again_with_another_content(history, command, actor, code):
    given(AGGREGATE, *history).seeing(register(registered())).when(command, actor).rejected(code)


NO_ADDRESSEE = {
    "an organisation that is not on the register": (None, "organisation_not_found"),
    "an agency": (registered(OrganisationKind.AGENCY), "organisation_not_a_locality"),
    "a body": (registered(OrganisationKind.BODY), "organisation_not_a_locality"),
    "a locality where nobody answers for work": (registered(positions=()), "locality_without_position"),
}


@pytest.mark.parametrize(("organisation", "code"), NO_ADDRESSEE.values(), ids=NO_ADDRESSEE)
def test_a_duty_is_handed_out_to_localities_on_the_register_only(organisation, code):
    given(AGGREGATE).seeing(register(organisation)).when(hand_out(), CHAIR).rejected(code)


def test_a_duty_is_handed_out_under_a_directive_that_was_issued_only():
    nowhere = hand_out(directive_id="d4")
    given(AGGREGATE).seeing(register(registered())).when(nowhere, CHAIR).rejected("directive_not_found")


def test_a_name_without_english_stands_as_it_is_in_the_english_title():
    named = OrganisationRegistered(kind="locality", name={"vi": "Huyện Ý Yên"})
    decided = given(AGGREGATE).seeing(register(Organisation(registered=named, positions=(POSITION,))))
    (handed_out,) = decided.when(hand_out(), CHAIR).events
    assert handed_out.title.en == "Decoration before the congress: Huyện Ý Yên"


def test_one_command_stands_for_every_locality_in_every_phase():
    phases = (DutyPhase(phase="before", deadline=DUE), DutyPhase(phase="after"))
    content = {"unit": "propaganda", "duty": "decoration", "planned_vnd": 5, "directive_id": "d3"}
    command = HandOutDuty(**content, phases=phases, localities=("giao-thuy", "y-yen"))
    assert command.parts() == tuple(
        hand_out(locality=locality, phase=each.phase, deadline=each.deadline)
        for locality in ("giao-thuy", "y-yen")
        for each in phases
    )


def test_every_locality_duty_and_phase_has_an_id_of_its_own_that_fits():
    longest = "x" * (ID_LENGTH - 18)
    ids = [duty_id(*told) for told in product((longest, "y"), ids_of(CodeList.DUTIES), Phase)]
    assert len(set(ids)) == len(ids)
    assert {
        hand_out(locality=longest, duty=kind, phase=phase).entity_id
        for kind, phase in product(ids_of(CodeList.DUTIES), Phase)
    } <= set(ids)
    assert max(map(len, ids)) == ID_LENGTH
    with pytest.raises(ValueError, match="locality"):
        hand_out(locality=longest + "x")


@pytest.mark.parametrize(
    ("localities", "phases", "said"),
    [
        ([], ["before"], "localities"),
        (["a"], [], "phases"),
        (["a", "a"], ["before"], "at most once"),
        (["a"], ["before", "before"], "at most once"),
        ([f"l{number}" for number in range(334)], ["before", "during", "after"], "at most 1000"),
    ],
)
def test_what_is_handed_out_at_once_is_one_batch_with_each_locality_and_phase_once(localities, phases, said):
    phases = [{"phase": phase} for phase in phases]
    with pytest.raises(ValueError, match=said):
        HandOutDuty(unit="logistics", duty="sanitation", phases=phases, localities=localities)


def test_everything_is_told():
    assert AGGREGATE.commands == (HandOutDuty,)
    assert AGGREGATE.events == (type(HANDED_OUT),)
    told = {code for *_, code in REJECTED} | {code for _, code in NO_ADDRESSEE.values()}
    assert told == refusal_codes(duty)
