"""A unit's day on its pages: my work, the list of tasks, one task, and a form for every action."""

import asyncio
import hashlib
import threading
from uuid import uuid4

import pytest

from daihoi.sample.sign_ins import POSITIONS, account_of
from shared.domain.ranks import Act
from shared.i18n import title_of_position
from shared.values.units import support_unit_ids
from shared.web.pages.many import MOST_AT_ONCE
from shared.web.pages.offered import offered_at
from shared.web.pasting import read_paste
from tests.conftest import token_for
from tests.contract.units import SERVICE_AGGREGATES, WORK
from tests.web.html import Form, Html

LEAD, MEMBER, OTHER = "logistics.lead", "logistics.member", "security.lead"
LINKED = {
    "evidence.0.title": "Biên bản", "evidence.0.link": "https://example.invalid/b",
    "evidence.0.sha256": "0a" * 32, "evidence.0.size_bytes": "120000",
}  # fmt: skip


async def opened(pages, title="Chuẩn bị hội trường", *, assigned=False, started=False, deadline=None):
    """The id of a task of the test's own, which logistics has opened."""
    task_id = f"t-{uuid4().hex[:8]}"
    await pages.give(
        LEAD, "open-task", {"task_id": task_id, **WORK, "title": {"vi": title}, "planned_vnd": 5_000_000}
    )
    if assigned or started:
        who = {"collective": "Văn phòng", "individual": "Trưởng phòng"}
        await pages.give(LEAD, "assign-task", {"task_id": task_id, **who})
    if deadline:
        await pages.give(LEAD, "set-deadline", {"task_id": task_id, "deadline": deadline})
    if started:
        await pages.give(MEMBER, "start-task", {"task_id": task_id})
    return task_id


async def document(pages, task_id):
    return (await pages.at("logistics")).views.document("tasks", f"logistics/{task_id}")


async def form_at(pages, who, path):
    """The form on a page, as a browser has it."""
    response = await pages.get(who, path)
    assert response.status_code == 200, response.text
    (form,) = [form for form in Form.all_of(response.text) if "command_id" in form.names]
    return form.fields


def errors_of(response):
    page = Html.of(response.text)
    return {field["id"]: field for field in page.all("input", "textarea", "select") if field.get("aria-invalid")}


# --- a form for every action ---
async def test_a_new_task_is_put_into_a_group_that_there_is_by_its_name(pages):
    await opened(pages)
    page = Html.of((await pages.get(LEAD, "/do/open-task", lang="vi")).text).one("main")
    offered = [label.text for label in page.all("label") if label.all("input", name="group.number", value="1")]
    assert offered == ["1. Công tác chuẩn bị"]
    fields = await form_at(pages, LEAD, "/do/open-task")
    task_id = f"t-{uuid4().hex[:8]}"
    fields |= {"task_id": task_id, "title.vi": "Kê bàn ghế", "phase": "before", "scenario": "both"}
    sent = await pages.post(LEAD, "/do/open-task", fields | {"group.number": "1", "planned_vnd": "0"})
    assert sent.headers["location"] == f"/tasks/{task_id}?done=open-task"
    assert (await document(pages, task_id))["group"]["name"]["vi"] == "Công tác chuẩn bị"


async def test_what_is_recorded_with_a_form_stands_on_the_task(pages):
    task_id = await opened(pages)
    path = f"/tasks/{task_id}/do/assign-task"
    fields = await form_at(pages, LEAD, path) | {"collective": "Văn phòng Tỉnh ủy", "individual": "Chánh Văn phòng"}
    response = await pages.post(LEAD, path, fields)
    assert (response.status_code, response.headers["location"]) == (303, f"/tasks/{task_id}?done=assign-task")
    page = (await pages.get(LEAD, response.headers["location"])).text
    assert "Chánh Văn phòng" in page
    assert "Done: assign task" in page


async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(pages):
    task_id = await opened(pages)
    typed = {"secured_vnd": "năm đồng", "funding_source": "Ngân sách <b>tỉnh</b>"}
    response = await pages.post(LEAD, f"/tasks/{task_id}/do/fund-task", typed, lang="vi")
    assert response.status_code == 422
    wrong = errors_of(response)
    assert list(wrong) == ["f-secured_vnd"]
    assert wrong["f-secured_vnd"]["value"] == "năm đồng"
    told = Html.of(response.text).one(id=wrong["f-secured_vnd"]["aria-describedby"].split()[0]).text
    assert "năm đồng" in told or "số" in told
    assert "Ngân sách &lt;b&gt;tỉnh&lt;/b&gt;" in response.text
    assert (await document(pages, task_id))["secured_vnd"] is None


async def test_a_missing_field_is_named_by_the_service(pages):
    task_id = await opened(pages)
    response = await pages.post(LEAD, f"/tasks/{task_id}/do/assign-task", {"collective": "Văn phòng"})
    assert response.status_code == 422
    assert list(errors_of(response)) == ["f-individual"]
    assert 'href="#f-individual"' in response.text


async def test_a_rule_that_says_no_is_told_in_the_readers_language(pages):
    task_id = await opened(pages)
    answers = [await pages.post(LEAD, f"/tasks/{task_id}/do/start-task", lang=lang) for lang in ("vi", "en")]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert "chưa" in Html.of(answers[0].text).one(role="alert").text
    assert "has no collective" in Html.of(answers[1].text).one(role="alert").text


async def test_a_form_that_is_sent_twice_is_recorded_once(pages):
    task_id = await opened(pages)
    path = f"/tasks/{task_id}/do/comment-on-task"
    fields = await form_at(pages, MEMBER, path) | {"text": "Đã xem"}
    answers = await asyncio.gather(pages.post(MEMBER, path, fields), pages.post(MEMBER, path, fields))
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len((await document(pages, task_id))["comments"]) == 1


async def test_a_form_that_was_recorded_with_other_values_says_so_and_can_be_sent_anew(pages):
    task_id = await opened(pages)
    path = f"/tasks/{task_id}/do/comment-on-task"
    fields = await form_at(pages, MEMBER, path)
    await pages.post(MEMBER, path, fields | {"text": "Một"})
    again = await pages.post(MEMBER, path, fields | {"text": "Hai"})
    assert again.status_code == 409
    assert "recorded before" in again.text
    (anew,) = [form.fields for form in Form.all_of(again.text) if "command_id" in form.names]
    assert anew["text"][0].strip() == "Hai"
    assert (await pages.post(MEMBER, path, anew)).status_code == 303
    assert [comment["text"] for comment in (await document(pages, task_id))["comments"]] == ["Một", "Hai"]


async def test_somebody_elses_change_is_shown_before_ones_own_is_recorded(pages):
    task_id = await opened(pages)
    path = f"/tasks/{task_id}/do/assign-task"
    fields = await form_at(pages, LEAD, path) | {"collective": "Sở Y tế", "individual": "Giám đốc"}
    who = {"collective": "Sở Tài chính", "individual": "Phó Giám đốc"}
    await pages.give(MEMBER, "assign-task", {"task_id": task_id, **who})
    asked = await pages.post(LEAD, path, fields)
    assert asked.status_code == 409
    page = Html.of(asked.text)
    assert "Member, Logistics unit" in page.text
    assert {"Sở Tài chính", "Sở Y tế"} <= {cell.text for cell in page.all("td")}
    (shown,) = [form.fields for form in Form.all_of(asked.text) if "command_id" in form.names]
    assert shown["collective"] == ["Sở Y tế"]
    assert (await document(pages, task_id))["collective"] == "Sở Tài chính"
    assert (await pages.post(LEAD, path, shown)).status_code == 303
    assert (await document(pages, task_id))["collective"] == "Sở Y tế"


async def test_what_is_only_added_asks_nothing(pages):
    task_id = await opened(pages)
    path = f"/tasks/{task_id}/do/comment-on-task"
    fields = await form_at(pages, LEAD, path) | {"text": "Hai"}
    await pages.give(MEMBER, "comment-on-task", {"task_id": task_id, "comment_id": "a", "text": "Một"})
    assert (await pages.post(LEAD, path, fields)).status_code == 303
    assert len((await document(pages, task_id))["comments"]) == 2


async def test_ones_own_change_asks_nothing(pages):
    task_id = await opened(pages)
    path = f"/tasks/{task_id}/do/fund-task"
    fields = await form_at(pages, LEAD, path) | {"secured_vnd": "2 triệu", "funding_source": "NSNN"}
    await pages.give(LEAD, "comment-on-task", {"task_id": task_id, "comment_id": "a", "text": "x"})
    assert (await pages.post(LEAD, path, fields)).status_code == 303
    assert (await document(pages, task_id))["secured_vnd"] == 2_000_000


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_nothing_is_recorded_by_looking_at_a_form(pages, method):
    task_id = await opened(pages, assigned=True)
    for path in (
        f"/tasks/{task_id}/do/start-task",
        f"/tasks/{task_id}/do/start-task?command_id={uuid4()}",
        "/tasks/paste",
    ):
        assert (await pages.get(LEAD, path, method=method)).status_code == 200
    assert (await document(pages, task_id))["status"] == "open"


async def test_what_happened_before_is_put_on_record_with_its_time(pages):
    task_id = await opened(pages, assigned=True)
    path = f"/tasks/{task_id}/do/start-task"
    wrong = await pages.post(MEMBER, path, {"happened": "hôm kia"})
    assert wrong.status_code == 422
    assert list(errors_of(wrong)) == ["f-happened"]
    too_early = await pages.post(MEMBER, path, {"happened": "01/01/2001 08:00"})
    assert too_early.status_code == 422
    assert list(errors_of(too_early)) == ["f-happened"]
    assert (await pages.post(MEMBER, path, {"happened": ""})).status_code == 303


# --- what stands in the way of bad input ---
BAD = [
    "<script>alert(1)</script>", "{{7*7}}", "{% raw %}", "$where: 1", '{"$gt": ""}', "../../../etc/passwd", "%00",
    "e\u0301\u0323", "👩‍🚒", "\u202eabc", "\x00", "﻿", "a" * 200_000, "'; DROP TABLE--",
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
async def test_hostile_text_is_refused_or_shown_as_text(pages, bad):
    task_id = await opened(pages)
    for command, field in (("comment-on-task", "text"), ("open-obstacle", "what"), ("fund-task", "secured_vnd")):
        response = await pages.post(MEMBER, f"/tasks/{task_id}/do/{command}", {field: bad})
        assert response.status_code in (303, 409, 422)
    page = await pages.get(MEMBER, f"/tasks/{task_id}")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "49" not in Html.of(page.text).one(id="comments").text


@pytest.mark.parametrize("bad", BAD[:-2])
async def test_an_address_says_nothing_that_it_should_not(pages, bad):
    for name in ("q", "status", "cell", "group", "collective", "individual", "sort", "page", "view", "nonsense"):
        response = await (await pages.at("logistics")).client.get(
            "/tasks", params={name: bad}, headers={"Cookie": pages.cookies(LEAD)}
        )
        assert response.status_code == 200
        assert "<script>alert" not in response.text


@pytest.mark.parametrize(
    "path",
    [
        "/tasks/no-such", "/tasks/no-such/do/start-task", "/tasks/no-such/do/no-such", "/do/no-such",
        "/do/keep-evidence", "/do/note-instruction", "/do/move-deadline", "/evidence/" + "0" * 64, "/evidence/x",
        "/tasks/a%2Fb", "/tasks/%00", "/tasks/..%2f..%2fwork", "/tasks/" + "a" * 3000,
    ],
)  # fmt: skip
async def test_what_is_not_there_is_not_found(pages, path):
    assert (await pages.get(LEAD, path)).status_code == 404


async def test_a_task_of_another_unit_is_not_found(pages):
    task_id = f"s-{uuid4().hex[:8]}"
    await pages.give(OTHER, "open-task", {"task_id": task_id, **WORK, "planned_vnd": 0})
    assert (await pages.get(LEAD, f"/tasks/{task_id}")).status_code == 404
    assert (await pages.get(LEAD, f"/tasks/security%2F{task_id}")).status_code == 404
    assert (await pages.get(OTHER, f"/tasks/{task_id}")).status_code == 200


async def test_what_is_not_ones_own_to_decide_has_no_form(pages):
    task_id = await opened(pages, started=True)
    assert (await pages.get(MEMBER, f"/tasks/{task_id}/do/cancel-task")).status_code == 404
    refused = await pages.post(MEMBER, f"/tasks/{task_id}/do/cancel-task", {"reason": "x"})
    assert refused.status_code == 404
    assert (await document(pages, task_id))["status"] == "in_progress"


async def test_a_form_on_a_task_is_about_that_task_whatever_is_sent(pages):
    mine, other = await opened(pages), await opened(pages)
    await pages.post(MEMBER, f"/tasks/{mine}/do/comment-on-task", {"task_id": other, "text": "Đây"})
    assert len((await document(pages, mine))["comments"]) == 1
    assert "comments" not in await document(pages, other)


@pytest.mark.parametrize("service", ["logistics", "propaganda", "security", "subcommittee"])
async def test_every_command_that_people_give_has_a_form(pages, service):
    lead = f"{service}.lead"
    shown = await pages.at(service)
    commands = offered_at(shown.place.at_work.service)
    given = {command.NAME for each in SERVICE_AGGREGATES[service] for command in each.public_commands}
    assert commands.keys() >= {name for name in given if commands.get(name)}
    for name, command in commands.items():
        if command.GIVEN_BY is Act.FOLLOW:
            continue
        assert (await pages.get(lead, f"/do/{name}")).status_code == 200, name
        refused = await pages.post(lead, f"/do/{name}", {"data": "x"})
        assert refused.status_code in (404, 409, 422), (name, refused.status_code)


async def test_the_same_from_a_form_that_was_fetched_again_is_asked_about_before_it_stands_twice(pages):
    task_id = await opened(pages)
    path = f"/tasks/{task_id}/do/comment-on-task"

    async def comments():
        return [each["text"] for each in (await document(pages, task_id))["comments"]]

    said = {"text": "Đã nhắc nhà in"}
    assert (await pages.post(MEMBER, path, said)).status_code == 303
    asked = await pages.post(MEMBER, path, said)
    assert (asked.status_code, await comments()) == (409, [said["text"]])
    assert (await pages.post(LEAD, path, said)).status_code == 303
    (form,) = [form.fields for form in Form.all_of(asked.text) if "text" in form.names]
    for _ in range(2):  # a double click
        assert (await pages.post(MEMBER, path, form)).status_code == 303
    assert await comments() == [said["text"]] * 3
    many = {"task": [task_id], "confirmed": "1", **said}
    assert (await pages.post(MEMBER, "/tasks/do/comment-on-task", many)).status_code == 200
    asked = await pages.post(MEMBER, "/tasks/do/comment-on-task", many)
    assert (asked.status_code, len(await comments())) == (409, 4)
    (form,) = [form.fields for form in Form.all_of(asked.text) if "confirmed" in form.names]
    assert (await pages.post(MEMBER, "/tasks/do/comment-on-task", form)).status_code == 200
    assert len(await comments()) == 5


# --- evidence ---
async def test_a_file_is_handed_in_kept_and_handed_out(pages):
    task_id = await opened(pages, started=True)
    content = b"%PDF-1.7 " + uuid4().bytes * 20_000
    files = {"evidence.0.file": ("../Biên bản.pdf", content, "text/html")}
    response = await pages.post(MEMBER, f"/tasks/{task_id}/do/submit-task", {}, files=files)
    assert response.status_code == 303, response.text
    (piece,) = (await document(pages, task_id))["evidence"]
    assert (piece["title"], piece["media_type"], piece["size_bytes"]) == (
        "Biên bản.pdf",
        "application/pdf",
        len(content),
    )
    page = (await pages.get(LEAD, f"/tasks/{task_id}")).text
    href = f"/evidence/{hashlib.sha256(content).hexdigest()}"
    assert href in page
    file = await pages.get(LEAD, href)
    assert file.content == content
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-type"] == "application/pdf"
    assert "sandbox" in file.headers["content-security-policy"]


async def test_a_page_that_is_handed_in_is_never_opened_as_one(pages):
    task_id = await opened(pages, started=True)
    content = b"<html><script>alert(1)</script>" + uuid4().hex.encode()
    await pages.post(
        MEMBER, f"/tasks/{task_id}/do/submit-task", {}, files={"evidence.0.file": ("a.html", content, "")}
    )
    file = await pages.get(LEAD, f"/evidence/{hashlib.sha256(content).hexdigest()}")
    assert file.headers["content-type"].partition(";")[0] == "text/plain"
    assert file.headers["content-disposition"].startswith("attachment")


async def test_an_empty_file_is_refused_by_name_beside_its_field(pages):
    task_id = await opened(pages, started=True)
    files = {"evidence.0.file": ("rỗng.pdf", b"", "application/pdf")}
    response = await pages.post(MEMBER, f"/tasks/{task_id}/do/submit-task", {"note": "Xong"}, files=files)
    assert response.status_code == 422
    assert "«rỗng.pdf» is empty" in response.text
    assert list(errors_of(response)) == ["f-evidence-0-file"]
    assert (await document(pages, task_id))["status"] == "in_progress"


async def test_a_file_that_was_kept_stays_in_a_form_that_was_refused(pages):
    task_id = await opened(pages, assigned=True)
    path = f"/tasks/{task_id}/do/submit-task"
    content = uuid4().bytes * 100
    refused = await pages.post(MEMBER, path, {}, files={"evidence.0.file": ("ảnh.jpg", content, "")})
    assert refused.status_code == 409
    (kept,) = [form.fields for form in Form.all_of(refused.text) if "command_id" in form.names]
    assert kept["evidence.0.sha256"] == [hashlib.sha256(content).hexdigest()]
    await pages.give(MEMBER, "start-task", {"task_id": task_id})
    sent = await pages.post(MEMBER, path, {name: values[0] for name, values in kept.items() if name != "csrf"})
    assert sent.status_code == 303, Html.of(sent.text).text
    (piece,) = (await document(pages, task_id))["evidence"]
    assert (piece["kept"], piece["title"]) == (True, "ảnh.jpg")


async def test_work_is_shown_by_a_link_and_the_checksum_of_what_is_there(pages):
    task_id = await opened(pages, started=True)
    response = await pages.post(MEMBER, f"/tasks/{task_id}/do/submit-task", LINKED)
    assert response.status_code == 303, response.text
    assert "https://example.invalid/b" in (await pages.get(LEAD, f"/tasks/{task_id}")).text


async def test_nobody_says_that_a_file_is_kept_which_is_not(pages):
    task_id = await opened(pages, started=True)
    forged = {
        "evidence.0.title": "x",
        "evidence.0.sha256": "ab" * 32,
        "evidence.0.size_bytes": "5",
        "evidence.0.kept": "true",
    }
    response = await pages.post(MEMBER, f"/tasks/{task_id}/do/submit-task", forged)
    assert response.status_code == 409
    assert (await document(pages, task_id))["status"] == "in_progress"


# --- many at once ---
async def test_one_action_for_several_tasks_tells_what_came_of_each(pages):
    ready, bare = await opened(pages, assigned=True), await opened(pages)
    asked = await pages.post(LEAD, "/tasks/do/start-task", {"task": [ready, bare, "no-such"]})
    assert asked.status_code == 200
    (form,) = [form.fields for form in Form.all_of(asked.text) if "confirmed" in form.names]
    assert form["task"] == [ready, bare]
    assert (await document(pages, ready))["status"] == "open"
    done = await pages.post(LEAD, "/tasks/do/start-task", form)
    assert done.status_code == 200
    lists = {
        notice["class"]: notice.text for notice in Html.of(done.text).all("div") if "notice" in notice.get("class")
    }
    assert ready in lists["notice tone-good"]
    assert "has no collective" in lists["notice tone-bad"]
    assert [(await document(pages, each))["status"] for each in (ready, bare)] == ["in_progress", "open"]


async def test_many_at_once_sent_twice_is_recorded_once(pages):
    tasks = [await opened(pages) for _ in range(2)]
    fields = {"task": tasks, "confirmed": "1", "text": "Cùng một ý", "command_id": str(uuid4())}
    for _ in range(2):
        assert (await pages.post(LEAD, "/tasks/do/comment-on-task", fields)).status_code == 200
    assert [len((await document(pages, each))["comments"]) for each in tasks] == [1, 1]


@pytest.mark.parametrize("tasks", [[], [f"t-{number}" for number in range(MOST_AT_ONCE + 1)]])
async def test_none_or_too_many_are_refused(pages, tasks):
    assert (await pages.post(LEAD, "/tasks/do/start-task", {"task": tasks})).status_code == 422


async def test_only_what_is_meant_for_many_is_done_with_many(pages):
    task_id = await opened(pages)
    for command in ("submit-task", "correct-task", "open-task", "no-such"):
        refused = await pages.post(LEAD, f"/tasks/do/{command}", {"task": [task_id], "confirmed": "1"})
        assert refused.status_code == 404


async def test_a_link_alone_is_told_what_it_lacks_beside_the_fields(pages):
    task_id = await opened(pages, started=True)
    path = f"/tasks/{task_id}/do/submit-task"
    nothing = await pages.post(MEMBER, path, {"evidence.0.title": "Biên bản"})
    assert list(errors_of(nothing)) == ["f-evidence-0-file"]
    alone = {name: LINKED[name] for name in ("evidence.0.title", "evidence.0.link")}
    refused = await pages.post(MEMBER, path, alone)
    assert list(errors_of(refused)) == ["f-evidence-0-sha256", "f-evidence-0-size_bytes"]
    (form,) = [form.fields for form in Form.all_of(refused.text) if "evidence.0.link" in form.names]
    whole = {name: texts for name, texts in (form | LINKED).items() if name != "evidence.0.file"}
    assert (await pages.post(MEMBER, path, whole)).status_code == 303
    (piece,) = (await document(pages, task_id))["evidence"]
    assert piece["link"] == LINKED["evidence.0.link"]


# --- pasted ---
async def test_a_table_is_shown_before_it_is_recorded(pages):
    first, second = await opened(pages), await opened(pages, deadline="2030-01-01")
    text = f"Mã\tThời hạn\n{first}\t30/12/2029\n{second}\t31/12/2029\nno-such\t30/12/2029\n{first}\t1/1\n"
    fields = {"column": "deadline", "text": text, "reason": "Theo kết luận"}
    seen = await pages.post(LEAD, "/tasks/paste", fields)
    assert seen.status_code == 200
    assert "30/12/2029" in seen.text
    assert "no-such" in Html.of(seen.text).text
    (form,) = [form.fields for form in Form.all_of(seen.text) if "confirmed" in form.names]
    assert (await document(pages, first))["deadline"] is None
    done = await pages.post(LEAD, "/tasks/paste", form)
    assert done.status_code == 200
    assert [(await document(pages, each))["deadline"] for each in (first, second)] == ["2029-12-30", "2029-12-31"]


async def test_sums_are_pasted_as_an_office_writes_them(pages):
    task_id = await opened(pages)
    fields = {"column": "secured_vnd", "text": f"{task_id}\t12.000.000", "funding_source": "NSNN", "confirmed": "1"}
    assert (await pages.post(LEAD, "/tasks/paste", fields)).status_code == 200
    assert (await document(pages, task_id))["secured_vnd"] == 12_000_000


async def test_what_is_pasted_may_have_happened_before(pages):
    task_id = await opened(pages)
    fields = {"column": "deadline", "text": f"{task_id}\t30/12/2029", "happened": "31/2/2024 8:00"}
    wrong = await pages.post(LEAD, "/tasks/paste", fields)
    assert wrong.status_code == 422
    assert Html.of(wrong.text).one("input", name="happened")["aria-invalid"] == "true"
    views = (await pages.at("logistics")).views
    (begins,) = await views.history("task", task_id)
    seen = await pages.post(LEAD, "/tasks/paste", {**fields, "happened": begins["happened"]})
    (form,) = [form.fields for form in Form.all_of(seen.text) if "confirmed" in form.names]
    await pages.post(LEAD, "/tasks/paste", form)
    story = await views.history("task", task_id)
    assert [row["happened"] for row in story] == [begins["happened"]] * 2


async def test_what_is_too_long_for_its_field_is_told_beside_it_and_not_cut(pages):
    task_id = await opened(pages)
    text, form_path = "ế" * 200_000, f"/tasks/{task_id}/do/comment-on-task"
    shown = Html.of((await pages.get(LEAD, form_path)).text).one("textarea", name="text")
    assert "maxlength" not in shown.attributes
    refused = await pages.post(LEAD, form_path, {"text": text})
    assert (refused.status_code, list(errors_of(refused))) == (422, ["f-text"])
    assert text in refused.text
    fields = {"column": "deadline", "text": f"{task_id}\t1/1/2030", "reason": "x" * 501, "confirmed": "1"}
    refused = await pages.post(LEAD, "/tasks/paste", fields)
    assert (refused.status_code, list(errors_of(refused))) == (422, ["f-reason"])
    assert (await document(pages, task_id))["deadline"] is None


async def test_a_form_that_is_too_large_says_where_what_was_typed_still_stands(pages):
    refused = await pages.post(LEAD, "/tasks/paste", {"column": "deadline", "text": "x" * (2 * 1024 * 1024)})
    assert refused.status_code == 413
    assert "what you typed still stands" in refused.text


async def test_a_paste_is_read_beside_what_else_the_service_does(pages, monkeypatch):
    threads = []

    def read(*given):
        threads.append(threading.current_thread())
        return read_paste(*given)

    monkeypatch.setattr("shared.web.pages.paste.read_paste", read)
    await pages.post(LEAD, "/tasks/paste", {"column": "deadline", "text": "x\t1/1/2030"})
    assert threads
    assert threading.main_thread() not in threads


@pytest.mark.parametrize("text", ["", "\x00", "x" * 900_000, "\t" * 5000, "a\tb\n" * 3000, "=cmd()\t1/1/2030"])
async def test_a_table_that_is_none_is_told(pages, text):
    response = await pages.post(LEAD, "/tasks/paste", {"column": "deadline", "text": text, "confirmed": "1"})
    assert response.status_code == 422


# --- the list, one task, my work ---
async def test_words_are_found_without_their_marks(pages):
    title = f"Đường điện {uuid4().hex[:6]}"
    task_id = await opened(pages, title)
    page = await pages.get(LEAD, f"/tasks?q=duong+dien+{title.rpartition(' ')[2]}")
    assert f"/tasks/{task_id}" in page.text
    assert "1 of" in page.text


async def test_a_cursor_beyond_the_end_shows_the_last_page(pages):
    await opened(pages)
    assert (await pages.get(LEAD, "/tasks?page=9999")).status_code == 200


async def test_a_step_is_ticked_on_the_task(pages):
    task_id = await opened(pages)
    await pages.post(MEMBER, f"/tasks/{task_id}/do/add-checklist-item", {"text": "Gọi điện"})
    page = await pages.get(MEMBER, f"/tasks/{task_id}")
    (tick,) = [form for form in Form.all_of(page.text) if form.action.endswith("/do/tick-checklist-item")]
    response = await pages.post(MEMBER, tick.action, tick.fields)
    assert response.status_code == 303
    assert (await document(pages, task_id))["checklist"][0]["ticked"] is True


async def test_who_leads_the_sub_committee_is_led_to_where_it_instructs(pages):
    task_id = await opened(pages)
    link = f"/do/give-instruction?unit=logistics&amp;task_id={task_id}"
    assert link in (await pages.get("subcommittee.lead", f"/tasks/{task_id}", at="logistics")).text
    assert link not in (await pages.get("subcommittee.member", f"/tasks/{task_id}", at="logistics")).text
    assert link not in (await pages.get(LEAD, f"/tasks/{task_id}")).text
    assert (await pages.get("subcommittee.lead", link.replace("&amp;", "&"))).status_code == 200


async def test_who_only_reads_sees_the_task_and_no_action(pages):
    task_id = await opened(pages, started=True)
    for who in ("auditor.reader", "subcommittee.member"):
        page = await pages.get(who, f"/tasks/{task_id}", at="logistics")
        assert page.status_code == 200
        assert "/do/" not in page.text
        assert (await pages.get(who, f"/tasks/{task_id}/do/start-task", at="logistics")).status_code == 404
    assert (await pages.get("security.member", f"/tasks/{task_id}", at="logistics")).status_code == 403


async def test_what_is_handed_in_waits_for_the_lead_and_not_for_who_did_it(pages):
    task_id = await opened(pages, started=True)
    await pages.post(MEMBER, f"/tasks/{task_id}/do/submit-task", LINKED)
    assert f"/tasks/{task_id}" in (await pages.get(LEAD, "/tasks?view=to-accept")).text
    assert f"/tasks/{task_id}" not in (await pages.get(MEMBER, "/tasks?view=to-accept")).text


@pytest.mark.parametrize("who", [LEAD, MEMBER, "propaganda.deputy", "subcommittee.lead", "subcommittee.member"])
@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_everybody_has_their_work(sample, who, lang):
    page = await sample.get(who, "/work", lang=lang)
    assert page.status_code == 200
    assert "Việc của tôi" in page.text if lang == "vi" else "My work" in page.text


@pytest.mark.parametrize("position", [each for each in POSITIONS if each.partition(".")[0] in support_unit_ids()])
async def test_who_signs_in_to_the_sample_is_called_by_their_title_and_has_work_in_their_charge(sample, position):
    who = f"{position.partition('.')[0]}.as-{account_of(position)}"
    sample.set_token(who, token_for(sample.settings, position, person=account_of(position)))
    page = Html((await sample.get(who, "/work?whose=mine", lang="vi")).text).root
    assert page.one("header").one("strong").text == title_of_position(position, "vi")
    (current,) = (tab for tab in page.all("a") if tab["href"] == "/work?whose=mine")
    assert int(current.text.split()[-1]) > 0
    tiles = {link["href"]: int(link.parent.one("b").text) for link in page.one("ul", class_="tiles").all("a")}
    assert any(tiles.values())
    for address, count in tiles.items():
        assert address.startswith("/tasks?whose=mine&view=")
        listed = Html((await sample.get(who, address, lang="vi")).text).root
        assert listed.one("h1").text == "Nhiệm vụ tôi phụ trách"
        assert len([row for body in listed.all("tbody") for row in body.all("tr")]) == count


async def test_the_sub_committee_sees_what_units_ask(sample):
    page = Html.of((await sample.get("subcommittee.lead", "/work")).text)
    assert "Extensions asked for" in page.text
    assert "Obstacles about which something is proposed" in page.text


async def test_the_sub_committee_has_no_tasks_of_its_own(sample):
    for path in ("/tasks", "/tasks/1-03", "/tasks/paste", "/evidence/" + "0" * 64):
        assert (await sample.get("subcommittee.lead", path)).status_code == 404


@pytest.mark.parametrize("unit", ["logistics", "propaganda", "security"])
async def test_every_task_of_the_sample_can_be_looked_at(sample, unit):
    shown = await sample.at(unit)
    tasks = [task for task in shown.views.documents("tasks") if task["unit"] == unit]
    assert tasks
    for task in tasks:
        page = await sample.get(f"{unit}.lead", f"/tasks/{task['task_id']}")
        assert page.status_code == 200
        assert task["title"]["vi"] in Html.of(page.text).text or task["title"]["en"] in Html.of(page.text).text


@pytest.mark.parametrize(
    "sort", ["number", "title", "collective", "individual", "deadline", "status", "percent", "planned"]
)
async def test_the_list_is_sorted_by_every_column_either_way(sample, sort):
    orders = []
    for descending in ("", "1"):
        page = Html.of((await sample.get(LEAD, f"/tasks?sort={sort}&descending={descending}")).text)
        orders.append([tick["value"] for tick in page.all("input", name="task")])
    assert len(orders[0]) == 50
    assert orders[0] != orders[1]
