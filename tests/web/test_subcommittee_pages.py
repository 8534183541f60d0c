"""The sub-committee's day in its pages: the congress, meetings and directives, the register, lists, cases."""

from uuid import uuid4

import pytest

from tests.contract.units import WORK
from tests.waiting import until
from tests.web.html import Form, Html

LEAD, OFFICE, DEPUTY = "subcommittee.lead", "subcommittee.office", "subcommittee.deputy"
CONGRESS = {
    "title.vi": "Đại hội Công đoàn tỉnh",
    "issuing_body.vi": "Ban Tổ chức Đại hội",
    "issuer_code": "BTC",
    "opening_day": "24/9/2026",
    "form": "state",
    "language": "vi",
}


def form_in(response, name="command_id"):
    """The form of the page that gives a command, as a browser would send it untouched."""
    return next(form for form in Form.all_of(response.text) if name in form.names and "csrf" in form.names)


def filled(form, **typed):
    values = {name: texts[0] if len(texts) == 1 else texts for name, texts in form.fields.items()}
    return values | {name.replace("__", "."): text for name, text in typed.items()}


async def sent(pages, who, path, **typed):
    """The form at `path`, filled in and posted as it stands there."""
    form = form_in(await pages.get(who, path))
    return await pages.post(who, path, filled(form, **typed))


def summary_of(response):
    return " ".join(notice.text for notice in Html.of(response.text).all("div", id="problems"))


async def test_an_empty_congress_is_led_through_its_beginning(pages):
    begins = await pages.get(LEAD, "/")
    assert (begins.status_code, begins.headers["location"]) == (303, "/begin")
    steps = Html.of((await pages.get(LEAD, "/begin")).text).one("div", id="steps")
    assert [step.one("h2").text for step in steps.all("section")] == [
        "1. The congress",
        "2. The units",
        "3. Organisations and people",
        "4. Accounts",
        "5. The catalogue of work",
        "6. Assigning the work",
        "7. The first meeting",
        "8. Deadlines that count from the opening",
    ]
    assert steps.all("a", class_="button first")[0]["href"] == "/congress/found"
    founded = await pages.post(LEAD, "/congress/found", {**CONGRESS, "template": "trade-union"})
    assert founded.headers["location"] == "/begin?done=found-congress"
    views = (await pages.at("subcommittee")).views
    assert views.document("code_lists", "channels")["template"] == "trade-union"
    assert (await pages.get(LEAD, "/")).headers["location"] == "/work"
    assert (await pages.get(LEAD, "/congress/found")).headers["location"] == "/congress"


@pytest.fixture
async def congress(pages):
    """That of the module, on record."""
    views = (await pages.at("subcommittee")).views
    if not views.documents("congress"):
        await pages.post(LEAD, "/congress/found", {**CONGRESS, "template": "trade-union"})
    return views


async def test_only_what_differs_is_amended_and_what_is_emptied_is_cleared(pages, congress):
    amended = await sent(pages, LEAD, "/congress/amend", opening_day="", place__vi="Nhà Văn hóa", reason="Dời ngày")
    assert amended.headers["location"] == "/congress?done=amend-congress"
    (document,) = congress.documents("congress")
    changes = document["amendments"][-1]["changes"]
    assert set(changes) == {"opening_day", "place"}
    assert changes["opening_day"]["after"] is None


async def test_a_day_that_is_none_stands_beside_its_field_and_what_was_typed_stays(pages, congress):
    wrong = await sent(pages, LEAD, "/congress/amend", opening_day="31/2/2026", place__vi="Ở đâu đó", reason="?")
    assert wrong.status_code == 422
    field = Html.of(wrong.text).one("input", name="opening_day")
    assert (field["value"], field["aria-invalid"]) == ("31/2/2026", "true")
    assert Html.of(wrong.text).one("input", name="place.vi")["value"] == "Ở đâu đó"
    assert "«31/2/2026»" in summary_of(wrong)


async def test_what_somebody_else_amended_meanwhile_is_shown_and_asked_about(pages, congress):
    form = form_in(await pages.get(LEAD, "/congress/amend"))
    await sent(pages, OFFICE, "/congress/amend", title__vi="Đại hội Công đoàn lần thứ XX", reason="Bổ sung")
    mine = filled(form, title__vi="Đại hội của tôi", reason="Sửa")
    asked = await pages.post(LEAD, "/congress/amend", mine)
    assert asked.status_code == 409
    assert "Đại hội Công đoàn lần thứ XX" in asked.text
    again = await pages.post(LEAD, "/congress/amend", filled(form_in(asked)))
    assert again.status_code == 303
    assert congress.documents("congress")[0]["title"]["vi"] == "Đại hội của tôi"


async def test_a_meeting_is_recorded_concluded_and_ordered_from(pages, congress):
    posted = {
        "title.vi": "Phiên thứ nhất",
        "held_on": "13/8/2026",
        "chair.position": "Trưởng Tiểu ban",
        "participants.0.position": "Các Phó Trưởng Tiểu ban",
        "command_id": str(uuid4()),
    }
    recorded = await pages.post(OFFICE, "/new/meeting", posted)
    assert recorded.headers["location"] == "/meetings/2026-08-13?done=record-meeting"
    again = await pages.post(OFFICE, "/new/meeting", posted)
    assert again.headers["location"] == recorded.headers["location"]  # a double click
    other = await pages.post(OFFICE, "/new/meeting", {**posted, "title.vi": "Phiên khác", "command_id": str(uuid4())})
    assert other.headers["location"].startswith("/meetings/2026-08-13-")

    one_more = await pages.post(
        OFFICE, "/meetings/2026-08-13/conclude", {"meeting_id": "2026-08-13", "points.0.text.vi": "Một", "more": "1"}
    )
    assert "points.1.text.vi" in form_in(one_more).names
    assert one_more.status_code == 200
    points = {"meeting_id": "2026-08-13", "points.0.text.vi": "Rà soát.", "points.2.text.vi": "Xây dựng kịch bản."}
    await pages.post(OFFICE, "/meetings/2026-08-13/conclude", points)
    assert [point["number"] for point in congress.document("meetings", "2026-08-13")["points"]] == [1, 2]

    path = "/new/directive?meeting_id=2026-08-13&point=2"
    issued = await sent(pages, OFFICE, path, kind="scenarios", units=["logistics", "security"])
    assert issued.headers["location"] == "/meetings/2026-08-13?done=issue-directive"
    directive = congress.document("directives", "cd-2026-08-13-2")
    assert (directive["text"]["vi"], directive["point"]) == ("Xây dựng kịch bản.", 2)
    shown = Html.of((await pages.get(OFFICE, "/meetings/2026-08-13")).text).one("section", id="points")
    assert "nothing yet" in shown.all("li")[1].text
    assert (await pages.get(OFFICE, "/directives/cd-2026-08-13-2")).status_code == 200


async def test_only_the_point_that_is_named_is_corrected(pages, congress):
    meeting = {
        "meeting_id": "m-right",
        "title": {"vi": "Họp"},
        "held_on": "2026-08-14",
        "chair": {"position": "Chủ trì"},
    }
    await pages.give(OFFICE, "record-meeting", meeting)
    points = [{"number": 1, "text": {"vi": "Sai."}}, {"number": 2, "text": {"vi": "Đúng."}}]
    await pages.give(OFFICE, "conclude-meeting", {"meeting_id": "m-right", "points": points})
    corrected = {"points.0.number": "1", "points.0.text.vi": "Phải.", "reason": "Ghi nhầm"}
    form = form_in(await pages.get(OFFICE, "/meetings/m-right/correct"))
    answer = await pages.post(OFFICE, "/meetings/m-right/correct", {**filled(form), **corrected})
    assert answer.status_code == 303
    document = congress.document("meetings", "m-right")
    assert [point["text"]["vi"] for point in document["points"]] == ["Phải.", "Đúng."]
    assert document["corrections"][-1]["before"].keys() == {"points"}


async def test_an_organisation_gets_positions_holders_and_other_names(pages, congress):
    added = await sent(pages, OFFICE, "/new/organisation", kind="agency", name__vi="Sở Y tế")
    assert added.headers["location"] == "/register/so-y-te?done=register-organisation"
    await sent(pages, OFFICE, "/register/so-y-te/add-position", position="Giám đốc Sở Y tế")
    named = "?position=Giám đốc Sở Y tế"
    await sent(pages, OFFICE, f"/register/so-y-te/hold-position{named}", person="Nguyễn Văn A", since="1/2/2026")
    await sent(pages, OFFICE, "/register/so-y-te/merge-name", alias="SYT")
    corrected = await sent(
        pages, OFFICE, f"/register/so-y-te/correct-holder{named}", person="Nguyễn Văn B", reason="Nhầm"
    )
    assert corrected.status_code == 303
    document = congress.document("organisations", "so-y-te")
    assert (document["holders"][0]["person"], document["holders"][0]["since"]) == ("Nguyễn Văn B", "2026-02-01")
    for words in ("so y te", "nguyen van b", "giam doc"):
        rows = Html.of((await pages.get(OFFICE, f"/register?q={words}")).text).all("tr")
        assert len(rows) == 2, words
    twice = await sent(pages, OFFICE, "/new/organisation", kind="body", name__vi="Sở Y tế")
    assert twice.status_code == 409
    assert "already registered" in summary_of(twice)


async def test_entries_are_added_renamed_retired_and_restored_by_who_leads(pages, congress):
    assert (await pages.get(OFFICE, "/lists/cases/add-entry")).status_code in (403, 404)
    assert "add-entry" not in (await pages.get(OFFICE, "/lists/cases")).text
    await sent(pages, LEAD, "/lists/cases/add-entry", entry_id="flood", name__vi="Bão")
    await sent(pages, LEAD, "/lists/cases/amend-entry?entry_id=flood", name__vi="Mưa bão", reason="Rõ hơn")
    await sent(pages, LEAD, "/lists/cases/retire-entry?entry_id=flood", reason="Không dùng")
    entries = {entry["id"]: entry for entry in congress.document("code_lists", "cases")["entries"]}
    assert entries["flood"] == {"id": "flood", "name": {"vi": "Mưa bão", "en": ""}, "retired": True}
    await sent(pages, LEAD, "/lists/cases/restore-entry?entry_id=flood", reason="Dùng lại")
    stays = await sent(pages, LEAD, "/lists/cases/retire-entry?entry_id=none", reason="Thử")
    assert stays.status_code == 409
    assert "there is always this one" in summary_of(stays)


async def test_a_case_is_switched_once_its_effect_has_been_shown(pages, congress):
    form = form_in(await pages.get(LEAD, "/scenarios/switch"))
    asked = filled(form, scenario="none", reason="Theo chỉ đạo")
    shown = await pages.post(LEAD, "/scenarios/switch", asked)
    assert shown.status_code == 200
    assert congress.document("scenarios", "current") is None
    done = await pages.post(LEAD, "/scenarios/switch", filled(form_in(shown)))
    assert done.headers["location"] == "/scenarios?done=switch-scenario"
    assert congress.document("scenarios", "current")["scenario"] == "none"
    assert (await pages.get(OFFICE, "/scenarios/switch")).status_code in (403, 404)


@pytest.mark.parametrize(
    "path",
    [
        "/meetings/none",
        "/meetings/none/conclude",
        "/directives/none",
        "/register/none",
        "/register/none/add-position",
        "/register/none/no-command",
        "/lists/none",
        "/lists/cases/retire-entry?entry_id=none-such",
        "/lists/cases/amend-entry",
        "/lists/cases/no-command",
        "/new/directive?meeting_id=none",
        "/new/directive?meeting_id=m-right&point=77",
        "/catalogue/import/none",
    ],
)
async def test_what_is_not_there_is_not_found(pages, congress, path):
    assert (await pages.get(LEAD, path)).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "1.5", "9" * 5000, "٣", "<script>"])
async def test_any_page_number_shows_a_page(pages, congress, page):
    for path in ("/register", "/directives", "/catalogue", "/congress/deadlines"):
        assert (await pages.get(LEAD, f"{path}?page={page}")).status_code == 200


async def test_whoever_only_reads_is_offered_nothing(pages, congress):
    for path in ("/congress", "/meetings", "/register", "/lists/cases", "/scenarios", "/catalogue"):
        response = await pages.get("auditor.lead", path, at="subcommittee")
        links = [link["href"] for link in Html.of(response.text).one("main").all("a")]
        offered = [
            href
            for href in links
            if href.startswith("/new/") or href.rpartition("/")[2] in ("amend", "import", "switch")
        ]
        assert (response.status_code, offered) == (200, []), path


async def test_a_workbook_is_taken_whatever_day_stands_beside_it(pages):
    for since in ("no day", "31/02/2020", "x" * 500):
        files = {"file": ("so-bo.xlsx", b"PK")}
        sent_on = await pages.post(LEAD, "/import/register", {"since": since, "kind": "agency"}, files=files)
        assert sent_on.status_code == 303, since


async def test_a_name_that_the_register_does_not_have_is_merged_or_registered(pages, congress):
    office = {"organisation_id": "vptu", "kind": "agency", "name": {"vi": "Văn phòng Tỉnh ủy"}}
    await pages.give(LEAD, "register-organisation", office)
    await pages.give("logistics.lead", "open-task", {"task_id": "named", **WORK, "planned_vnd": 0})
    charge = {"collective": "VP Tỉnh ủy", "individual": "Chánh Văn phòng"}
    await pages.give("logistics.lead", "assign-task", {"task_id": "named", **charge})

    async def heard():
        return (congress.document("tasks", "logistics/named") or {}).get("collective")

    await until(heard)

    async def offered(who=LEAD):
        names = Html.of((await pages.get(who, "/register/-/names", at="subcommittee")).text).one("div", id="names")
        rows = [row for row in names.all("tr") if row.all("th", scope="row")]
        return {row.one("th").text: {link.text: link["href"] for link in row.all("a")} for row in rows}

    names = await offered()
    assert set(charge.values()) <= names.keys()
    assert not [href for href in (await offered("auditor.auditor"))["VP Tỉnh ủy"].values() if "/do/" in href]
    merged = await sent(pages, LEAD, names["VP Tỉnh ủy"]["Merge into Văn phòng Tỉnh ủy"])
    assert merged.headers["location"] == "/register/-/names?done=merge-name"
    names = await offered()
    assert "VP Tỉnh ủy" not in names
    await sent(pages, LEAD, names["Chánh Văn phòng"]["Add position"])
    assert "Chánh Văn phòng" in congress.document("organisations", "vptu")["positions"]
    assert "Chánh Văn phòng" not in await offered()


async def test_a_name_is_registered_where_a_link_has_it_and_leads_back_to_nowhere_but_here(pages, congress):
    path = "/new/organisation?name=S%E1%BB%9F+N%E1%BB%99i+v%E1%BB%A5&back=//elsewhere.example"
    assert form_in(await pages.get(LEAD, path)).fields["name.vi"] == ["Sở Nội vụ"]
    made = await sent(pages, LEAD, path, kind="agency")
    assert made.headers["location"] == "/register/so-noi-vu?done=register-organisation"
