"""What a congress calls everything that people read names of: the entries of its lists, the body above its units, and
the organisations and people on its register."""

from collections.abc import Mapping, Sequence

from shared.events.congress import Particulars
from shared.reports.congress import particulars_of
from shared.reports.lists_in_use import lists_in_use
from shared.values.code_lists import CodeList, Entries, names_of
from shared.values.names_in_use import PEOPLE, REGISTER, Name, Names
from shared.values.units import BODY_ABOVE, SUBCOMMITTEE, default_title
from shared.views.code_lists import VIEW
from shared.views.view import Document

READ = (VIEW.name, "congress", "organisations")
"""The views that `names_of_views` reads."""


def names_of_views(views: Mapping[str, Sequence[Document]]) -> Names:
    lists = lists_in_use({VIEW.name: views[VIEW.name]})
    return {
        **names_in(lists, particulars_of(views["congress"])),
        **of_the_register(views["organisations"]),
    }


def names_in(lists: Mapping[CodeList, Entries], particulars: Particulars | None) -> Names:
    """The names of everything on the lists, and of the body above the units."""
    return {**names_of(lists), **_above(particulars)}


def of_the_register(organisations: Sequence[Document]) -> Names:
    """The names of the organisations, and of everybody with an id who holds or held a position there, as it is
    held."""
    names = ((document["_id"], document.get("name") or {}) for document in organisations)
    holdings = (
        holding
        for listed in ("former", "acting", "holders")
        for document in organisations
        for holding in document.get(listed, ())
    )
    return {
        REGISTER: {entry_id: Name(name["vi"], name.get("en", "")) for entry_id, name in names if name.get("vi")},
        PEOPLE: {
            holding["person_id"]: Name(holding["person"], "") for holding in holdings if holding.get("person_id")
        },
    }


def _above(particulars: Particulars | None) -> Names:
    """What the congress calls the body that steers the work: the one that issues its papers. None where it is called
    what it is called by default."""
    body = particulars.issuing_body if particulars else None
    if body is None or body.vi == default_title(SUBCOMMITTEE, "vi"):
        return {}
    return {BODY_ABOVE: {SUBCOMMITTEE: Name(body.vi, body.en)}}
