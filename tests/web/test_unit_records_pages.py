"""Cases, documents, rules and what the service could not do by itself, as the unit's pages show them."""

from uuid import uuid4

import pytest

from tests.contract.units import WORK, item, published
from tests.waiting import until
from tests.web.html import Form, Html

LEAD, MEMBER = "logistics.lead", "logistics.member"
HOSTILE = (
    "<script>alert(1)</script>",
    "{{7*7}}",
    "$ne",
    "../../etc",
    "x" * 3000,
    "e\u0301",
    "\u202e",
    "😀",
    "%00",
    "9" * 400,
)


def doable(response):
    """The commands that the page links to."""
    links = Html.of(response.text).all("a")
    return {link.get("href").partition("?")[0].removeprefix("/do/") for link in links if "/do/" in link.get("href")}


async def opened(pages, **more):
    task_id = f"t-{uuid4().hex[:8]}"
    await pages.give(LEAD, "open-task", {"task_id": task_id, **WORK, "planned_vnd": 5_000_000, **more})
    return task_id


async def form_at(pages, who, path):
    response = await pages.get(who, path)
    assert response.status_code == 200, response.text
    (form,) = [form for form in Form.all_of(response.text) if "command_id" in form.names]
    return form.fields


# --- directives ---
async def directive(pages, kind="work", units=("logistics",)):
    directive_id = f"cd-{uuid4().hex[:8]}"
    ordered = {"directive_id": directive_id, "kind": kind, "text": {"vi": f"Rà đường điện {directive_id}"}}
    await pages.give("subcommittee.lead", "issue-directive", {**ordered, "units": units})
    await pages.settled()
    return directive_id


async def test_a_unit_reads_what_is_ordered_of_it_and_opens_a_task_for_it(pages):
    mine, others = await directive(pages), await directive(pages, units=("security",))
    listed = await pages.get(LEAD, "/directives")
    assert mine in listed.text
    assert others not in listed.text
    assert (await pages.get(LEAD, f"/directives/{others}")).status_code == 404
    page = Html.of((await pages.get(LEAD, f"/directives/{mine}")).text).one("main")
    assert "nothing yet" in page.one("section", id="units").text
    (link,) = [each["href"] for each in page.all("a") if "/do/open-task" in each["href"]]
    assert (await form_at(pages, LEAD, link))["directive_id"] == [mine]
    task_id = await opened(pages, directive_id=mine)
    page = Html.of((await pages.get(LEAD, f"/directives/{mine}")).text).one("main")
    assert "1 task:" in page.one("section", id="units").text
    task = Html.of((await pages.get(LEAD, f"/tasks/{task_id}")).text).one("main")
    assert f"/directives/{mine}" in [link["href"] for link in task.all("a")]


async def test_a_directive_leads_to_what_its_kind_asks_for(pages):
    cases, review = await directive(pages, "scenarios"), await directive(pages, "review")
    page = Html.of((await pages.get(LEAD, f"/directives/{cases}")).text).one("main")
    assert "/cases" in [link["href"] for link in page.all("a")]
    page = Html.of((await pages.get(LEAD, f"/directives/{review}")).text).one("main")
    (link,) = [each["href"] for each in page.all("a") if "/reviews/" in each["href"]]
    sheet = Html.of((await pages.get(LEAD, f"/reviews/{link.rpartition('/')[2]}")).text).one("main")
    assert f"/directives/{review}" in [link["href"] for link in sheet.all("a")]


# --- cases ---
async def test_what_is_different_in_a_case_stands_side_by_side_and_can_be_taken_back(pages):
    task_id = await opened(pages, scenario="both", title={"vi": "Đón đại biểu", "en": "Receive delegates"})
    adjusted = {"variant": "outbreak", "task_id": task_id, "planned_vnd": 9_000_000, "reason": "Thêm khẩu trang"}
    await pages.give(MEMBER, "adjust-variant", adjusted)
    response = await pages.get(MEMBER, "/cases")
    page = Html.of(response.text)
    (compared,) = [
        row for row in page.one(id="compared").all("tr") if task_id in row.text and "5,000,000" in row.text
    ]
    assert "9,000,000 đ (Thêm khẩu trang)" in compared.text
    (link,) = [link["href"] for link in page.one(id="adjustments").all("a") if "withdraw-adjustment" in link["href"]]
    (form,) = [form for form in Form.all_of((await pages.get(MEMBER, link)).text) if "command_id" in form.names]
    assert (
        await pages.post(MEMBER, link, {name: value[0] for name, value in form.fields.items()})
    ).status_code == 303
    assert task_id not in (await pages.get(MEMBER, "/cases")).text


async def test_the_form_of_an_adjustment_starts_with_what_is_on_record(pages):
    task_id = await opened(pages, scenario="both")
    adjusted = {"variant": "outbreak", "task_id": task_id, "applies": False, "reason": "Không cần"}
    await pages.give(MEMBER, "adjust-variant", adjusted)
    page = Html.of((await pages.get(MEMBER, "/cases")).text)
    (link,) = [
        link["href"]
        for link in page.one(id="adjustments").all("a")
        if "adjust-variant" in link["href"] and task_id in link["href"]
    ]
    form = Html.of((await pages.get(MEMBER, link)).text)
    assert form.one("textarea", name="reason").text == "Không cần"
    checked = [each["value"] for each in form.all("input", name="applies") if "checked" in each.attributes]
    assert checked == ["false"]


async def test_the_lead_alone_is_offered_to_declare_a_case_prepared(pages):
    assert "prepare-variant" in doable(await pages.get(LEAD, "/cases"))
    assert "prepare-variant" not in doable(await pages.get(MEMBER, "/cases"))
    await pages.give(LEAD, "prepare-variant", {"variant": "outbreak"})
    assert "Declared prepared" in (await pages.get(MEMBER, "/cases")).text
    assert doable(await pages.get("auditor.lead", "/cases", at="logistics")) == set()


# --- documents ---
async def issued(pages, symbol, who=LEAD, **more):
    document = {"symbol": symbol, "kind": "Thông báo", "issuer": "Bộ phận hậu cần", "title": {"vi": f"Về {symbol}"}}
    await pages.give(who, "issue-document", {**document, **more})


async def test_a_document_says_what_it_is_based_on_and_what_replaced_it(pages):
    await issued(pages, "31-TB/BPHC", term="2020-2025")
    await issued(pages, "32-TB/BPHC", term="2020-2025", basis=["31-TB/BPHC", "9-QĐ/TW"])
    await pages.give(
        LEAD, "supersede-document", {"document_id": "31-TB/BPHC (2020-2025)", "superseded_by": "32-TB/BPHC"}
    )
    old, new = [await pages.get(MEMBER, f"/documents/{number}-TB-BPHC_2020-2025") for number in (31, 32)]
    assert (old.status_code, new.status_code) == (200, 200)
    assert Html.of(old.text).one("main").all("a", href="/documents/32-TB-BPHC_2020-2025")
    assert Html.of(new.text).one("main").all("a", href="/documents/31-TB-BPHC_2020-2025")
    assert "9-QĐ/TW not on file" in Html.of(new.text).text
    assert doable(old) == {"correct-document"}
    assert doable(new) == {"correct-document", "supersede-document", "withdraw-document"}


async def test_what_a_document_is_based_on_is_corrected_as_a_whole_and_emptied(pages):
    await issued(pages, "36-TB/BPHC", basis=["1-QĐ/TW", "2-QĐ/TW"])
    path = "/do/correct-document?document_id=36-TB-BPHC"
    views = (await pages.at("logistics")).views

    async def corrected(**typed):
        (form,) = [form for form in Form.all_of((await pages.get(LEAD, path)).text) if "basis" in form.names]
        response = await pages.post(LEAD, path, form.fields | typed | {"reason": "Ghi nhầm"})
        return response.status_code, views.document("documents", "logistics/36-TB-BPHC")

    status, document = await corrected(kind="Kế hoạch")
    assert (status, document["kind"], document["basis"]) == (303, "Kế hoạch", ["1-QĐ/TW", "2-QĐ/TW"])
    assert document["corrections"][-1]["after"] == {"kind": "Kế hoạch"}
    assert (await corrected(basis="2-QĐ/TW"))[1]["basis"] == ["2-QĐ/TW"]
    assert (await corrected(basis=""))[1]["basis"] == []


async def test_documents_are_looked_for_with_or_without_marks(pages):
    await issued(pages, "41-TB/BPHC", title={"vi": "Đón tiếp đại biểu"})
    assert "41-TB/BPHC" in (await pages.get(MEMBER, "/documents?q=don+tiep")).text
    assert "41-TB/BPHC" not in (await pages.get(MEMBER, "/documents?status=withdrawn")).text
    assert "41-TB/BPHC" in (await pages.get(MEMBER, "/documents?status=no-such&page=99999")).text


async def test_the_next_number_stands_beside_a_form_that_has_it(pages):
    for number in ("51", "52"):
        await issued(pages, f"{number}-KH/BPX", kind="Kế hoạch", issuer="Bộ phận X")
    path = "/documents?next_issuer=B%E1%BB%99+ph%E1%BA%ADn+X&next_kind=K%E1%BA%BF+ho%E1%BA%A1ch"
    page = Html.of((await pages.get(MEMBER, path)).text).one(id="next")
    assert "53-KH/BPX" in page.text
    form = Html.of((await pages.get(MEMBER, page.all("a")[0]["href"])).text)
    assert form.one("input", name="symbol")["value"] == "53-KH/BPX"


async def test_the_sub_committees_documents_are_read_and_not_changed_by_a_unit(pages):
    await issued(pages, "61-KH/TB", "subcommittee.lead")
    views = (await pages.at("logistics")).views
    async for _ in views.changes(0):
        if views.document("documents", "subcommittee/61-KH-TB"):
            break
    listed = Html.of((await pages.get(MEMBER, "/documents?q=61-KH")).text)
    (link,) = [link["href"] for link in listed.all("a") if link.text == "61-KH/TB"]
    page = await pages.get(MEMBER, link)
    assert page.status_code == 200
    assert doable(page) == set()
    assert (await pages.get(MEMBER, "/documents/61-KH-TB")).status_code == 404
    assert (await pages.get(MEMBER, "/documents/61-KH-TB?unit=security")).status_code == 404


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("path", ["/documents", "/cases", "/reviews", "/rules", "/refusals"])
async def test_no_address_breaks_a_page(pages, path, text):
    query = dict.fromkeys(("q", "kind", "issuer", "term", "unit", "status", "page", "show", "done"), text)
    query |= {f"next_{name}": text for name in ("issuer", "kind", "term")}
    shown = await pages.at("logistics")
    response = await shown.client.get(path, params=query, headers={"Cookie": pages.cookies(LEAD)})
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert (
        await shown.client.get(f"/documents/{text[:90]}", headers={"Cookie": pages.cookies(LEAD)})
    ).status_code in (
        404,
        200 if text == "../../etc" else 404,
    )


# --- rules ---
async def test_the_lead_says_whether_evidence_is_needed(pages):
    assert "evidence is needed" in (await pages.get(MEMBER, "/rules")).text
    page = await pages.get(LEAD, "/rules")
    assert (doable(page), doable(await pages.get(MEMBER, "/rules"))) == ({"set-unit-rules"}, set())
    (link,) = [link["href"] for link in Html.of(page.text).all("a") if "set-unit-rules" in link.get("href")]
    fields = Form.all_of((await pages.get(LEAD, link)).text)
    (form,) = [form for form in fields if "command_id" in form.names]
    sent = {name: values[0] for name, values in form.fields.items()} | {"reason": "Việc gấp"}
    assert sent["evidence_required"] == "false"
    assert (await pages.post(LEAD, link, sent)).headers["location"] == "/rules?done=set-unit-rules"
    said = Html.of((await pages.get(MEMBER, "/rules")).text).one(id="facts").text
    assert "Work may be handed in without evidence" in said
    assert "Việc gấp" in said


# --- what could not be done ---
async def left(pages, who, count):
    """The page once it lists so many."""
    shown = []

    async def lists():
        shown[:] = [await pages.get(who, "/refusals")]
        return len(Html.of(shown[0].text).all("tr")) == (count + 1 if count else 0)

    await until(lists)
    return shown[0]


async def test_what_could_not_be_done_is_listed_until_it_is_settled(pages):
    assert "Nothing is left to see to" in (await pages.get(LEAD, "/refusals")).text
    await pages.at("subcommittee")
    await pages.give(LEAD, "open-task", {"task_id": "2-01", **WORK, "planned_vnd": 7})
    await pages.give("subcommittee.lead", "publish-catalogue", published(item("2.01", "logistics")))
    await pages.give("subcommittee.lead", "assign-items", {"unit": "logistics", "item_ids": ["2-01"]})
    page = await left(pages, LEAD, 1)
    row = Html.of(page.text).one(id="refusals").one("tbody").one("tr")
    assert "open-assigned-items" in row.text
    assert "2-01" in row.text
    assert doable(page) == {"retry-policy", "settle-policy-refusal"}
    assert doable(await pages.get(MEMBER, "/refusals")) == set()
    retry, settle = (link["href"] for link in row.all("a") if "/do/" in link["href"])
    fields = {name: value[0] for name, value in (await form_at(pages, LEAD, retry)).items()}
    again = await pages.post(LEAD, retry, fields)
    assert again.status_code == 409
    fields = {name: value[0] for name, value in (await form_at(pages, LEAD, settle)).items()}
    settled = await pages.post(LEAD, settle, fields | {"reason": "Đã lập nhiệm vụ khác"})
    assert settled.status_code == 303, Html.of(settled.text).text
    assert settled.headers["location"] == "/refusals?done=settle-policy-refusal"
    await left(pages, LEAD, 0)
