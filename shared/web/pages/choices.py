"""What forms offer to whoever types: offices, positions and ids as the views hold them."""

from collections.abc import Iterable, Sequence
from itertools import islice

from shared.web.forms import Choices
from shared.web.visit import Visit

MOST_OFFERED = 300
"""Of each kind; more would make the page heavy, and everything can be typed."""
OFFICES = ("collective", "coordinating", "proposed_to", "recipient", "payee", "issuer", "advised_by")
POSITIONS = ("individual", "directing_leader", "chair", "signer", "responsible")
IDS = {
    "meeting_id": "meetings",
    "directive_id": "directives",
    "organisation_id": "organisations",
    "document_id": "documents",
    "review_id": "reviews",
    "resource_id": "resources",
    "publication_id": "publications",
    "clearance_id": "clearances",
    "incident_id": "incidents",
}
"""Fields that name an entry of a view, and that view."""


def choices_for(visit: Visit) -> Choices:
    organisations = visit.views.documents("organisations")
    offices = _first(document["name"]["vi"] for document in organisations)
    positions = _first(dict.fromkeys(position for document in organisations for position in document["positions"]))
    own = [task["task_id"] for task in visit.views.documents("tasks") if task["unit"] == visit.service]
    suggestions: dict[str, Sequence[str]] = dict.fromkeys(OFFICES, offices)
    suggestions |= dict.fromkeys(POSITIONS, positions)
    suggestions |= {"on": _first(own), "task_id": _first(own)}
    suggestions |= {
        name: _first(str(document["_id"]).rpartition("/")[2] for document in visit.views.documents(view))
        for name, view in IDS.items()
    }
    return Choices(suggestions=suggestions)


def _first(names: Iterable[str]) -> Sequence[str]:
    return list(islice(names, MOST_OFFERED))
