"""The code lists that hold for a congress, as its reports are given them: what it published itself, and what is so by
default."""

from collections.abc import Mapping, Sequence

from shared.values.code_lists import CodeList, Entries, registered_units
from shared.views.code_lists import VIEW, entries_by_list
from shared.views.view import Document


def lists_in_use(views: Mapping[str, Sequence[Document]]) -> Mapping[CodeList, Entries]:
    """`views` are documents by the name of their view. A congress without a list of units has those that this process
    knows."""
    documents = views.get(VIEW.name, ())
    lists = entries_by_list(documents)
    if any(document["_id"] == CodeList.UNITS for document in documents):
        return lists
    return {**lists, CodeList.UNITS: registered_units()}


def units_in_use(views: Mapping[str, Sequence[Document]]) -> Entries:
    return lists_in_use(views)[CodeList.UNITS]
