"""The language of one run: what its arguments say, else the environment, else Vietnamese."""

import os
from collections.abc import Sequence
from contextvars import ContextVar
from enum import StrEnum
from itertools import pairwise

from shared.i18n import Language


class Lang(StrEnum):
    """What `--lang` takes."""

    VI = "vi"
    EN = "en"


_spoken: ContextVar[Language] = ContextVar("spoken")
_asked_for: ContextVar[bool] = ContextVar("asked_for", default=False)


def speak(language: Language) -> Language:
    """Also the language of errors that come from below from now on."""
    _spoken.set(language)
    return language


def speak_as_asked(arguments: Sequence[str]) -> None:
    """Speaks as `--lang` says wherever it stands, so that help and wrong use are told in it too."""
    values = [value for option, value in pairwise(arguments) if option == "--lang"]
    values += [argument.partition("=")[2] for argument in arguments if argument.startswith("--lang=")]
    wanted = next((value for value in values if value in ("vi", "en")), os.environ.get("DAIHOI_LANG"))
    _asked_for.set(wanted in ("vi", "en"))
    speak("en" if wanted == "en" else "vi")


def is_asked_for() -> bool:
    """Whether the arguments or the environment name a language; otherwise reports are in that of the congress."""
    return _asked_for.get()


def spoken() -> Language:
    """The language of the command at work, or of the environment before one is."""
    return _spoken.get("en" if os.environ.get("DAIHOI_LANG") == "en" else "vi")
