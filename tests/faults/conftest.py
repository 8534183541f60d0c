"""Services as processes of their own, so that they can be killed."""

from collections.abc import Iterator

import pytest

from daihoi.ops.supervisor import Supervisor
from shared.platform.embedded import Endpoints
from shared.platform.settings import Settings


@pytest.fixture
def supervisor(settings: Settings, endpoints: Endpoints) -> Iterator[Supervisor]:
    running = Supervisor(settings, endpoints)
    yield running
    running.stop()
