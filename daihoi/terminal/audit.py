"""What an auditor reads on a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table

from daihoi.terminal.fields import field_in_words, value_in_words
from daihoi.terminal.labels import add_columns, instant_in_words, table_of
from services.tracker.history.as_of import By
from services.tracker.history.diff import Difference
from services.tracker.history.verify import Verdict
from shared.i18n import Language, format_minute, format_number, translate
from shared.views.view import Document


def history_line(line: dict[str, Any], lang: Language) -> str:
    """One event of a replay: sequence, when it happened, what it says."""
    if "event" not in line:
        return f"{line['sequence']:>6}  {translate('can not be read', lang)}: {line['subject']}"
    return f"{line['sequence']:>6}  {format_minute(line['event']['time'])}  {line['summary'][lang]}"


def timeline_lines(rows: list[Document], lang: Language) -> list[str]:
    """Each event of one entity, with the fields it changed."""
    lines = []
    for row in rows:
        sentence = row["summary"][lang] if "summary" in row else row["outcome"]
        when: str = row["happened"] if "happened" in row else row["recorded"]
        lines.append(f"{row['_id']:>6}  {format_minute(when)}  {sentence}")
        lines += [
            f"{'':>8}{field_in_words(change['field'], lang)}: {_changed(change['field'], change, lang)}"
            for change in row["changes"]
            if (change.get("before") is not None or "before" not in change) and change["field"] != "corrections"
        ]
    return lines


def _changed(field: str, change: Mapping[str, Any], lang: Language) -> str:
    """Before and after; of a list what was added and removed; of what is too long to be shown, that something is."""

    def words(name: str) -> str:
        return value_in_words(field, change[name], lang)

    moved = [f"{sign} {words(name)}" for name, sign in (("removed", "−"), ("added", "+")) if change.get(name)]
    if moved:
        return " ".join(moved)
    return f"{words('before')} → {words('after')}" if "before" in change else "…"


def instant_parts(report: dict[str, Any], lang: Language) -> Iterator[Table | str]:
    """The views of an instant, a row each, and the digest of them all."""
    title = translate("The views at ledger event {sequence}", lang, sequence=report["sequence"])
    table = table_of(title, lang, "View")
    add_columns(table, lang, "Documents", justify="right")
    add_columns(table, lang, "Digest")
    for name, view in report["views"].items():
        table.add_row(name, format_number(view["documents"], lang), view["digest"][:16])
    table.add_section()
    table.add_row(translate("parked", lang), format_number(report["parked"], lang), "")
    yield table
    yield f"{translate('Digest of the views', lang)}: {report['digest']}"


def difference_lines(report: Difference, lang: Language) -> list[str]:
    """Which two instants; document by document the fields before and after, and the events that changed them; then
    those events."""
    lines = [_instants(report, lang), translate("Documents that differ: {count}", lang, count=len(report.documents))]
    for document in report.documents:
        lines.append(f"{'+' if document.change == 'added' else '~'} {document.view} {document.key}")
        for field in document.fields:
            if document.change == "added" and field.after in (None, [], "") and not field.added:
                continue
            events = ", ".join(map(str, field.events))
            changed = _changed(field.field, field.model_dump(), lang)
            lines.append(f"    {field_in_words(field.field, lang)}: {changed}  ({events})")
    if report.events:
        lines.append(translate("The events", lang) + ":")
    lines += [
        f"{event.sequence:>6}  {format_minute(event.happened)}  {event.summary[lang]}" for event in report.events
    ]
    return lines


def _instants(report: Difference, lang: Language) -> str:
    first, second = (instant_in_words(at, lang) for at in (report.earlier_at, report.later_at))
    if report.by is By.HAPPENED:
        return translate("From {first} to {second}, by what had happened", lang, first=first, second=second)
    return translate("From {first} to {second}, by what was recorded", lang, first=first, second=second)


def verdict_lines(verdict: Verdict, lang: Language) -> Iterator[str]:
    place = {"sequence": verdict.sequence, "end": verdict.end}
    if verdict.holds:
        yield f"{translate('live = replayed at ledger event {sequence} of {end}', lang, **place)}: {verdict.live}"
    else:
        heading = translate("live ≠ replayed at ledger event {sequence} of {end}", lang, **place)
        yield f"{heading}: {verdict.live} ≠ {verdict.replayed}"
    if (behind := verdict.end - verdict.sequence) > 0:
        yield translate(
            "The views are {count} events behind the ledger; nothing is said about those.", lang, count=behind
        )
    if first := verdict.difference:
        yield translate(
            "first difference: {where}: live {live}, replayed {replayed}",
            lang,
            where=f"{first.view} {first.key} {first.field}".strip(),
            live=first.live,
            replayed=first.replayed,
        )
    if verdict.parked:
        yield translate("{count} events are parked", lang, count=verdict.parked)
    for stream, sequence in verdict.gaps.items():
        yield translate("Events are missing from {stream} at {sequence}.", lang, stream=stream, sequence=sequence)
