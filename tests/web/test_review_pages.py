"""The sheet of a review is worked down row by row, each row for itself, and nothing twice."""

import asyncio
from datetime import date
from uuid import UUID, uuid4

import pytest

from shared.reports.reviews import SheetRow
from shared.web.pages.review_sheet import Choice, name_of_field, to_do, typed_in_row
from tests.conftest import token_for
from tests.contract.units import WORK
from tests.web.html import Form, Html

LEAD, MEMBER, DEPUTY = "logistics.lead", "logistics.member", "logistics.deputy-2"
FORM = UUID(int=7)
TODAY = date(2020, 9, 1)
FOUR = ("collective", "individual", "deadline", "funding")


# --- what a row comes to ---
def row(*missing, planned_vnd=5_000_000):
    return SheetRow(
        id="1-01", unit="logistics", title_vi="Việc", title_en="", status="open", is_suspended=False,
        collective=None, individual=None, deadline=None, due_offset_days=None, planned_vnd=planned_vnd, secured_vnd=0,
        funding_source=None, confirmed=False, entered_later=False, at_opening=missing, missing=missing, explained={},
    )  # fmt: skip


def done_with(row, **typed):
    return to_do("r-1", row, typed, FORM, TODAY)


def names(done):
    return [step.name for step in done.steps]


def test_what_is_filled_in_is_recorded_before_the_row_is_confirmed():
    typed = {"collective": "Văn phòng", "individual": "Trưởng phòng", "deadline": "20/09/2020", "choice": "confirm"}
    done = done_with(row(*FOUR), secured_vnd="5 triệu", funding_source="Ngân sách", **typed)
    assert done.problems == []
    assert names(done) == ["assign-task", "set-deadline", "fund-task", "confirm"]
    assert done.steps[1].data == {"task_id": "1-01", "deadline": "2020-09-20"}
    assert done.steps[2].data["secured_vnd"] == 5_000_000


def test_a_reason_explains_the_gaps_that_stay():
    done = done_with(row(*FOUR), deadline="20/09/2020", reason="Chờ Tỉnh ủy")
    assert names(done) == ["set-deadline", "explain-collective", "explain-individual", "explain-funding"]


def test_less_money_than_planned_leaves_a_gap_to_explain():
    typed = {"secured_vnd": "4.000.000", "funding_source": "Ngân sách", "reason": "Chờ phân bổ"}
    assert names(done_with(row("funding"), **typed)) == ["fund-task", "explain-funding"]


def test_a_reason_without_a_gap_is_a_comment():
    (comment, confirm) = done_with(row(), reason="Đã đối chiếu", choice="confirm").steps
    assert (comment.command.NAME, comment.data["text"]) == ("comment-on-task", "Đã đối chiếu")
    assert confirm.data == {"review_id": "r-1", "task_id": "1-01"}


def test_the_reason_says_why_a_deadline_is_over_already():
    done = done_with(row("deadline"), deadline="20/08/2020", reason="Ghi bổ sung")
    assert [step.data for step in done.steps] == [
        {"task_id": "1-01", "deadline": "2020-08-20", "past_because": "Ghi bổ sung"}
    ]


def test_the_same_row_of_the_same_form_is_the_same_commands_whatever_was_recorded_meanwhile():
    typed = {"deadline": "20/08/2020", "reason": "Ghi bổ sung", "choice": "confirm"}
    first, again = done_with(row("deadline"), **typed), done_with(row(), **typed)
    assert [(step.id, step.data) for step in first.steps] == [(step.id, step.data) for step in again.steps]
    assert len({step.id for step in first.steps}) == len(first.steps)


@pytest.mark.parametrize("typed", [{}, {"choice": "later", "reason": "x"}, {"choice": "xoá"}])
def test_a_row_that_is_left_comes_to_nothing(typed):
    assert done_with(row(*FOUR), **typed).is_idle


@pytest.mark.parametrize(
    ("missing", "typed", "at"),
    [
        (FOUR, {"choice": "explain"}, "reason"),
        ((), {"choice": "explain", "reason": "x"}, "choice"),
        (FOUR, {"choice": "fill-in"}, "choice"),
        (FOUR, {"deadline": "mai", "choice": "confirm"}, "deadline"),
        (FOUR, {"secured_vnd": "năm đồng"}, "secured_vnd"),
        (FOUR, {"reason": "\ufffd"}, "reason"),
    ],
)
def test_what_makes_no_sense_stands_beside_its_column(missing, typed, at):
    assert {problem.path for problem in done_with(row(*missing), **typed).problems} == {at}


def test_half_letters_of_a_post_are_no_letters():
    typed = {name_of_field("1-01", "reason"): ["\ud800x"], name_of_field("1-01", "choice"): [" "]}
    assert typed_in_row("1-01", typed) == {"reason": "\ufffdx"}


# --- the pages ---
async def reviewed(pages, count=2):
    """A review of its own of `count` new tasks, all that are live: its id, and theirs."""
    for document in (await pages.at("logistics")).views.documents("tasks"):
        if document["unit"] == "logistics" and document["status"] == "open":
            await pages.give(LEAD, "cancel-task", {"task_id": document["task_id"], "reason": "Xong"})
    task_ids = [f"t-{uuid4().hex[:8]}" for _ in range(count)]
    for task_id in task_ids:
        await pages.give(LEAD, "open-task", {"task_id": task_id, **WORK, "planned_vnd": 5_000_000})
    review_id = f"r-{uuid4().hex[:8]}"
    await pages.give(LEAD, "open-review", {"review_id": review_id, "directive_id": "d-1"})
    return review_id, task_ids


async def sheet(pages, who, review_id, show=""):
    response = await pages.get(who, f"/reviews/{review_id}{show}")
    assert response.status_code == 200, response.text
    (form,) = [form for form in Form.all_of(response.text) if "command_id" in form.names]
    return {name: values[0] for name, values in form.fields.items()}


def typed(task_id, **values):
    return {name_of_field(task_id, name.replace("choice_", "choice")): value for name, value in values.items()}


async def item(pages, review_id, task_id):
    return (await pages.at("logistics")).views.document("reviews", f"logistics/{review_id}")["items"][task_id]


async def task(pages, task_id):
    return (await pages.at("logistics")).views.document("tasks", f"logistics/{task_id}")


WHOLE = {
    "collective": "Văn phòng Tỉnh ủy", "individual": "Chánh Văn phòng", "deadline": "20/12/2100",
    "secured_vnd": "5.000.000", "funding_source": "Ngân sách tỉnh", "choice": "confirm",
}  # fmt: skip


async def test_a_whole_sheet_is_recorded_at_once(pages):
    review_id, (one, two) = await reviewed(pages)
    fields = await sheet(pages, MEMBER, review_id, "?show=left")
    fields |= typed(one, **WHOLE) | typed(two, reason="Chờ Thường trực quyết định", choice="explain")
    response = await pages.post(MEMBER, f"/reviews/{review_id}?show=left", fields)
    assert (response.status_code, response.headers["location"]) == (303, f"/reviews/{review_id}?show=left&done=2")
    assert (await item(pages, review_id, one))["confirmed"] is True
    assert (await item(pages, review_id, one))["found"] == []
    assert set((await item(pages, review_id, two))["explained"]) == set(FOUR)
    assert "Rows recorded: 2." in (await pages.get(MEMBER, response.headers["location"])).text


async def test_a_sheet_that_is_sent_twice_is_recorded_once(pages):
    review_id, (one, _) = await reviewed(pages)
    fields = await sheet(pages, MEMBER, review_id) | typed(one, **WHOLE, reason="Đã đối chiếu")
    path = f"/reviews/{review_id}"
    answers = await asyncio.gather(pages.post(MEMBER, path, fields), pages.post(MEMBER, path, fields))
    answers.append(await pages.post(MEMBER, path, fields))
    assert [answer.status_code for answer in answers] == [303] * 3, [answer.text for answer in answers]
    views = (await pages.at("logistics")).views
    types = [row["type"] for row in await views.history("task", one)]
    assert sorted(types) == sorted(set(types))
    assert len([row for row in await views.history("review", review_id) if "confirmed" in row["type"]]) == 1


async def test_a_refused_row_keeps_what_was_typed_and_the_others_are_done(pages):
    review_id, (one, two) = await reviewed(pages)
    fields = await sheet(pages, MEMBER, review_id)
    fields |= typed(one, **WHOLE) | typed(two, **WHOLE | {"deadline": "01/01/2020", "collective": "<b>Văn phòng</b>"})
    response = await pages.post(MEMBER, f"/reviews/{review_id}", fields)
    assert response.status_code == 422
    page = Html.of(response.text)
    assert "Rows recorded: 1." in page.text
    assert (await item(pages, review_id, one))["confirmed"] is True
    assert (await item(pages, review_id, two))["confirmed"] is False
    assert (await task(pages, two))["collective"] == "<b>Văn phòng</b>"
    assert "&lt;b&gt;Văn phòng&lt;/b&gt;" in response.text
    assert "<b>Văn phòng</b>" not in response.text
    kept = {field["name"]: field for field in page.all("input") if field.get("name").startswith(f"row.{two}.")}
    assert kept[name_of_field(two, "deadline")]["value"] == "01/01/2020"
    assert name_of_field(two, "collective") not in kept
    (wrong,) = [field for field in page.all("input", "select") if field.get("aria-invalid")]
    assert page.one(id=wrong["aria-describedby"]).text
    assert page.one(id="problems").all("a", href=f"#{wrong['id']}")


async def test_one_row_alone_is_recorded_and_the_others_stay_as_they_are_typed(pages):
    review_id, (one, two) = await reviewed(pages)
    fields = await sheet(pages, MEMBER, review_id)
    fields |= typed(one, **WHOLE) | typed(two, reason="Chờ", choice="explain") | {"only": one}
    response = await pages.post(MEMBER, f"/reviews/{review_id}", fields)
    assert response.status_code == 200
    assert (await item(pages, review_id, one))["confirmed"] is True
    assert (await item(pages, review_id, two))["explained"] == {}
    (form,) = [form for form in Form.all_of(response.text) if "command_id" in form.names]
    assert form.fields[name_of_field(two, "reason")] == ["Chờ"]
    assert form.fields[name_of_field(two, "choice")] == ["explain"]
    assert form.fields["command_id"] != [fields["command_id"]]


async def test_who_changed_a_task_meanwhile_is_named_and_it_is_asked_once_more(pages):
    review_id, (one, _) = await reviewed(pages)
    fields = await sheet(pages, MEMBER, review_id) | typed(one, **WHOLE)
    await pages.give(DEPUTY, "comment-on-task", {"task_id": one, "comment_id": "c-1", "text": "Khoan đã"})
    response = await pages.post(MEMBER, f"/reviews/{review_id}", fields)
    assert response.status_code == 422
    assert "Deputy head 2" in Html.of(response.text).one(id="problems").text
    assert (await task(pages, one))["collective"] is None
    (form,) = [form for form in Form.all_of(response.text) if "command_id" in form.names]
    again = {name: values[0] for name, values in form.fields.items()}
    assert again[name_of_field(one, "deadline")] == WHOLE["deadline"]
    assert (await pages.post(MEMBER, f"/reviews/{review_id}", again)).status_code == 303
    assert (await item(pages, review_id, one))["confirmed"] is True


async def test_a_colleague_in_the_same_position_is_somebody_else(pages):
    review_id, (one, _) = await reviewed(pages)
    fields = await sheet(pages, MEMBER, review_id) | typed(one, **WHOLE)
    form = f"/tasks/{one}/do/assign-task"
    seen = {
        "seen": str((await pages.at("logistics")).views.sequence),
        "collective": "Sở Y tế",
        "individual": "Giám đốc",
    }
    pages.set_token("logistics.colleague", token_for(pages.settings, MEMBER, person="lan"))
    comment = {"task_id": one, "comment_id": "c-1", "text": "Khoan đã"}
    await pages.give("logistics.colleague", "comment-on-task", comment)
    assert (await pages.post(MEMBER, f"/reviews/{review_id}", fields)).status_code == 422
    assert (await pages.post(MEMBER, form, seen)).status_code == 409
    assert (await pages.post("logistics.colleague", form, seen)).status_code == 303


async def test_what_somebody_else_filled_in_meanwhile_is_told_beside_it(pages):
    review_id, (one, _) = await reviewed(pages)
    fields = await sheet(pages, MEMBER, review_id) | typed(one, deadline="20/12/2100") | {"seen": "9" * 30}
    await pages.give(DEPUTY, "set-deadline", {"task_id": one, "deadline": "2100-12-01"})
    response = await pages.post(MEMBER, f"/reviews/{review_id}", fields)
    assert response.status_code == 422
    assert "already has the deadline" in Html.of(response.text).one(id="problems").text
    assert (await task(pages, one))["deadline"] == "2100-12-01"


async def test_rows_of_other_tasks_are_not_taken(pages):
    review_id, (one, _) = await reviewed(pages)
    await pages.give("security.lead", "open-task", {"task_id": "theirs", **WORK, "planned_vnd": 0})
    fields = await sheet(pages, MEMBER, review_id)
    for foreign in ("theirs", "no-such", "../1-01", "$ne"):
        fields |= typed(foreign, **WHOLE)
    assert (await pages.post(MEMBER, f"/reviews/{review_id}", fields)).status_code == 303
    assert (await pages.at("security")).views.document("tasks", "security/theirs")["collective"] is None
    assert (await task(pages, one))["collective"] is None


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "{{ 7*7 }}", "x" * 20_000, "\u202eعكس", "e\u0301" * 50, "😀", "\x00", "=1+1"],
)
async def test_whatever_is_typed_is_recorded_or_told_and_shown_as_text(pages, text):
    review_id, (one, two) = await reviewed(pages)
    fields = await sheet(pages, MEMBER, review_id)
    fields |= typed(one, **dict.fromkeys(WHOLE, text)) | typed(two, reason=text, choice="explain")
    response = await pages.post(MEMBER, f"/reviews/{review_id}", fields)
    assert response.status_code in (303, 422)
    shown = (await pages.get(MEMBER, f"/reviews/{review_id}")).text
    for page in (response.text, shown):
        assert "<script>alert(1)" not in page
        assert "49" not in Html.of(page).one("main").text.replace(one, "").replace(two, "").replace(review_id, "")


async def test_no_such_review_or_another_units_is_not_there(pages):
    review_id, _ = await reviewed(pages)
    for path in ("/reviews/no-such", f"/reviews/{review_id}x", "/reviews/..%2f", f"/reviews/{review_id}/nothing"):
        assert (await pages.get(LEAD, path)).status_code == 404
    assert (await pages.get("security.lead", f"/reviews/{review_id}")).status_code == 404
    assert (await pages.post("security.lead", f"/reviews/{review_id}", {})).status_code == 404


async def test_whoever_only_reads_sees_the_sheet_and_can_not_write_in_it(pages):
    review_id, (one, _) = await reviewed(pages)
    page = await pages.get("auditor.lead", f"/reviews/{review_id}", at="logistics")
    assert page.status_code == 200
    assert name_of_field(one, "choice") not in page.text
    sent = await pages.post("auditor.lead", f"/reviews/{review_id}", typed(one, **WHOLE), at="logistics")
    assert sent.status_code == 403
    assert (await task(pages, one))["collective"] is None


async def test_the_lead_alone_is_offered_to_sign_and_a_signed_review_is_read_only(pages):
    review_id, task_ids = await reviewed(pages)
    offered = [await pages.get(who, f"/reviews/{review_id}") for who in (LEAD, MEMBER)]
    assert ["/do/close-review?" in page.text for page in offered] == [True, False]
    fields = await sheet(pages, LEAD, review_id)
    rows = {name.split(".")[1] for name in fields if name.startswith("row.")}
    for task_id in rows:
        fields |= typed(task_id, reason="Chờ quyết định", choice="explain")
    await pages.post(LEAD, f"/reviews/{review_id}", fields)
    await pages.give(LEAD, "close-review", {"review_id": review_id})
    page = await pages.get(MEMBER, f"/reviews/{review_id}")
    assert "Closed and signed by Head, Logistics unit" in page.text
    assert name_of_field(task_ids[0], "choice") not in page.text
    refused = await pages.post(MEMBER, f"/reviews/{review_id}", typed(task_ids[0], choice="confirm"))
    assert refused.status_code == 422
    assert "closed and signed" in Html.of(refused.text).one(id="problems").text
    assert "Closed and signed" in (await pages.get(MEMBER, "/reviews")).text


def test_keys_take_the_choices_in_their_order():
    assert [choice.value for choice in Choice] == ["confirm", "explain", "fill-in", "later"]
