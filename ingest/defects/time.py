"""Time: past or before its validity, ending before the decision, dates after today or in no calendar."""

import datetime as dt
import re
from collections.abc import Iterator

from catalogue import MaterialType, normalise, parse_validity
from ingest.defects.words import defect
from ingest.report import CaseFacts, Defect, Presented
from ocr import FieldValue, Line

SURE_DATE = 0.95
"""Score of a line from which a day that no calendar has is the paper's own; below it a digit may be misread."""

ENDS = re.compile(r"期限|有效|届满|截止|终止|计划|预计|拟")
"""Words in a field's name that say a time to come, which is no date of signing or issue."""

_WRITTEN = re.compile(
    r"(?<![0-9])((?:19|20|21)[0-9]{2}) ?年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?日"
    r"|(?<![0-9A-Za-z.\-/])((?:19|20)[0-9]{2})-([0-9]{2})-([0-9]{2})(?![0-9\-])"
)


def find_validity_faults(kind: MaterialType, document: Presented, facts: CaseFacts, today: dt.date) -> Iterator[Defect]:
    """Whether it holds today, and on the day on which the case is to be decided."""
    until, due = document.valid_until, facts.decision_due_on
    value = document.fields.get(kind.validity.field)
    if until and until < today:
        yield defect("expired", value, until=until.isoformat())
    elif until and due and until < due:
        yield defect("expires-before-decision", value, until=until.isoformat(), due=due.isoformat())
    if document.ended:
        yield defect("no-longer-in-force", why=document.ended)
    start = _start(kind, document)
    if start and start[0] > today:
        day, page, line = start
        yield defect("not-yet-valid", page=page, box=line.box, start=day.isoformat())


def _start(kind: MaterialType, document: Presented) -> tuple[dt.date, int, Line] | None:
    """The first day of its validity, where one line tells both ends (自…至…)."""
    if kind.validity.kind == "none" or document.valid_until is None:
        return None
    for reading in document.readings:
        for line in reading.lines:
            period = parse_validity(line.text)
            if period and period.start and period.until == document.valid_until:
                return period.start, reading.number, line
    return None


def find_date_faults(kind: MaterialType, document: Presented, today: dt.date) -> Iterator[Defect]:
    """Days of signing or issue after today, and written days that do not exist."""
    for spec in kind.fields:
        value = document.fields.get(spec.name)
        if spec.kind != "date" or value is None or spec.name == kind.validity.field or ENDS.search(spec.name):
            continue
        day = _day(value)
        if day and day > today:
            yield defect("date-in-future", value, name=spec.name, seen=value.value)
    for seen, page, line in impossible_dates(document):
        sure = line.score >= SURE_DATE and not line.hand
        yield defect("date-impossible", page=page, box=line.box, seen=seen, weight="serious" if sure else "question")


def impossible_dates(document: Presented) -> Iterator[tuple[str, int, Line]]:
    """Each written day that is in no calendar, as it is written, with its page and line."""
    for reading in document.readings:
        for line in reading.lines:
            for match in _WRITTEN.finditer(normalise(line.text)):
                year, month, day = (int(part) for part in match.groups() if part)
                try:
                    dt.date(year, month, day)
                except ValueError:
                    yield match.group(), reading.number, line


def _day(value: FieldValue) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value.value)
    except ValueError:
        return None
