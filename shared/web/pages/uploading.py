"""Files that come with a form: kept by the unit, by the same commands as from any other device, and then named in the
form's fields, so that they stay there whatever else is wrong with it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from starlette.datastructures import UploadFile

from shared.domain.decider import Refused
from shared.unit.commands import Answer
from shared.unit.problems import UNAVAILABLE, ProblemError, problem_of
from shared.unit.sending_files import EvidenceSender
from shared.web.forms import Field, Form
from shared.web.visit import Visit

FILE_FIELD = "file"
LONGEST_NAME = 255
ELSEWHERE = ("sha256", "size_bytes")
"""What has to be said of a file that is kept elsewhere."""
LINK_AND_FILE = ("link", *ELSEWHERE)
MORE_ROWS = 2
"""Blank ones beside the one that every form has: several files are handed in at once."""


class _Door:
    """Gives the commands of the sender as whoever visits, to this very service."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    async def send(self, service: str, command: str, data: dict[str, Any], *, token: str, command_id: UUID) -> Answer:
        given = await self._visit.give(command, data, command_id)
        if given.answer is None:
            raise ProblemError(given.problem or problem_of(UNAVAILABLE()))
        return given.answer


def harmless_name(name: str) -> str:
    """The name of a file as a browser gives it, without folders; empty where nothing is left."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(letter for letter in last if letter.isprintable()).strip().strip(".")
    if len(shown) <= LONGEST_NAME:
        return shown
    stem, dot, suffix = shown.rpartition(".")
    kept = f"{dot}{suffix}" if dot and len(suffix) <= 10 else ""
    return (stem if kept else shown)[: LONGEST_NAME - len(kept)] + kept


async def keep_files(
    visit: Visit, typed: Mapping[str, Sequence[str]], files: Sequence[tuple[str, UploadFile]]
) -> tuple[dict[str, list[str]], tuple[str, str] | None]:
    """The texts of the form with what is known of the files by now; and, of the first that can't be kept, its field
    and why."""
    named = {name: list(texts) for name, texts in typed.items()}
    settings = visit.place.at_work.settings
    sender = EvidenceSender(_Door(visit), visit.service, "", settings.most_evidence_bytes)
    for field, file in files:
        name = harmless_name(file.filename or "")
        if not file.filename:
            continue
        row = field.rpartition(".")[0]
        try:
            kept = await sender.send(file.file, name or visit.t("File"))
        except Refused as refused:
            return named, (field, visit.say(refused.message))
        except ProblemError as error:
            return named, (field, error.problem.detail_in(visit.lang))
        except OSError:
            return named, (field, visit.t("The file did not arrive whole. Choose it again."))
        fields = kept.model_dump(mode="json")
        if title := "".join(named.get(f"{row}.title", [])).strip():
            fields["title"] = title
        for part, value in fields.items():
            named[f"{row}.{part}"] = ["true" if value is True else str(value)]
        await asyncio.sleep(0)
    return named, None


def with_elsewhere(form: Form, visit: Visit) -> Form:
    """The form with what is to be said of files that are kept elsewhere. Of those that the unit keeps all is known:
    the checksum and the size go along hidden."""
    return replace(form, fields=tuple(_with_elsewhere(field, visit) for field in form.fields))


def _with_elsewhere(field: Field, visit: Visit) -> Field:
    if field.path != "evidence" or field.control != "rows":
        return field
    rows = [_row(row, visit) for row in field.rows]
    most = field.most or len(rows)
    last = field.rows[-1] if field.rows else ()
    if last and not any(part.value and part.control != "hidden" for part in last):
        blanks = range(len(rows), min(len(rows) + MORE_ROWS, most))
        rows += [_row(tuple(_at(part, place) for part in last), visit) for place in blanks]
    return replace(field, rows=tuple(rows))


def _at(field: Field, place: int) -> Field:
    first, _, rest = field.path.partition(".")
    return replace(field, path=f"{first}.{place}.{rest.partition('.')[2]}", error="")


def _row(row: tuple[Field, ...], visit: Visit) -> tuple[Field, ...]:
    parts = {field.path.rpartition(".")[2]: field for field in row}
    if "kept" in parts and parts["kept"].value == "true":
        return tuple(_of_kept(field, parts, visit) for name, field in parts.items() if name != FILE_FIELD)
    is_nowhere = not any(parts[name].value for name in LINK_AND_FILE) and any(
        parts[name].error for name in LINK_AND_FILE
    )
    if is_nowhere:
        parts = {name: replace(field, error="") if name in LINK_AND_FILE else field for name, field in parts.items()}
        parts[FILE_FIELD] = replace(parts[FILE_FIELD], error=visit.t("Choose the file, or say where it is kept."))
    shown = {name: _of_elsewhere(field, visit) if name in ELSEWHERE else field for name, field in parts.items()}
    order = ("title", FILE_FIELD, *LINK_AND_FILE)
    return tuple(shown[name] for name in dict.fromkeys((*order, *shown)))


def _of_kept(field: Field, row: Mapping[str, Field], visit: Visit) -> Field:
    """What is wrong with what is hidden stands beside the title."""
    if field is row["title"]:
        errors = filter(None, (field.error, *(row[name].error for name in LINK_AND_FILE)))
        return replace(field, hint=visit.t("The unit keeps this file."), error=" ".join(errors))
    is_hidden = field.path.rpartition(".")[2] in LINK_AND_FILE
    return replace(field, control="hidden", error="") if is_hidden else field


def _of_elsewhere(field: Field, visit: Visit) -> Field:
    """A field about a file that is kept elsewhere; not required, for a file may be chosen in the same row."""
    of_sum = visit.t("Of a file elsewhere: its SHA-256, 64 letters and digits")
    is_sum = field.path.endswith("sha256")
    return replace(field, required=False, hint=of_sum if is_sum else visit.t("Of a file elsewhere"))
