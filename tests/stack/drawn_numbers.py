"""Ten thousand certificates numbered by eight processes, some killed; `test_numbers_postgres.py` runs this."""

import pytest
from django.db import connection

from tests.workers.numbers_at_once import draw_at_once, faults, seal

TOTAL, PROCESSES, KILLS = 10_000, 8, 12


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(900)
def test_eight_processes_number_ten_thousand_certificates_without_gap_or_repeat():
    seal()
    name = str(connection.settings_dict["NAME"])
    connection.close()
    assert draw_at_once(name, total=TOTAL, processes=PROCESSES, kills=KILLS) == KILLS
    assert faults(TOTAL) == []
