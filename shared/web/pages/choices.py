"""What forms offer to whoever types: what the register and the unit's tasks have, and ids as the views hold them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from shared.domain.decider import Command
from shared.web.choosing import choices_from
from shared.web.forms import Choices
from shared.web.visit import Visit

MOST_OFFERED = 500
"""Of each kind; with more a form is heavy, and what is meant can be typed."""
IDS = {
    "meeting_id": "meetings",
    "directive_id": "directives",
    "document_id": "documents",
    "review_id": "reviews",
    "resource_id": "resources",
    "publication_id": "publications",
    "clearance_id": "clearances",
    "incident_id": "incidents",
}
"""Fields that name an entry of a view, and that view."""
NAMES_A_NEW_ONE = ("open-", "register-", "record-", "issue-", "propose-", "request-clearance", "report-incident")
"""How commands begin that bring up what their id names."""


def choices_for(visit: Visit, command: type[Command]) -> Choices:
    organisations = visit.views.documents("organisations")
    own = [task for task in visit.views.documents("tasks") if task["unit"] == visit.service]
    tasks = own if len(own) <= MOST_OFFERED else ()
    choices = choices_from(organisations, tasks, visit.lang)
    suggestions = {**choices.suggestions} | {
        name: _first(str(document["_id"]).rpartition("/")[2] for document in visit.views.documents(view))
        for name, view in IDS.items()
    }
    suggestions = {name: texts[:MOST_OFFERED] for name, texts in suggestions.items()}
    if not command.NAME.startswith(NAMES_A_NEW_ONE):
        return replace(choices, suggestions=suggestions)
    options = {name: options for name, options in choices.options.items() if name != command.ID}
    return Choices(options, {name: texts for name, texts in suggestions.items() if name != command.ID})


def _first(names: Iterable[str]) -> Sequence[str]:
    return list(islice(names, MOST_OFFERED))
