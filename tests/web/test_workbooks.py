"""An office's own workbook, sent to the sub-committee's pages."""

import io
import zipfile

import pytest

from services.subcommittee.pages.importing import UPLOADS
from services.subcommittee.pages.uploads import MOST_OF_A_SESSION
from shared.entering.tables import MAX_FILE_BYTES
from tests.annexes import HEADINGS, annex, task
from tests.registers import register, row
from tests.web.html import Html
from tests.web.test_subcommittee_pages import filled, form_in

OFFICE = "subcommittee.office"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def upload(pages, content, name="phu-luc.xlsx", path="/catalogue/import", **said):
    return await pages.post(OFFICE, path, said, files={"file": (name, content, XLSX)})


async def looked_at(pages, sent):
    assert sent.status_code == 303, sent.text
    return await pages.get(OFFICE, sent.headers["location"])


async def test_a_workbook_is_shown_confirmed_and_written(pages):
    views = (await pages.at("subcommittee")).views
    sent = await upload(pages, annex(task(), task(c0=2, c1="Việc khác")), unit="logistics")
    preview = await looked_at(pages, sent)
    assert "what it would change" in preview.text
    assert not views.documents("catalogue")
    confirm = filled(form_in(preview, "plan"))
    done = await pages.post(OFFICE, f"{sent.headers['location']}/confirm", confirm)
    assert done.headers["location"] == "/catalogue?done=import-catalogue"
    assert len(views.documents("catalogue")) == 2
    late = await pages.post(OFFICE, f"{sent.headers['location']}/confirm", confirm)
    assert late.status_code == 404  # it is not kept once it was taken over


async def test_what_changed_since_the_preview_is_shown_again(pages):
    sent = await upload(pages, annex(task(c1="Việc đầu"), task(c0=2, c1="Việc sau")), unit="logistics")
    confirm = filled(form_in(await looked_at(pages, sent), "plan"))
    other = await upload(pages, annex(task(c1="Việc đầu")), unit="logistics")
    there = await looked_at(pages, other)
    await pages.post(OFFICE, f"{other.headers['location']}/confirm", filled(form_in(there, "plan")))
    again = await pages.post(OFFICE, f"{sent.headers['location']}/confirm", confirm)
    assert again.status_code == 409
    assert "changed meanwhile" in again.text


async def test_unknown_columns_are_asked_about_and_remembered(pages):
    content = annex(task(), headings=(*HEADINGS[:3], "Mức độ xanh", *HEADINGS[4:]))
    sent = await upload(pages, content, unit="logistics")
    asked = await looked_at(pages, sent)
    form = form_in(asked, "column")
    assert "«Mức độ xanh»" in asked.text
    await pages.post(OFFICE, sent.headers["location"], {**filled(form), "column": "individual"})
    assert (await pages.get(OFFICE, sent.headers["location"])).status_code == 200
    assert (await looked_at(pages, await upload(pages, content, unit="logistics"))).status_code == 200


async def test_two_columns_that_are_read_as_the_same_are_asked_about(pages):
    content = annex(task(), headings=(*HEADINGS[:8], "Nội dung nhiệm vụ"))
    sent = await upload(pages, content, unit="logistics")
    form = form_in(await looked_at(pages, sent), "column")
    assert form.fields["column"] == ["title_vi", "-"]
    await pages.post(OFFICE, sent.headers["location"], filled(form))
    assert (await pages.get(OFFICE, sent.headers["location"])).status_code == 200


async def test_the_unit_of_all_tasks_is_asked_for(pages):
    sent = await upload(pages, annex(task()))
    asked = await looked_at(pages, sent)
    form = form_in(asked, "unit")
    await pages.post(OFFICE, sent.headers["location"], {**filled(form), "unit": "security"})
    assert "Security" in (await pages.get(OFFICE, sent.headers["location"])).text


async def test_what_is_wrong_is_told_by_row_and_heading_and_once(pages):
    sent = await upload(pages, annex(task(c7="nhiều"), task(c0=2, c7="nhiều")), unit="logistics")
    wrong = await looked_at(pages, sent)
    table = Html.of(wrong.text).one("section", id="wrong")
    assert wrong.status_code == 422
    assert len(table.all("tr")) == 2
    assert "column «" in table.text


def a_bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no row"),
        (a_bomb, "unpacks to"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "The file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "old Excel"),
        (b"PK\x03\x04" + b"\0" * 100, "damaged"),
    ],
    ids=["empty", "bomb", "pdf", "xls", "broken"],
)
async def test_what_is_no_workbook_is_refused_by_name(pages, content, says):
    refused = await looked_at(pages, await upload(pages, content() if callable(content) else content))
    assert refused.status_code == 422
    assert says in refused.text


async def test_what_is_too_large_is_refused_before_it_is_read(pages):
    refused = await upload(pages, b"x" * (MAX_FILE_BYTES + 1))
    assert refused.status_code == 413


@pytest.mark.parametrize("name", ["../../../etc/passwd.xlsx", "C:\\x\\y.xlsx", "<script>.xlsx", "a\u202exslx.exe"])
async def test_no_name_of_a_file_leads_anywhere(pages, name):
    preview = await looked_at(pages, await upload(pages, annex(task()), name, unit="logistics"))
    assert preview.status_code == 200
    assert "<script>" not in preview.text
    assert ".." not in preview.text
    assert "\u202e" not in preview.text


async def test_no_file_says_so_beside_the_field(pages):
    refused = await pages.post(OFFICE, "/catalogue/import", {"unit": "logistics"})
    assert refused.status_code == 422
    assert "Choose a file first" in refused.text


async def test_nobody_else_sees_what_somebody_sent_and_few_are_kept(pages):
    sent = [await upload(pages, annex(task()), unit="logistics") for _ in range(MOST_OF_A_SESSION + 1)]
    assert (await pages.get("subcommittee.lead", sent[-1].headers["location"])).status_code == 404
    assert (await pages.get(OFFICE, sent[0].headers["location"])).status_code == 404
    assert (await pages.get(OFFICE, sent[-1].headers["location"])).status_code == 200
    other_kind = sent[-1].headers["location"].replace("/catalogue/import", "/import/register")
    assert (await pages.get(OFFICE, other_kind)).status_code == 404


async def test_a_register_is_imported_the_same_way(pages):
    views = (await pages.at("subcommittee")).views
    sent = await upload(pages, register(row()), path="/import/register", kind="agency", since="1/1/2026")
    preview = await looked_at(pages, sent)
    assert preview.status_code == 200, preview.text
    done = await pages.post(OFFICE, f"{sent.headers['location']}/confirm", filled(form_in(preview, "plan")))
    assert done.headers["location"] == "/register?done=register-organisations"
    assert views.documents("organisations")


async def test_an_empty_workbook_can_be_had(pages):
    for path in ("/catalogue/import/template", "/import/register/template"):
        response = await pages.get(OFFICE, path)
        assert response.content.startswith(b"PK")
        assert "attachment" in response.headers["content-disposition"]


async def test_only_ticked_items_are_assigned_each_to_its_unit(pages):
    views = (await pages.at("subcommittee")).views
    nothing = await pages.post(OFFICE, "/catalogue/assign", {"unit": "each"})
    assert nothing.status_code == 422
    waiting = [
        item["_id"] for item in views.documents("catalogue") if not item["assigned_to"] and not item.get("withdrawn")
    ]
    done = await pages.post(OFFICE, "/catalogue/assign", {"unit": "each", "item": waiting[:1]})
    assert done.headers["location"] == "/catalogue?done=assign-items"
    assert views.document("catalogue", waiting[0])["assigned_to"] == "logistics"


def test_uploads_of_this_module_stay_in_memory():
    assert all(isinstance(upload.content, bytes) for upload in UPLOADS._kept.values())


async def test_a_second_catalogue_stands_beside_the_first(pages):
    views = (await pages.at("subcommittee")).views
    content = annex(task(c0=9, c1="Việc của danh mục khác"))
    wrong = await upload(pages, content, unit="logistics", catalogue="có dấu")
    assert wrong.status_code == 422
    sent = await upload(pages, content, unit="logistics", catalogue="an-ninh")
    preview = await looked_at(pages, sent)
    before = len(views.documents("catalogue"))
    await pages.post(OFFICE, f"{sent.headers['location']}/confirm", filled(form_in(preview, "plan")))
    added = [item for item in views.documents("catalogue") if item["catalogue"] == "an-ninh"]
    assert len(added) == 1
    assert len(views.documents("catalogue")) == before + 1


async def test_groups_that_the_list_calls_otherwise_are_told_and_renamed_only_where_that_is_ticked(pages):
    lead, views = "subcommittee.lead", (await pages.at("subcommittee")).views
    for number, name in (("1", "Nội dung"), ("2", "Đại biểu")):
        entry = {"code_list": "groups", "entry_id": number, "name": {"vi": name}}
        await pages.give(lead, "add-entry", entry)

    def names():
        return {each["id"]: each["name"]["vi"] for each in views.document("code_lists", "groups")["entries"]}

    async def taken_over(*ticks, titles):
        content = annex(("I", "Văn kiện"), task(c0=1, c1=titles[0]), ("II", "Đại biểu"), task(c0=1, c1=titles[1]))
        files = {"file": ("phu-luc.xlsx", content, XLSX)}
        sent = await pages.post(lead, "/catalogue/import", {"unit": "logistics"}, files=files)
        preview = await pages.get(lead, sent.headers["location"])
        assert preview.status_code == 200, Html(preview.text).root.one("main").text
        told = Html(preview.text).root.one("section", id="groups").text
        assert "1 Nội dung Văn kiện" in told
        assert "Đại biểu" not in told
        confirm = filled(form_in(preview, "plan")) | dict.fromkeys(ticks, "1")
        confirm = {name: value for name, value in confirm.items() if name != "take_groups" or ticks}
        await pages.post(lead, f"{sent.headers['location']}/confirm", confirm)

    await taken_over(titles=("Một", "Hai"))
    assert names()["1"] == "Nội dung"
    shown = Html((await pages.get(lead, "/catalogue")).text).root
    assert "1. Nội dung" in [row.text for row in shown.all("tr", class_="group-row")]
    await taken_over("take_groups", titles=("Ba", "Bốn"))
    assert (names()["1"], names()["2"]) == ("Văn kiện", "Đại biểu")
