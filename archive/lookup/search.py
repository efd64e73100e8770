"""Finding packages by what is known of them and by what stands in them, with the same answers on both databases.

The index of the database names the texts that have the tokens of a phrase; whether they follow each other is seen in
the kept text (docs/adr/0010-search.md). The phrases of a query may stand in different files of a package.
"""

import dataclasses
from collections.abc import Sequence

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from archive.codes_of_projects import project_codes
from archive.lookup.bigrams import Phrase, phrases
from archive.lookup.models import ArchivedText
from archive.lookup.passages import Snippet, find_in_text
from archive.models import Package
from catalogue import find_project_codes

PLACES_SHOWN = 3
"""Places of a package that are shown; who wants more opens it."""
# The migration made both, and the database keeps them up to date. The columns stand without their table, which has
# another name where the query is a part of one; no other table is joined.
_HAS_ALL_TOKENS = {
    "sqlite": "id IN (SELECT rowid FROM lookup_archivedtext_index WHERE lookup_archivedtext_index MATCH %s)",
    "postgresql": "lookup_tokens(bigrams) @@ %s::tsquery",
}


@dataclasses.dataclass(frozen=True, slots=True)
class PackageQuery:
    """What is looked for; everything that is given must fit.

    `words`, `project` (code or name, of project or works), `company` (credit code or name), `archive_number` and
    `certificate` are phrases: at least two characters. The others are exact; the years are inclusive, 0 for open.
    """

    words: str = ""
    project: str = ""
    company: str = ""
    archive_number: str = ""
    case_number: str = ""
    certificate: str = ""
    item: str = ""
    year_from: int = 0
    year_to: int = 0
    retention: str = ""
    state: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class TextPlace:
    """Where a package holds a phrase: the file, its page (0 for none) and the words around. No path: the manifest."""

    path: str
    name: str
    role: str
    page: int
    source: str
    snippet: Snippet


@dataclasses.dataclass(frozen=True, slots=True)
class PackageHit:
    """A package that fits, and the first places of its words."""

    package: Package
    places: tuple[TextPlace, ...]


def search_packages(query: PackageQuery, *, limit: int = 50, offset: int = 0) -> list[PackageHit]:
    """The packages that fit, those filed last first; all of them for an empty query.

    Raises:
        QueryTooShortError, QueryTooLongError: of a phrase; its message says how to write it.
    """
    wanted = phrases(query.words) if query.words.strip() else []
    found = _matching(query, wanted).select_related("entry").order_by("-entry__filed_at", "-number")
    return [PackageHit(package, _places(package, wanted)) for package in found[offset : offset + limit]]


def _matching(query: PackageQuery, wanted: Sequence[Phrase]) -> QuerySet[Package]:
    fits = Q(entry__isnull=False)
    if query.project.strip():
        fits &= of_project(query.project, "entry__projects")
    for field in ("company", "archive_number", "certificate"):
        if text := getattr(query, field).strip():
            for phrase in phrases(text):
                fits &= Q(**{f"entry__{_PLURAL[field]}__contains": phrase.needle})
    exact = {
        "case_number": query.case_number.strip(),
        "entry__item_code": query.item,
        "entry__year__gte": query.year_from,
        "entry__year__lte": query.year_to,
        "retention": query.retention,
        "state": query.state,
    }
    fits &= Q(**{name: value for name, value in exact.items() if value})
    for phrase in wanted:
        fits &= Q(pk__in=texts_with(phrase).values("package"))
    return Package.objects.filter(fits)


def of_project(text: str, column: str) -> Q:
    """What names the project of the text in a column of phrases; a code in it stands for every code of its project."""
    named = Q()
    code = next(iter(find_project_codes(text)), "")
    for each in project_codes(code) if code else [""]:
        needles = [phrase.needle for phrase in phrases(text.replace(code, each) if code else text)]
        named |= Q(*(Q(**{f"{column}__contains": needle}) for needle in needles))
    return named


_PLURAL = {
    "company": "companies",
    "archive_number": "archive_numbers",
    "certificate": "certificates",
}


def texts_with(phrase: Phrase) -> QuerySet[ArchivedText]:
    """The texts in which a phrase stands."""
    rows = ArchivedText.objects.filter(_has_all_tokens(phrase))
    if len(phrase.tokens) > 1:  # of a single token the index knows all there is to know
        rows = rows.filter(bigrams__contains=phrase.needle)
    return rows


def _texts_of(package: Package, phrase: Phrase) -> QuerySet[ArchivedText]:
    """Texts of one package that may hold it: few, so they are looked into and the index of all texts is not asked."""
    rows = ArchivedText.objects.filter(package=package)
    return rows.filter(bigrams__contains=phrase.needle) if len(phrase.tokens) > 1 else rows


def _has_all_tokens(phrase: Phrase) -> RawSQL:
    """What the index of the database is asked. Tokens are letters and digits only, so nothing needs escaping."""
    exact = sorted(set(phrase.tokens[: -1 if phrase.open else None]))
    if connection.vendor == "sqlite":
        asked = [f'"{token}"' for token in exact] + ([f'"{phrase.tokens[-1]}"*'] if phrase.open else [])
        value = " ".join(asked)
    else:
        value = " & ".join([f"'{token}'" for token in exact] + ([f"'{phrase.tokens[-1]}':*"] if phrase.open else []))
    # constant SQL, the query is its parameter
    return RawSQL(_HAS_ALL_TOKENS[connection.vendor], [value], output_field=BooleanField())  # noqa: S611


def _places(package: Package, wanted: Sequence[Phrase]) -> tuple[TextPlace, ...]:
    """The first places of the phrases, in the order of the files; those of the manifest only where there are no others.

    Sorted here: the databases put Chinese names in different orders.
    """
    keys: dict[int, tuple[bool, str, str, int]] = {}
    for phrase in wanted:
        rows = _texts_of(package, phrase).values_list("pk", "source", "path", "page", "text")
        holding = (row for row in rows.iterator() if find_in_text(row[-1], phrase))
        keys |= {pk: (not path, source, path, page) for pk, source, path, page, _ in holding}
    in_files = [pk for pk, (of_manifest, *_) in keys.items() if not of_manifest]
    first = sorted(in_files or keys, key=keys.__getitem__)[:PLACES_SHOWN]
    found = ArchivedText.objects.in_bulk(first)
    return tuple(_place(found[pk], wanted) for pk in first)


def _place(row: ArchivedText, wanted: Sequence[Phrase]) -> TextPlace:
    snippets = (find_in_text(row.text, phrase) for phrase in wanted)
    snippet = next(one for one in snippets if one)
    return TextPlace(row.path, row.name, row.role, row.page, row.source, snippet)
