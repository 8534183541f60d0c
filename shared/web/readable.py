"""What of a view somebody may read at a service."""

from collections.abc import Mapping, Sequence

from shared.domain.decider import Actor
from shared.reports import masking
from shared.unit.roles import Act, may
from shared.values.units import SECURITY
from shared.views.view import Document

KEPT_BY: Mapping[str, str] = {masking.VIEW: SECURITY}
"""What is restricted in these views is one unit's, whoever shows them: the sub-committee sees all events."""


def readable(actor: Actor, view: str, documents: Sequence[Document], service: str) -> Sequence[Document]:
    """Documents of a view, as this actor may read them at this service."""
    if may(actor, Act.READ_RESTRICTED, KEPT_BY.get(view, service)):
        return documents
    return masking.masked_documents(view, documents)
