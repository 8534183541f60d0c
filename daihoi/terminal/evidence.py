"""The evidence on record, compared, on a terminal."""

from collections import Counter
from collections.abc import Sequence

from rich.table import Table

from daihoi.ops.evidence_record import Checked, Standing
from daihoi.terminal.labels import add_columns
from shared.i18n import Language, format_number, render, translate
from shared.values.message import Message
from shared.values.units import title_of

STANDINGS = {
    Standing.THERE: Message("evidence_there", "as its checksum says"),
    Standing.MISSING: Message("evidence_missing", "missing"),
    Standing.DIFFERS: Message("evidence_changed", "has another content"),
    Standing.ELSEWHERE: Message("evidence_elsewhere", "kept elsewhere"),
}
COUNTED = Message(
    "evidence_counted",
    "{there} files as their checksums say, {lost} missing or with another content; {elsewhere} kept elsewhere.",
)


def evidence_drawn(results: Sequence[Checked], lang: Language) -> list[Table | str]:
    if not results:
        return [translate("No evidence is on record.", lang)]
    table = Table()
    add_columns(table, lang, "Unit", "Evidence", "Checksum", "Size", "How it is", overflow="fold")
    for piece, standing in results:
        kept = render(STANDINGS[standing], lang)
        where = f"{kept}: {piece.link}" if piece.link else kept
        size = format_number(piece.size_bytes, lang)
        table.add_row(title_of(piece.unit, lang), piece.title, piece.sha256, size, where)
    return [table, _counted(results, lang)]


def _counted(results: Sequence[Checked], lang: Language) -> str:
    count = Counter(result.standing for result in results)
    lost = count[Standing.MISSING] + count[Standing.DIFFERS]
    return render(COUNTED.filled(there=count[Standing.THERE], lost=lost, elsewhere=count[Standing.ELSEWHERE]), lang)
