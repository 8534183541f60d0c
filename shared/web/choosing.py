"""What a unit's own views give a form to choose from: organisations, positions and people of the register, tasks."""

from collections.abc import Iterable, Iterator

from shared.i18n import Language
from shared.values.brief import brief_text
from shared.views.view import Document
from shared.web.forms import Choices, Option

LOCALITY = "locality"
MOST_IN_A_TITLE = 120
OF_ORGANISATIONS = ("collective", "holder")
OF_POSITIONS = (
    *("position", "deputises_for", "individual", "directing_leader", "proposed_to", "signer", "issuer", "advised_by"),
)
OF_PEOPLE = ("person", "chair.name", "participants.name", "recipient", "payee")


def choices_from(
    organisations: Iterable[Document] = (), tasks: Iterable[Document] = (), lang: Language = "vi"
) -> Choices:
    """What can be chosen of the documents of the views `organisations` and `tasks`; a task is one of the unit whose
    tasks are given."""
    register = sorted(organisations, key=lambda document: _name(document, lang))
    offices = [Option(document["_id"], _name(document, lang)) for document in register]
    localities = [
        Option(document["_id"], _name(document, lang)) for document in register if document["kind"] == LOCALITY
    ]
    of_tasks = [
        Option(task["task_id"], brief_text(f"{task['task_id']} {_title(task, lang)}", MOST_IN_A_TITLE))
        for task in sorted(tasks, key=lambda task: str(task["task_id"]))
    ]
    positions = _each(position for document in register for position in document["positions"])
    people = _each(holder["person"] for document in register for holder in document.get("holders", ()))
    options = {"organisation_id": offices, "locality": localities, "localities": localities}
    options |= {"task_id": of_tasks, "on": of_tasks}
    suggestions = dict.fromkeys(OF_ORGANISATIONS, _each(office.label for office in offices))
    suggestions |= dict.fromkeys(OF_POSITIONS, positions) | dict.fromkeys(OF_PEOPLE, people)
    return Choices({name: each for name, each in options.items() if each}, suggestions)


def _each(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _name(document: Document, lang: Language) -> str:
    return _in(document["name"], lang)


def _title(document: Document, lang: Language) -> str:
    return _in(document["title"], lang)


def _in(text: Document, lang: Language) -> str:
    return str(text["en"] if lang == "en" and text.get("en") else text["vi"])
