"""Names in tasks that the register does not have, or has more than once: where each is used, and which names on the
register are like it, so that somebody registers it or merges it into one."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import islice

from pydantic import BaseModel

from shared.domain.paper import same
from shared.reports.names import Register
from shared.reports.order import task_order
from shared.values.ordering import vietnamese
from shared.views.view import Document

ROLES = ("collective", "individual", "coordinating", "directing_leader")
MOST_COMPARED = 200
"""Names that are compared with the whole register; of others nothing like them is shown."""
MOST_ALIKE = 3
LIKENESS = 0.75
LONGEST_COMPARED = 200


class Alike(BaseModel):
    """A name on the register that is like it; `position` is empty where it is the organisation's own."""

    organisation_id: str
    organisation: str
    position: str | None = None


class UnregisteredName(BaseModel):
    """`spellings`: how tasks write it, the most used first. `used_in`: the tasks, by what they name it as."""

    name: str
    spellings: list[str]
    used_in: dict[str, list[str]]
    tasks: int
    alike: list[Alike] = []


class AmbiguousName(BaseModel):
    """A position that several organisations have, in tasks that don't say whose it is."""

    name: str
    organisations: list[str]
    used_in: list[str]


class UnregisteredNames(BaseModel):
    """Names that the register lacks; those that most tasks have come first."""

    names: list[UnregisteredName]
    ambiguous: list[AmbiguousName]


def unregistered_names(tasks: Iterable[Document], organisations: Sequence[Document]) -> UnregisteredNames:
    register, people = Register(organisations), people_of(organisations)
    unknown: dict[str, list[tuple[str, str, str]]] = {}
    ambiguous: dict[str, tuple[list[str], AmbiguousName]] = {}
    for task in sorted(tasks, key=task_order):
        for role, name in _named(task):
            posts = register.posts(name, task["collective"]) if role == "individual" else ()
            if len(posts) > 1:
                others = [post.office.name for post in posts]
                ambiguous_name = AmbiguousName(name=posts[0].position, organisations=others, used_in=[])
                ambiguous.setdefault(same(name), ([], ambiguous_name))[0].append(task["_id"])
            elif role == "directing_leader" and (same(name) in people or register.posts(name)):
                continue
            elif not posts and (role == "individual" or register.office(name) is None):
                unknown.setdefault(same(name), []).append((role, name, task["_id"]))
    names = sorted(map(_unregistered, unknown.values()), key=lambda name: (-name.tasks, vietnamese(name.name)))
    return UnregisteredNames(
        names=_with_alike(names, organisations),
        ambiguous=[
            ambiguous_name.model_copy(update={"used_in": used}) for used, ambiguous_name in ambiguous.values()
        ],
    )


def _named(task: Document) -> Iterator[tuple[str, str]]:
    for role in ROLES:
        names = task[role] if role == "coordinating" else [task.get(role)]
        yield from ((role, name) for name in names if name)


def _unregistered(uses: Sequence[tuple[str, str, str]]) -> UnregisteredName:
    used_in: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    for role, name, task in uses:
        used_in.setdefault(role, []).append(task)
        counts[name] = counts.get(name, 0) + 1
    spellings = sorted(counts, key=lambda name: (-counts[name], name))
    tasks = len({task for _, _, task in uses})
    return UnregisteredName(name=spellings[0], spellings=spellings, used_in=used_in, tasks=tasks)


def _with_alike(names: Sequence[UnregisteredName], organisations: Sequence[Document]) -> list[UnregisteredName]:
    registered = registered_names(organisations)
    compared = [
        name.model_copy(update={"alike": alike(name.name, registered)}) for name in islice(names, MOST_COMPARED)
    ]
    return [*compared, *names[MOST_COMPARED:]]


def registered_names(organisations: Iterable[Document]) -> dict[str, Alike]:
    """What stands on the register, by how it is compared."""
    registered: dict[str, Alike] = {}
    for document in organisations:
        office = {"organisation_id": document["_id"], "organisation": document["name"]["vi"]}
        registered.setdefault(_compared(document["name"]["vi"]), Alike(**office))
        for position in document["positions"]:
            registered.setdefault(_compared(position), Alike(**office, position=position))
    return registered


def people_of(organisations: Iterable[Document]) -> dict[str, str]:
    """Whoever holds a position, by how the name is compared."""
    holders = (holder["person"] for document in organisations for holder in document.get("holders", ()))
    return {same(person): person for person in holders}


def alike(name: str, registered: dict[str, Alike]) -> list[Alike]:
    """The few of these that are most like the name: those that it abbreviates first."""
    compared = _compared(name)
    short = [folded for folded in registered if abbreviates(compared.split(), folded.split())]
    most = dict.fromkeys((*short, *get_close_matches(compared, registered, MOST_ALIKE, LIKENESS)))
    return [registered[folded] for folded in islice(most, MOST_ALIKE)]


def abbreviates(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether `vp cong ty` stands for `van phong cong ty`: each word for itself, or its letters for as many words."""
    if not short or not long or len(short) > len(long):
        return not short and not long
    word, count = short[0], len(short[0])
    if word == long[0] and abbreviates(short[1:], long[1:]):
        return True
    stands_for = count > 1 and word == "".join(other[:1] for other in long[:count])
    return stands_for and abbreviates(short[1:], long[count:])


def _compared(name: str) -> str:
    return same(name)[:LONGEST_COMPARED]
