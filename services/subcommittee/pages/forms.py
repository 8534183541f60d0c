"""What the forms of the sub-committee's pages have in common."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from starlette.responses import Response

from shared.domain.decider import Command
from shared.unit.roles import may_give
from shared.values.code_lists import CodeList, name_of, units_to_choose
from shared.views.view import Document
from shared.web.forms import Option
from shared.web.pages.commanding import Giving, Own, answer
from shared.web.visit import Visit

type Data = dict[str, Any]
FORM = ("GET", "POST")


async def answer_form(
    visit: Visit,
    command: type[Command],
    back: str,
    own: Own,
    *,
    fixed: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
    document: Document | None = None,
    subject: str = "",
) -> Response:
    """The form of a command whose page has its own address, or what came of it."""
    if not may(visit, command):
        return visit.not_found()
    return await answer(visit, Giving(command, fixed or {}, values or {}, document, back, back, subject, own=own))


def may(visit: Visit, command: type[Command]) -> bool:
    return may_give(visit.actor, command, visit.service)


def without_what_is_held(data: Data, held: Mapping[str, Any]) -> Data:
    """What a correction is to change: the fields that say otherwise than the record."""
    return {name: value for name, value in data.items() if name not in held or plain(value) != plain(held[name])}


def plain(value: Any) -> Any:
    """A text in two languages, or whatever else has parts, without those that are empty."""
    match value:
        case Mapping():
            return {name: plain(part) for name, part in value.items() if part}
        case list() | tuple():
            return [plain(part) for part in value]
        case _:
            return value


def fresh_id(base: str, held: Mapping[str, Any] | None, data: Data, command_id: UUID) -> str:
    """`base`, unless what is `held` under it says something else than `data`; then with a part of the command's id,
    so that the same command again is the same."""
    is_same = held is not None and all(plain(held.get(name)) == plain(value) for name, value in data.items())
    return base if held is None or is_same else f"{base}-{command_id.hex[:6]}"


def unit_options(visit: Visit) -> list[Option]:
    return [Option(unit.id, name_of(CodeList.UNITS, unit.id, visit.lang)) for unit in units_to_choose()]


def first_of(typed: Mapping[str, Sequence[str]], name: str) -> str:
    """Empty where nothing was posted under this name."""
    return next(iter(typed.get(name, ())), "")
