"""The pages of taking over a workbook, the same for every kind: it is sent, asked about, shown with what it would
change, and taken over once that is confirmed."""

import hashlib
import re
from functools import partial
from typing import Any
from uuid import uuid5

from starlette.datastructures import UploadFile
from starlette.responses import Response

from services.subcommittee.code_list import AmendEntry
from services.subcommittee.importing.opening import printable
from services.subcommittee.pages.forms import FORM, first_of, may
from services.subcommittee.pages.importing.kind import Kind
from services.subcommittee.pages.importing.problems import choices, take_answers, unread
from services.subcommittee.pages.importing.reader import in_reader, planned, read
from services.subcommittee.pages.uploads import Upload, Uploads
from shared.entering.tables import MAX_FILE_BYTES, TOO_MANY_BYTES, Unreadable
from shared.unit.problems import Problem
from shared.unit.roles import Act
from shared.values.message import Message
from shared.values.types import ID_PATTERN
from shared.web import session
from shared.web.pages.posted import command_id_in, typed_in
from shared.web.sections import route
from shared.web.visit import Visit

UPLOADS = Uploads()
MOST_SHOWN = 300
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NO_CATALOGUE_ID = Message("no_catalogue_id", "Letters without marks, digits and hyphens, such as a-1")
LABELS = {"f-file": "File", "f-catalogue": "Id of the catalogue"}
NO_FILE = Message("no_file", "Choose a file first.")


def pages_of(kind: Kind) -> tuple[Any, ...]:
    return (
        route(kind.path, partial(_upload_page, kind), FORM, Act.RECORD, uploads=True),
        route(f"{kind.path}/template", partial(_template_page, kind), ("GET",), Act.RECORD),
        route(f"{kind.path}/{{upload_id}}", partial(_look_page, kind), FORM, Act.RECORD),
        route(f"{kind.path}/{{upload_id}}/confirm", partial(_confirm_page, kind), ("POST",), Act.RECORD),
    )


async def _upload_page(kind: Kind, visit: Visit) -> Response:
    if visit.request.method != "POST":
        return ask_for_file(kind, visit)
    posted = await visit.form()
    file = posted.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return ask_for_file(kind, visit, visit.say(NO_FILE))
    content = await file.read(MAX_FILE_BYTES + 1)
    await file.close()
    if len(content) > MAX_FILE_BYTES:
        why = TOO_MANY_BYTES(most=MAX_FILE_BYTES // (1024 * 1024))
        return ask_for_file(kind, visit, visit.say(why.message), 413)
    typed = typed_in(posted)
    called = first_of(typed, "catalogue").strip() or visit.place.congress
    if not re.fullmatch(ID_PATTERN, called):
        return ask_for_file(kind, visit, visit.say(NO_CATALOGUE_ID), field="f-catalogue")
    wishes = kind.wishes_of(typed, None)
    upload = UPLOADS.keep(session_of(visit), kind.name, _base_name(file.filename), content, wishes, called)
    return visit.redirect(f"{kind.path}/{upload.id}")


def _base_name(name: str) -> str:
    """The name of a file without the folders that some programs send along, and without what no file on record is
    called."""
    whole = name.encode("utf-8", "replace").decode("utf-8")
    return printable(re.split(r"[/\\]", whole)[-1]) or "-"


def session_of(visit: Visit) -> str:
    return hashlib.sha256(session.token_of(visit.request, visit.place.congress).encode()).hexdigest()


def ask_for_file(kind: Kind, visit: Visit, error: str = "", status: int = 0, field: str = "f-file") -> Response:
    return visit.render(
        "subcommittee/import.html",
        status or (422 if error else 200),
        page_title=visit.t(kind.title),
        kind=kind,
        lead=visit.say(kind.lead),
        error=error,
        field=field,
        most_mb=MAX_FILE_BYTES // (1024 * 1024),
        problems=[{"id": field, "label": visit.t(LABELS[field]), "error": error}] if error else [],
        **choices(visit),
    )


async def _template_page(kind: Kind, visit: Visit) -> Response:
    content = await in_reader(kind.template)
    headers = {"Content-Disposition": f'attachment; filename="{kind.file_name}"'}
    return Response(content, media_type=XLSX, headers=headers)


async def _look_page(kind: Kind, visit: Visit) -> Response:
    upload = UPLOADS.of(session_of(visit), kind.name, visit.request.path_params["upload_id"])
    if upload is None:
        return gone(kind, visit)
    if visit.request.method == "POST":
        await take_answers(kind, visit, upload)
        return visit.redirect(f"{kind.path}/{upload.id}")
    return await _looked_at(kind, visit, upload)


def gone(kind: Kind, visit: Visit) -> Response:
    return ask_for_file(kind, visit, visit.t("The file is not kept any more; send it again."), 404)


async def _looked_at(
    kind: Kind, visit: Visit, upload: Upload, status: int = 200, problem: Problem | None = None, notice: str = ""
) -> Response:
    try:
        source = await read(kind, visit, upload)
        plan = await planned(kind, visit, source)
    except Unreadable as unreadable:
        return unread(kind, visit, upload, unreadable)
    if plan.refused:
        return unread(kind, visit, upload, Unreadable(*plan.refused))
    return visit.render(
        "subcommittee/import_preview.html",
        status,
        page_title=visit.t("What the file would change"),
        kind=kind,
        upload=upload,
        plan=plan,
        lines=plan.lines[:MOST_SHOWN],
        left_out=max(0, len(plan.lines) - MOST_SHOWN),
        digest=plan.digest,
        may_rename=may(visit, AmendEntry),
        notice_text=notice,
        problems=[problem.detail_in(visit.lang)] if problem else [],
    )


async def _confirm_page(kind: Kind, visit: Visit) -> Response:
    upload = UPLOADS.of(session_of(visit), kind.name, visit.request.path_params["upload_id"])
    if upload is None:
        return gone(kind, visit)
    posted = await visit.form()
    try:
        plan = await planned(kind, visit, await read(kind, visit, upload))
    except Unreadable as unreadable:
        return unread(kind, visit, upload, unreadable)
    if plan.refused or plan.digest != str(posted.get("plan", "")):
        notice = visit.t("What is on record has changed meanwhile; this is what the file would change by now.")
        return await _looked_at(kind, visit, upload, 409, notice=notice)
    command_id = command_id_in(posted)
    for number, data in enumerate(plan.commands):
        given = await visit.give(kind.command.NAME, data, uuid5(command_id, f"{plan.digest}/{number}"))
        if given.problem:
            return await _looked_at(kind, visit, upload, given.problem.status, given.problem)
    if kind.also and (problem := await kind.also(visit, plan, typed_in(posted), command_id)):
        return await _looked_at(kind, visit, upload, problem.status, problem)
    UPLOADS.drop(upload)
    return visit.redirect(kind.back, done=kind.command.NAME)
