"""One library writes and reads what crosses NATS, and one module knows the other; docs/adr/0037 says why."""

import ast
import json
from functools import cache
from pathlib import Path

import pytest

from shared.eventstore.canonical import canonical
from shared.eventstore.wire import as_json, read_json
from tests.recorded import recorded

PROJECT = Path(__file__).parents[2]
TREES = ("services", "shared", "daihoi")
WIRE = {"wire.py", "envelope.py", "entering.py", "asyncapi.py"}
"""What crosses NATS, the typed decoder of events, a command's size at the door, and the schema of the envelope."""
STORED = {"canonical.py"}
STANDARD = {
    "canonical.py": "what the parser of Python takes and orjson does not",
    "arguments.py": "what people type is read more strictly than any library does",
    "keeper.py": "a file that other processes read",
    "embedded.py": "the same file",
    "nats_keys.py": "tokens that nats-server reads",
    "nats_account.py": "files beside keys",
    "nats_issued.py": "the record beside them",
    "nats_revoked.py": "the list beside them",
    "requests.py": "fingerprints that are stored in events",
    "story.py": "command ids that are stored in events, and the files of the sample",
    "steps.py": "command ids that are stored in events",
    "packing.py": "how long a command is at most",
    "congress_answers.py": "a file that somebody wrote by hand",
    "logs.py": "a log, an object a line",
    "streams.py": "settings of a stream, as an operator sets them",
}


@cache
def uses(path: Path) -> set[str]:
    nodes = [*ast.walk(ast.parse(path.read_text("utf-8")))]
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    attributes = {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}
    return imported | attributes


@pytest.mark.parametrize(
    ("library", "allowed"),
    [("orjson", STORED), ("msgspec.json", WIRE), ("json", set(STANDARD))],
    ids=["orjson", "msgspec", "the standard library's"],
)
def test_a_library_for_json_is_used_where_it_is_said_to_be(library, allowed):
    users = {path.name for tree in TREES for path in (PROJECT / tree).rglob("*.py") if library in uses(path)}
    assert users - allowed == set()


def test_what_an_earlier_version_stored_has_the_same_bytes():
    documents = [document for some in recorded().views.values() for document in some]
    for document in documents:
        assert json.loads(canonical(document)) == document
        assert read_json(as_json(document)) == document
        assert canonical(document) == canonical(read_json(as_json(document)))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1e16, b"1e+16"),
        ({"b": 1, "a": 0.5, "đ": None}, '{"a":0.5,"b":1,"đ":null}'.encode()),
        ("\x00\x1f\x7f\u2028đ", '"\\u0000\\u001f\x7f\u2028đ"'.encode()),
        ([0, 0.0, False], b"[0,0.0,false]"),
        (2**64, b"18446744073709551616"),
        ("\ud800", b"'\\ud800'"),
    ],
    ids=["a large float", "names", "signs", "kinds of nothing", "beyond 64 bits", "half a character"],
)
def test_the_bytes_of_which_digests_are_made_stay_as_they_are(value, written):
    assert canonical(value) == written + b"\n"
