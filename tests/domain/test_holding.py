"""Who holds the positions of an organisation: given, when, then."""

from datetime import date
from typing import get_args

from services.subcommittee import holding
from services.subcommittee.organisation import AGGREGATE, Organisation, RemovePosition
from shared.events import organisation as events
from shared.events.organisation import (
    ActingAppointed,
    DeputyDismissed,
    DeputyNamed,
    OrganisationRegistered,
    PositionAdded,
    PositionHeld,
    PositionVacated,
)
from tests.domain.scenario import OFFICER, accepting, given, refusal_codes, rejecting, silent_on

CHAIR, VICE, CLERK = "Chủ tịch UBND huyện", "Phó Chủ tịch UBND huyện", "Chánh Văn phòng"
ONE, OTHER = "Người thứ nhất", "Người thứ hai"
REGISTERED = (
    OrganisationRegistered(kind="locality", name={"vi": "Huyện Giao Thủy"}),
    *(PositionAdded(position=position) for position in (CHAIR, VICE, CLERK)),
)


def said(position=CHAIR, person=ONE, since="2020-01-01", **more):
    return {"position": position, "person": person, "since": since} | more


def hold(**said_of):
    return holding.HoldPosition(organisation_id="giao-thuy", **said(**said_of))


def hand_over(**said_of):
    return holding.HandOverPosition(organisation_id="giao-thuy", **said(**said_of))


def act(until="2020-03-31", **said_of):
    return holding.ActForPosition(organisation_id="giao-thuy", **said(**said_of), until=until)


def leave(until, position=CHAIR):
    return holding.LeavePosition(organisation_id="giao-thuy", position=position, until=until)


def deputise(position, deputises_for):
    return holding.NameDeputy(organisation_id="giao-thuy", position=position, deputises_for=deputises_for)


DISMISS = holding.DismissDeputy(organisation_id="giao-thuy", position=VICE)
HELD = (*REGISTERED, PositionHeld(**said()))
LEFT = (*HELD, PositionVacated(position=CHAIR, person=ONE, until="2020-06-30"))
ACTED = (*REGISTERED, ActingAppointed(**said(until="2020-03-31")))
DEPUTY = (*REGISTERED, DeputyNamed(position=VICE, deputises_for=CHAIR))

ACCEPTED = {
    "somebody holds a position": (REGISTERED, hold(), OFFICER, PositionHeld(**said())),
    "with where notices go": (
        REGISTERED,
        hold(contact="0350 364 8888", person_id="cb-1", exclusive=True),
        OFFICER,
        PositionHeld(**said(contact="0350 364 8888", person_id="cb-1", exclusive=True)),
    ),
    "the position is picked however it is spelled": (
        REGISTERED,
        hold(position="CHU TICH UBND  huyen"),
        OFFICER,
        PositionHeld(**said()),
    ),
    "what else is known of who holds it": (
        HELD,
        hold(contact="vp@example.vn"),
        OFFICER,
        PositionHeld(**said(contact="vp@example.vn")),
    ),
    "the last day in a position": (
        HELD,
        leave("2020-06-30"),
        OFFICER,
        PositionVacated(position=CHAIR, person=ONE, until="2020-06-30"),
    ),
    "a successor from the predecessor's last day on": (
        LEFT,
        hold(person=OTHER, since="2020-06-30"),
        OFFICER,
        PositionHeld(**said(person=OTHER, since="2020-06-30")),
    ),
    "somebody acts for a time, whoever holds it": (
        HELD,
        act(person=OTHER),
        OFFICER,
        ActingAppointed(**said(person=OTHER, until="2020-03-31")),
    ),
    "the same acts for a shorter time after all": (
        ACTED,
        act(until="2020-02-01"),
        OFFICER,
        ActingAppointed(**said(until="2020-02-01")),
    ),
    "somebody else acts afterwards": (
        ACTED,
        act(person=OTHER, since="2020-04-01", until="2020-04-02"),
        OFFICER,
        ActingAppointed(**said(person=OTHER, since="2020-04-01", until="2020-04-02")),
    ),
    "a deputy": (
        REGISTERED,
        deputise("pho chu tich ubnd huyen", CHAIR),
        OFFICER,
        DeputyNamed(position=VICE, deputises_for=CHAIR),
    ),
    "the deputy of another one": (
        DEPUTY,
        deputise(VICE, CLERK),
        OFFICER,
        DeputyNamed(position=VICE, deputises_for=CLERK),
    ),
    "no deputy any more": (DEPUTY, DISMISS, OFFICER, DeputyDismissed(position=VICE)),
}
SILENT = {
    "a position that deputises for none is dismissed": (REGISTERED, DISMISS, OFFICER),
    "it was left on that day": (LEFT, leave("2020-06-30"), OFFICER),
}
FULL = (*REGISTERED, *(PositionHeld(**said(contact=f"0350 000 {n:04}")) for n in range(holding.MOST_HOLDINGS)))
ALL_DEPUTIES = (
    *REGISTERED,
    *(DeputyNamed(position=f"Phó {n}", deputises_for=CHAIR) for n in range(holding.MOST_DEPUTIES)),
)
REJECTED = [
    (REGISTERED, hold(position="Giám đốc"), OFFICER, "position_not_found"),
    (REGISTERED, deputise(VICE, "Giám đốc"), OFFICER, "position_not_found"),
    (HELD, hold(person=OTHER, since="2020-07-01"), OFFICER, "position_already_held"),
    (HELD, hand_over(since="2020-07-01"), OFFICER, "position_already_held"),
    (REGISTERED, hand_over(), OFFICER, "position_not_held"),
    (REGISTERED, leave("2020-06-30"), OFFICER, "position_not_held"),
    (LEFT, leave("2020-07-01"), OFFICER, "position_not_held"),
    (LEFT, hold(person=OTHER, since="2020-06-29"), OFFICER, "position_held_until"),
    (HELD, leave("2019-12-31"), OFFICER, "position_days_reversed"),
    (HELD, hand_over(person=OTHER, since="2019-12-31"), OFFICER, "position_days_reversed"),
    (HELD, act(until="2019-12-31"), OFFICER, "position_days_reversed"),
    (ACTED, act(person=OTHER, since="2020-03-31"), OFFICER, "position_acted_for"),
    (DEPUTY, deputise(CHAIR, VICE), OFFICER, "deputies_in_a_circle"),
    (REGISTERED, deputise(CHAIR, CHAIR), OFFICER, "deputies_in_a_circle"),
    (FULL, act(), OFFICER, "organisation_holdings_full"),
    (ALL_DEPUTIES, deputise(VICE, CHAIR), OFFICER, "organisation_deputies_full"),
]


@accepting(ACCEPTED)
def test_accepted(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@silent_on(SILENT)
def test_silent(history, command, actor):
    given(AGGREGATE, *history).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_rejected(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_a_handover_says_who_left_and_who_follows_on_one_day():
    left = PositionVacated(position=CHAIR, person=ONE, until="2020-07-01")
    follows = PositionHeld(**said(person=OTHER, since="2020-07-01"))
    command = hand_over(person=OTHER, since="2020-07-01")
    given(AGGREGATE, *HELD).when(command).then(left, follows)
    given(AGGREGATE, *HELD, left, follows).when(command).nothing_happened()


def elsewhere(**said_of):
    """Another organisation, where somebody holds a position."""
    held = PositionHeld(**said(position="Giám đốc", **said_of))
    return {
        ("organisation", "so-y-te"): AGGREGATE.fold(
            [OrganisationRegistered(kind="agency", name={"vi": "Sở Y tế"}), PositionAdded(position="Giám đốc"), held]
        )
    }


def test_nobody_holds_two_exclusive_positions_here_or_elsewhere():
    alone = hold(position=VICE, exclusive=True)
    exclusive_here = (*REGISTERED, PositionHeld(**said(exclusive=True)))
    given(AGGREGATE, *exclusive_here).when(alone).rejected("person_holds_another_position")
    spelled = elsewhere(person="NGUOI thu nhat", exclusive=True)
    given(AGGREGATE, *REGISTERED).seeing(spelled).when(alone).rejected("person_holds_another_position")
    following = hand_over(person=OTHER, since="2020-07-01", exclusive=True)
    taken = elsewhere(person=OTHER, exclusive=True)
    given(AGGREGATE, *HELD).seeing(taken).when(following).rejected("person_holds_another_position")


def test_one_position_that_is_not_exclusive_or_a_namesake_is_no_obstacle():
    alone = hold(exclusive=True, person_id="cb-1")
    event = PositionHeld(**said(exclusive=True, person_id="cb-1"))
    given(AGGREGATE, *REGISTERED).seeing(elsewhere(person=ONE)).when(alone).then(event)
    namesake = elsewhere(person=ONE, exclusive=True, person_id="cb-2")
    given(AGGREGATE, *REGISTERED).seeing(namesake).when(alone).then(event)
    given(AGGREGATE, *REGISTERED).seeing(elsewhere(exclusive=True)).when(hold()).then(PositionHeld(**said()))


def test_a_position_that_is_in_use_is_not_removed():
    remove = RemovePosition(organisation_id="giao-thuy", position=CHAIR)
    for history in (HELD, DEPUTY, (*REGISTERED, events.NameMerged(alias="Chủ tịch huyện", position=CHAIR))):
        given(AGGREGATE, *history).when(remove).rejected("position_in_use")
    given(AGGREGATE, *LEFT).when(remove).then(events.PositionRemoved(position=CHAIR))


def test_a_deputy_whose_position_is_removed_deputises_for_nobody():
    removed = AGGREGATE.fold([*DEPUTY, events.PositionRemoved(position=VICE)])
    assert isinstance(removed, Organisation)
    assert removed.holdings.deputies == {}


def test_a_history_of_holders_says_who_held_it_last():
    state = AGGREGATE.fold(LEFT).holdings
    assert (state.holders, state.left[CHAIR].until, state.recorded) == ({}, date(2020, 6, 30), 1)


def test_everything_is_told():
    assert {type(command) for _, command, *_ in ACCEPTED.values()} | {holding.HandOverPosition} == set(
        get_args(holding.Wish)
    )
    assert {type(event) for *_, event in ACCEPTED.values()} == set(get_args(events.HoldingEvent))
    told = {code for *_, code in REJECTED} | {"person_holds_another_position"}
    assert told == refusal_codes(holding)
