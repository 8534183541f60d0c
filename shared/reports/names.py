"""Offices and positions as the register has them, however people write them: by their names, their ids, and the names
that were merged into them. Events keep what was written; every report that counts by office asks here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from shared.domain.paper import same
from shared.reports.order import in_order_of_id
from shared.views.view import Document


class Office(NamedTuple):
    """An organisation on the register."""

    id: str
    name: str


class Post(NamedTuple):
    """A position of an organisation on the register."""

    office: Office
    position: str


class Register:
    """The documents of the view `organisations`, as names to be looked up. Names on the register go before names that
    were merged, and the first organisation before others of the same name."""

    def __init__(self, organisations: Iterable[Document] = ()) -> None:
        self._offices: dict[str, Office] = {}
        self._posts: Mapping[str, list[Post]] = defaultdict(list)
        merged: list[tuple[Office, Document]] = []
        for document in in_order_of_id(organisations):
            office = Office(document["_id"], document["name"]["vi"])
            for name in (office.name, document["name"].get("en", ""), office.id):
                self._offices.setdefault(same(name), office)
            for position in document["positions"]:
                self._posts[same(position)].append(Post(office, position))
            merged += [(office, alias) for alias in document.get("aliases", ())]
        self._offices.pop("", None)
        for office, alias in merged:
            self._merge(office, alias)

    def _merge(self, office: Office, alias: Document) -> None:
        name, position = same(alias["alias"]), alias["position"]
        if position is None:
            self._offices.setdefault(name, office)
        elif name not in self._posts:
            self._posts[name].append(Post(office, position))

    def office(self, name: str) -> Office | None:
        return self._offices.get(same(name))

    def posts(self, name: str, collective: str | None = None) -> Sequence[Post]:
        """Every position of this name; where several organisations have one, that of `collective` alone if it is one
        of them."""
        posts = self._posts.get(same(name), ())
        office = self.office(collective) if collective else None
        return [post for post in posts if post.office == office] or posts

    def post(self, name: str, collective: str | None = None) -> Post | None:
        """The only position that is meant, if there is one."""
        posts = self.posts(name, collective)
        return posts[0] if len(posts) == 1 else None

    def title(self, post: Post) -> str:
        """The position, with its organisation where others have one of that name too."""
        alone = len(self._posts.get(same(post.position), ())) < 2
        return post.position if alone else f"{post.position}, {post.office.name}"

    @property
    def offices(self) -> Sequence[Office]:
        return list(dict.fromkeys(self._offices.values()))
