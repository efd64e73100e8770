"""Numbers drawn by many processes at once; `test_compose.py` runs this on PostgreSQL, as SQLite has one writer."""

import multiprocessing

import pytest
from django.db import connection, transaction

PROCESSES, EACH = 8, 25


def _draw(name: str) -> list[int]:
    from django.conf import settings
    from django.db import connections

    from signing import draw_number

    settings.DATABASES["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name
    drawn = []
    for turn in range(EACH):
        try:
            with transaction.atomic():
                number = draw_number("tests")
                if turn % 5 == 0:
                    raise RuntimeError("changed its mind")  # noqa: TRY301 - the number goes back
        except RuntimeError:
            continue
        drawn.append(number)
    connections.close_all()
    return drawn


@pytest.mark.django_db(transaction=True)
def test_eight_processes_draw_numbers_without_gap_or_repeat():
    name = connection.settings_dict["NAME"]
    connection.close()
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        drawn = [number for numbers in pool.map(_draw, [name] * PROCESSES) for number in numbers]
    assert sorted(drawn) == list(range(1, PROCESSES * EACH * 4 // 5 + 1))
