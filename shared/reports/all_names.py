"""What a congress calls everything that people read names of: the entries of its lists, the body above its units, and
the organisations on its register."""

from collections.abc import Iterable, Mapping, Sequence

from shared.events.congress import Particulars
from shared.reports.congress import particulars_of
from shared.reports.lists_in_use import lists_in_use
from shared.values.code_lists import CodeList, Entries, names_of
from shared.values.names_in_use import REGISTER, Name, Names
from shared.values.units import BODY_ABOVE, SUBCOMMITTEE, default_title
from shared.views.code_lists import VIEW
from shared.views.view import Document

READ = (VIEW.name, "congress", "organisations")
"""The views that `names_of_views` reads."""


def names_of_views(views: Mapping[str, Sequence[Document]]) -> Names:
    lists = lists_in_use({VIEW.name: views[VIEW.name]})
    return {
        **names_in(lists, particulars_of(views["congress"])),
        REGISTER: of_the_register(views["organisations"]),
    }


def names_in(lists: Mapping[CodeList, Entries], particulars: Particulars | None) -> Names:
    """Of everything on the lists, and of the body above the units."""
    return {**names_of(lists), **_above(particulars)}


def of_the_register(organisations: Iterable[Document]) -> Mapping[str, Name]:
    names = ((document["_id"], document.get("name") or {}) for document in organisations)
    return {organisation: Name(name["vi"], name.get("en", "")) for organisation, name in names if name.get("vi")}


def _above(particulars: Particulars | None) -> Names:
    """What the congress calls the body that steers the work: the one that issues its papers. None where it is called
    what it is called by default."""
    body = particulars.issuing_body if particulars else None
    if body is None or body.vi == default_title(SUBCOMMITTEE, "vi"):
        return {}
    return {BODY_ABOVE: {SUBCOMMITTEE: Name(body.vi, body.en)}}
