"""The words of PDF files that this system made: notices, forms and certificates, whose pages are few."""

import io
from collections.abc import Iterator

MAX_PAGES = 30
"""No document of ours is longer; what comes behind is not looked through."""


def pdf_pages(data: bytes) -> Iterator[tuple[int, str]]:
    """Each page's number from 1 and its text. Raises ValueError for what is no PDF.

    Only for files of our own: whatever applicants hand in is read in the sandbox, long before.
    """
    import pdfplumber
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            for number, page in enumerate(pdf.pages[:MAX_PAGES], 1):
                yield number, page.extract_text()
                page.close()
    except PdfminerException as reason:
        raise ValueError("the file is no PDF that can be read") from reason
