"""What a look at a service or server finds: a stable code, how bad it is, a sentence and advice in both languages."""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict

from shared.i18n import Language, render
from shared.platform.addresses import masked
from shared.values.message import Message


class Severity(StrEnum):
    """`error`: the work can't be done now. `warning`: it goes on, but somebody has to look."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Finding(BaseModel):
    """`about` is the service or server that was looked at."""

    model_config = ConfigDict(frozen=True)

    about: str
    code: str
    severity: Severity
    detail: str
    detail_vi: str
    advice: str = ""
    advice_vi: str = ""

    @classmethod
    def of(cls, about: str, severity: Severity, message: Message, advice: Message | None = None) -> Self:
        """In both languages, for it goes over the wire to whoever asks."""
        return cls(
            about=about,
            code=message.code,
            severity=severity,
            detail=masked(render(message, "en")),
            detail_vi=masked(render(message, "vi")),
            advice=render(advice, "en") if advice else "",
            advice_vi=render(advice, "vi") if advice else "",
        )

    def detail_in(self, lang: Language) -> str:
        return self.detail_vi if lang == "vi" else self.detail

    def advice_in(self, lang: Language) -> str:
        return self.advice_vi if lang == "vi" else self.advice

    @property
    def is_healthy(self) -> bool:
        """Nobody has to do anything."""
        return self.severity in (Severity.OK, Severity.INFO)


class Notice:
    """One thing that can be found, how bad it is, and what to do about it."""

    def __init__(self, code: str, severity: Severity, sentence: str, advice: str = "") -> None:
        self.code = code
        self.severity = severity
        self.detail = Message(code, sentence)
        self.advice = Message(code, advice) if advice else None

    def __call__(self, about: str, **params: object) -> Finding:
        advice = self.advice and self.advice.filled(**params)
        return Finding.of(about, self.severity, self.detail.filled(**params), advice)
