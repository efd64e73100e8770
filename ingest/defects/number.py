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
)
from ingest.defects.words import defect
from ingest.report import Defect, Presented
from ocr import FieldValue

_SUPERVISED = re.compile(r"[0-9]{6}20[0-9]{2}[A-Z]{1,2}[0-9]{5,7}")
"""电子监管号: of a land contract, and of planning permits written without 字第…号."""

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
