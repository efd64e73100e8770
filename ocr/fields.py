"""Reading the fields of a document whose material type is known: every value with its place, score and rule.

First by label and geometry. What no label gave is looked for by its own form (a permit number is unmistakable), and
the issuer at last on its seal.
"""

import dataclasses
import re
from collections.abc import Iterator, Sequence

from catalogue import FieldSpec, MaterialType, find_dates, find_planning_permits, find_project_codes, load_catalogue
from ocr.cells import cell_values, is_empty_beside
from ocr.crosschecks import cross_checked
from ocr.folding import distance, fold
from ocr.labels import Label, find_labels, split_cells
from ocr.layout import Placed, laid
from ocr.normal import CORRECTED, DOUBTFUL, PLAIN, Normal
from ocr.normalising import normal
from ocr.prose import Running, addressee, in_sentences, running, signature
from ocr.results import FieldValue, PageReading
from ocr.values import Found, around, values_of

RULE_TRUST = {
    "cell": 1.0,
    "same line": 1.0,
    "right": 1.0,
    "below": 0.9,
    "glued": 0.95,
    "own form": 0.9,
    "closing date": 0.8,
    "seal": 0.8,
    "sentence": 0.85,
    "addressee": 0.85,
    "title": 0.85,
    "signature": 0.8,
}
"""How far a rule is to be trusted, as a factor of the score. An order of preference, not a measured probability."""

INEXACT_LABEL = 0.97
"""Factor for a label read with one wrong character."""

ALIAS = 0.96
"""Factor for another word than the field's own name: a form that has both means them differently."""

SIGNED = 0.5
"""Factor where the label marks a place to sign or seal."""

WRAPPING_KINDS = frozenset({"text", "company", "area"})
"""Kinds whose value may go on over several lines."""

BARE_PAGE = 4
"""Lines up to which a last page holds but the end of a letter, its date and the office."""

ISSUER_FIELDS = frozenset({"发证机关", "登记机关", "审批机关", "备案机关"})
"""Fields that the seal on the page answers too."""

AUTHORITY_ENDS = ("局", "委员会", "厅", "办公室", "馆", "站", "政府")

MAX_UNDER_SEAL = 3
"""Characters by which an issuer's printed name may differ from its seal and still be the same name, misread."""


FORM_FIRST = frozenset({"permit", "document-number", "land-title"})
"""Kinds that are looked for by their own form first: their label is often missing or says only 编号."""

HEAD = 0.5
"""Part of the page from the top in which a document bears its own number; below it quotes those of others."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Page:
    reading: PageReading
    placed: tuple[Placed, ...]
    running: Running


def extract_fields(material_type_code: str, pages: Sequence[PageReading]) -> dict[str, FieldValue]:
    """The fields of one document of that type, by name; a field that was not found is left out.

    `pages` are the document's pages in order. Values as `ocr.normalising` writes them; `page` is the page's number in
    its file. Raises `CatalogueError` for an unknown type.
    """
    kind = load_catalogue().material_type(material_type_code)
    prepared = [_Page(page, split_cells(laid(page)), running(laid(page))) for page in pages]
    found = {}
    for spec in kind.fields:
        ways = (_by_form, _by_label) if spec.kind in FORM_FIRST else (_by_label, _in_text, _by_form)
        value = next((value for way in ways if (value := way(kind, spec, prepared))), None)
        if spec.name in ISSUER_FIELDS:
            value = _confirmed_by_seal(value, prepared)
        if value is not None:
            found[spec.name] = value
    return cross_checked(kind.fields, found, pages)


def _by_label(kind: MaterialType, spec: FieldSpec, pages: Sequence[_Page]) -> FieldValue | None:
    """The best of all label and value pairs: the surest, and among equals the first in the document."""
    best: FieldValue | None = None
    wraps = spec.kind in WRAPPING_KINDS and not spec.name.endswith("号")
    for page in pages:
        for label, found in _labelled(page, (spec.name, *spec.labels), wraps=wraps):
            value = _valued(spec, page, label, _one_name(kind, spec, found))
            if value is not None and (best is None or value.score > best.score + 0.02):
                best = value
    return best


def _labelled(page: _Page, words: Sequence[str], *, wraps: bool) -> list[tuple[Label, Found]]:
    """What stands for these labels: in the cells of tables, where they have some, else by place."""
    tables = page.reading.tables
    in_cells = list(cell_values(tables, words))
    if in_cells:
        return in_cells
    labels = (
        label
        for label in find_labels(page.placed, words)
        if not (label.style == "cell" and is_empty_beside(tables, label.at.line.box))
    )
    return [(label, found) for label in labels for found in values_of(label, page.placed, wraps=wraps)]


def _one_name(kind: MaterialType, spec: FieldSpec, found: Found) -> Found:
    """A project's or works' name ends where the next sentence begins."""
    if spec.name not in {kind.project_field, kind.works_field}:
        return found
    return dataclasses.replace(found, text=re.split("[。;]", found.text)[0])


def _valued(spec: FieldSpec, page: _Page, label: Label, found: Found) -> FieldValue | None:
    result = normal(spec.kind, found.text, label.qualifier)
    if result is None:
        return None
    trust = result.trust * RULE_TRUST[found.rule]
    trust *= 1.0 if label.exact else INEXACT_LABEL
    trust *= 1.0 if label.word == fold(spec.name) else ALIAS
    trust *= SIGNED if label.signed else 1.0
    score = round(found.score * trust, 4)
    rule = f"{found.rule}: {label.word}" + (f"; {result.note}" if result.note else "")
    return FieldValue(result.value, page.reading.number, found.box, score, rule, result.read)


def _in_text(kind: MaterialType, spec: FieldSpec, pages: Sequence[_Page]) -> FieldValue | None:
    """A value in running text; the applicant may be the one a letter is addressed to."""
    for page in pages:
        candidates = list(in_sentences(kind, spec, page.running))
        if spec.name == kind.applicant_field and page is pages[0]:
            to = addressee(page.running, page.reading.height)
            candidates += [to] if to else []
        for found in candidates:
            result = normal(spec.kind, found.text)
            if result is not None:
                score = round(found.score * result.trust * RULE_TRUST[found.rule], 4)
                rule = found.rule + (f"; {result.note}" if result.note else "")
                return FieldValue(result.value, page.reading.number, found.box, score, rule, result.read)
    return None


def _by_form(kind: MaterialType, spec: FieldSpec, pages: Sequence[_Page]) -> FieldValue | None:
    match spec.kind:
        case "permit" | "project-code" | "uscc" | "id-card" | "land-title" | "unit-number":
            return _unmistakable(spec, pages)
        case "document-number":
            return _own_number(pages)
        case "date" if spec.required and (kind.validity.kind != "until" or spec.name != kind.validity.field):
            return _closing_date(pages)
        case _ if spec.name in ISSUER_FIELDS:
            return _on_seal(pages) or _signed(pages)
        case _:
            return None


def _own_number(pages: Sequence[_Page]) -> FieldValue | None:
    """A 文号 that fills a line in the head of the first page, as under a red heading; the first such."""
    for page in pages[:1]:
        for piece in sorted(page.placed, key=lambda piece: piece.middle):
            text = fold(piece.line.text).replace("((", "(")  # a 〔 that was read twice
            result = normal("document-number", text)
            if piece.middle > HEAD * page.reading.height or result is None or result.trust == DOUBTFUL:
                continue
            if len(result.value) == len(text.replace("第", "")):
                return _from_piece(page, piece, result, "own form")
    return None


def _unmistakable(spec: FieldSpec, pages: Sequence[_Page]) -> FieldValue | None:
    """A number that shows by its shape what it is, if the document holds just one such."""
    found = [
        _from_piece(page, piece, result, "own form")
        for page in pages
        for piece in page.placed
        for result in _shaped(spec, fold(piece.line.text))
    ]
    return found[0] if len({value.value for value in found}) == 1 else None


def _shaped(spec: FieldSpec, text: str) -> Iterator[Normal]:
    if spec.kind == "permit":
        own = next((label[0] for label in spec.labels if label.endswith("字第")), "")
        yield from (Normal(permit.text, 1.0) for permit in find_planning_permits(text) if permit.kind == own)
    elif spec.kind == "project-code":
        yield from (Normal(code, 1.0) for code in find_project_codes(text))
    elif (result := normal(spec.kind, text)) is not None and (result.trust >= CORRECTED or result.read):
        yield result


def _closing_date(pages: Sequence[_Page]) -> FieldValue | None:
    """The last date on the last page that has one where documents are dated."""
    last = _closing(pages)
    return None if last is None else _from_piece(last[0], last[1], Normal(last[2], 1.0), "closing date")


def _closing(pages: Sequence[_Page]) -> tuple[_Page, Placed, str] | None:
    """The last date in the lower half of a page, the last such page first; or anywhere on a last page that is bare."""
    for page in reversed(pages):
        bare = page is pages[-1] is not pages[0] and len(page.placed) <= BARE_PAGE
        dated = [
            (piece.middle, days[-1], piece)
            for piece in page.placed
            if (bare or piece.middle > page.reading.height / 2) and (days := find_dates(piece.line.text))
            if len(fold(piece.line.text)) <= len("2026年11月22日") + 6
        ]
        if dated:
            _, day, piece = max(dated, key=lambda entry: entry[0])
            return page, piece, day.isoformat()
    return None


def _signed(pages: Sequence[_Page]) -> FieldValue | None:
    """The authority that signed a letter, above its closing date."""
    last = _closing(pages)
    found = signature(last[0].running, last[1]) if last else None
    if last is None or found is None:
        return None
    score = round(found.score * PLAIN * RULE_TRUST["signature"], 4)
    return FieldValue(found.text, last[0].reading.number, found.box, score, "signature")


def _on_seal(pages: Sequence[_Page]) -> FieldValue | None:
    seals = [(seal, page) for page in pages for seal in page.reading.seals if seal.text.endswith(AUTHORITY_ENDS)]
    if len(seals) != 1:
        return None
    seal, page = seals[0]
    return FieldValue(seal.text, page.reading.number, seal.box, round(seal.confidence * RULE_TRUST["seal"], 4), "seal")


def _confirmed_by_seal(value: FieldValue | None, pages: Sequence[_Page]) -> FieldValue | None:
    """The seal's name where the printed one, lying under that very seal, was read less surely and differs a little."""
    seal = _on_seal(pages)
    if value is None or seal is None or value.value == seal.value:
        return value or seal
    slight = distance(value.value, seal.value, MAX_UNDER_SEAL) <= MAX_UNDER_SEAL
    as_read = value.score / (PLAIN * RULE_TRUST[re.split("[:;]", value.rule)[0]])
    return seal if slight and as_read < seal.score / RULE_TRUST["seal"] else value


def _from_piece(page: _Page, piece: Placed, result: Normal, rule: str) -> FieldValue:
    score = round(piece.line.score * result.trust * RULE_TRUST[rule], 4)
    told = rule + (f"; {result.note}" if result.note else "")
    return FieldValue(result.value, page.reading.number, around([piece]), score, told, result.read)
