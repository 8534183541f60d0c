"""A trace for people, on a terminal: what ordered it first, then what was done for it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from rich.text import Text
from rich.tree import Tree

from daihoi.terminal.labels import CLEARANCE_STATUSES, ESSENTIAL_NAMES, offset_in_words
from services.tracker.reports.trace import Node, Role
from shared.i18n import Language, format_date, title_of_position, translate
from shared.values.units import title_of

ROLE_NAMES = {
    Role.MEETING: "Meeting",
    Role.POINT: "Point of the conclusion",
    Role.DIRECTIVE: "Directive",
    Role.UNIT: "Unit",
    Role.TASK: "Task",
    Role.ITEM: "Catalogue item",
    Role.REVIEW: "Review",
    Role.EVIDENCE: "Evidence",
}
DIRECTIVE_KINDS = {
    "review": "Review of every main work item",
    "scenarios": "Preparation of scenarios",
    "work": "Work",
}
REVIEW_NAMES = {"open": "Review open", "closed": "Review closed"}
STATUS_NAMES = {
    "open": "Not started",
    "in_progress": "In progress",
    "blocked": "Blocked",
    "submitted": "Submitted",
    "completed": "Completed",
    "cancelled": "Cancelled",
}


def trace_trees(
    nodes: Iterable[Node], lang: Language, *, notes: Iterable[Mapping[str, str]]
) -> Iterator[Tree | Text]:
    """A tree of each node, and beneath them where the catalogue comes from."""
    yield from map(TreePrinter(lang).tree, nodes)
    for note in notes:
        yield Text(note.get(lang) or note["vi"], style="dim")


class TreePrinter:
    """Makes one rich tree of one node; every sentence goes through the language's catalogue."""

    def __init__(self, lang: Language) -> None:
        self._lang = lang

    def tree(self, node: Node) -> Tree:
        tree = Tree(self._line(node))
        if node.above:
            ordered = tree.add(self._say("Ordered by"))
            for each in node.above:
                self._upwards(ordered, each)
        for each in node.below:
            self._downwards(tree, each)
        return tree

    def _upwards(self, tree: Tree, node: Node) -> None:
        branch = tree.add(self._line(node))
        for each in node.above:
            self._upwards(branch, each)

    def _downwards(self, tree: Tree, node: Node) -> None:
        branch = tree.add(self._line(node))
        for each in node.below:
            self._downwards(branch, each)

    def _say(self, sentence: str, **params: object) -> str:
        return translate(sentence, self._lang, **params)

    def _line(self, node: Node) -> Text:
        if node.role is Role.UNIT:
            return self._unit(node)
        said = (node.en if self._lang == "en" else "") or node.vi
        if not node.on_record:
            said = self._say("not on record")
        head = Text.assemble((f"{self._say(ROLE_NAMES[node.role])} {node.id}", "bold"), f": {said}" if said else "")
        facts = " · ".join(self._facts(node))
        return head.append(f"\n{facts}", style="dim") if facts else head

    def _unit(self, node: Node) -> Text:
        line = Text(title_of(node.id, self._lang), style="bold")
        count = self._say("{count} tasks", count=node.facts["tasks"])
        return line.append(f": {count if node.below else self._say('no task names this directive')}", style="dim")

    def _facts(self, node: Node) -> list[str]:
        facts = node.facts
        match node.role:
            case Role.MEETING if facts:
                return [_day(facts["held_on"])]
            case Role.DIRECTIVE if facts:
                units = ", ".join(title_of(unit, self._lang) for unit in facts["units"])
                return [self._say(DIRECTIVE_KINDS[facts["kind"]]), units, self._due(facts["due_on"])]
            case Role.TASK:
                return self._facts_of_task(node)
            case Role.REVIEW:
                signed = facts["signed_by"]
                told = [self._say("{count} tasks", count=facts["tasks"]), self._say(REVIEW_NAMES[facts["status"]])]
                return [
                    *told,
                    *([f"{self._say('Signed by')} {title_of_position(signed, self._lang)}"] if signed else []),
                ]
            case Role.ITEM | Role.EVIDENCE:
                return [f"{name}: {value}" for name, value in facts.items() if isinstance(value, str | int)]
            case _:
                return []

    def _facts_of_task(self, node: Node) -> list[str]:
        facts = node.facts
        status = f"{self._say(STATUS_NAMES[facts['status']])}, {facts['percent']}%"
        status += f", {self._say('suspended by the scenario')}" if facts.get("suspended") else ""
        missing = ", ".join(self._say(ESSENTIAL_NAMES[name]) for name in facts["missing"])
        waiting = ", ".join(
            f"{name} ({self._say(CLEARANCE_STATUSES[clearance])})"
            for name, clearance in facts["waiting_for_clearance"].items()
        )
        told = [(self._say("Missing"), missing), (self._say("Waiting for a clearance"), waiting)]
        told.append((self._say("Deadline set when it was over"), facts.get("past_because") or ""))
        due = self._due(facts["deadline"], facts.get("due_offset_days"))
        return [status, due, *(f"{name}: {what}" for name, what in told if what)]

    def _due(self, day: str | None, offset_days: int | None = None) -> str:
        if day is None and offset_days is not None:
            return self._say("due {day}", day=offset_in_words(offset_days, self._lang))
        return self._say("due {day}", day=_day(day)) if day else self._say("No deadline")


def _day(iso: str) -> str:
    return format_date(date.fromisoformat(iso))
