"""An office's own workbook: sent, asked about, shown with what it would change, and taken over once that is
confirmed. The same reading and the same commands as those of the command line."""

import asyncio
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, NamedTuple
from uuid import uuid5

from starlette.datastructures import UploadFile
from starlette.responses import Response

from services.subcommittee.catalogue import ImportCatalogue
from services.subcommittee.importing import planning, register_planning
from services.subcommittee.importing.annex import NO_UNIT, Wishes
from services.subcommittee.importing.kept import KeptTask
from services.subcommittee.importing.layout import OF_TASKS, SAME_FIELD, UNKNOWN_HEADINGS, Fields, HeadingsUnknown
from services.subcommittee.importing.opening import printable
from services.subcommittee.importing.register import RegisterWishes
from services.subcommittee.importing.register_changes import NO_KIND, NO_SINCE
from services.subcommittee.importing.register_headings import OF_ORGANISATIONS
from services.subcommittee.importing.register_template import register_template
from services.subcommittee.importing.remarks import in_ranges
from services.subcommittee.importing.remembered import remember, remembered
from services.subcommittee.importing.sources import NOT_LISTED
from services.subcommittee.importing.template import template
from services.subcommittee.organisation import RegisterOrganisations
from services.subcommittee.pages.forms import FORM, first_of
from services.subcommittee.pages.uploads import Upload, Uploads
from shared.domain.decider import Command, Refused
from shared.entering.days import clear_day
from shared.entering.headings import NOT_TAKEN, heading_key
from shared.entering.tables import MAX_FILE_BYTES, TOO_MANY_BYTES, Unreadable, Wrong
from shared.events.organisation import OrganisationKind
from shared.eventstore.canonical import canonical
from shared.i18n import format_date, format_number, render
from shared.reports.masking import MASK
from shared.unit.problems import Problem
from shared.unit.roles import Act
from shared.values.choice_words import words_of_choice
from shared.values.code_lists import CodeList, cases_to_choose, is_listed, name_of, units_to_choose
from shared.values.command_words import words_of_field
from shared.values.message import Message
from shared.values.types import ID_PATTERN, Phase
from shared.views.view import Document
from shared.web import session
from shared.web.pages.posted import command_id_in, typed_in
from shared.web.sections import Section, route
from shared.web.visit import Visit

type Views = Mapping[str, Sequence[Document]]

UPLOADS = Uploads()
READER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="workbook")
"""One workbook is read at a time: it takes the processor for seconds where it is large."""
MOST_SHOWN = 300
LONGEST_DAY = 40
MOST_BATCH_BYTES = 512 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = {
    "title_vi": Message("title_vi", "Title in Vietnamese"),
    "title_en": Message("title_en", "Title in English"),
    "group_vi": Message("group_vi", "Group's name"),
    "organisation": Message("organisation", "Organisation"),
    "organisation_en": Message("organisation_en", "Organisation in English"),
    "phone": Message("phone", "Telephone"),
    "email": Message("email", "E-mail"),
    NOT_TAKEN: Message("not_taken", "not to be read"),
}
SAID_ON_PAGES = {
    NO_UNIT: Message("no_unit_said", "No column says which unit the tasks are for."),
    NO_KIND: Message("no_kind_said", "Nothing says what kind of organisation it is."),
    NO_SINCE: Message("no_since_said", "Nothing says since when the position is held."),
    NOT_LISTED: Message(
        "funding_source_not_listed",
        "«{found}» is not on the list of sources of funding, which has: {names}. Items {items} keep it as it is "
        "written; spending on them can name only what is on the list.",
    ),
}
"""What the command line says with its options."""
NO_CATALOGUE_ID = Message("no_catalogue_id", "Letters without marks, digits and hyphens, such as a-1")
LABELS = {"f-file": "File", "f-catalogue": "Id of the catalogue"}
WORKBOOK_LEAD = Message(
    "workbook_lead",
    "The workbook that your office has already. What it would change is shown first; nothing is written before you "
    "have confirmed it.",
)
REGISTER_LEAD = Message(
    "register_lead",
    "The register of offices and people as you keep it. What it would change is shown first; nothing is written "
    "before you have confirmed it.",
)
NO_FILE = Message("no_file", "Choose a file first.")


class Line(NamedTuple):
    """What would change of one item or position."""

    kind: str
    code: str
    title: str
    details: Sequence[tuple[str, str, str]]


class Plan(NamedTuple):
    """What confirming would do: the commands, and all that is shown of them. `digest` says which they are."""

    commands: Sequence[dict[str, Any]]
    counts: Mapping[str, int]
    lines: Sequence[Line]
    remarks: Sequence[str] = ()
    refused: Sequence[Wrong] = ()
    doubts: Sequence[Any] = ()
    kept: Sequence[KeptTask] = ()

    @property
    def digest(self) -> str:
        return hashlib.sha256(canonical(list(self.commands))).hexdigest()


@dataclass(frozen=True)
class Kind:
    """A kind of workbook. `wishes_of` reads what was said in the form beside the file."""

    name: str
    path: str
    back: str
    title: str
    lead: Message
    known: Fields
    command: type[Command]
    template: Callable[[], bytes]
    file_name: str
    wishes_of: Callable[[Mapping[str, Sequence[str]], Any], Any]
    read: Callable[[Visit, Upload, Any], Any]
    views: Sequence[str]
    plan: Callable[[Visit, Any, Views], Plan]


# --- pages, the same for every kind ---
def _pages(kind: Kind) -> tuple[Any, ...]:
    return (
        route(kind.path, partial(_upload_page, kind), FORM, Act.RECORD, uploads=True),
        route(f"{kind.path}/template", partial(_template_page, kind), ("GET",), Act.RECORD),
        route(f"{kind.path}/{{upload_id}}", partial(_look_page, kind), FORM, Act.RECORD),
        route(f"{kind.path}/{{upload_id}}/confirm", partial(_confirm_page, kind), ("POST",), Act.RECORD),
    )


async def _upload_page(kind: Kind, visit: Visit) -> Response:
    if visit.request.method != "POST":
        return _ask_for_file(kind, visit)
    posted = await visit.form()
    file = posted.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return _ask_for_file(kind, visit, visit.say(NO_FILE))
    content = await file.read(MAX_FILE_BYTES + 1)
    await file.close()
    if len(content) > MAX_FILE_BYTES:
        why = TOO_MANY_BYTES(most=MAX_FILE_BYTES // (1024 * 1024))
        return _ask_for_file(kind, visit, visit.say(why.message), 413)
    typed = typed_in(posted)
    called = first_of(typed, "catalogue").strip() or visit.place.congress
    if not re.fullmatch(ID_PATTERN, called):
        return _ask_for_file(kind, visit, visit.say(NO_CATALOGUE_ID), field="f-catalogue")
    wishes = kind.wishes_of(typed, None)
    upload = UPLOADS.keep(_session(visit), kind.name, _base_name(file.filename), content, wishes, called)
    return visit.redirect(f"{kind.path}/{upload.id}")


def _base_name(name: str) -> str:
    """Without the folders that some programs send along, and without what no file on record is called."""
    whole = name.encode("utf-8", "replace").decode("utf-8")
    return printable(re.split(r"[/\\]", whole)[-1]) or "-"


def _session(visit: Visit) -> str:
    return hashlib.sha256(session.token_of(visit.request, visit.place.congress).encode()).hexdigest()


def _ask_for_file(kind: Kind, visit: Visit, error: str = "", status: int = 0, field: str = "f-file") -> Response:
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
        **_choices(visit),
    )


def _choices(visit: Visit) -> Mapping[str, Any]:
    lang = visit.lang
    return {
        "units": [{"value": unit.id, "label": name_of(CodeList.UNITS, unit.id, lang)} for unit in units_to_choose()],
        "phases": [{"value": each.value, "label": _word(visit, "phase", each.value)} for each in Phase],
        "cases": [{"value": case.id, "label": name_of(CodeList.CASES, case.id, lang)} for case in cases_to_choose()],
        "kinds": [{"value": each.value, "label": _word(visit, "kind", each.value)} for each in OrganisationKind],
    }


async def _template_page(kind: Kind, visit: Visit) -> Response:
    content = await _in_reader(kind.template)
    headers = {"Content-Disposition": f'attachment; filename="{kind.file_name}"'}
    return Response(content, media_type=XLSX, headers=headers)


async def _in_reader[Result](work: Callable[[], Result]) -> Result:
    """In a thread of its own; names are those that are in use here."""
    return await asyncio.get_running_loop().run_in_executor(READER, copy_context().run, work)


async def _look_page(kind: Kind, visit: Visit) -> Response:
    upload = UPLOADS.of(_session(visit), kind.name, visit.request.path_params["upload_id"])
    if upload is None:
        return _gone(kind, visit)
    if visit.request.method == "POST":
        await _answered(kind, visit, upload)
        return visit.redirect(f"{kind.path}/{upload.id}")
    return await _looked_at(kind, visit, upload)


def _gone(kind: Kind, visit: Visit) -> Response:
    return _ask_for_file(kind, visit, visit.t("The file is not kept any more; send it again."), 404)


async def _looked_at(
    kind: Kind, visit: Visit, upload: Upload, status: int = 200, problem: Problem | None = None, notice: str = ""
) -> Response:
    try:
        source = await _read(kind, visit, upload)
        plan = await _planned(kind, visit, source)
    except Unreadable as unreadable:
        return _unread(kind, visit, upload, unreadable)
    if plan.refused:
        return _unread(kind, visit, upload, Unreadable(*plan.refused))
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
        notice_text=notice,
        problems=[problem.detail_in(visit.lang)] if problem else [],
    )


async def _planned(kind: Kind, visit: Visit, source: Any) -> Plan:
    views = {name: visit.views.documents(name) for name in kind.views}
    return await _in_reader(partial(kind.plan, visit, source, views))


async def _read(kind: Kind, visit: Visit, upload: Upload) -> Any:
    """Once with the same wishes; what is remembered of its columns is said for whoever sent it."""
    if upload.read and upload.read[0] == upload.wishes:
        return upload.read[1]
    try:
        source = await _in_reader(partial(kind.read, visit, upload, upload.wishes))
    except HeadingsUnknown as unknown:
        settings = visit.place.at_work.settings
        columns = await _in_reader(
            partial(remembered, settings.data_dir, settings.congress, unknown.headings, kind.known)
        )
        more = {**columns, **upload.wishes.columns}
        if more == upload.wishes.columns:
            raise
        upload.wishes = upload.wishes._replace(columns=more)
        return await _read(kind, visit, upload)
    upload.read = (upload.wishes, source)
    return source


# --- what can't be read, and what is asked about it ---
def _unread(kind: Kind, visit: Visit, upload: Upload, unreadable: Unreadable) -> Response:
    columns = _asked_columns(unreadable)
    codes = {error.why.refusal for error in unreadable.errors}
    asked = {NO_UNIT, NO_KIND, NO_SINCE, UNKNOWN_HEADINGS, SAME_FIELD} & codes
    unclear = {error.unclear: error for error in unreadable.errors if error.unclear}
    told = [error for error in unreadable.errors if not error.unclear and error.why.refusal not in asked]
    names = [{"value": name, "label": _column(visit, kind, name)} for name in kind.known.names]
    return visit.render(
        "subcommittee/import_problems.html",
        422,
        page_title=visit.t("The file can't be taken over yet"),
        kind=kind,
        upload=upload,
        columns=[
            {"heading": heading, "key": heading_key(heading), "value": name} for heading, name in columns.items()
        ],
        names=names,
        asks_unit=NO_UNIT in asked,
        asks_kind=NO_KIND in asked,
        asks_since=NO_SINCE in asked,
        unclear=[
            {"text": text, "sentence": _said(visit, error.why), "place": _place(visit, [error.row], error.column)}
            for text, error in unclear.items()
        ],
        groups=_grouped(visit, told),
        count=len(told),
        **_choices(visit),
    )


def _asked_columns(unreadable: Unreadable) -> dict[str, str]:
    """The headings that somebody has to say what they are, each with what is proposed: those that nobody knows, and
    those of which two are read as the same."""
    columns = dict.fromkeys(unreadable.unknown if isinstance(unreadable, HeadingsUnknown) else (), NOT_TAKEN)
    for error in unreadable.errors:
        if error.why.refusal == SAME_FIELD:
            columns.setdefault(str(error.why.params["first"]), str(error.why.params["field"]))
            columns.setdefault(str(error.why.params["second"]), NOT_TAKEN)
    return columns


def _grouped(visit: Visit, errors: Sequence[Wrong]) -> list[Mapping[str, Any]]:
    """What is the same in many rows is told once."""
    rows: dict[tuple[str, str], list[int]] = {}
    for error in errors:
        rows.setdefault((error.column, _said(visit, error.why)), []).append(error.row)
    return [
        {"place": _place(visit, numbers, column), "sentence": sentence, "count": len(numbers)}
        for (column, sentence), numbers in rows.items()
    ]


def _place(visit: Visit, rows: Sequence[int], column: str) -> str:
    numbers = in_ranges(sorted(set(filter(None, rows))))
    if numbers and column:
        return visit.t("Row {row}, column «{column}»", row=numbers, column=column)
    if numbers:
        return visit.t("Row {row}", row=numbers)
    return visit.t("The file")


def _said(visit: Visit, why: Refused) -> str:
    words = SAID_ON_PAGES.get(why.refusal)
    return render(words.filled(**why.params) if words else why.message, visit.lang)


async def _answered(kind: Kind, visit: Visit, upload: Upload) -> None:
    """Takes over what was answered; what columns are is remembered for files with the same headings."""
    typed = typed_in(await visit.form())
    headings = typed.get("heading", [])
    columns = {
        key: name
        for key, name in zip(headings, typed.get("column", []), strict=False)
        if name in kind.known.names and key
    }
    wishes = kind.wishes_of(typed, upload.wishes)
    accepted = wishes.accepted | frozenset(typed.get("accept", []))
    upload.wishes = wishes._replace(columns={**wishes.columns, **columns}, accepted=accepted)
    if columns:
        await _remember(kind, visit, upload)


async def _remember(kind: Kind, visit: Visit, upload: Upload) -> None:
    """Where it can't be kept, it is asked again the next time."""
    settings = visit.place.at_work.settings

    def keep() -> None:
        try:
            kind.read(visit, upload, upload.wishes._replace(columns={}))
        except HeadingsUnknown as unknown:
            with suppress(OSError):
                remember(settings.data_dir, settings.congress, unknown.headings, upload.wishes.columns, kind.known)
        except Unreadable:
            pass

    await _in_reader(keep)


# --- confirming ---
async def _confirm_page(kind: Kind, visit: Visit) -> Response:
    upload = UPLOADS.of(_session(visit), kind.name, visit.request.path_params["upload_id"])
    if upload is None:
        return _gone(kind, visit)
    posted = await visit.form()
    try:
        plan = await _planned(kind, visit, await _read(kind, visit, upload))
    except Unreadable as unreadable:
        return _unread(kind, visit, upload, unreadable)
    if plan.refused or plan.digest != str(posted.get("plan", "")):
        notice = visit.t("What is on record has changed meanwhile; this is what the file would change by now.")
        return await _looked_at(kind, visit, upload, 409, notice=notice)
    command_id = command_id_in(posted)
    for number, data in enumerate(plan.commands):
        given = await visit.give(kind.command.NAME, data, uuid5(command_id, f"{plan.digest}/{number}"))
        if given.problem:
            return await _looked_at(kind, visit, upload, given.problem.status, given.problem)
    UPLOADS.drop(upload)
    return visit.redirect(kind.back, done=kind.command.NAME)


# --- words ---
def _column(visit: Visit, kind: Kind, name: str) -> str:
    words = COLUMNS.get(name) or words_of_field(kind.command.NAME, name)
    return visit.say(words) if isinstance(words, Message) else words


def _word(visit: Visit, field: str, code: str) -> str:
    words = words_of_choice(field, code)
    said = visit.say(words) if words else code
    return said[:1].upper() + said[1:]


LISTS = {"unit": CodeList.UNITS, "scenario": CodeList.CASES, "funding_source": CodeList.FUNDING_SOURCES}


def _value(visit: Visit, name: str, value: Any) -> str:
    if value in (None, "", ()):
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    if name in LISTS:
        listed = is_listed(LISTS[name], str(value))
        return name_of(LISTS[name], str(value), visit.lang) if listed else _word(visit, name, str(value))
    if name.endswith("_vnd"):
        return f"{format_number(value, visit.lang)} đ"
    if name in ("deadline", "since"):
        day = clear_day(str(value))
        return format_date(day) if day else str(value)
    return _word(visit, name, str(value)) if name in ("phase", "kind") else str(value)


def _details(visit: Visit, kind: Kind, fields: Mapping[str, tuple[Any, Any]]) -> list[tuple[str, str, str]]:
    return [
        (_column(visit, kind, name), _value(visit, name, old), _value(visit, name, new))
        for name, (old, new) in fields.items()
    ]


# --- the catalogue ---
def _wishes(typed: Mapping[str, Sequence[str]], held: Wishes | None) -> Wishes:
    wishes = held or Wishes()
    unit, phase, case = (first_of(typed, name)[:40] for name in ("unit", "phase", "scenario"))
    return wishes._replace(unit=unit or wishes.unit, phase=phase or wishes.phase, scenario=case or wishes.scenario)


def _plan_of_catalogue(visit: Visit, source: planning.Source, views: Views) -> Plan:
    planned = planning.planned(source, views, visit.views.sequence)
    change = planned.change
    new = [
        Line("new", item.code, item.title.vi, _details(visit, CATALOGUE, {k: (None, v) for k, v in _of_item(item)}))
        for item in change.new
    ]
    changed = [
        Line("changed", each.item.code, each.item.title.vi, _details(visit, CATALOGUE, each.fields))
        for each in change.changed
    ]
    removed = [Line("removed", item.code, item.title.vi, ()) for item in change.removed]
    return Plan(
        commands=[data for _, data in planning.numbered_commands(source, planned, MOST_BATCH_BYTES)],
        counts={
            "new": len(new),
            "changed": len(changed),
            "removed": len(removed),
            "unchanged": change.unchanged,
        },
        lines=[*new, *changed, *removed],
        remarks=[_said(visit, why) for why in (*source.remarks, *planned.remarks)],
        refused=[Wrong(0, "", why) for why in change.refused],
        doubts=planned.doubts,
        kept=planned.kept,
    )


def _of_item(item: Any) -> list[tuple[str, Any]]:
    """What is shown of a new item: whose it is and when, then who does it and with what money, as far as it says."""
    values = item.model_dump(mode="json")
    names = ("unit", "phase", "scenario", "collective", "individual", "coordinating", "directing_leader", "deadline")
    more = ("due_offset_days", "product", "budget_vnd", "secured_vnd", "funding_source", "remark")
    return [(name, values[name]) for name in (*names, *more) if values.get(name)]


CATALOGUE = Kind(
    name="catalogue",
    path="/catalogue/import",
    back="/catalogue",
    title="Import a workbook",
    lead=WORKBOOK_LEAD,
    known=OF_TASKS,
    command=ImportCatalogue,
    template=template,
    file_name="danh-muc.xlsx",
    wishes_of=_wishes,
    read=lambda visit, upload, wishes: planning.source_of(upload.name, upload.content, upload.called, wishes),
    views=planning.READ,
    plan=_plan_of_catalogue,
)


# --- the register ---
def _register_wishes(typed: Mapping[str, Sequence[str]], held: RegisterWishes | None) -> RegisterWishes:
    wishes = held or RegisterWishes()
    kind, since = first_of(typed, "kind"), first_of(typed, "since")
    day = _day_in(since[:LONGEST_DAY])
    if kind in OrganisationKind:
        wishes = wishes._replace(kind=kind)
    return wishes._replace(since=day) if day else wishes


def _day_in(text: str) -> date | None:
    """What is no day is asked for again."""
    try:
        return clear_day(text) if text else None
    except Refused:
        return None


def _plan_of_register(visit: Visit, source: register_planning.RegisterSource, views: Views) -> Plan:
    planned = register_planning.planned(source, views["organisations"], visit.views.sequence)
    change = planned.change
    lines = [
        Line(
            "new" if told.is_new else "changed",
            "",
            " · ".join(filter(None, (told.organisation, told.position))),
            _details(visit, REGISTER, _masked(visit, told.fields)),
        )
        for told in change.told
    ]
    new = sum(line.kind == "new" for line in lines)
    return Plan(
        commands=[data for _, data in register_planning.numbered_commands(source, planned, MOST_BATCH_BYTES)],
        counts={
            "new": new,
            "changed": len(lines) - new,
            "unchanged": change.unchanged,
            "not_listed": change.not_listed,
        },
        lines=lines,
        remarks=[_said(visit, why) for why in source.listed.remarks],
        refused=change.refused,
    )


def _masked(visit: Visit, fields: Mapping[str, tuple[Any, Any]]) -> Mapping[str, tuple[Any, Any]]:
    """Where somebody could be reached up to now is for some only."""
    if visit.may(Act.READ_RESTRICTED):
        return fields
    return {name: (MASK if old and name == "contact" else old, new) for name, (old, new) in fields.items()}


def _read_register(visit: Visit, upload: Upload, wishes: RegisterWishes) -> register_planning.RegisterSource:
    return register_planning.source_of(upload.name, upload.content, wishes)


REGISTER = Kind(
    name="register",
    path="/import/register",
    back="/register",
    title="Import a register",
    lead=REGISTER_LEAD,
    known=OF_ORGANISATIONS,
    command=RegisterOrganisations,
    template=register_template,
    file_name="so-bo.xlsx",
    wishes_of=_register_wishes,
    read=_read_register,
    views=("organisations",),
    plan=_plan_of_register,
)

SECTION = Section(routes=(*_pages(CATALOGUE), *_pages(REGISTER)))
