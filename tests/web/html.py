"""What a page says and offers, read as a browser reads it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self

NOT_CLOSED = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"))


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    children: "list[Element | str]" = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str, otherwise: str = "") -> str:
        return self.attributes.get(name, otherwise)

    @property
    def text(self) -> str:
        """With single blanks."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> list[str]:
        if self.tag in ("script", "style", "template"):
            return []
        texts: list[str] = []
        for child in self.children:
            texts += [child] if isinstance(child, str) else child._texts()
        return texts if self.tag in ("a", "b", "em", "i", "small", "span", "strong", "time") else [" ", *texts, " "]

    def all(self, *tags: str, **attributes: str) -> "list[Element]":
        """Those below it, in their order, with one of the tags (any if none is named) and these attributes."""
        kept: list[Element] = []
        for child in self.children:
            if isinstance(child, str):
                continue
            is_named = not tags or child.tag in tags
            if is_named and all(child.get(name.rstrip("_")) == value for name, value in attributes.items()):
                kept.append(child)
            kept += child.all(*tags, **attributes)
        return kept

    def one(self, *tags: str, **attributes: str) -> "Element":
        (only,) = self.all(*tags, **attributes)
        return only


class Html(HTMLParser):
    """`root` holds what was read. Well-formedness is not looked at."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self._open = Element("", {})
        self.feed(source)
        self.close()

    @classmethod
    def of(cls, source: str) -> Element:
        return cls(source).root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open)
        self._open.children.append(element)
        if tag not in NOT_CLOSED:
            self._open = element

    def handle_endtag(self, tag: str) -> None:
        element: Element | None = self._open
        while element and element.tag != tag:
            element = element.parent
        if element and element.parent:
            self._open = element.parent

    def handle_data(self, data: str) -> None:
        self._open.children.append(data)


@dataclass
class Form:
    """One that could be sent as it stands: `fields` holds what a browser would send untouched."""

    action: str
    method: str
    fields: dict[str, list[str]]
    names: list[str]
    """Of everything in it that can be filled in or sent."""

    @classmethod
    def all_of(cls, source: str) -> list[Self]:
        return [cls._of(form) for form in Html.of(source).all("form")]

    @classmethod
    def _of(cls, form: Element) -> Self:
        fields: dict[str, list[str]] = {}
        names: list[str] = []
        for element in form.all("input", "textarea", "select", "button"):
            name = element.get("name")
            if not name or "disabled" in element.attributes:
                continue
            names.append(name)
            for value in _untouched(element):
                fields.setdefault(name, []).append(value)
        return cls(form.get("action"), form.get("method", "get").lower(), fields, list(dict.fromkeys(names)))


def _untouched(element: Element) -> list[str]:
    if element.tag == "textarea":
        return ["".join(child for child in element.children if isinstance(child, str))]
    if element.tag == "select":
        options = element.all("option")
        chosen = [option for option in options if "selected" in option.attributes] or options[:1]
        return [option.get("value", option.text) for option in chosen]
    if element.tag == "button" or element.get("type") in ("submit", "button", "file", "image", "reset"):
        return []
    if element.get("type") in ("checkbox", "radio"):
        return [element.get("value", "on")] if "checked" in element.attributes else []
    return [element.get("value")]
