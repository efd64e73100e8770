"""What a clock that was set back does to a package: its times are out of order, which is told and hinders nothing."""

from collections.abc import Iterable

from archive import CheckResult, Event

ORDER_OF_TIMES = "GD-1-5"


def hindering(results: Iterable[CheckResult], case_number: str) -> list[str]:
    """The faults for which nothing may be kept.

    Times that are out of order are none where the log shows that the server's clock stood back when the case was
    written to: the check stays failed in the report, the entries are marked, and waiting would not set them right.
    """
    told = Event.objects.filter(case_number=case_number).exclude(behind=0).exists()
    return [
        f"{line.code} {line.object} {line.remark}"
        for line in results
        if not line.passed and not (told and line.code == ORDER_OF_TIMES)
    ]
