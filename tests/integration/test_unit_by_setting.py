"""A support unit without code joins a congress of four services that lives, and is a unit like any other."""

from datetime import date
from io import StringIO
from uuid import uuid4

import pytest
from rich.console import Console

from daihoi.ops.doctor import examine
from daihoi.ops.supervisor import Supervisor
from daihoi.terminal.report import Printer
from services.tracker.history.verify import verify
from services.tracker.projection.rebuild import rebuild
from services.tracker.queries import consolidated_report
from shared.eventstore.streams import provision
from shared.platform.children import stop_child
from shared.unit.client import CommandClient
from shared.values.units import SETTING
from tests.conftest import token_for
from tests.contract.units import TASK, item, published
from tests.waiting import until

TODAY = date(2020, 9, 10)
FOUR = ("subcommittee", "propaganda", "logistics", "security", "tracker")


class Congress:
    def __init__(self, settings, endpoints, connection):
        self.settings, self.client = settings, CommandClient(connection, settings.congress)
        self._endpoints = endpoints
        self._run_by = {}

    async def start(self, *names):
        """Anew where they run already, with the environment as it is now."""
        supervisor = Supervisor(self.settings, self._endpoints)
        for name in names:
            if name in self._run_by:
                stop_child(self._run_by[name].children.pop(name))
            self._run_by[name] = supervisor
            supervisor.start(name)
        await supervisor.wait_until_ready(self.client)

    def stop(self):
        for supervisor in {*self._run_by.values()}:
            supervisor.stop()

    async def send(self, service, command, data):
        token = token_for(self.settings, f"{service}.lead")
        return await self.client.send(service, command, data, token=token, command_id=uuid4())


@pytest.fixture
async def congress_of_four(settings, endpoints, connection, database):
    congress = Congress(settings, endpoints, connection)
    try:
        await congress.start(*FOUR)
        await congress.send("logistics", "open-task", TASK)
        yield congress
    finally:
        congress.stop()


async def test_a_unit_without_code_joins_a_living_congress(
    congress_of_four, settings, connection, ledger, views, monkeypatch
):
    congress = congress_of_four
    monkeypatch.setenv(SETTING, "y-te=Tiểu ban Y tế|Health unit")
    await provision(connection, settings.congress)  # as the operator does
    await congress.start("y-te", "subcommittee")
    await congress.send("y-te", "open-task", TASK | {"task_id": "9-01"})
    in_charge = {"collective": "Sở Y tế", "individual": "Giám đốc"}
    await congress.send("y-te", "assign-task", {"task_id": "9-01", **in_charge})
    await congress.send("subcommittee", "publish-catalogue", published(item("9.02", unit="y-te")))
    await congress.send("subcommittee", "assign-items", {"unit": "y-te", "item_ids": ["9-02"]})

    async def report():
        return await consolidated_report(settings.congress, views, ledger, TODAY)

    async def all_tasks_are_shown():  # by the tracker that was there before
        tasks = {unit: cells.tasks for unit, cells in (await report()).by_unit.items()}
        return tasks == {"propaganda": 0, "logistics": 1, "security": 0, "y-te": 2}

    await until(all_tasks_are_shown)
    told = printed(await report())
    assert told.index("Bộ phận đảm bảo an ninh") < told.index("Tiểu ban Y tế")

    async def content():
        return all(each.is_healthy for each in await examine(settings))

    await until(content)
    digests = [(await verify(ledger, views, silent)).replayed]
    monkeypatch.setenv(SETTING, "")  # whether a process knows the unit changes no view
    assert "y-te" in printed(await report())
    assert (await verify(ledger, views, silent)).nothing_wrong
    rebuilt = await rebuild(ledger, views, silent)
    assert {rebuilt.before, rebuilt.after, *digests} == {rebuilt.after}
    await congress.start("logistics")

    async def content_but_for_the_name():  # the tracker says for a moment that the rebuild has moved the checkpoint
        return {each.code for each in await examine(settings) if not each.is_healthy} == {"unit_not_named"}

    await until(content_but_for_the_name)
    funding = {"secured_vnd": 1, "funding_source": "Ngân sách tỉnh"}
    await congress.send("y-te", "fund-task", {"task_id": "9-01", **funding})


def printed(report):
    console = Console(file=StringIO(), width=200)
    Printer(report, "vi").print_on(console)
    return console.file.getvalue()


def silent(*_):
    pass
