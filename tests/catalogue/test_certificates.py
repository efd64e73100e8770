"""Number rules and the lines of certificates, as they are shipped and as they must not be."""

import datetime as dt

import pytest

from catalogue import (
    CatalogueError,
    CertificateForm,
    FormLine,
    NumberRule,
    certificate_form,
    check_construction_permit,
    check_supervised_permit,
    find_document_numbers,
    load_catalogue,
    number_rule,
)
from catalogue.certificates import _check_form, _check_rule

DAY = dt.date(2026, 11, 29)
ISSUED = [(item, output) for item in load_catalogue().items() for output in item.outputs if output.template]


@pytest.mark.parametrize(("item", "output"), ISSUED, ids=lambda one: getattr(one, "material", None))
def test_what_is_issued_here_has_a_number_rule_and_lines(item, output):
    assert number_rule(output.number_rule).number("990101", DAY, 1)
    assert certificate_form(output.material).lines


@pytest.mark.parametrize(("item", "output"), ISSUED, ids=lambda one: getattr(one, "material", None))
def test_whoever_sets_a_term_says_by_which_rule(item, output):
    assert bool(output.validity_months) == bool(output.validity_basis)
    assert output.validity_months or not output.used_by
    assert bool(output.start_months) == bool(output.start_basis)


@pytest.mark.parametrize(("item", "output"), ISSUED, ids=lambda one: getattr(one, "material", None))
def test_every_required_line_that_may_be_empty_says_what_to_do(item, output):
    for line in certificate_form(output.material).lines:
        always = line.places and all(place.startswith("fact.") for place in line.places)
        assert not line.required or always or line.remedy, line.name


def test_numbers_have_the_shape_that_their_readers_expect():
    assert check_construction_permit(number_rule("permit18").number("990101", DAY, 12)).ok
    assert number_rule("permit18").number("990101", DAY, 12) == "990101202611291201"
    assert number_rule("filing").number("990101", DAY, 12) == "990101备案〔2026〕12号"
    assert find_document_numbers(number_rule("joint-opinion").number("990101", DAY, 7))[0].serial == 7
    for name, letters in (("supervised-site", "XS"), ("supervised-land", "YG"), ("supervised-works", "GG")):
        assert check_supervised_permit(number_rule(name).number("990101", DAY, 7)).variant == letters


@pytest.mark.parametrize("serial", [0, 100])
def test_a_serial_without_room_is_refused(serial):
    with pytest.raises(ValueError, match="1 to 99"):
        number_rule("permit18").number("990101", DAY, serial)


def test_a_region_that_is_none_is_refused():
    with pytest.raises(ValueError, match="6 digits"):
        number_rule("supervised-land").number("9901", DAY, 1)


def test_a_series_begins_anew_with_its_period():
    assert number_rule("permit18").period(DAY) == "20261129"
    assert number_rule("filing").period(DAY) == "2026"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("地字第9901012026YG0000001号", ""),
        ("地 字 第 9901012026YG0000001 号", ""),
        ("地字第9901012026GG0000001号", "letters"),
        ("核字第9901012026GG0000001号", "letters"),
        ("地字第9901012026YG0000000号", "serial"),
        ("地字第9901012026YG000001号", "shape"),
        ("地字第990101202600013号", "shape"),
        ("地字第9901012026YG0000001号(改1)", "shape"),
        ("9901012026YG0000001", "shape"),
    ],
)
def test_a_supervised_number_is_checked(number, reason):
    assert check_supervised_permit(number).reason == reason


@pytest.mark.parametrize(
    "changes",
    [{"form": "{region}许可〔{day:%Y}〕1号"}, {"form": "{place}许可〔{day:%Y}〕{serial}号"}, {"form": "许{serial}"}],
    ids=["no serial", "unknown part", "other shape"],
)
def test_a_rule_that_cannot_number_is_refused_when_it_is_read(changes):
    with pytest.raises(CatalogueError) as refused:
        _check_rule(number_rule("filing").model_copy(update=changes))
    assert refused.value.code == "number-rule"


@pytest.mark.parametrize("place", ["fact.nobody", "form.没有的栏目", "OUT-YDGH.没有的栏目", "M-NONE.名称"])
def test_a_line_from_nowhere_is_refused_when_it_is_read(place):
    form = CertificateForm(material="OUT-LX", lines=(FormLine(name="项目名称", places=(place,)),), source="test")
    with pytest.raises(CatalogueError):
        _check_form(form)


def test_what_is_unknown_is_named():
    for ask, code in (
        (lambda: number_rule("other"), "unknown-number-rule"),
        (lambda: certificate_form("M-SQB"), "unknown-certificate"),
        (lambda: certificate_form("OUT-LX").line("其他"), "unknown-line"),
    ):
        with pytest.raises(CatalogueError) as unknown:
            ask()
        assert unknown.value.code == code
    assert isinstance(number_rule("filing"), NumberRule)
