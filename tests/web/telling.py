"""The sample congress, told through services in this process. Nobody waits for a tracker: the services' own views
say what has come about."""

from datetime import date

from daihoi.sample.story import Sample, Step
from services.subcommittee.scenario import SwitchScenario
from shared.reports.scenarios import in_force
from shared.values.units import SUBCOMMITTEE, services
from tests.waiting import until
from tests.web.pages import Pages

TODAY = date(2020, 9, 20)


async def tell(pages: Pages) -> None:
    story = Sample()
    orders = list(story.orders())
    views = {service: (await pages.at(service)).views for service in services()}
    everything = views[SUBCOMMITTEE]

    async def tasks_are_open() -> bool:
        return {task["_id"] for task in everything.documents("tasks")} >= story.task_ids()

    async def followed() -> bool:
        scenario = in_force(everything.documents("scenarios"))
        return scenario is not None and scenario.number >= switches and not scenario.behind

    switches = 0
    for number, step in enumerate([*orders, *story.work(), *story.scenarios()]):
        if number == len(orders):
            await until(tasks_are_open)
        if step.awaits:
            await _until_there(pages, step)
        await pages.client.send(
            step.service,
            step.command,
            step.data,
            token=pages.token(step.actor),
            command_id=step.command_id,
            happened=step.happened,
        )
        if step.command == SwitchScenario.NAME:
            switches += 1
            await until(followed)
    await pages.settled()


async def _until_there(pages: Pages, step: Step) -> None:
    view, _, key = step.awaits.partition("/")
    views = (await pages.at(SUBCOMMITTEE)).views

    async def is_there() -> bool:
        return views.document(view, key) is not None

    await until(is_there)
