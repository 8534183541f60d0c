"""The sub-committee's own pages, a module a topic."""

from services.subcommittee.pages import (
    begin,
    catalogue,
    congress,
    directives,
    duties,
    importing,
    lists,
    meetings,
    names,
    register,
    scenarios,
)
from shared.web.sections import Section

_MODULES = (begin, congress, meetings, directives, importing, catalogue, duties, scenarios, names, register, lists)
_SECTIONS = [module.SECTION for module in _MODULES]
SECTION = Section(
    routes=tuple(route for section in _SECTIONS for route in section.routes),
    links=tuple(link for section in _SECTIONS for link in section.links),
    beginning=begin.SECTION.beginning,
)
