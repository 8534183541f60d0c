"""What all pages of one service have in common while it runs."""

import asyncio
from collections.abc import Mapping
from functools import cached_property

from shared.unit.own_views import OwnViews
from shared.unit.service import AtWork
from shared.values.units import SUBCOMMITTEE
from shared.web.addresses import addresses


class Place:
    def __init__(self, at_work: AtWork, views: OwnViews) -> None:
        self.at_work = at_work
        self.views = views
        self.port = 0
        """Where it listens, once it does."""
        self.is_ending = asyncio.Event()

    @property
    def service(self) -> str:
        return self.at_work.service.name

    @property
    def congress(self) -> str:
        return self.at_work.settings.congress

    @cached_property
    def addresses(self) -> Mapping[str, str]:
        """Of every service, by its name."""
        named = addresses(self.at_work.settings)
        if self.service in self.at_work.settings.named_addresses or self.at_work.settings.http_port is None:
            return named
        return {**named, self.service: f"http://localhost:{self.port}"}

    @property
    def address(self) -> str:
        return self.addresses[self.service]

    @property
    def is_authority(self) -> bool:
        """Whether people sign in here, for all services."""
        return self.service == SUBCOMMITTEE
