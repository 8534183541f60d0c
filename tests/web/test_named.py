"""Forms offer what there is by its name, ask for no id that nobody can know, and offer nobody what is not theirs."""

import csv
from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import pytest

from services.logistics.pages import _day_to_show
from shared.domain.review import OpenReview
from shared.domain.task import FundTask, OpenTask
from shared.entering.fields import NEW_IDS
from shared.reports.masking import MASK
from shared.reports.unit_lists import resource_list
from shared.values.code_lists import CodeList, entries_to_choose
from shared.web.forms import read_form
from shared.web.naming import issuer_in, kind_of_paper
from shared.web.rendering import environment, in_language
from tests.contract.units import WORK
from tests.web.html import Form, Html

LEAD = "logistics.lead"
TODAY = date(2020, 9, 16)


async def form_at(pages, who, path):
    response = await pages.get(who, path)
    assert response.status_code == 200, response.text
    (form,) = [form for form in Form.all_of(response.text) if "command_id" in form.names]
    return form.fields, Html.of(response.text)


async def a_hall(pages, name="Hội trường lớn"):
    hall = f"h-{uuid4().hex[:8]}"
    data = {"resource_id": hall, "kind": "hall", "name": {"vi": name, "en": ""}, "capacity": 700}
    await pages.give(LEAD, "register-resource", data)
    return hall


async def test_what_there_is_already_is_chosen_by_its_name(pages):
    hall = await a_hall(pages)
    _, page = await form_at(pages, LEAD, "/bookings/new")
    (option,) = [each for each in page.all("option") + page.all("label") if "Hội trường lớn" in each.text][:1]
    assert option.text.strip() == "Hội trường lớn"
    fields, page = await form_at(pages, LEAD, f"/bookings/new?resource_id={hall}")
    assert fields["resource_id"] == [hall]
    assert "Hội trường lớn" in page.text


async def test_what_a_link_names_is_not_asked_again(pages):
    hall = await a_hall(pages)
    _, page = await form_at(pages, LEAD, f"/do/correct-resource?resource_id={hall}")
    assert page.one("input", name="resource_id")["type"] == "hidden"


async def test_a_booking_leads_to_its_week(pages):
    hall = await a_hall(pages)
    path = f"/bookings/new?resource_id={hall}"
    fields, _ = await form_at(pages, LEAD, path)
    filled = {name: values[0] for name, values in fields.items()}
    filled |= {"starts": "15/01/2027 08:00", "ends": "16/01/2027 17:00", "purpose": "Tổng duyệt"}
    answer = await pages.post(LEAD, path, filled)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith("/bookings?week=2027-01-15")
    assert "Tổng duyệt" in (await pages.get(LEAD, answer.headers["location"])).text


async def test_a_task_comes_after_others_and_never_after_itself(pages):
    first, second = (f"t-{uuid4().hex[:8]}" for _ in range(2))
    for task_id in (first, second):
        await pages.give(LEAD, "open-task", {"task_id": task_id, **WORK, "planned_vnd": 0})
    _, page = await form_at(pages, LEAD, f"/tasks/{first}/do/add-dependency")
    offered = {each.get("value") for each in [*page.all("option"), *page.all("input")]}
    assert second in offered
    assert first not in {each.get("value") for each in page.all("option")}


async def test_a_task_gets_a_number_of_its_own_until_somebody_gives_another(pages):
    fields, _ = await form_at(pages, LEAD, "/do/open-task")
    (number,) = fields["task_id"]
    await pages.give(LEAD, "open-task", {"task_id": number, **WORK, "planned_vnd": 0})
    fields, _ = await form_at(pages, LEAD, "/do/open-task")
    assert fields["task_id"] != [number]


async def test_its_author_is_not_offered_to_judge_a_publication(pages):
    author, other = "propaganda.lead", "propaganda.deputy"
    publication = f"p-{uuid4().hex[:8]}"
    data = {"publication_id": publication, "channel": entries_to_choose(CodeList.CHANNELS)[0].id}
    await pages.give(author, "propose-publication", data | {"title": {"vi": "Chào mừng Đại hội", "en": ""}})
    for path in ("/publications", f"/publications/{publication}"):
        assert f"approve-publication?publication_id={publication}" not in (await pages.get(author, path)).text
        assert f"approve-publication?publication_id={publication}" in (await pages.get(other, path)).text


async def test_a_list_is_taken_along_as_it_is_filtered_and_no_cell_is_a_formula(pages):
    for title in ("=1+1", "Đón đại biểu"):
        task = {"task_id": f"t-{uuid4().hex[:8]}", **WORK, "planned_vnd": 5_000_000, "title": {"vi": title, "en": ""}}
        await pages.give(LEAD, "open-task", task)
    answer = await pages.get(LEAD, "/tasks.csv?q=don dai bieu")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    headings, *rows = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
    assert {row[1] for row in rows} == {"Đón đại biểu"}
    assert len(headings) == len(rows[0])
    assert ",'=1+1," in (await pages.get(LEAD, "/tasks.csv")).text


# --- without servers ---
def test_kinds_and_issuers_of_documents_are_read_in_english_too():
    assert (kind_of_paper("Kế hoạch", "en"), kind_of_paper("Kế hoạch", "vi")) == ("Plan", "Kế hoạch")
    assert kind_of_paper("Thư ngỏ", "en") == "Thư ngỏ"
    assert issuer_in("Bộ phận hậu cần phục vụ", "en") == "Logistics unit"
    assert issuer_in("Bộ phận hậu cần phục vụ", "vi") == "Bộ phận hậu cần phục vụ"
    assert issuer_in("Tỉnh ủy", "en") == "Tỉnh ủy"


def test_ids_that_nobody_can_know_are_given():
    assert {OpenReview.NAME, "register-resource", "reserve-resource"} <= NEW_IDS.keys()
    assert "review_id" in read_form(OpenReview, {"directive_id": ["d-1"]}, uuid4()).data
    assert "task_id" not in read_form(OpenTask, {}, uuid4()).data


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_source_of_funding_is_read_by_its_name(lang, monkeypatch):
    entry = entries_to_choose(CodeList.CHANNELS)[0]
    monkeypatch.setattr("shared.web.forms.reading.entries_to_choose", lambda _: (entry,))
    for typed in (entry.id, entry.name.vi, entry.name.vi.upper(), f"  {entry.name.en} "):
        posted = read_form(FundTask, {"funding_source": [typed], "secured_vnd": ["1 triệu"]})
        assert posted.data["funding_source"] == entry.id
    other = read_form(FundTask, {"funding_source": ["Xã hội hóa"], "secured_vnd": ["1"]})
    assert other.data["funding_source"] == "Xã hội hóa"


@pytest.mark.parametrize(("lang", "said"), [("vi", "«hạn chế tiếp cận»"), ("en", "«restricted»")])
def test_what_is_masked_says_so_in_the_readers_language(lang, said):
    template = environment().from_string("{{ value }}")
    assert template.render(value=MASK, **in_language(lang)) == said


def test_bookings_open_on_a_week_in_which_something_is_booked():
    def lines(*days):
        kept = {"_id": "h", "kind": "hall", "name": {"vi": "Hội trường", "en": ""}, "capacity": 1, "reservations": []}
        for day in days:
            booked = {"starts": f"{day}T08:00:00+07:00", "ends": f"{day}T17:00:00+07:00", "purpose": "Họp"}
            kept["reservations"].append({"reservation_id": str(day), **booked})
        return resource_list([kept], date(2000, 1, 1))

    later, earlier = TODAY + timedelta(days=20), TODAY - timedelta(days=20)
    assert _day_to_show(lines(), TODAY) == TODAY
    assert _day_to_show(lines(TODAY - timedelta(days=2), later), TODAY) == TODAY
    assert _day_to_show(lines(earlier, later), TODAY) == later
    assert _day_to_show(lines(earlier), TODAY) == earlier
