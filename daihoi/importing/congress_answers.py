"""What people answer when they are asked about the congress, and what a command makes of it. The same answers come
from questions, from options and from one file in YAML or JSON."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from daihoi.importing.list_entries import lists_in
from services.subcommittee.congress import TIME_ZONE, Clearable, FoundCongress, Language, check
from services.subcommittee.templates import ListEntries
from shared.domain.decider import Refusal, Refused
from shared.domain.entering import entered
from shared.entering.moments import parse_day
from shared.events.congress import LetterheadForm, Particulars
from shared.i18n import format_date
from shared.platform.reading import read_file
from shared.unit.field_errors import message_of
from shared.values.brief import brief_text
from shared.values.code_lists import CodeList
from shared.values.message import Message

MOST_BYTES = 256 * 1024
MOST_SHOWN = 60
TEXTS = ("title", "issuing_body", "parent_body", "place")
"""What is said in both languages: the answer `title` is the Vietnamese, `title_en` the English."""
DAYS = ("opening_day", "closing_day")
BESIDE_THE_ANSWERS = ("about", "template", "lists")
"""What a file may say beside the answers; `about` is for whoever reads it."""
_A_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")

FILE_TOO_LARGE = Refusal("file_too_large", "{path} has more than {most} KiB, the most that is read of such a file.")
NAME_TWICE = Refusal("name_twice", "{path} says {name} twice of the same thing; say it once.")
FILE_NOT_READ = Refusal("file_not_read", "{path} can't be read as YAML or JSON.")
NO_ANSWERS = Refusal("no_answers", "{path} holds no fields with their values.")
UNKNOWN_ANSWER = Refusal("unknown_answer", "There is no field {name}; there are {names}.")
WRONG_ANSWER = Refusal("answer_wrong", "{question}: {why}")
NO_TYPED_DAY = Refusal("no_day", "«{text}» is no day such as 24/09/2020 or 2020-09-24.")
HAS_TO_STAY = Refusal("has_to_stay", "{name} has to stay on record: give another value, it can't be taken off.")
NOT_A_TEXT = Refusal("answer_not_a_text", "{name} is to be a text, a number or a day.")

type Answers = dict[str, str]
"""By the name of a question; what is empty is not decided, or not on record any more."""


class Question(NamedTuple):
    """`default` is what most congresses answer, `wrong` what is said where an answer has not the form."""

    name: str
    label: Message
    required: bool = False
    default: str = ""
    wrong: Message | None = None

    @property
    def field(self) -> str:
        """The field of the command that it is about."""
        return self.name.removesuffix("_en")


NEEDED = Message("needed", "An answer is required here.")
NO_TERM = Message("no_term", "A term is two years with a hyphen between, such as 2020-2025.")
NO_ISSUER_CODE = Message("no_issuer_code", "A code has at most 40 characters, without blanks or slashes, such as TB.")

QUESTIONS = (
    Question("title", Message("title", "Title, in Vietnamese"), required=True),
    Question("title_en", Message("title_en", "Title, in English")),
    Question("ordinal", Message("ordinal", "Which congress it is, such as XX; empty where it has no number")),
    Question("term", Message("term", "Term, such as 2020-2025; empty where there is none"), wrong=NO_TERM),
    Question("issuing_body", Message("issuing_body", "Body that issues the papers, in Vietnamese"), required=True),
    Question("issuing_body_en", Message("issuing_body_en", "Body that issues the papers, in English")),
    Question(
        "issuer_code", Message("issuer_code", "Its code in symbols, such as TB"), required=True, wrong=NO_ISSUER_CODE
    ),
    Question("parent_body", Message("parent_body", "Parent body, in Vietnamese")),
    Question("parent_body_en", Message("parent_body_en", "Parent body, in English")),
    Question("place", Message("place", "Place, in Vietnamese")),
    Question("place_en", Message("place_en", "Place, in English")),
    Question("opening_day", Message("opening_day", "Opening day, such as 24/09/2020; empty while not decided")),
    Question("closing_day", Message("closing_day", "Closing day; empty while not decided")),
    Question("form", Message("form", "Layout of its papers: party or state"), default=LetterheadForm.PARTY.value),
    Question("time_zone", Message("time_zone", "Time zone"), default=TIME_ZONE),
    Question("language", Message("language", "Language of its reports: vi or en"), default=Language.VI.value),
)
NAMES = tuple(question.name for question in QUESTIONS)


def data_of(answers: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a command; what is empty is left out. Raises a refusal for what is no day."""
    data: dict[str, Any] = {}
    for question in QUESTIONS:
        answer = answers.get(question.name, "").strip()
        if not answer or question.name != question.field:
            continue
        if question.name in TEXTS:
            data[question.name] = {"vi": answer, "en": answers.get(f"{question.name}_en", "").strip()}
        else:
            data[question.name] = parse_typed_day(answer).isoformat() if question.name in DAYS else answer
    return data


def answers_of(particulars: Particulars) -> Answers:
    """What is on record, as it would be answered."""
    answers: Answers = {}
    for name, value in particulars.model_dump(include=set(Particulars.model_fields)).items():
        match value:
            case {"vi": vi, "en": en}:
                answers |= {name: vi, f"{name}_en": en}
            case date():
                answers[name] = format_date(value)
            case _:
                answers[name] = value or ""
    return answers


def amended_answers(held: Particulars, answers: Mapping[str, str]) -> Answers:
    """All answers as they will be. Raises a refusal for what can't be taken off."""
    before, after = answers_of(held), answers_of(held) | dict(answers)
    for name in data_of(before).keys() - data_of(after).keys() - {clearable.value for clearable in Clearable}:
        raise HAS_TO_STAY(name=name)
    return after


def amendment_of(held: Particulars, answers: Mapping[str, str]) -> dict[str, Any]:
    """What the answers change of what is on record, as fields of an amendment. Raises a refusal for what can't be
    taken off."""
    before = data_of(answers_of(held))
    after = data_of(amended_answers(held, answers))
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    cleared = [name.value for name in Clearable if name in before and name not in after]
    return changed | ({"cleared": cleared} if cleared else {})


def what_is_wrong(question: Question, answer: str, answers: Mapping[str, str]) -> Message | None:
    """Why this answer can't stand, beside those before it."""
    if question.required and not answer.strip():
        return NEEDED
    so_far = {**answers, question.name: answer}
    try:
        opening_day, closing_day = (_day_or_none(so_far.get(name, "")) for name in DAYS)
        check(opening_day, closing_day, so_far.get("time_zone", "").strip() or TIME_ZONE)
        entered(FoundCongress, data_of(so_far))
    except Refused as refused:
        return refused.message
    except ValidationError as error:
        errors = [wrong for wrong in error.errors() if wrong["loc"][:1] == (question.field,) and answer.strip()]
        return _why(question, errors[0]) if errors else None
    return None


def _why(question: Question, error: Mapping[str, Any]) -> Message:
    """In a sentence of the question's own rather than by a pattern."""
    return question.wrong if question.wrong and error["type"] == "string_pattern_mismatch" else message_of(error)


def check_answers(answers: Mapping[str, str]) -> None:
    """Raises the first thing that is wrong with what options and a file answer, by the name of its question."""
    for question in QUESTIONS:
        so_far = {name: answer for name, answer in answers.items() if name != question.name}
        if why := what_is_wrong(question, answers.get(question.name, ""), so_far):
            raise WRONG_ANSWER(question=question.label, why=why)


def parse_typed_day(text: str) -> date:
    """`24/9/2020` as people write it, or `2020-09-24`. Raises a refusal."""
    typed = _A_DAY.fullmatch(text.strip())
    try:
        return parse_day(f"{typed[3]}-{typed[2]:0>2}-{typed[1]:0>2}" if typed else text.strip())
    except Refused as why:
        refusal = NO_TYPED_DAY if why.code == NO_TYPED_DAY.code else why.refusal
        raise refusal(**{**why.params, "text": brief_text(text.strip(), MOST_SHOWN)}) from why


def _day_or_none(text: str) -> date | None:
    return parse_typed_day(text) if text.strip() else None


# --- from a file ---
class CongressFile(NamedTuple):
    """What one file says of a congress: the answers, and the code lists that it begins with, `template` for those
    that the file does not have itself."""

    answers: Answers
    template: str = ""
    lists: Mapping[CodeList, ListEntries] = {}


def read_congress(path: Path) -> CongressFile:
    """`title: …` or `title: {vi: …, en: …}`; `template: trade-union`; `lists: {channels: [{id: zalo, vi: Zalo}]}`.
    Raises a refusal."""
    content = loaded(path)
    if not isinstance(content, dict) or not content:
        raise NO_ANSWERS(path=path)
    fields = {name: value for name, value in content.items() if name not in BESIDE_THE_ANSWERS}
    template = _as_text("template", content.get("template"))
    return CongressFile(_answers_in(fields), template, lists_in(content.get("lists")))


def read_answers(path: Path) -> Answers:
    """The answers alone. Raises a refusal."""
    return read_congress(path).answers


def _answers_in(fields: Mapping[Any, Any]) -> Answers:
    answers: Answers = {}
    for name, value in fields.items():
        parts = {"vi": value} if not isinstance(value, dict) else value
        for language, text in parts.items():
            answers[_known(name, language)] = _as_text(name, text)
    return answers


def loaded(path: Path) -> Any:
    """What a file in JSON or YAML holds. Raises a refusal."""
    content = read_file(path, MOST_BYTES + 1, or_pipe=True)
    if len(content) > MOST_BYTES:
        raise FILE_TOO_LARGE(path=path, most=MOST_BYTES // 1024)
    try:
        text = content.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=partial(_each_once, path))
    except (UnicodeDecodeError, RecursionError) as error:
        raise FILE_NOT_READ(path=path) from error
    except ValueError as error:
        if path.suffix.lower() == ".json":
            raise FILE_NOT_READ(path=path) from error
    import yaml

    try:
        _check_names(yaml.compose(text, Loader=yaml.SafeLoader), path)
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise FILE_NOT_READ(path=path) from error


def _each_once(path: Path, pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Raises the refusal that a name stands twice, where the last would silently be taken."""
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise NAME_TWICE(path=path, name=brief_text(name, MOST_SHOWN))
        seen.add(name)
    return dict(pairs)


def _check_names(document: Any, path: Path) -> None:
    """The same of YAML, by the nodes that it is made of; one that is named again is looked at once."""
    nodes, seen = [document], set[int]()
    while nodes:
        node = nodes.pop()
        if id(node) in seen or not isinstance(getattr(node, "value", None), list):
            continue
        seen.add(id(node))
        pairs = [part for part in node.value if isinstance(part, tuple)]
        _each_once(path, [(name.value, None) for name, _ in pairs if isinstance(name.value, str)])
        nodes += [part for pair in pairs for part in pair] or node.value


def _known(name: object, language: object) -> str:
    """The question that a field of the file answers. Raises a refusal where there is none."""
    full = str(name) if language == "vi" else f"{name}_{language}"
    if full not in NAMES:
        raise UNKNOWN_ANSWER(name=brief_text(full, MOST_SHOWN), names=", ".join(NAMES))
    return full


def _as_text(name: object, value: object) -> str:
    match value:
        case None:
            return ""
        case bool() | dict() | list():
            raise NOT_A_TEXT(name=brief_text(name, MOST_SHOWN))
        case date():
            return value.isoformat()[:10]
        case _:
            return str(value)
