"""A table as spreadsheets open it: CSV with a byte order mark, so that Vietnamese is read as what it is."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from starlette.responses import Response

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def spreadsheet(file_name: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """A spreadsheet to be kept under `file_name`. What a spreadsheet would take for a formula is made a text."""
    written = StringIO()
    table = csv.writer(written)
    table.writerow(headings)
    table.writerows([_as_text(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return Response(written.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


def _as_text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell
