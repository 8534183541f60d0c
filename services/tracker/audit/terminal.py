"""What an auditor reads on a terminal."""

from datetime import datetime
from typing import Any

from services.tracker.audit.verify import Verdict
from services.tracker.projections.view import Document
from shared.i18n import LOCAL_TIME, Language, translate


def history_line(line: dict[str, Any], lang: Language) -> str:
    """One event of a replay: sequence, when it happened, what it says."""
    if "event" not in line:
        return f"{line['sequence']:>6}  {translate('can not be read', lang)}: {line['subject']}"
    return f"{line['sequence']:>6}  {_local(line['event']['time'])}  {line['summary'][lang]}"


def timeline_lines(rows: list[Document], lang: Language) -> list[str]:
    """Each event of one entity, with the fields it changed."""
    lines = []
    for row in rows:
        said = row["summary"][lang] if "summary" in row else row["outcome"]
        when: str = row["happened"] if "happened" in row else row["recorded"]
        lines.append(f"{row['_id']:>6}  {_local(when)}  {said}")
        lines += [
            f"{'':>8}{change['field']}: {_shown(change['before'])} → {_shown(change['after'])}"
            for change in row["changes"]
            if change["before"] is not None
        ]
    return lines


def _shown(value: Any) -> str:
    """A value as it is; a list of records by what they say, without the names of their fields."""
    if isinstance(value, list) and value and all(isinstance(record, dict) for record in value):
        return "; ".join(", ".join(str(said) for said in record.values() if said is not None) for record in value)
    return str(value)


def _local(moment: str) -> str:
    """An ISO 8601 instant as people there write it: dd/mm/yyyy HH:MM in Asia/Ho_Chi_Minh."""
    return f"{datetime.fromisoformat(moment).astimezone(LOCAL_TIME):%d/%m/%Y %H:%M}"


def verdict_lines(verdict: Verdict, lang: Language) -> list[str]:
    lines = []
    if verdict.holds:
        lines.append(
            translate("live = replayed at ledger event {sequence}", lang, sequence=verdict.sequence)
            + f": {verdict.live}"
        )
    else:
        lines.append(
            translate("live ≠ replayed at ledger event {sequence}", lang, sequence=verdict.sequence)
            + f": {verdict.live} ≠ {verdict.replayed}"
        )
    if found := verdict.difference:
        where = f"{found.view} {found.key} {found.field}".strip()
        told = {"where": where, "live": found.live, "replayed": found.replayed}
        lines.append(translate("first difference: {where}: live {live}, replayed {replayed}", lang, **told))
    if verdict.parked:
        lines.append(translate("{count} events are parked", lang, count=verdict.parked))
    lines += [
        translate("Events are missing from {stream} at {sequence}.", lang, stream=stream, sequence=sequence)
        for stream, sequence in verdict.gaps.items()
    ]
    return lines
