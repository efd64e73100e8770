"""What a document says twice, held against itself: a birth date in a number, an amount in capitals elsewhere."""

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal

from catalogue import FieldSpec, check_id_card, parse_amount_in_words
from ocr.correcting import born_on
from ocr.folding import fold
from ocr.identifying import good_id_card
from ocr.normal import CORRECTED, DOUBTFUL
from ocr.normalising import AGREE
from ocr.results import FieldValue, PageReading

BIRTH = "出生日期"


def cross_checked(
    specs: Sequence[FieldSpec], fields: Mapping[str, FieldValue], pages: Sequence[PageReading]
) -> dict[str, FieldValue]:
    """The fields once more, their rule saying what agreed, what differed, and what that put right."""
    checked = dict(fields)
    number = next((s.name for s in specs if s.kind == "id-card" and s.name in fields), "")
    if number and BIRTH in fields:
        checked |= _birth(number, fields[number], fields[BIRTH])
    amounts = [s.name for s in specs if s.kind == "amount" and s.name in fields]
    if amounts:
        written = {parse_amount_in_words(fold(line.text)) for page in pages for line in page.lines}
        for name in amounts:
            value = fields[name]
            if ";" not in value.rule and Decimal(value.value) in written:
                checked[name] = dataclasses.replace(value, rule=f"{value.rule}; {AGREE}")
    return checked


def _birth(name: str, number: FieldValue, birth: FieldValue) -> dict[str, FieldValue]:
    """The number carries the birth date (GB 11643): a number that fails its check may be put right by it."""
    day = birth.value.replace("-", "")
    if check_id_card(number.value).ok:
        if number.value[6:14] == day:
            return {name: _noted(number, "birth date agrees"), BIRTH: _noted(birth, "number agrees")}
        said = "number says otherwise"
        return {BIRTH: _noted(dataclasses.replace(birth, score=round(birth.score * DOUBTFUL, 4)), said)}
    fixed = born_on(number.value, day, good_id_card)
    if fixed is None:
        return {}
    score = round(number.score / DOUBTFUL * CORRECTED, 4)
    value = FieldValue(fixed.value, number.page, number.box, score, number.rule, number.read or fixed.read)
    return {name: _noted(value, fixed.note + " by the birth date"), BIRTH: _noted(birth, "number agrees")}


def _noted(value: FieldValue, note: str) -> FieldValue:
    return dataclasses.replace(value, rule=f"{value.rule}; {note}")
