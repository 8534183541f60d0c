"""Questions on a terminal, one after the other, with what most would answer; and the same as options of a command."""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any

import typer

from daihoi.cli import console
from daihoi.importing.congress_answers import NAMES, QUESTIONS, Answers, Question, what_is_wrong
from shared.i18n import Language, render, translate
from shared.values.message import Message

WHY = Message("why", "Why it is amended")
NO_ANSWER = "-"
"""Empties what has a default."""


def answering(command: Callable[..., None]) -> Callable[..., None]:
    """A command with an option for each question, given as its first parameter; those that were not given are left
    out."""
    _, *own = signature(command).parameters.values()

    @wraps(command)
    def with_options(**values: Any) -> None:
        options = {name: values.pop(name) for name in NAMES}
        command({name: value for name, value in options.items() if value is not None}, **values)

    options = [Parameter(question.name, Parameter.KEYWORD_ONLY, default=None) for question in QUESTIONS]
    annotated = [
        option.replace(annotation=_option_of(question)) for option, question in zip(options, QUESTIONS, strict=True)
    ]
    keyword_only = [parameter.replace(kind=Parameter.KEYWORD_ONLY) for parameter in own]
    vars(with_options)["__signature__"] = signature(command).replace(parameters=[*keyword_only, *annotated])
    return with_options


def _option_of(question: Question) -> Any:
    name = f"--{question.name.replace('_', '-')}"
    return Annotated[str | None, typer.Option(name, help=question.label.sentence)]


def ask(held: Answers, lang: Language) -> Answers:
    """An answer to each question; Enter keeps what is `held`, or takes what most would answer. Asks again where one
    can't stand."""
    console.say(
        translate("Enter takes what stands in brackets, or goes on; - empties what stands in brackets.", lang)
    )
    answers: Answers = {}
    for question in QUESTIONS:
        default = held.get(question.name) or question.default
        while True:
            answer = _answer(render(question.label, lang), default)
            wrong = what_is_wrong(question, answer, answers)
            if wrong is None:
                break
            console.say(_sentence(render(wrong, lang)))
        answers[question.name] = answer or question.default
    return answers


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def ask_why(lang: Language) -> str:
    return _answer(render(WHY, lang), "")


def _answer(label: str, default: str) -> str:
    """Ends the program where nobody answers any more."""
    try:
        answer: str = typer.prompt(label, default=default, show_default=bool(default), err=True)
    except typer.Abort:
        raise typer.Exit(console.FOUND_WRONG) from None
    return "" if answer.strip() == NO_ANSWER else answer
