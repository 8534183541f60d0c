"""The page that CONTRIBUTING.md adds is added as it says there."""

import re
import sys
from types import ModuleType

import pytest
from jinja2 import ChoiceLoader, DictLoader

from shared.web import rendering
from shared.web.application import application
from tests.contract.units import WORK
from tests.documents.pages import PROJECT
from tests.web.pages import Pages, Shown

PART = (PROJECT / "CONTRIBUTING.md").read_text("utf-8").partition("## Adding a page")[2].partition("\n## ")[0]
LEAD, MODULE = "logistics.lead", "shared.web.pages.blocked"


def block(language):
    return re.search(rf"```{language}\n(.*?)```", PART, re.DOTALL)[1]


@pytest.fixture
async def added(pages, monkeypatch):
    made = ModuleType(MODULE)
    exec(block("python"), made.__dict__)  # noqa: S102
    monkeypatch.setitem(sys.modules, MODULE, made)
    environment = rendering.environment()
    template = DictLoader({"tasks/blocked.html": block("html")})
    monkeypatch.setattr(environment, "loader", ChoiceLoader([template, environment.loader]))

    async def begin(service):
        shown = await pages.at(service)
        return Shown(shown.face, application(shown.place, [MODULE]))

    return Pages(pages.settings, pages.connection, begin)


async def test_a_page_is_added_by_a_module_and_a_template(added):
    task = {"task_id": "b-1"}
    await added.give(LEAD, "open-task", task | WORK | {"planned_vnd": 0, "title": {"vi": "Đường truyền"}})
    await added.give(LEAD, "assign-task", task | {"collective": "Văn phòng", "individual": "Trưởng phòng"})
    await added.give(LEAD, "start-task", task)
    await added.give(LEAD, "block-task", task | {"reason": "Chưa có máy"})
    shown = await added.get(LEAD, "/blocked")
    assert shown.status_code == 200
    assert '<a href="/tasks/b-1">Đường truyền</a>' in shown.text
    assert 'href="/blocked"' in (await added.get(LEAD, "/tasks")).text, "so a link leads there"
