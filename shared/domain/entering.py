"""The only place where what a caller sent becomes a command.

Text is cleaned, types are strict (no `"50"` for 50, no 0 for a day), and what is too large for one batch of the
broker or for one event is refused. Commands that the services make themselves don't come in here.
"""

from typing import Any

import msgspec
from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from shared.domain.decider import EVENTS_AT_ONCE, Command
from shared.values.text import Unclean, cleaned, is_whole

EVENT_BYTES = 256 * 1024
"""The most that one event may have as JSON."""
BESIDE_THE_DATA_BYTES = 64 * 1024
"""Room in an event for its envelope and for what a decision takes from the aggregate, such as a resource's name."""


def entered[Wish: Command](model: type[Wish], data: dict[str, Any]) -> Wish:
    """The command in `data`, as JSON gives it. Raises `ValidationError`, which names the field."""
    try:
        as_it_is = {name: data[name] for name in model.LETTER_BY_LETTER if is_whole(data.get(name))}
        body = msgspec.json.encode(
            cleaned({name: value for name, value in data.items() if name not in as_it_is}) | as_it_is
        )
    except Unclean as unclean:
        raise _refused(model, unclean.code, str(unclean), *unclean.path) from None
    command = model.model_validate_json(body, strict=True)
    parts = command.parts()
    if len(parts) > EVENTS_AT_ONCE:
        raise _refused(model, "too_many_at_once", f"more than {EVENTS_AT_ONCE} things at once; send them in turn")
    if sum(not part.CONVERGES for part in parts) <= 1 and len(body) > EVENT_BYTES - BESIDE_THE_DATA_BYTES:
        raise _refused(model, "too_much_at_once", f"more than {(EVENT_BYTES - BESIDE_THE_DATA_BYTES) // 1024} KiB")
    return command


def _refused(model: type[Command], code: Any, sentence: str, *path: str | int) -> ValidationError:
    error = PydanticCustomError(code, "{sentence}", {"sentence": sentence})
    return ValidationError.from_exception_data(model.__name__, [InitErrorDetails(type=error, loc=path, input=None)])
