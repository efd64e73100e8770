"""Numbers of certificates: none missing, none twice, whoever dies while drawing them."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from catalogue import Output, check_licence_identifier, load_catalogue
from signing import (
    Certificate,
    NumberCounter,
    NumbersUsedUp,
    certificate_identifier,
    certificate_number,
    draft_certificate,
)
from tests.workers.numbers_at_once import OUTPUT, REGION, draw_at_once, faults, seal

DAY = dt.date(2026, 11, 29)
FEW = 60
"""Enough that every process draws and several are killed; ten thousand are drawn on PostgreSQL (`make test-stack`)."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    """A database file with the tables of the test's own, which other processes can open."""
    if connection.vendor != "sqlite":
        pytest.skip("the other database is drawn from in tests/stack/drawn_numbers.py")
    path, settings = str(tmp_path / "numbers.sqlite3"), connections["default"].settings_dict
    seal()
    with sqlite3.connect(path) as file:
        connection.connection.backup(file)
    held, name = connection.connection, settings["NAME"]
    connection.connection = None
    settings["NAME"] = path
    yield path
    connection.close()
    settings["NAME"], connection.connection = name, held


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(120)
def test_processes_that_draw_at_once_and_are_killed_leave_no_gap_no_repeat_and_nothing_half_written(database: str):
    killed = draw_at_once(database, total=FEW, processes=4, kills=3)
    assert killed >= 1
    assert faults(FEW) == []
    Certificate.objects.filter(number__endswith="0000007号").delete()
    assert faults(FEW) == [
        "a number is missing or there twice",
        "an identifier is there twice",
        "a certificate is half written",
    ]


def drawn(output: Output, region: str = REGION, day: dt.date = DAY) -> str:
    with transaction.atomic():
        return certificate_number(output, region, day)


@pytest.mark.django_db
def test_each_region_result_and_period_counts_for_itself():
    permit = next(output for output in load_catalogue().item("S3-05").outputs)
    assert [drawn(permit) for _ in range(2)] == ["990101202611290101", "990101202611290201"]
    assert drawn(permit, day=DAY + dt.timedelta(days=1)) == "990101202611300101"
    assert drawn(permit, region="990102") == "990102202611290101"
    assert drawn(OUTPUT) == "地字第9901012026YG0000001号"
    assert drawn(OUTPUT, day=dt.date(2027, 1, 1)) == "地字第9901012027YG0000001号"
    assert drawn(OUTPUT, day=dt.date(2026, 12, 31)) == "地字第9901012026YG0000002号"


@pytest.mark.django_db
def test_a_series_that_is_used_up_gives_nothing_and_keeps_its_place():
    permit = next(output for output in load_catalogue().item("S3-05").outputs)
    NumberCounter.objects.create(series=f"{REGION}:OUT-SGXK:{DAY:%Y%m%d}", last=99)
    with pytest.raises(NumbersUsedUp, match="次日"):
        drawn(permit)
    assert NumberCounter.objects.get().last == 99


@pytest.mark.django_db
def test_the_register_holds_number_identifier_and_terms_together():
    made = draft_certificate(
        OUTPUT,
        seal(),
        case_number="1",
        region=REGION,
        holder_name="某公司",
        holder_uscc="",
        data={"用地单位": "某公司"},
        issued_on=dt.date(2026, 2, 28),
        origins={"用地单位": {"origin": "fact"}},
    )
    assert made.number == "地字第9901012026YG0000001号"
    assert check_licence_identifier(made.identifier).ok
    assert made.identifier.split(".")[5:8] == ["119901010000000001103", "119901010000000001", "9901012026YG0000001"]
    assert (made.data["电子监管号"], made.data["有效期至"]) == ("9901012026YG0000001", "2028年2月28日")
    assert (made.valid_until, made.origins) == (dt.date(2028, 2, 28), {"用地单位": {"origin": "fact"}})


def test_an_identifier_is_made_of_type_issuer_and_number_or_is_the_number():
    issuer, number = "119901010000000001", "990101备案〔2026〕7号"
    national = OUTPUT.model_copy(update={"licence_type": "11100000000013338W011"})
    identifier = certificate_identifier(national, issuer, number)
    assert identifier.startswith(f"1.2.156.3005.2.11100000000013338W011.{issuer}.99010120267.001.")
    assert check_licence_identifier(identifier).ok
    assert certificate_identifier(OUTPUT.model_copy(update={"licence_type": ""}), issuer, number) == number
