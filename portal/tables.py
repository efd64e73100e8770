"""Tables for spreadsheet programs: a mark that says how they are written, and no cell that would be run."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils.http import content_disposition_header

BOM = "\ufeff"
"""Without it spreadsheet programs take the file for something older and show other characters."""
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run as a formula by spreadsheet programs."""


def csv_response(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A table to be saved under that name (`name`.csv)."""
    out = io.StringIO()
    out.write(BOM)
    table = csv.writer(out)
    table.writerow(columns)
    table.writerows([cell(value) for value in row] for row in rows)
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=f"{name}.csv") or ""
    )
    return response


def cell(value: object) -> str:
    """A value as the text of a cell; nothing is an empty one."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(RISKY) else text
