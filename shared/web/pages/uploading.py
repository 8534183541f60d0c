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
    """Of a file as a browser names it, without folders; empty where nothing is left."""
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
        said = kept.model_dump(mode="json")
        if title := "".join(named.get(f"{row}.title", [])).strip():
            said["title"] = title
        for part, value in said.items():
            named[f"{row}.{part}"] = ["true" if value is True else str(value)]
        await asyncio.sleep(0)
    return named, None


def with_elsewhere(form: Form, visit: Visit) -> Form:
    """The form with fields for the checksum and the size of files that are kept elsewhere. What the unit keeps has
    them filled in already."""
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
    last = {field.path.rpartition(".")[2]: field for field in row}
    if "kept" in last and last["kept"].value == "true":
        hint = visit.t("The unit keeps this file.")
        return tuple(
            replace(field, hint=hint) if field.path.endswith(".title") else field
            for field in row
            if not field.path.endswith((".file", ".link"))
        )
    shown = (
        replace(field, control="text", hint=_hint(field, visit)) if _is_elsewhere(field) else field for field in row
    )
    order = ("title", FILE_FIELD, "link", *ELSEWHERE)
    return tuple(
        sorted(shown, key=lambda field: order.index(part) if (part := field.path.rpartition(".")[2]) in order else 9)
    )


def _is_elsewhere(field: Field) -> bool:
    return field.control == "hidden" and field.path.rpartition(".")[2] in ELSEWHERE


def _hint(field: Field, visit: Visit) -> str:
    is_sum = field.path.endswith("sha256")
    return (
        visit.t("Of a file elsewhere: its SHA-256, 64 letters and digits")
        if is_sum
        else visit.t("Of a file elsewhere")
    )
