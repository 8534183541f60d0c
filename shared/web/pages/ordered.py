"""What was ordered and what each unit has done for it, as pages show it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from shared.reports.trace import Node, Role

TRACED = ("meetings", "directives", "catalogue", "tasks", "reviews", "clearances")


def ordered(directive: Node) -> Mapping[str, Any]:
    """A directive with what was done for it, unit by unit."""
    return {"node": directive, "units": units_below(directive)}


def units_below(directive: Node) -> list[Mapping[str, Any]]:
    """What each unit that it addresses has done for it: its reviews, its tasks by where they stand."""
    units: dict[str, dict[str, Any]] = {}
    for node in directive.below:
        unit = node.facts["unit"] if node.role is Role.REVIEW else node.id
        line = units.setdefault(unit, {"unit": unit, "reviews": [], "tasks": [], "statuses": Counter()})
        if node.role is Role.REVIEW:
            line["reviews"].append(node)
        else:
            line["tasks"] = node.below
            line["statuses"] = Counter(task.facts["status"] for task in node.below)
    return list(units.values())
