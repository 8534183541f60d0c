"""A trace for people, on a terminal: what ordered it first, then what was done for it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from operator import attrgetter

from rich.text import Text
from rich.tree import Tree

from daihoi.terminal import labels
from daihoi.terminal.fields import field_in_words, value_in_words
from shared.i18n import Language, format_date, offset_in_words, render, title_of_position, translate
from shared.reports.trace import Node, Role
from shared.values.choice_words import DIRECTIVE_KINDS
from shared.values.units import title_of

ROLE_NAMES = labels.named(
    *("meeting", "directive", "unit", "task", "review", "evidence"),
    point="Point of the conclusion",
    item="Catalogue item",
)
REVIEW_NAMES = {"open": "Review open", "closed": "Review closed"}


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
            self._add(ordered, node.above, attrgetter("above"))
        self._add(tree, node.below, attrgetter("below"))
        return tree

    def _add(self, tree: Tree, nodes: Iterable[Node], further: Callable[[Node], Iterable[Node]]) -> None:
        for node in nodes:
            self._add(tree.add(self._line(node)), further(node), further)

    def _say(self, sentence: str, **params: object) -> str:
        return translate(sentence, self._lang, **params)

    def _line(self, node: Node) -> Text:
        if node.role is Role.UNIT:
            return self._unit(node)
        text = labels.in_language(node.vi, node.en, self._lang)
        if not node.on_record:
            text = self._say("not on record")
        head = Text.assemble(
            (f"{render(ROLE_NAMES[node.role], self._lang)} {node.id}", "bold"), f": {text}" if text else ""
        )
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
                return [self._say(DIRECTIVE_KINDS[facts["kind"]].sentence), units, self._due(facts["due_on"])]
            case Role.TASK:
                return self._facts_of_task(node)
            case Role.REVIEW:
                parts = [self._say("{count} tasks", count=facts["tasks"]), self._say(REVIEW_NAMES[facts["status"]])]
                if signer := facts["signed_by"]:
                    parts.append(f"{self._say('Signed by')} {title_of_position(signer, self._lang)}")
                return parts
            case Role.ITEM | Role.EVIDENCE:
                return [
                    f"{field_in_words(name, self._lang)}: {value_in_words(name, value, self._lang)}"
                    for name, value in facts.items()
                    if _is_told(value)
                ]
            case _:
                return []

    def _facts_of_task(self, node: Node) -> list[str]:
        facts = node.facts
        status = f"{render(labels.TASK_STATUSES[facts['status']], self._lang)}, {facts['percent']}%"
        status += f", {self._say('suspended by the scenario')}" if facts.get("suspended") else ""
        missing = ", ".join(self._say(labels.ESSENTIAL_NAMES[name]) for name in facts["missing"])
        waiting = ", ".join(
            f"{name} ({render(labels.CLEARANCE_STATUSES[clearance], self._lang)})"
            for name, clearance in facts["waiting_for_clearance"].items()
        )
        notes = {
            "Missing": missing,
            "Waiting for a clearance": waiting,
            "Deadline set when it was over": facts.get("past_because"),
        }
        due = self._due(facts["deadline"], facts.get("due_offset_days"))
        return [status, due, *(f"{self._say(label)}: {note}" for label, note in notes.items() if note)]

    def _due(self, day: str | None, offset_days: int | None = None) -> str:
        if day is None and offset_days is not None:
            return self._say("due {day}", day=offset_in_words(offset_days, self._lang))
        return self._say("due {day}", day=_day(day)) if day else self._say("No deadline")


def _is_told(value: object) -> bool:
    """Whether a fact stands for itself where its name is all that explains it."""
    return isinstance(value, str | int) and not isinstance(value, bool)


def _day(iso: str) -> str:
    return format_date(date.fromisoformat(iso))
