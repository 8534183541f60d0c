"""What all pages of one service have in common while it runs."""

import asyncio
from collections.abc import Mapping

from shared.unit.own_views import OwnViews
from shared.unit.service import AtWork
from shared.values.code_lists import CodeList
from shared.values.units import SUBCOMMITTEE, services
from shared.web.addresses import addresses
from shared.web.sections import Beginning, Link


class Place:
    def __init__(self, at_work: AtWork, views: OwnViews) -> None:
        self.at_work = at_work
        self.views = views
        self.port = 0
        """Where it listens, once it does."""
        self.is_ending = asyncio.Event()
        self.links: tuple[Link, ...] = ()
        """What the navigation of its pages leads to."""
        self.beginning: Beginning | None = None
        self._joined: tuple[str, ...] = ()
        self._addresses: tuple[tuple[str, ...] | None, Mapping[str, str]] = None, {}

    @property
    def service(self) -> str:
        return self.at_work.service.name

    @property
    def congress(self) -> str:
        return self.at_work.settings.congress

    @property
    def services(self) -> tuple[str, ...]:
        """The services that this process knows, then the units that have come on the congress's list since, in the
        order in which they came: each process that runs them counts them so."""
        known = {*services(), *self._joined}
        listed = self.views.names().get(CodeList.UNITS, {})
        self._joined += tuple(unit for unit, name in listed.items() if unit not in known and not name.retired)
        return (*services(), *self._joined)

    async def follow_the_list(self) -> None:
        """Takes in units one by one as they come on the list; does not end."""
        async for _ in self.views.changes(0):
            _ = self.services

    @property
    def addresses(self) -> Mapping[str, str]:
        """The address of every service, by its name."""
        there = self.services
        if self._addresses[0] != there:
            self._addresses = there, self._addresses_of(self._joined)
        return self._addresses[1]

    def _addresses_of(self, joined: tuple[str, ...]) -> Mapping[str, str]:
        settings = self.at_work.settings
        named = addresses(settings, joined)
        if self.service in settings.named_addresses or settings.http_port is None:
            return named
        return {**named, self.service: f"http://localhost:{self.port}"}

    @property
    def address(self) -> str:
        return self.addresses[self.service]

    @property
    def is_authority(self) -> bool:
        """Whether people sign in here, for all services."""
        return self.service == SUBCOMMITTEE
