"""What of a workbook can't be read, and what is asked about it."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from starlette.responses import Response

from services.subcommittee.importing.annex import NO_UNIT
from services.subcommittee.importing.layout import SAME_FIELD, UNKNOWN_HEADINGS, HeadingsUnknown
from services.subcommittee.importing.register_changes import NO_KIND, NO_SINCE
from services.subcommittee.importing.remembered import remember
from services.subcommittee.pages.importing.kind import Kind
from services.subcommittee.pages.importing.reader import in_reader
from services.subcommittee.pages.importing.words import column, grouped, place_of, sentence_of, word
from services.subcommittee.pages.uploads import Upload
from shared.entering.headings import NOT_TAKEN, heading_key
from shared.entering.tables import Unreadable
from shared.events.organisation import OrganisationKind
from shared.values.code_lists import CodeList, cases_to_choose, name_of, units_to_choose
from shared.values.types import Phase
from shared.web.pages.posted import typed_in
from shared.web.visit import Visit


def unread(kind: Kind, visit: Visit, upload: Upload, unreadable: Unreadable) -> Response:
    columns = _asked_columns(unreadable)
    codes = {error.why.refusal for error in unreadable.errors}
    questions = {NO_UNIT, NO_KIND, NO_SINCE, UNKNOWN_HEADINGS, SAME_FIELD} & codes
    unclear = {error.unclear: error for error in unreadable.errors if error.unclear}
    errors = [error for error in unreadable.errors if not error.unclear and error.why.refusal not in questions]
    names = [{"value": name, "label": column(visit, kind.command, name)} for name in kind.known.names]
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
        asks_unit=NO_UNIT in questions,
        asks_kind=NO_KIND in questions,
        asks_since=NO_SINCE in questions,
        unclear=[
            {
                "text": text,
                "sentence": sentence_of(visit, error.why),
                "place": place_of(visit, [error.row], error.column),
            }
            for text, error in unclear.items()
        ],
        groups=grouped(visit, errors),
        count=len(errors),
        **choices(visit),
    )


def choices(visit: Visit) -> Mapping[str, Any]:
    lang = visit.lang
    return {
        "units": [{"value": unit.id, "label": name_of(CodeList.UNITS, unit.id, lang)} for unit in units_to_choose()],
        "phases": [{"value": each.value, "label": word(visit, "phase", each.value)} for each in Phase],
        "cases": [{"value": case.id, "label": name_of(CodeList.CASES, case.id, lang)} for case in cases_to_choose()],
        "kinds": [{"value": each.value, "label": word(visit, "kind", each.value)} for each in OrganisationKind],
    }


def _asked_columns(unreadable: Unreadable) -> dict[str, str]:
    """The headings that somebody has to say what they are, each with what is proposed: those that nobody knows, and
    those of which two are read as the same."""
    columns = dict.fromkeys(unreadable.unknown if isinstance(unreadable, HeadingsUnknown) else (), NOT_TAKEN)
    for error in unreadable.errors:
        if error.why.refusal == SAME_FIELD:
            columns.setdefault(str(error.why.params["first"]), str(error.why.params["field"]))
            columns.setdefault(str(error.why.params["second"]), NOT_TAKEN)
    return columns


async def take_answers(kind: Kind, visit: Visit, upload: Upload) -> None:
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

    await in_reader(keep)
