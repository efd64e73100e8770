"""Numbers of permits, persons and parcels held against their forms and checks."""

import datetime as dt
import re
from collections.abc import Iterator

from catalogue import (
    FieldSpec,
    MaterialType,
    check_construction_permit,
    check_id_card,
    check_planning_permit,
    check_unit_number,
    mask_id_card,
    parse_amount,
    parse_amount_in_words,
    squeeze,
)
from ingest.defects.names import SURE_READING, hindered
from ingest.defects.words import defect
from ingest.report import Defect, Presented
from ocr import FieldValue

_SUPERVISED = re.compile(r"[0-9]{6}20[0-9]{2}[A-Z]{1,2}[0-9]{5,7}")
"""电子监管号: of a land contract, and of planning permits written without 字第…号."""

_CAPITALS = "零〇壹贰貳叁叄肆伍陆陸柒捌玖拾佰仟万萬亿億元圆角分整"
_BOTH = re.compile(
    rf"(?P<words>[{_CAPITALS}]{{3,}})[)]?[,，]?[(]?(?:小写)?:?(?P<figure>[¥￥][0-9][0-9,]*(?:\.[0-9]+)?万?元?)"
)
"""Capitals first and the figure after them with its sign, as contracts print them: 捌仟万元整（¥80,000,000.00）."""

_GROUPED = re.compile(r"(?<![0-9,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])")
"""A figure in groups of three digits."""

CONSTRUCTION_PERMIT = "OUT-SGXK"
ISSUED = "发证日期"


def find_number_faults(kind: MaterialType, document: Presented) -> Iterator[Defect]:
    """Every number of the document that has not its form or fails its check."""
    for spec in kind.fields:
        value = document.fields.get(spec.name)
        if value is None:
            continue
        match spec.kind:
            case "permit":
                yield from _permit(kind, spec, value, document)
            case "id-card" if not check_id_card(value.value).ok:
                yield defect("id-card-malformed", value, seen=mask_id_card(value.value))
            case "unit-number" if not check_unit_number(value.value).ok:
                yield defect("unit-number-malformed", value, seen=value.value)
            case _:
                pass


def find_amount_faults(document: Presented) -> Iterator[Defect]:
    """An amount written in capitals and in figures beside each other that are not the same amount."""
    for reading in document.readings:
        text, lines = "", []
        for line in reading.lines:
            lines.append((len(text), line))
            text += squeeze(line.text)
        for match in _BOTH.finditer(text):
            words, figure = parse_amount_in_words(match["words"]), parse_amount(match["figure"])
            if words is None or figure is None or words == figure or _lost_a_digit(match["figure"]):
                continue
            involved = [line for start, line in lines if match.start() - len(squeeze(line.text)) < start < match.end()]
            sure = min(line.score for line in involved) >= SURE_READING and not hindered(document, reading.number)
            yield defect(
                "amount-contradicts",
                page=reading.number,
                box=involved[0].box,
                weight="question" if sure else "note",
                words=match["words"],
                figure=match["figure"],
            )


def _lost_a_digit(figure: str) -> bool:
    """Whether a figure printed in groups of three was misread: it says nothing then, the capitals beside it do."""
    return "," in figure and not _GROUPED.search(figure)


def _permit(kind: MaterialType, spec: FieldSpec, value: FieldValue, document: Presented) -> Iterator[Defect]:
    """A national form passes; a local one of old is only noted, since they are alive; anything else is asked about."""
    planning = check_planning_permit(value.value)
    construction = check_construction_permit(value.value)
    if planning.ok and planning.variant == "local":
        yield defect("permit-malformed", value, name=spec.name, seen=value.value, weight="note")
    elif not (planning.ok or construction.ok or _SUPERVISED.fullmatch(value.value)):
        yield defect("permit-malformed", value, name=spec.name, seen=value.value)
    if kind.code == CONSTRUCTION_PERMIT and construction.ok and ISSUED in document.fields:
        issued, within = document.fields[ISSUED].value, construction.value[6:14]
        if issued.replace("-", "") < within:
            day = dt.datetime.strptime(within, "%Y%m%d").date()  # noqa: DTZ007 - a day has no time zone
            yield defect("permit-date", value, seen=day.isoformat(), name=ISSUED, issued=issued)
