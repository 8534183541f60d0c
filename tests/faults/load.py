"""A small load on two services: the same commands for the same seed, each sent until somebody answers it."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from shared.domain.decider import Actor
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.commands import Answer
from shared.unit.problems import ProblemError
from shared.unit.tokens import mint_token

ANSWER_TIMEOUT_S = 2.0
AGAIN_AFTER_S = 0.05
PATIENCE_S = 180
ASK_LATER = ("service_not_running", "unavailable")
TOO_LATE = "task_already_open"
"""What the later one of two rivals is told."""
LANES = 3
TASKS_OF_A_LANE = 4
APPENDS_AT_LEAST = 2 + 2 * LANES
"""So often each unit appends in a load; the sub-committee does not more often."""
RIVALRIES = 8
RIVALS = 3
ITEMS_AT_ONCE = 3
LOCALITIES = 6
GROUP = {"number": 1, "name": {"vi": "Khánh tiết"}}
FACTS = {"group": GROUP, "phase": "before", "scenario": "both"}


class Order(NamedTuple):
    """A command to give. What is given `twice` is sent two times at once, under the same id."""

    service: str
    name: str
    data: dict[str, object]
    command_id: UUID
    twice: bool


class Orders:
    """Everything that is ordered for one seed. `first` goes before the rest; the lanes run side by side, and beside
    them one rivalry after the other, whose rivals are given at once."""

    def __init__(self, random: Random) -> None:
        self._random = random
        items = [an_item(number) for number in range(LANES * ITEMS_AT_ONCE)]
        entries = [a_locality(number) for number in range(LOCALITIES)]
        published = {"catalogue": "main", "note": {"vi": "thử"}, "items": items}
        self.first = [
            self._order("subcommittee", "publish-catalogue", published),
            self._order("subcommittee", "register-organisations", {"entries": entries}),
        ]
        self.items = [str(item["code"]).replace(".", "-") for item in items]
        self.lanes = [self._lane(number) for number in range(LANES)]
        last = FACTS | {"task_id": "the-last", "title": {"vi": "Việc cuối"}, "planned_vnd": 1}
        self.last = self._order("logistics", "open-task", last)
        self.rivalries = [
            [self._order("logistics", "open-task", rival(each, number)) for each in range(RIVALS)]
            for number in range(RIVALRIES)
        ]

    def _order(self, service: str, name: str, data: dict[str, object]) -> Order:
        command_id = UUID(int=self._random.getrandbits(128), version=4)
        return Order(service, name, data, command_id, self._random.random() < 0.2)

    def another(self, service: str, name: str, data: dict[str, object]) -> Order:
        """One that no load has, given once."""
        return self._order(service, name, data)._replace(twice=False)

    def _lane(self, number: int) -> Sequence[Order]:
        work = [self._tasks(number, each) for each in range(TASKS_OF_A_LANE)]
        handed = [self._order("subcommittee", "assign-items", self._assigned(number))]
        handed.append(self._order("subcommittee", "hand-out-duty", self._handed_out(number)))
        mixed = [handed[:1], *work[:2], handed[1:], *work[2:]]
        return [order for part in mixed for order in part]

    def _tasks(self, lane: int, number: int) -> list[Order]:
        """A task's life as far as it goes."""
        named = {"task_id": f"t-{lane}-{number}"}
        opened = named | FACTS | {"title": {"vi": f"Việc {lane}.{number}"}, "planned_vnd": 100}
        in_charge = named | {"collective": "Sở Y tế", "individual": "Giám đốc"}
        life = [
            ("open-task", opened),
            ("assign-task", in_charge),
            ("set-deadline", named | {"deadline": "2099-09-20"}),
            ("start-task", named),
            ("report-progress", named | {"percent": self._random.randint(1, 99)}),
        ]
        return [self._order("logistics", name, data) for name, data in life]

    def _assigned(self, lane: int) -> dict[str, object]:
        return {"unit": "logistics", "item_ids": self.items[lane * ITEMS_AT_ONCE : (lane + 1) * ITEMS_AT_ONCE]}

    def _handed_out(self, lane: int) -> dict[str, object]:
        each = LOCALITIES // LANES
        localities = [f"xa-{number}" for number in range(lane * each, (lane + 1) * each)]
        phases = [{"phase": "before", "deadline": "2099-09-20"}]
        return {"unit": "logistics", "duty": "sanitation", "localities": localities, "phases": phases}

    @property
    def count(self) -> int:
        return len(self.first) + sum(map(len, (*self.lanes, *self.rivalries)))

    @property
    def opened_by_policies(self) -> list[str]:
        """The tasks that open by themselves, because the sub-committee hands them out."""
        return self.items + [f"xa-{number}-sanitation-before" for number in range(LOCALITIES)]


def an_item(number: int) -> dict[str, object]:
    told = {"code": f"8.{number:03}", "title": {"vi": f"Mục {number}"}, "unit": "logistics"}
    return told | FACTS | {"due_offset_days": -1, "budget_vnd": 0}


def a_locality(number: int) -> dict[str, object]:
    return {
        "organisation_id": f"xa-{number}",
        "kind": "locality",
        "name": {"vi": f"Xã {number}"},
        "positions": ["Chủ tịch"],
    }


def rival(each: int, number: int) -> dict[str, object]:
    """Every rival opens the same task with another content: one is first."""
    return FACTS | {"task_id": f"rival-{number}", "title": {"vi": f"Của bên {each}"}, "planned_vnd": each}


class Load:
    """Gives the orders. `answers` are those acknowledged, `refused` the rivals that were too late."""

    def __init__(self, client: CommandClient, settings: Settings, orders: Orders) -> None:
        self.orders = orders
        self.answers: dict[UUID, Answer] = {}
        self.refused: set[UUID] = set()
        self.left_open = 0
        """How often nobody answered in time, or the answer was to ask later."""
        self._client = client
        key = settings.issuer_private_key_path.read_bytes()
        lasting = timedelta(days=1), datetime.now(UTC) - timedelta(hours=1)
        self._tokens = {
            service: mint_token(key, settings.congress, Actor(f"{service}.lead", service), lasting[1], lasting[0])
            for service in ("subcommittee", "logistics")
        }

    @property
    def answered(self) -> int:
        return len(self.answers) + len(self.refused)

    async def run(self) -> None:
        """Returns when everything is answered. Raises `TimeoutError`, or a `ProblemError` that no fault excuses."""
        for order in self.orders.first:
            await self._give(order)
        async with asyncio.TaskGroup() as lanes:
            for lane in self.orders.lanes:
                lanes.create_task(self._give_all(lane))
            lanes.create_task(self._let_them_compete())

    async def give_the_last(self) -> None:
        """One more, for faults that need an event by itself after the rest."""
        await self._give(self.orders.last)

    async def give(self, service: str, name: str, data: dict[str, object]) -> None:
        """One more, that the fault calls for. Raises as `run` does."""
        await self._give(self.orders.another(service, name, data))

    async def _let_them_compete(self) -> None:
        for rivals in self.orders.rivalries:
            await asyncio.gather(*(self._give(order) for order in rivals))

    async def _give_all(self, orders: Sequence[Order]) -> None:
        for order in orders:
            await self._give(order)

    async def _give(self, order: Order) -> None:
        copies = [self.until_answered(order) for _ in range(2 if order.twice else 1)]
        told = await asyncio.gather(*copies)
        if len({answer and answer.sequence for answer in told}) > 1:
            raise AssertionError(f"{order.name} {order.command_id} was answered in two ways: {told}")
        if told[0] is None:
            self.refused.add(order.command_id)
        else:
            self.answers[order.command_id] = told[0]

    async def until_answered(self, order: Order) -> Answer | None:
        """`None` where it was a rival that came too late."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                async with asyncio.timeout(ANSWER_TIMEOUT_S):
                    service, token = order.service, self._tokens[order.service]
                    return await self._client.send(
                        service, order.name, order.data, token=token, command_id=order.command_id
                    )
            except TimeoutError:
                self.left_open += 1
                continue
            except ProblemError as error:
                if error.problem.code == TOO_LATE:
                    return None
                if error.problem.code not in ASK_LATER:
                    raise
                self.left_open += 1
                await asyncio.sleep(AGAIN_AFTER_S)
        raise TimeoutError(f"{order.name} was not answered within {PATIENCE_S} s")
