"""English sentences are written for many; where one of their numbers is 1, they are told as of one."""

import re
from collections.abc import Mapping
from functools import cache

NOUNS = {
    "accounts": "account",
    "adjustments": "adjustment",
    "advances": "advance",
    "batches": "batch",
    "bookings": "booking",
    "bytes": "byte",
    "cells": "cell",
    "changes": "change",
    "characters": "character",
    "clearances": "clearance",
    "columns": "column",
    "commands": "command",
    "comments": "comment",
    "days": "day",
    "deadlines": "deadline",
    "deputies": "deputy",
    "digits": "digit",
    "documents": "document",
    "duties": "duty",
    "entries": "entry",
    "errors": "error",
    "events": "event",
    "fields": "field",
    "gaps": "gap",
    "groups": "group",
    "headings": "heading",
    "holders": "holder",
    "instructions": "instruction",
    "items": "item",
    "letters": "letter",
    "meetings": "meeting",
    "minutes": "minute",
    "obstacles": "obstacle",
    "organisations": "organisation",
    "payments": "payment",
    "people": "person",
    "pieces": "piece",
    "places": "place",
    "points": "point",
    "policies": "policy",
    "positions": "position",
    "ranges": "range",
    "replicas": "replica",
    "rows": "row",
    "seconds": "second",
    "services": "service",
    "streams": "stream",
    "tasks": "task",
    "times": "time",
    "units": "unit",
}
PHRASES = {
    "batches are stored": "batch is stored",
    "bookings are over": "booking is over",
    "continuing duties of the localities are counted": "continuing duty of the localities is counted",
    "deadlines follow from the opening day and stand": "deadline follows from the opening day and stands",
    "deadlines were confirmed before that; their units are moving them":
        "deadline was confirmed before that; its unit is moving it",
    "duties are handed out and are no tasks yet; their units open them":
        "duty is handed out and is no task yet; its unit opens it",
    "earlier ones are not shown; search for them": "earlier one is not shown; search for it",
    "events are parked: they are": "event is parked: it is",
    "events are parked": "event is parked",
    "events wait": "event waits",
    "events were delivered again and are": "event was delivered again and is",
    "files as their checksums say": "file as its checksum says",
    "items are not assigned and wait": "item is not assigned and waits",
    "later events are in neither and are lost": "later event is in neither and is lost",
    "newer events are": "newer event is",
    "of its tasks are": "of its tasks is",
    "open tasks keep what they were opened with; the file does not change them":
        "open task keeps what it was opened with; the file does not change it",
    "others are": "other is",
    "positions of these organisations are not in the file; they stay as they are":
        "position of these organisations is not in the file; it stays as it is",
    "retired ones are": "retired one is",
    "rows can't be read and are": "row can't be read and is",
    "rows did not fit in and were": "row did not fit in and was",
    "rows were put in; check them": "row was put in; check it",
    "services verify": "service verifies",
    "streams are": "stream is",
    "tasks are": "task is",
    "tasks at once, each by itself": "task",
    "tasks have a fixed date, which does not count from the opening day and stays":
        "task has a fixed date, which does not count from the opening day and stays",
    "tasks; their units move the deadlines": "task; its unit moves the deadline",
    "units are": "unit is",
    "units have": "unit has",
}  # fmt: skip
"""Where more than the noun is said otherwise."""
_AFTER_ONE = re.compile(
    r"(?P<there>\bThere are )?(?P<number>\{(?P<name>\w+)\}) "
    rf"(?:(?P<phrase>{'|'.join(PHRASES)})|(?P<before>(?:[a-z]+ )?)(?P<noun>{'|'.join(NOUNS)}))\b"
)


def told_of_one(sentence: str, params: Mapping[str, object]) -> str:
    """`{count} tasks are open` as `{count} task is open` where the count is 1; nothing else of it changes."""
    ones = frozenset(name for name, value in params.items() if str(value) == "1")
    return _of_one(sentence, ones) if ones else sentence


@cache
def _of_one(sentence: str, ones: frozenset[str]) -> str:
    def one(match: re.Match[str]) -> str:
        if match["name"] not in ones:
            return match[0]
        noun = PHRASES[match["phrase"]] if match["phrase"] else f"{match['before']}{NOUNS[match['noun']]}"
        return f"{'There is ' if match['there'] else ''}{match['number']} {noun}"

    return _AFTER_ONE.sub(one, sentence)
