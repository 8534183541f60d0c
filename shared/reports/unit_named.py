"""The unit that somebody means: by its id or by its name, as the congress has it."""

from collections.abc import Iterable

from shared.domain.paper import same
from shared.reports.order import unit_order
from shared.values.code_lists import Entries
from shared.views.view import Document


def units_meant(listed: Entries, documents: Iterable[Document]) -> list[str]:
    """The ids that can be meant: of every unit that takes part, and of those that something is on record of."""
    return unit_order((document["unit"] for document in documents), listed)


def unit_meant(typed: str, listed: Entries, units: Iterable[str]) -> str | None:
    """One of `units`, by its id or its name in either language; capitals and marks may be left out."""
    names = {entry.id: (entry.name.vi, entry.name.en) for entry in listed}
    ids = list(units)
    called = [unit for unit in ids if same(typed) in {same(name) for name in names.get(unit, ()) if name}]
    return typed if typed in ids else next(iter(called), None)
