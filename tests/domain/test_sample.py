"""The sample congress names only organisations and positions that stand on its register."""

from collections import Counter

from daihoi.sample.story import Sample

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
