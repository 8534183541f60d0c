"""Other names of an organisation: given, when, then."""

from typing import get_args

from services.subcommittee import naming
from services.subcommittee.organisation import AGGREGATE
from shared.events import organisation as events
from shared.events.organisation import NameMerged, NameSeparated, OrganisationRegistered, PositionAdded
from tests.domain.scenario import OFFICER, accepting, given, refusal_codes, rejecting, silent_on

DEPUTY = "Phó Giám đốc Sở Y tế"
REGISTERED = (
    OrganisationRegistered(kind="agency", name={"vi": "Sở Y tế", "en": "Department of health"}),
    PositionAdded(position=DEPUTY),
)
MERGED = (*REGISTERED, NameMerged(alias="Sở YT"))


def merge(alias="Sở YT", position=None):
    return naming.MergeName(organisation_id="so-y-te", alias=alias, position=position)


def separate(alias="Sở YT"):
    return naming.SeparateName(organisation_id="so-y-te", alias=alias)


ACCEPTED = {
    "a name is merged": (REGISTERED, merge(), OFFICER, NameMerged(alias="Sở YT")),
    "a name is merged into a position, however that is spelled": (
        REGISTERED,
        merge("PGĐ Sở Y tế", "pho giam doc SO Y TE"),
        OFFICER,
        NameMerged(alias="PGĐ Sở Y tế", position=DEPUTY),
    ),
    "a name is separated, however it is spelled": (MERGED, separate("so yt"), OFFICER, NameSeparated(alias="Sở YT")),
}
SILENT = {
    "the name in another spelling": (MERGED, merge("SO  YT"), OFFICER),
    "a name that was not merged is separated": (REGISTERED, separate(), OFFICER),
}
FULL = (*REGISTERED, *(NameMerged(alias=f"Sở {number}") for number in range(naming.MOST_NAMES)))
REJECTED = [
    ((), merge(), OFFICER, "organisation_not_found"),
    (REGISTERED, merge("x", "Giám đốc"), OFFICER, "position_not_found"),
    (MERGED, merge(position=DEPUTY), OFFICER, "name_already_merged"),
    (REGISTERED, merge("department of HEALTH"), OFFICER, "name_on_the_register"),
    (REGISTERED, merge(DEPUTY), OFFICER, "name_on_the_register"),
    (FULL, merge(), OFFICER, "organisation_names_full"),
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


def test_a_name_that_another_organisation_has_is_refused():
    other = OrganisationRegistered(kind="agency", name={"vi": "Sở Yên Thành"})
    named = {("organisation", "so-yen-thanh"): AGGREGATE.fold([other, NameMerged(alias="SỞ YT")])}
    given(AGGREGATE, *REGISTERED).seeing(named).when(merge()).rejected("name_already_merged")
    registered = {("organisation", "x"): AGGREGATE.fold([OrganisationRegistered(kind="body", name={"vi": "SỞ YT"})])}
    given(AGGREGATE, *REGISTERED).seeing(registered).when(merge()).rejected("name_on_the_register")


def test_everything_is_told():
    assert {type(command) for _, command, *_ in ACCEPTED.values()} == set(get_args(naming.Wish))
    assert {type(event) for *_, event in ACCEPTED.values()} == set(get_args(events.NamingEvent))
    told = {code for *_, code in REJECTED} - {"organisation_not_found", "position_not_found"}
    assert told == refusal_codes(naming)
