"""What a look at a service or a server finds: a stable code, how bad it is, a sentence and what to do, in both
languages."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from shared.i18n import Language, translate
from shared.unit.brief import brief


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

    def told(self, lang: Language) -> str:
        return self.detail_vi if lang == "vi" else self.detail

    def advised(self, lang: Language) -> str:
        return self.advice_vi if lang == "vi" else self.advice

    @property
    def is_healthy(self) -> bool:
        """Nobody has to do anything."""
        return self.severity in (Severity.OK, Severity.INFO)


@dataclass(frozen=True)
class Notice:
    """One thing that can be found: its code, its severity, and English sentences that are the keys of their
    translations."""

    code: str
    severity: Severity
    sentence: str
    advice: str = ""

    def __call__(self, about: str, **told: object) -> Finding:
        params = {name: brief(value) for name, value in told.items()}
        return Finding(
            about=about,
            code=self.code,
            severity=self.severity,
            detail=translate(self.sentence, "en", **params),
            detail_vi=translate(self.sentence, "vi", **params),
            advice=translate(self.advice, "en", **params) if self.advice else "",
            advice_vi=translate(self.advice, "vi", **params) if self.advice else "",
        )
