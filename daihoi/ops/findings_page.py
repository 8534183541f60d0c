"""`python -m daihoi.ops.findings_page` writes what each finding means into the operator's pages, between two marks,
read from the code: all that health and the doctor can find, and what the doctor passes on of NATS and of the issuer's
keys, in both languages."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import daihoi
import services
import shared
from shared.domain.decider import Refusal
from shared.eventstore import credentials
from shared.i18n import Language, translate
from shared.platform import nats, nats_account, nats_keys, nats_revoked, nats_tls
from shared.unit import issuer
from shared.unit.findings import Notice, Severity

DOCS = Path(__file__).parents[2] / "docs"
PAGES: dict[Language, Path] = {"en": DOCS / "operate.md", "vi": DOCS / "operate.vi.md"}
BEGINS = "<!-- Made by `make findings` from the code, down to the next mark. -->"
ENDS = "<!-- From here on written by hand. -->"
HEADS: dict[Language, str] = {
    "en": "| code | severity | what it says | what to do |\n|---|---|---|---|",
    "vi": "| mã | mức độ | nội dung | việc cần làm |\n|---|---|---|---|",
}
SEVERITIES: dict[Language, dict[Severity, str]] = {
    "en": {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"},
    "vi": {Severity.ERROR: "lỗi", Severity.WARNING: "cảnh báo", Severity.INFO: "thông tin"},
}
_ORDER = list(SEVERITIES["en"])
PASSED_ON = (credentials, nats, nats_account, nats_keys, nats_revoked, nats_tls, issuer)
"""Whose refusals the doctor repeats as errors. What is to be done stands in their sentences."""
PASSED_ON_HEADS: dict[Language, str] = {
    "en": "What the doctor and the other commands say of NATS and of the issuer's keys, all of it errors:\n\n"
    "| code | what it says, and what to do |\n|---|---|",
    "vi": "Những gì `daihoi doctor` và các lệnh khác báo về NATS và về khóa cấp mã, đều là lỗi:\n\n"
    "| mã | nội dung và việc cần làm |\n|---|---|",
}


def notices() -> list[Notice]:
    """What can be found that is not simply well, the worst first, by code."""
    everything = {
        id(constant): constant
        for name in _modules()
        for constant in vars(importlib.import_module(name)).values()
        if isinstance(constant, Notice) and constant.severity in _ORDER
    }
    return sorted(everything.values(), key=lambda notice: (_ORDER.index(notice.severity), notice.code))


def _modules() -> Iterator[str]:
    for package in (daihoi, services, shared):
        yield from (module.name for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."))


def refusals() -> list[Refusal]:
    """What is passed on, by code."""
    constants = (constant for module in PASSED_ON for constant in vars(module).values())
    return sorted((one for one in constants if isinstance(one, Refusal)), key=lambda refusal: refusal.code)


def refusal_table(lang: Language) -> str:
    rows = (f"| `{refusal.code}` | {_cell(refusal.sentence, lang)} |" for refusal in refusals())
    return "\n".join([PASSED_ON_HEADS[lang], *dict.fromkeys(rows)])


def table(lang: Language) -> str:
    rows = (_row(notice, lang) for notice in notices())
    return "\n".join([HEADS[lang], *dict.fromkeys(rows)])


def _row(notice: Notice, lang: Language) -> str:
    advice = notice.advice.sentence if notice.advice else ""
    sentences = (_cell(sentence, lang) for sentence in (notice.detail.sentence, advice))
    return f"| {' | '.join([f'`{notice.code}`', SEVERITIES[lang][notice.severity], *sentences])} |"


def _cell(sentence: str, lang: Language) -> str:
    return translate(sentence, lang).replace("|", "\\|") if sentence else ""


def page(lang: Language, text: str) -> str:
    """`text` with the tables made anew. Raises `ValueError` where a mark is missing."""
    before, _, rest = text.partition(BEGINS)
    _, mark, after = rest.partition(ENDS)
    if not mark:
        raise ValueError("the page has no place for the findings")
    return f"{before}{BEGINS}\n\n{table(lang)}\n\n{refusal_table(lang)}\n\n{ENDS}{after}"


if __name__ == "__main__":
    for lang, path in PAGES.items():
        path.write_text(page(lang, path.read_text("utf-8")), "utf-8")
