"""What each unit's lead demands of its work: whether it is handed in with evidence only."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel

from shared.domain.unit_rules import evidence_required
from shared.reports.order import unit_order
from shared.values.code_lists import Entries
from shared.views.view import Document


class RuleLine(BaseModel):
    """A unit that has said nothing demands evidence; who said otherwise, when and why stands beside it."""

    unit: str
    evidence_required: bool
    reason: str | None = None
    set_at: datetime | None = None
    set_by: str | None = None


def rules_of(documents: Sequence[Document], listed: Entries) -> list[RuleLine]:
    """The rules of every unit that takes part, in their order, and of others that have said something."""
    rules = {document["unit"]: document for document in documents}
    by_default = {"evidence_required": evidence_required(None)}
    units = unit_order(rules, listed)
    return [RuleLine.model_validate({"unit": unit, **by_default, **rules.get(unit, {})}) for unit in units]
