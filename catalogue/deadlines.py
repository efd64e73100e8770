"""When a limit ends, and why: the days and hours counted, those left out, and the pauses, in words for people.

行政许可法 art. 82: the periods of a permit count working days; art. 45: hearings, inspections, expert reviews and the
like do not count. The day on which a period starts is not counted (民法典 art. 201). A period in calendar days that
would end on a day off ends on the next working day (art. 203). Hours and minutes run on working days only, through the
night. A day belongs to a pause from the day it starts up to the day before work goes on, so a pause that ends on the
day it began leaves no day out.
"""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence

from catalogue.errors import CalendarUnknown
from catalogue.items import Limit
from catalogue.working_days import holiday_name, is_provisional, is_working_day, provisional_note

LONGEST_DAYS = 3 * 366
"""No limit of the field runs longer; a count that does is a fault of the list, and ends."""

SECONDS: Mapping[str, int] = {"小时": 3600, "分钟": 60}
"""Units that run by the clock, in seconds."""

WEEKEND = "周末"
"""What a day off is called that is no holiday."""

_DAY = dt.timedelta(days=1)
_FRIDAY = 4


@dataclasses.dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the clock stands still; `end` None while it lasts. `why` is what is said of it."""

    start: dt.datetime
    end: dt.datetime | None
    why: str = ""

    def covers(self, day: dt.date) -> bool:
        """Whether the day is left out because of it."""
        return self.start.date() <= day and (self.end is None or day < self.end.date())


@dataclasses.dataclass(frozen=True, slots=True)
class Deadline:
    """The end of a limit.

    Attributes:
        on: The last day; None while it cannot be said (the clock stands, or the calendar of a year is unknown).
        at: The moment, for limits in hours and minutes.
        why: One sentence for each step of the count.
    """

    on: dt.date | None
    at: dt.datetime | None
    why: tuple[str, ...]

    @property
    def text(self) -> str:
        """All the steps as one line."""
        return "，".join(self.why)


def explain_deadline(
    start: dt.datetime, limit: Limit, pauses: Sequence[Pause] = (), *, permit: bool = False
) -> Deadline:
    """Count a limit from its start, and say how.

    Args:
        start: Local time from which it runs.
        limit: A number and its unit; 日 counts working days for a permit, calendar days for anything else.
        pauses: In local time, in any order; they may overlap.
        permit: Whether it is a limit of a 行政许可.

    Raises:
        ValueError: The limit does not end within `LONGEST_DAYS`.
    """
    said = [_head(start, limit, permit=permit)]
    stopped = sorted(pauses, key=lambda pause: pause.start)
    if any(pause.end is None for pause in stopped):
        return Deadline(None, None, (*said, *_told_pauses(stopped), "计时暂停中，恢复后重新计算"))
    try:
        on, at = _end(start, limit, stopped, permit=permit)
        said += [*_told_days_off(start.date(), on, limit, permit=permit), *_told_pauses(stopped)]
        said += [provisional_note(year) for year in range(start.year, on.year + 1) if is_provisional(year)]
    except CalendarUnknown as unknown:
        return Deadline(
            None, None, (*said, *_told_pauses(stopped), f"{unknown.year}年的放假安排尚未公布或录入，期限待算")
        )
    return Deadline(on, at, (*said, f"到{spoken(on)}" + (f"{at:%H:%M}" if at else "") + "止"))


def _head(start: dt.datetime, limit: Limit, *, permit: bool) -> str:
    if limit.unit in SECONDS:
        return f"{limit.n}{limit.unit}：从{spoken(start.date())}{start:%H:%M}起，休息日不计"
    unit = {"工作日": "个工作日", "日": "日"}[limit.unit]
    how = ""
    if limit.unit == "日":
        how = "；行政许可的期限按工作日计，见行政许可法第八十二条" if permit else "；按自然日计"
    return f"{limit.n}{unit}：从{spoken(start.date())}起（当日不计{how}）"


def _end(
    start: dt.datetime, limit: Limit, pauses: Sequence[Pause], *, permit: bool
) -> tuple[dt.date, dt.datetime | None]:
    if limit.unit in SECONDS:
        at = _after_seconds(start, limit.n * SECONDS[limit.unit], pauses)
        return at.date(), at
    working = limit.unit == "工作日" or permit
    left = limit.n
    for day in _days_after(start.date()):
        if left > 0:
            left -= (not working or is_working_day(day)) and not any(pause.covers(day) for pause in pauses)
        if left <= 0 and is_working_day(day):
            return day, None
    raise ValueError(f"{limit.n}{limit.unit} do not end within {LONGEST_DAYS} days.")


def _days_after(day: dt.date) -> Iterator[dt.date]:
    return (day + n * _DAY for n in range(1, LONGEST_DAYS + 1))


def _after_seconds(start: dt.datetime, seconds: int, pauses: Sequence[Pause]) -> dt.datetime:
    """Hours run on working days only, and not while the clock stands still."""
    left = dt.timedelta(seconds=seconds)
    midnight = dt.datetime.combine(start.date(), dt.time(), tzinfo=start.tzinfo)
    for n in range(LONGEST_DAYS):
        day = max(start, midnight + n * _DAY), midnight + (n + 1) * _DAY
        if not is_working_day((midnight + n * _DAY).date()):
            continue
        for first, last in _running(*day, pauses):
            if left <= last - first:
                return first + left
            left -= last - first
    raise ValueError(f"{seconds} seconds do not end within {LONGEST_DAYS} days.")


def _running(
    start: dt.datetime, end: dt.datetime, pauses: Sequence[Pause]
) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """The parts of a day in which the clock runs; `pauses` in the order of their start."""
    moment = start
    for pause in pauses:
        if pause.start >= end:
            break
        if pause.start > moment:
            yield moment, pause.start
        moment = max(moment, pause.end or end)
    if moment < end:
        yield moment, end


def _told_days_off(start: dt.date, end: dt.date, limit: Limit, *, permit: bool) -> Iterator[str]:
    """Holidays by name, weekends by number, and weekend days that are worked."""
    days = [start + n * _DAY for n in range(1, (end - start).days + 1)]
    if limit.unit == "日" and not permit:
        if len(days) > limit.n:
            yield "末日为休息日或计时暂停的，顺延至其后首个工作日"
        return
    off = [day for day in days if not is_working_day(day)]
    for name, span in itertools.groupby(off, key=lambda day: holiday_name(day) or WEEKEND):
        if name != WEEKEND:
            held = list(span)
            yield f"{name}{_spoken_span(held[0], held[-1])}不计"
    weekends = sum(not holiday_name(day) for day in off)
    if weekends:
        yield f"{WEEKEND}{weekends}天不计"
    worked = [day for day in days if day.weekday() > _FRIDAY and is_working_day(day)]
    if worked:
        yield f"{'、'.join(f'{day.month}月{day.day}日' for day in worked)}调休上班计入"


def _told_pauses(pauses: Sequence[Pause]) -> Iterator[str]:
    for pause in pauses:
        why = f"（{pause.why}）" if pause.why else ""
        until = f"，{spoken(pause.end.date())}恢复，其间不计" if pause.end else "，尚未恢复"
        yield f"{spoken(pause.start.date())}起暂停{why}{until}"


def _spoken_span(first: dt.date, last: dt.date) -> str:
    if first == last:
        return f"（{first.month}月{first.day}日）"
    end = f"{last.day}日" if last.month == first.month else f"{last.month}月{last.day}日"
    return f"（{first.month}月{first.day}日至{end}）"


def spoken(day: dt.date) -> str:
    """2026年11月22日."""
    return f"{day.year}年{day.month}月{day.day}日"
