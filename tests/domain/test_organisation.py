import unicodedata
from typing import get_args

from services.subcommittee import holding, naming, organisation
from services.subcommittee.organisation import AGGREGATE
from shared.events import organisation as events
from shared.events.organisation import OrganisationKind, OrganisationRegistered, PositionAdded, PositionRemoved
from tests.domain.scenario import OFFICER, accepting, given, refusal_codes, rejecting, silent_on

DISTRICT = {"kind": OrganisationKind.LOCALITY, "name": {"vi": "Huyện Giao Thủy"}}
CHAIR = "Chủ tịch UBND huyện"


def register(**changes: object) -> organisation.RegisterOrganisation:
    return organisation.RegisterOrganisation(organisation_id="giao-thuy", **DISTRICT | changes)


ADD = organisation.AddPosition(organisation_id="giao-thuy", position=CHAIR)
REMOVE = organisation.RemovePosition(organisation_id="giao-thuy", position=CHAIR)
REGISTERED = (OrganisationRegistered(**DISTRICT),)
STAFFED = (*REGISTERED, PositionAdded(position=CHAIR))
FULL = (*REGISTERED, *(PositionAdded(position=f"Phó {n}") for n in range(organisation.MOST_POSITIONS)))

ACCEPTED = {
    "a locality is registered": ((), register(), OFFICER, REGISTERED[-1]),
    "a position is added": (REGISTERED, ADD, OFFICER, STAFFED[-1]),
    "a position is removed": (STAFFED, REMOVE, OFFICER, PositionRemoved(position=CHAIR)),
}
SILENT = {"a position that is not there is removed": (REGISTERED, REMOVE, OFFICER)}
REJECTED = [
    ((), ADD, OFFICER, "organisation_not_found"),
    ((), REMOVE, OFFICER, "organisation_not_found"),
    (REGISTERED, register(kind=OrganisationKind.BODY), OFFICER, "organisation_already_registered"),
    (FULL, ADD, OFFICER, "organisation_positions_full"),
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


def test_a_register_stands_for_its_organisations_and_their_positions():
    entry = {"organisation_id": "giao-thuy", **DISTRICT, "positions": (CHAIR,)}
    assert organisation.RegisterOrganisations(entries=(entry,)).parts() == (register(), ADD)


def test_a_register_also_says_who_holds_positions_and_who_takes_over_and_deputises():
    entry = organisation.Entry(
        organisation_id="giao-thuy", **DISTRICT, positions=[CHAIR, "Phó Chủ tịch"],
        holders=[
            {"position": CHAIR, "person": "Một", "since": "2020-01-01", "contact": "mot@example.vn"},
            {"position": CHAIR, "person": "Hai", "since": "2020-07-01", "takes_over": True},
        ],
        deputies=[{"position": "phó chủ tịch", "deputises_for": CHAIR}],
    )  # fmt: skip
    state, decided = None, []
    for command in organisation.RegisterOrganisations(entries=[entry]).parts():
        for event in AGGREGATE.decide(command, state, OFFICER, {}):
            state = AGGREGATE.evolve(state, event)
            decided.append(event)
    assert decided[3:] == [
        events.PositionHeld(position=CHAIR, person="Một", since="2020-01-01", contact="mot@example.vn"),
        events.PositionVacated(position=CHAIR, person="Một", until="2020-07-01"),
        events.PositionHeld(position=CHAIR, person="Hai", since="2020-07-01"),
        events.DeputyNamed(position="Phó Chủ tịch", deputises_for=CHAIR),
    ]


def test_positions_stand_in_the_order_in_which_they_were_added():
    added = [PositionAdded(position=position) for position in ("Phó Chủ tịch", CHAIR, "Chánh Văn phòng")]
    removed = PositionRemoved(position="Phó Chủ tịch")
    assert AGGREGATE.fold([*REGISTERED, *added, removed]).positions == (CHAIR, "Chánh Văn phòng")


def test_a_position_that_was_stored_with_letters_and_marks_apart_is_the_one_that_is_meant():
    apart = unicodedata.normalize("NFD", CHAIR)
    stored = (*REGISTERED, PositionAdded(position=apart))
    given(AGGREGATE, *stored).when(ADD).nothing_happened()
    given(AGGREGATE, *stored).when(REMOVE).then(PositionRemoved(position=apart))


def test_everything_is_told():
    single = {type(command) for _, command, *_ in ACCEPTED.values()}
    of_parts = {*get_args(holding.Wish), *get_args(naming.Wish), *get_args(organisation.Corrections)}
    assert single | {organisation.RegisterOrganisations} == set(AGGREGATE.commands) - of_parts
    events_of_parts = {*get_args(events.HoldingEvent), *get_args(events.NamingEvent), events.OrganisationCorrected}
    events_of_parts |= {events.PositionCorrected, events.HolderCorrected}
    assert {type(event) for *_, event in ACCEPTED.values()} == set(AGGREGATE.events) - events_of_parts
    assert {code for *_, code in REJECTED} | {"position_in_use", "position_already_there"} == refusal_codes(
        organisation
    )
