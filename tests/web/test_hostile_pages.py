"""Whatever stands in an address or in a field: refused by name or shown as text, never a failure."""

import pytest

from shared.values.units import SUBCOMMITTEE, services
from tests.web.hostile import FOREIGN, TEXTS, as_query, assert_unmoved, share
from tests.web.html import Form, Html
from tests.web.pages import csrf_fields
from tests.web.routes import get_routes

SHORT, LONG = 40, 4
short_and_long = pytest.mark.parametrize("every", [SHORT, pytest.param(LONG, marks=pytest.mark.long)])
PARAMETERS = {"q", "page", "sort", "view", "back", "done", "lang", "after", "status", "day"}


def parameters_in(source):
    """What a page's own links and forms put into addresses."""
    page = Html.of(source)
    links = [link.get("href") for link in page.all("a")]
    names = {part.partition("=")[0] for link in links for part in link.partition("?")[2].split("&") if part}
    forms = [form for form in Form.all_of(source) if form.method == "get"]
    return sorted(names | {name for form in forms for name in form.names} | PARAMETERS)


@short_and_long
@pytest.mark.parametrize("service", services())
async def test_an_address_may_hold_anything(sample, service, every):
    shown, who = await sample.at(service), f"{service}.lead"
    routes = get_routes(shown)
    assert len(routes) >= (1 if service == SUBCOMMITTEE else 6)
    for route in routes:
        address = route.address(shown.views)
        response = await sample.get(who, address)
        assert_unmoved(response, address)
        names = parameters_in(response.text)
        for label, text in share(f"{service}{route.path}", every):
            value = as_query(text[:200])
            addresses = [address + "?" + "&".join(f"{name}={value}" for name in names)]
            addresses += [route.address(shown.views, **{name: value}) for name in route.parameters]
            for hostile in addresses:
                assert_unmoved(await sample.get(who, hostile), (route.path, label))


@pytest.mark.parametrize("service", services())
async def test_an_id_of_others_leads_nowhere(sample, service):
    shown, who = await sample.at(service), f"{service}.lead"
    others = {
        document["task_id"]: document
        for document in (await sample.at(SUBCOMMITTEE)).views.documents("tasks")
        if document["unit"] != service
    }
    own = {document["task_id"] for document in shown.views.documents("tasks") if document["unit"] == service}
    foreign = [*FOREIGN, *(task_id for task_id in list(others)[:3] if task_id not in own)]
    for route in get_routes(shown):
        for name in route.parameters:
            for value in foreign if name != "command" else FOREIGN:
                response = await sample.get(who, route.address(shown.views, **{name: value}))
                assert_unmoved(response, (route.path, value))
                assert response.status_code in (200, 303, 404, 405, 410), (route.path, value)
                if value in others and response.status_code == 200 and "do" not in route.path:
                    assert others[value]["title"]["vi"] not in Html.of(response.text).text


# --- forms ---
GROUP = {"number": 1, "name": {"vi": "Công tác chuẩn bị"}}
TASK = {
    "task_id": "1-03",
    "title": {"vi": "Chuẩn bị hội trường"},
    "group": GROUP,
    "phase": "before",
    "scenario": "both",
    "planned_vnd": 5_000_000,
}


async def forms_of(pages, service, who):
    """The addresses of the forms for all commands."""
    from shared.web.pages.doing import offered_at

    shown = await pages.at(service)
    for name in offered_at(shown.place.at_work.service):
        for address in (f"/do/{name}", f"/tasks/1-03/do/{name}"):
            response = await pages.get(who, address)
            if response.status_code == 200:
                assert_unmoved(response, address)
                yield address, name, response.text


@short_and_long
@pytest.mark.parametrize("service", services())
async def test_a_field_may_hold_anything(pages, service, every):
    who = f"{service}.lead"
    if service != SUBCOMMITTEE:
        await pages.give(who, "open-task", TASK)
    seen = 0
    async for address, name, source in forms_of(pages, service, who):
        for form in (
            form for form in Form.all_of(source) if form.method == "post" and name in (form.action or address)
        ):
            seen += 1
            for label, text in share(f"{service}{address}", every):
                fields = csrf_fields(form.fields, text, only=None)
                response = await pages.post(who, address, fields)
                assert_unmoved(response, (address, label))
                assert response.status_code in (303, 400, 404, 409, 413, 422), (address, label, response.status_code)
                if response.status_code == 303:
                    assert_unmoved(await pages.get(who, response.headers["location"]), (address, label, "then"))
    assert seen > 20


@pytest.mark.parametrize("service", ["logistics", SUBCOMMITTEE])
async def test_a_form_holds_no_two_megabytes(pages, service):
    name = "issue-document"
    who = f"{service}.lead"
    form = next(
        form for form in Form.all_of((await pages.get(who, f"/do/{name}")).text) if form.fields.get("command_id")
    )
    for size, statuses in ((1024 * 1000, (422, 409)), (2 * 1024 * 1024, (400, 413))):
        for field in form.names:
            if field in ("csrf", "command_id", "seen"):
                continue
            response = await pages.post(who, f"/do/{name}", {**form.fields, field: ["x" * size]})
            assert response.status_code in statuses, (field, size, response.status_code)
            assert len(response.text) < 3 * size


async def test_what_is_shown_of_a_text_is_that_text(pages):
    """Also what looks like something else: it is on record as it was typed, and shown so."""
    who = "logistics.lead"
    for number, (label, text) in enumerate(TEXTS.items()):
        task_id = f"shown-{number}"
        answer = await pages.call(who, "open-task", TASK | {"task_id": task_id, "title": {"vi": text}})
        if answer.status_code == 200:
            title = (await pages.at("logistics")).views.document("tasks", f"logistics/{task_id}")["title"]["vi"]
            for address in (f"/tasks/{task_id}", "/tasks"):
                response = await pages.get(who, address)
                assert_unmoved(response, label)
                assert " ".join(title.split()) in Html.of(response.text).text, label
        else:
            assert answer.status_code in (400, 422), label
