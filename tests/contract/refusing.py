"""What the code says where it will not do something, and that it says so in both languages."""

from collections.abc import Callable

import pytest

from shared.domain.decider import Refused
from shared.i18n import render
from shared.platform.errors import PlatformError


def refused(work: Callable[[], object]) -> str:
    """The code with which `work` is refused."""
    with pytest.raises(PlatformError) as raised:
        work()
    why = raised.value.why
    assert isinstance(why, Refused)
    assert render(why.message, "vi") != str(why)
    return why.code
