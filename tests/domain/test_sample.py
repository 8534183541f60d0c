"""The sample congress names only organisations and positions that stand on its register."""

from collections import Counter

from daihoi.sample.sign_ins import POSITIONS, account_of
from daihoi.sample.story import Sample
from services.subcommittee.congress import FoundCongress
from services.subcommittee.issued_report import IssueReport
from services.subcommittee.organisation import RegisterOrganisations
from shared.domain.entering import entered
from shared.i18n import title_of_position
from shared.values.units import support_unit_ids

SAMPLE = Sample()
REGISTER = {row["name_vi"]: row["positions"].split("; ") for row in SAMPLE.organisations}
ALL_LOCALITIES_TOGETHER = "Ủy ban nhân dân các huyện, thành phố"


def test_whoever_is_in_charge_of_an_item_is_on_the_register():
    in_charge = [(row["collective"], row["individual"]) for row in SAMPLE.progress.values() if row["collective"]]
    assert {who for who in in_charge if who[1] not in REGISTER.get(who[0], ())} == set()
    lending = {who for row in SAMPLE.progress.values() for who in row["coordinating"].split("; ") if who}
    assert lending - REGISTER.keys() == {ALL_LOCALITIES_TOGETHER}


def test_the_register_holds_agencies_bodies_and_ten_localities_each_with_positions():
    kinds = [row["kind"] for row in SAMPLE.organisations]
    assert set(kinds) == {"agency", "body", "locality"}
    assert kinds.count("locality") == 10
    assert all(position for positions in REGISTER.values() for position in positions)


def test_every_item_has_a_product_and_some_tasks_have_what_offices_keep_with_them():
    assert SAMPLE.products.keys() == {item.code for item in SAMPLE.catalogue}
    assert all(row["product"] and row["directing_leader"] for row in SAMPLE.products.values())
    done = Counter(step.command for step in SAMPLE.work())
    assert done["describe-task"] == 54
    assert done["open-obstacle"] > done["resolve-obstacle"] > 0
    told = ("give-instruction", "instruct-task", "comment-on-task", "add-dependency", "tick-checklist-item")
    assert all(done[command] for command in told)
    note = SAMPLE.congress["catalogue"]["note"]
    assert ("sản phẩm" in note["vi"], "products" in note["en"]) == (True, True), "they are an illustration too"


def test_every_duty_with_progress_was_handed_out():
    handed_out = {
        (each["duty"], phase["phase"]) for each in SAMPLE.congress["duties"]["handed_out"] for phase in each["phases"]
    }
    localities = {row["organisation_id"] for row in SAMPLE.organisations if row["kind"] == "locality"}
    assert {(row["duty"], row["phase"]) for row in SAMPLE.duties} <= handed_out
    assert {row["locality"] for row in SAMPLE.duties} <= localities
    assert len({(row["locality"], row["duty"], row["phase"]) for row in SAMPLE.duties}) == len(SAMPLE.duties)


def test_the_congress_is_on_record_first_with_an_opening_day_that_is_said_to_be_an_illustration():
    first = next(SAMPLE.orders())
    command = entered(FoundCongress, first.data)
    assert (first.command, command.ordinal, command.term) == ("found-congress", "XX", "2020-2025")
    assert (command.opening_day, command.closing_day, command.place) == (SAMPLE.opening_day, None, None)
    assert "ngày khai mạc" in SAMPLE.congress["catalogue"]["note"]["vi"]


def test_positions_are_held_by_those_alone_whom_the_article_names_in_them_from_its_own_day_on():
    meeting, holders = SAMPLE.congress["meeting"], SAMPLE.congress["holders"]
    named = {person["name"]: person["position"] for person in (meeting["chair"], *meeting["participants"])}
    (entry,) = [entry for entry in register().entries if any(holder.person_id is None for holder in entry.holders)]
    assert {holder.since.isoformat() for holder in entry.holders} == {holders["since"]} == {meeting["held_on"]}
    for holder in entry.holders:
        office, _, rank = holder.position.rpartition(", ")
        assert office in named[holder.person]
        assert rank.casefold() in named[holder.person].casefold()
        assert holder.position in entry.positions
    assert "article" in holders["about"]


def test_other_positions_are_held_by_positions_of_units_and_each_has_its_account_and_work():
    held = [holder for entry in register().entries for holder in entry.holders if holder.person_id]
    positions = {account_of(position): position for position in POSITIONS}
    in_charge = [row["individual"] for row in SAMPLE.progress.values()]
    for holder in held:
        assert holder.person == title_of_position(positions[holder.person_id], "vi")
        assert holder.position in in_charge
    of_units = {account_of(each) for each in POSITIONS if each.partition(".")[0] in support_unit_ids()}
    assert {holder.person_id for holder in held} == of_units


def test_a_report_is_handed_up_in_the_middle_of_the_work_and_signed_by_a_position_on_the_register():
    shown = {"today": "2020-08-31", "coming_days": 30, "sequence": 1, "digest": "0a" * 32, "content_form": 1}
    step = SAMPLE.report(shown | {"content_digest": "0a" * 32})
    command = entered(IssueReport, step.data)
    work = [*SAMPLE.work()]
    before = [SAMPLE.issues_before(one) for one in work]
    assert before == sorted(before), "it is issued once"
    assert 0 < before.index(True) < len(work) - 1
    assert command.issued_on == step.happened.date() == command.period_to
    assert any(command.signer in positions for positions in REGISTER.values())
    assert step.actor == "subcommittee.lead"


def register():
    (step,) = [step for step in SAMPLE.orders() if step.command == "register-organisations"]
    return entered(RegisterOrganisations, step.data)
