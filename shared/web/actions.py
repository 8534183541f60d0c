"""What may be done with something, as links to the forms of its commands."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from shared.domain.decider import Command
from shared.unit.roles import may_give
from shared.values.command_words import COMMAND_WORDS
from shared.web.visit import Visit


class Action(NamedTuple):
    label: str
    href: str
    first: bool = False
    """Whether it is what one does next."""


def action(visit: Visit, command: type[Command], fields: Mapping[str, str], *, first: bool = False) -> Action | None:
    """The link to a command's form, with `fields` filled in; nothing where this visitor may not give it."""
    if not may_give(visit.actor, command, visit.service):
        return None
    query = urlencode({**fields, "back": visit.request.url.path})
    return Action(visit.say(COMMAND_WORDS[command.NAME]), f"/do/{command.NAME}?{query}", first)


def actions(*possible: Action | None) -> list[Action]:
    return [each for each in possible if each]
