"""Full-text search over everything read, with the same answers on SQLite and PostgreSQL.

The index of the database names the pages that have all tokens; of these the stored text decides which have them in
order. Both databases thus answer by one rule, and neither's own idea of a word, a phrase or a position counts.
"""

import dataclasses
from collections.abc import Sequence

from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from archive.lookup import Passage, Phrase, Snippet, bigram_text, find_passage, phrases, reading_text
from ingest.models import Case, Page, PageText, Upload
from ocr import Quad

# Ten times the densest page there is. A tsvector holds 1 MB, which so many characters cannot fill.
MAX_PAGE_CHARACTERS = 100_000
# The migration made both, and the database keeps them up to date.
_HAS_ALL_TOKENS = {
    "sqlite": "ingest_pagetext.page_id IN "
    "(SELECT rowid FROM ingest_pagetext_index WHERE ingest_pagetext_index MATCH %s)",
    "postgresql": "ingest_tokens(ingest_pagetext.bigrams) @@ %s::tsquery",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Hit:
    """A page that holds what was looked for. `material_type` is the code of the document it is of, "" for none.

    `boxes` are those of the lines that hold it, in pixels of the upright page.
    """

    page: Page
    upload: Upload
    case_number: str
    material_type: str
    snippet: Snippet
    boxes: tuple[Quad, ...]


def index_page(page: Page) -> None:
    """Make what was read from the page findable; call it in the transaction that writes the reading."""
    text = reading_text(page.reading) if page.reading else ""
    PageText.objects.update_or_create(page=page, defaults={"bigrams": bigram_text(text[:MAX_PAGE_CHARACTERS])})


def search_pages(query: str, *, within: QuerySet[Case] | None = None, limit: int = 20, offset: int = 0) -> list[Hit]:
    """Pages that hold every term of the query, the newest first; pages of withdrawn files are left out.

    `within`: only pages of these cases are looked at.

    Raises QueryTooShortError, QueryTooLongError.
    """
    wanted = phrases(query)
    rows = PageText.objects.filter(_has_all_tokens(wanted), page__upload__withdrawn_at=None).defer("bigrams")
    if within is not None:
        rows = rows.filter(page__upload__case__in=within)
    for phrase in wanted:
        if len(phrase.tokens) > 1:  # of a single token the index knows all there is to know
            rows = rows.filter(bigrams__contains=phrase.needle)
    rows = rows.select_related("page__upload__case").prefetch_related("page__upload__materials").order_by("-pk")
    found = ((row.page, find_passage(row.page.reading or {}, wanted)) for row in rows[offset : offset + limit])
    return [_hit(page, passage) for page, passage in found if passage]


def find_on_page(page: Page, query: str) -> Passage | None:
    """Where one page holds every term of the query; None when it does not, or is not read yet.

    Raises QueryTooShortError, QueryTooLongError.
    """
    wanted = phrases(query)
    return find_passage(page.reading, wanted) if page.reading else None


def _has_all_tokens(wanted: Sequence[Phrase]) -> RawSQL:
    """What the index of the database is asked. Tokens are letters and digits only, so nothing needs escaping."""
    exact = {token for phrase in wanted for token in phrase.tokens[: -1 if phrase.open else None]}
    begun = {phrase.tokens[-1] for phrase in wanted if phrase.open}
    if connection.vendor == "sqlite":
        asked = " ".join([f'"{token}"' for token in sorted(exact)] + [f'"{token}"*' for token in sorted(begun)])
    else:
        asked = " & ".join([f"'{token}'" for token in sorted(exact)] + [f"'{token}':*" for token in sorted(begun)])
    # constant SQL, the query is its parameter
    return RawSQL(_HAS_ALL_TOKENS[connection.vendor], [asked], output_field=BooleanField())  # noqa: S611


def _hit(page: Page, passage: Passage) -> Hit:
    upload = page.upload
    types = [
        material.type
        for material in upload.materials.all()
        if not material.withdrawn_at and page.number in material.pages
    ]
    return Hit(
        page=page,
        upload=upload,
        case_number=upload.case.number,
        material_type=types[-1] if types else "",
        snippet=passage.snippet,
        boxes=passage.boxes,
    )
