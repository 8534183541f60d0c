"""The congress itself: put on record once, amended with a reason, its deadlines confirmed by who leads."""

from datetime import date

import pytest
from pydantic import ValidationError

from services.subcommittee import congress
from services.subcommittee.congress import AGGREGATE, AmendCongress, ConfirmDeadlines, FoundCongress
from shared.domain.decider import Actor
from shared.events.congress import CongressAmended, CongressFounded, DeadlinesConfirmed
from tests.domain.scenario import accepting, assert_all_told, given, rejecting, silent_on

HEAD = Actor("subcommittee.lead", "subcommittee")
DEPUTY_HEAD = Actor("subcommittee.deputy-2", "subcommittee")
OFFICE = Actor("subcommittee.office", "subcommittee")
OPENS, LATER, CLOSES = date(2020, 9, 24), date(2020, 10, 14), date(2020, 9, 26)
WHY = "Ban Thường vụ quyết định lại"

TOLD = {
    "title": {"vi": "Đại hội Đảng bộ tỉnh lần thứ XX", "en": ""},
    "ordinal": "XX",
    "term": "2020-2025",
    "issuing_body": {"vi": "Tiểu ban Tổ chức phục vụ Đại hội", "en": ""},
    "issuer_code": "TB",
}
YEARLY = {name: value for name, value in TOLD.items() if name not in ("ordinal", "term")}
"""A congress of every year has neither."""
FOUND = FoundCongress(**TOLD)
FOUNDED = (CongressFounded(**TOLD),)
DATED = (CongressFounded(**TOLD, opening_day=OPENS, closing_day=CLOSES),)
MOVES = [
    {"unit": "logistics", "task_id": "1-03", "replaces": date(2020, 8, 25), "deadline": date(2020, 9, 14)},
    {"unit": "security", "task_id": "8-01", "replaces": None, "deadline": date(2020, 10, 1)},
]
CONFIRM = ConfirmDeadlines(opening_day=OPENS, moves=MOVES)
CONFIRMED = DeadlinesConfirmed(opening_day=OPENS, moves=MOVES)
A_THOUSAND = DeadlinesConfirmed(opening_day=OPENS, moves=MOVES[:1] * 1000)


def amend(**changes: object) -> AmendCongress:
    return AmendCongress(reason=WHY, **changes)


def amended(**changes: object) -> CongressAmended:
    return CongressAmended(**{**TOLD, **changes}, reason=WHY)


ACCEPTED = {
    "any position puts it on record, its days not decided": ((), FOUND, OFFICE, FOUNDED[0]),
    "the days may be decided from the first": (
        (),
        FoundCongress(**TOLD, opening_day=OPENS, closing_day=CLOSES),
        OFFICE,
        DATED[0],
    ),
    "one that opens and closes on one day": (
        (),
        FoundCongress(**TOLD, opening_day=OPENS, closing_day=OPENS),
        OFFICE,
        CongressFounded(**TOLD, opening_day=OPENS, closing_day=OPENS),
    ),
    "one that has neither number nor term": ((), FoundCongress(**YEARLY), OFFICE, CongressFounded(**YEARLY)),
    "number and term are taken off": (
        FOUNDED,
        amend(cleared=["ordinal", "term"]),
        OFFICE,
        amended(ordinal=None, term=None),
    ),
    "any position amends what it is called": (FOUNDED, amend(ordinal="XXI"), OFFICE, amended(ordinal="XXI")),
    "a place is put on record": (
        FOUNDED,
        amend(place={"vi": "Nhà Văn hóa"}),
        OFFICE,
        amended(place={"vi": "Nhà Văn hóa"}),
    ),
    "the lead decides the opening day": (FOUNDED, amend(opening_day=OPENS), HEAD, amended(opening_day=OPENS)),
    "a deputy moves the days": (
        DATED,
        amend(opening_day=LATER, closing_day=LATER),
        DEPUTY_HEAD,
        amended(opening_day=LATER, closing_day=LATER),
    ),
    "the lead takes the closing day back": (
        DATED,
        amend(cleared=["closing_day"]),
        HEAD,
        amended(opening_day=OPENS),
    ),
    "what another amended meanwhile stays": (
        (*DATED, amended(opening_day=OPENS, closing_day=CLOSES, ordinal="XXI")),
        amend(issuer_code="TBTC"),
        OFFICE,
        amended(opening_day=OPENS, closing_day=CLOSES, ordinal="XXI", issuer_code="TBTC"),
    ),
    "the lead confirms what follows from the opening day": (DATED, CONFIRM, HEAD, CONFIRMED),
    "a deputy confirms it": (DATED, CONFIRM, DEPUTY_HEAD, CONFIRMED),
}
SILENT = {
    "nothing is another than it was": (DATED, amend(ordinal="XX", opening_day=OPENS), OFFICE),
    "what is not on record is taken off": (FOUNDED, amend(cleared=["place", "opening_day"]), OFFICE),
    "it is put on record again as it was at first": ((*FOUNDED, amended(ordinal="XXI")), FOUND, OFFICE),
}
REJECTED = [
    (FOUNDED, FoundCongress(**TOLD | {"ordinal": "XXI"}), OFFICE, "congress_already_founded"),
    ((), amend(ordinal="XXI"), HEAD, "congress_not_founded"),
    ((), CONFIRM, HEAD, "congress_not_founded"),
    (
        (),
        FoundCongress(**TOLD, opening_day=CLOSES, closing_day=OPENS),
        OFFICE,
        "congress_closes_before_it_opens",
    ),
    (DATED, amend(opening_day=LATER), HEAD, "congress_closes_before_it_opens"),
    ((), FoundCongress(**TOLD, time_zone="Asia/Vientiane"), OFFICE, "time_zone_not_understood"),
    (DATED, amend(time_zone="Asia/Saigon"), HEAD, "time_zone_not_understood"),
    (DATED, amend(opening_day=LATER), OFFICE, "no_right_to_move_days"),
    (
        FOUNDED,
        amend(opening_day=OPENS),
        Actor("subcommittee.lead-secretary", "subcommittee"),
        "no_right_to_move_days",
    ),
    (DATED, amend(cleared=["closing_day"]), OFFICE, "no_right_to_move_days"),
    (DATED, CONFIRM, OFFICE, "no_right_to_confirm_deadlines"),
    (FOUNDED, CONFIRM, HEAD, "no_opening_day"),
    ((*DATED, amended(opening_day=LATER)), CONFIRM, HEAD, "other_opening_day"),
    (
        (*FOUNDED, *[amended(ordinal=str(number)) for number in range(congress.MOST_AMENDMENTS)]),
        amend(ordinal="XXI"),
        HEAD,
        "congress_amendments_full",
    ),
    ((*DATED, *[A_THOUSAND] * (congress.MOST_MOVES // 1000)), CONFIRM, HEAD, "congress_moves_full"),
]


@accepting(ACCEPTED)
def test_it_is_said_once(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@silent_on(SILENT)
def test_nothing_happens_when(history, command, actor):
    given(AGGREGATE, *history).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_refused(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_every_command_event_and_refusal_is_told_here():
    assert_all_told(congress, ACCEPTED, REJECTED)


@pytest.mark.parametrize(
    "told",
    [
        lambda: amend(place={"vi": "Hội trường"}, cleared=["place"]),
        lambda: ConfirmDeadlines(opening_day=OPENS, moves=[MOVES[0], MOVES[0]]),
        lambda: ConfirmDeadlines(opening_day=OPENS, moves=[MOVES[0] | {"unit": "Bếp"}]),
        lambda: ConfirmDeadlines(opening_day=OPENS, moves=[]),
        lambda: FoundCongress(**TOLD | {"issuer_code": "TB/BPTT"}),
        lambda: FoundCongress(**TOLD | {"term": "2020"}),
        lambda: FoundCongress(**TOLD | {"title": {"vi": "x" * 301}}),
        lambda: FoundCongress(**TOLD, language="fr"),
        lambda: AmendCongress(ordinal="XXI"),
    ],
)
def test_what_can_not_be_meant_does_not_come_in(told):
    with pytest.raises(ValidationError):
        told()
