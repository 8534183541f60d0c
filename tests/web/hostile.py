"""What anybody puts into addresses and fields, and how a page looks that was not moved by it."""

from collections.abc import Iterator
from urllib.parse import quote, urlsplit
from zlib import crc32

import httpx

from tests.web.html import Element, Html

SUM, ITS_RESULT = "77777*99999", "7777622223"
TEXTS: dict[str, str] = {
    "script": "<script>alert(1)</script>",
    "attribute": "\" onmouseover=alert(1) x='` autofocus",
    "address": "javascript:alert(1)//",
    "template": f"{{{{{SUM}}}}}${{{SUM}}}#{{{SUM}}}{{% for x in y %}}",
    "SQL": "' OR 1=1; DROP TABLE tasks; --",
    "operator": '{"$gt": ""}',
    "operator in brackets": "a[$ne]=1",
    "path": "../../../../etc/passwd",
    "path of Windows": "..\\..\\secret",
    "NFD": "Tie\u0302\u0309u ban ho\u0323p",
    "emoji": "👩\u200d🚀🇻🇳",
    "bidi": "abc\u202egnp.exe",
    "zero width": "\u200b\u2060",
    "NUL": "a\0b",
    "escape": "\x1b[2J\x07",
    "half a letter": "\ud83d",
    "lines": "a\r\nSet-Cookie: x=1\r\n\r\n<b>",
    "wildcards": "*.>",
    "format": "{0} {task_id} %s $x",
    "long": "ệ" * 5000,
    "digits": "9" * 500,
    "negative": "-1",
    "no number": "NaN",
    "Arabic digits": "٣",
    "day of nowhere": "30/02/2020",
    "last day": "9999-12-31",
    "blanks": " \t\u00a0 ",
    "nothing": "",
}
FOREIGN = ("security/1-01", "1-01/../1-02", "1-01%2f..", "propaganda", "none", "..", ".")
"""Ids of others, and none."""


def as_query(text: str) -> str:
    """In an address, half a letter too, which no browser sends."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def share(place: str, every: int) -> Iterator[tuple[str, str]]:
    """Every so many of the texts, from another one on at each place."""
    yield from list(TEXTS.items())[crc32(place.encode()) % every :: every]


def assert_unmoved(response: httpx.Response, what: object) -> None:
    """Neither broken nor taken in: what came in is shown as text or not at all."""
    assert response.status_code < 500, (what, response.status_code, response.text[:500])
    kind = response.headers.get("content-type", "")
    if kind.startswith("text/") or kind.endswith("json"):
        for sign in (ITS_RESULT, "\0", "Traceback"):
            assert sign not in response.text, (what, sign)
    assert "x" not in [header.partition("=")[0] for header in response.headers.get_list("set-cookie")], what
    if location := response.headers.get("location"):
        assert not urlsplit(location).netloc or urlsplit(location).hostname == "localhost", (what, location)
    if kind.startswith("text/html"):
        for element in Html.of(response.text).all():
            _check(element, what)


def _check(element: Element, what: object) -> None:
    if element.tag == "script":
        assert element.get("src").startswith("/static/"), what
        assert not element.children, what
    assert element.tag not in ("iframe", "object", "embed", "base", "meta http-equiv"), what
    for name, value in element.attributes.items():
        assert not name.startswith("on"), (what, element.tag, name)
        assert name != "style", (what, element.tag)
        if name in ("href", "src", "action", "formaction"):
            scheme = value.strip().lower().partition(":")[0] if ":" in value else ""
            assert scheme in ("", "http", "https", "mailto", "tel", "data"), (what, value)
            assert scheme != "data" or element.tag == "img", what
