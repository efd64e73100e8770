"""Until when a certificate holds and by when what it permits must begin, counted and in words.

Months are counted as the Civil Code does (《民法典》第二百零一条、第二百零二条): the day of issue is not counted, and a
period ends on the day of the same number, or on the last day of a month that has none.
"""

import datetime as dt

from catalogue import Output, add_months, spoken


def valid_until(output: Output, issued_on: dt.date) -> dt.date | None:
    """The last day on which a certificate of that day holds; None where it has no end."""
    return add_months(issued_on, output.validity_months) if output.validity_months else None


def begin_by(output: Output, issued_on: dt.date) -> dt.date | None:
    """The last day on which what it permits may begin; None where nothing must begin."""
    return add_months(issued_on, output.start_months) if output.start_months else None


def printed_terms(output: Output, issued_on: dt.date) -> dict[str, str]:
    """The lines of a certificate that state its terms; none where it has none."""
    terms = {}
    if until := valid_until(output, issued_on):
        terms["有效期至"] = spoken(until)
    if begin := begin_by(output, issued_on):
        terms["开工期限"] = spoken(begin)
    return terms
