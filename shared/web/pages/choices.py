"""What forms offer to whoever types: what the register and the unit's tasks have, and ids as the views hold them."""

from collections.abc import Sequence

from shared.domain.decider import Command
from shared.values.code_lists import CodeList, entries_to_choose, name_of
from shared.values.symbol import Citation
from shared.web.choosing import choices_from
from shared.web.forms import Choices, Option
from shared.web.naming import name_in
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
    "catalogue_item": "catalogue",
}
"""Fields that name an entry of a view, and that view."""
WITH_UNIT = frozenset(("documents", "reviews"))
"""Views in which an id is one's unit's: others' are not meant."""
NAMES_A_NEW_ONE = ("open-", "register-", "record-", "issue-", "propose-", "request-clearance", "report-incident")
"""How commands begin that bring up what their id names."""


def choices_for(visit: Visit, command: type[Command]) -> Choices:
    organisations = visit.views.documents("organisations")
    own = [task for task in visit.views.documents("tasks") if task["unit"] == visit.service]
    tasks = own if len(own) <= MOST_OFFERED else ()
    choices = choices_from(organisations, tasks, visit.lang)
    options, suggestions = dict(choices.options), dict(choices.suggestions)
    for name in IDS.keys() & command.model_fields.keys():
        if name == command.ID and command.NAME.startswith(NAMES_A_NEW_ONE):
            options.pop(name, None)
            continue
        named = _named(visit, IDS[name])
        if len(named) <= MOST_OFFERED:
            options[name] = named
        else:
            suggestions[name] = [option.value for option in named[:MOST_OFFERED]]
    if "superseded_by" in command.model_fields:
        on_file = (Citation(each["symbol"], each["term"]) for each in visit.views.documents("documents"))
        suggestions["superseded_by"] = [
            f"{each.symbol} ({each.term})" if each.term else each.symbol for each in on_file
        ]
    return Choices({name: each for name, each in options.items() if each}, suggestions)


def _named(visit: Visit, view: str) -> Sequence[Option]:
    """The entries of a view by what they are called, the latest first."""
    documents = visit.views.documents(view)
    if view in WITH_UNIT:
        documents = [document for document in documents if document["unit"] == visit.service]
    if view == "catalogue":
        documents = [document for document in documents if not document.get("withdrawn")]
    named = [
        Option(str(document["_id"]).rpartition("/")[2], name_in(view, document, visit.lang)) for document in documents
    ]
    return named if view == "catalogue" else named[::-1]


def source_options(visit: Visit) -> list[Option]:
    """The congress's list of sources of funding; empty as long as it has none."""
    entries = entries_to_choose(CodeList.FUNDING_SOURCES)
    return [Option(entry.id, name_of(CodeList.FUNDING_SOURCES, entry.id, visit.lang)) for entry in entries]
