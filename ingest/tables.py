"""The tables of a born-digital PDF page, cell by cell, read with pdfplumber in the sandbox."""

from collections.abc import Callable
from pathlib import Path

from ingest.refusals import Refusal
from ingest.sandbox import DEFAULT_LIMITS, Limits, run_sandboxed

Table = list[list[str]]
"""Rows of cells; a cell that is merged into its neighbour is empty."""


def tables(path: Path, page: int, *, limits: Limits = DEFAULT_LIMITS) -> list[Table]:
    """The tables of page `page` (from 1), empty where it has none. Takes about 0.1 s a page beside the start.

    Raises:
        Refusal: `page-missing`, or what the sandbox ended with.
    """
    found: list[Table] = run_sandboxed("tables", {"path": str(path.resolve()), "page": page}, limits=limits)
    return found


def read_tables(path: str, *, page: int, begin: Callable[[int], None]) -> list[Table]:
    """The task of `tables`, inside the sandbox."""
    import pdfplumber

    begin(page)
    with pdfplumber.open(path) as pdf:
        if not 1 <= page <= len(pdf.pages):
            raise Refusal("page-missing")
        return [[[cell or "" for cell in row] for row in table] for table in pdf.pages[page - 1].extract_tables()]
