"""A drawn document says what its truth says, and bears the defects that were asked for."""

import datetime as dt
import functools
import io
from collections.abc import Callable

import numpy as np
import pdfplumber
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import check_construction_permit, check_id_card, check_project_code, check_uscc, load_catalogue
from samples import TYPES, Document, SampleError, Sheet, drawn_world, make_digital, make_document
from samples.numerals import chinese_date, figure_date, normalised


def plain(text: str) -> str:
    return "".join(text.split())


def redness(sheet: Sheet, page: int = 0) -> float:
    """Share of the page's pixels that are plainly red."""
    pixels = np.asarray(sheet.images[page]).astype(int)
    return float(((pixels[..., 0] - pixels[..., 1] > 60) & (pixels[..., 0] - pixels[..., 2] > 50)).mean())


@functools.cache
def digital(material: str) -> tuple[bytes, Document]:
    return make_digital(material)


@pytest.mark.parametrize("material", TYPES)
def test_every_field_of_the_truth_stands_in_the_text_layer_or_was_written_by_hand(material: str) -> None:
    content, document = digital(material)
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == document.pages
        text = plain("".join(page.extract_text() for page in pdf.pages))
    lines = plain("".join(document.lines))
    for name, value in document.fields.items():
        printed = plain(value.printed) in text or plain(value.printed) in lines
        assert printed or name in document.handwritten, name


@pytest.mark.parametrize("material", TYPES)
def test_fields_and_seal_roles_are_those_of_the_catalogue(material: str) -> None:
    known = load_catalogue().material_type(material)
    _, document = digital(material)
    assert list(document.fields) == [field.name for field in known.fields]
    assert document.name == known.name
    assert len(document.seals) == len(known.seals)


@pytest.mark.parametrize("material", ["M-XMJB", "M-YDSQB", "M-XFSQB"])
def test_what_is_filled_in_by_hand_is_ink_and_not_text(material: str) -> None:
    sheet = make_document(material, dpi=100, degrade="clean", seed=2)
    assert sheet.document.handwritten == ("联系人",)
    pixels = np.asarray(sheet.images[0]).astype(int)
    blue = (pixels[..., 2] - pixels[..., 0] > 25) & (pixels[..., 0] < 110)
    assert blue.sum() > 60


@given(st.integers(min_value=0, max_value=10_000))
def test_every_drawn_city_has_valid_identifiers_and_days_in_order(seed: int) -> None:
    world = drawn_world(seed)
    companies = (world.owner, world.contractor, world.designer, world.supervisor, world.bank)
    assert all(check_uscc(company.code).state == "ok" for company in companies)
    assert len({company.code for company in companies}) == len(companies)
    assert check_id_card(world.agent_code).ok
    assert check_project_code(world.project_code).ok
    assert check_construction_permit(world.works.permit_number).ok
    days = [world.works.tendered, world.works.awarded, world.works.contracted, world.works.applied]
    assert days == sorted(days)


def test_drawn_cities_differ_and_some_people_bear_rare_names() -> None:
    worlds = [drawn_world(seed) for seed in range(40)]
    assert len({world.project_code for world in worlds}) == 40
    assert len({world.owner.name for world in worlds}) > 36
    people = "".join(world.agent + world.manager + world.owner.legal_person for world in worlds)
    assert set("喆昇堃翀瑀淼赟") <= set(people)


def test_a_form_can_be_made_in_another_city() -> None:
    world = drawn_world(7)
    _, document = make_digital("OUT-KY", world=world)
    assert document.fields["项目单位"].printed == world.owner.name
    assert document.fields["审批机关"].printed == f"{world.city}行政审批局"
    assert not any("江澜" in line for line in document.lines)


def test_every_identifier_is_valid() -> None:
    application, letter = make_digital("M-SQB")[1], make_digital("M-SQWT")[1]
    assert check_uscc(application.fields["统一社会信用代码"].normalised).state == "ok"
    assert check_id_card(letter.fields["身份证号"].normalised).state == "ok"


def test_the_same_seed_gives_the_same_pixels_and_another_seed_others() -> None:
    first, again, other = (make_document("OUT-ZB", seed=seed, dpi=100).images[0].tobytes() for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_a_scan_at_200_dpi_has_the_pixels_of_its_paper() -> None:
    assert make_document("M-CNS").images[0].size == (1654, 2339)


def test_a_landscape_licence_is_wider_than_high_and_turned_by_90_it_stands() -> None:
    assert make_document("M-YYZZ", dpi=100).images[0].size == (1170, 827)
    assert make_document("M-YYZZ", dpi=100, rotate=90).images[0].size == (827, 1170)


def test_turning_by_180_only_turns_the_upright_scan() -> None:
    upright, turned = (make_document("M-SQWT", dpi=100, rotate=rotate) for rotate in (0, 180))
    assert np.array_equal(np.asarray(upright.images[0])[::-1, ::-1], np.asarray(turned.images[0]))
    assert turned.document.rotation == 180


def test_an_unsealed_letter_has_no_red_and_a_sealed_one_has() -> None:
    unsealed, sealed = (make_document("M-SQWT", dpi=100, seal=seal) for seal in (False, True))
    assert redness(unsealed) < 0.0002
    assert redness(sealed) > 0.002
    assert unsealed.document.defects == ("unsealed",)
    assert unsealed.document.seals == ()


def test_a_seal_lies_where_the_truth_says() -> None:
    sheet = make_document("OUT-ZB", dpi=100)
    (seal,) = sheet.document.seals
    pixels = np.asarray(sheet.images[0]).astype(int)
    red = (pixels[..., 0] - pixels[..., 1] > 60) & (pixels[..., 0] - pixels[..., 2] > 50)
    rows, columns = np.nonzero(red)
    assert seal.owner == "江澜晨曦智能装备有限公司"
    assert abs((columns.min() + columns.max()) / 2 - seal.center[0]) < 4
    assert abs((rows.min() + rows.max()) / 2 - seal.center[1]) < 4
    assert abs(columns.max() - columns.min() - seal.diameter) < 6


def test_another_owners_seal_is_planted_and_told() -> None:
    _, document = make_digital("M-SQWT", seal="江澜宏远建设集团有限公司")
    assert document.seals[0].owner == "江澜宏远建设集团有限公司"
    assert document.defects == ("wrong-seal",)


def test_an_expired_letter_ended_before_the_day_of_the_stories() -> None:
    _, document = make_digital("M-SQWT", expired=True)
    assert document.fields["有效期至"].normalised == "2026-09-30"
    assert document.defects == ("expired",)


def test_an_override_is_printed_and_told() -> None:
    _, document = make_digital("OUT-ZB", {"中标价": "9,000万元"})
    assert document.fields["中标价"].normalised == "90000000.00"
    assert any("9,000万元" in line for line in document.lines)


def test_worse_scans_have_less_contrast() -> None:
    clean, office, poor = (
        np.asarray(make_document("OUT-ZB", dpi=100, degrade=degrade).images[0].convert("L"))
        for degrade in ("clean", "office", "poor")
    )
    spread = [float(np.percentile(image, 90)) - float(image.min()) for image in (clean, office, poor)]
    assert spread[0] > spread[1] > spread[2] > 60


def test_the_contract_has_three_pages_with_both_seals_on_the_last() -> None:
    _, document = make_digital("M-SGHT")
    assert document.pages == 3
    assert [(seal.role, seal.page) for seal in document.seals] == [("发包人", 3), ("承包人", 3)]
    assert "第3页共3页" in plain("".join(document.lines))


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda: make_digital("M-NONE"), "samples.type"),
        (lambda: make_digital("OUT-ZB", {"无此项": "x"}), "samples.field"),
        (lambda: make_digital("OUT-ZB", expired=True), "samples.no-validity"),
    ],
)
def test_what_cannot_be_made_is_refused_with_a_code(ask: Callable[[], object], code: str) -> None:
    with pytest.raises(SampleError) as refused:
        ask()
    assert refused.value.code == code


@given(st.dates(min_value=dt.date(1900, 1, 1)))
def test_a_printed_date_comes_back_as_iso(day: dt.date) -> None:
    assert normalised(chinese_date(day)) == day.isoformat()
    assert normalised(figure_date(day)) == day.isoformat()
    assert normalised(f"{day:%Y.%m.%d}") == normalised(f"{day:%Y年%m月%d日}") == day.isoformat()


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("8,650万元", "86500000.00"),
        ("3,280.5万元", "32805000.00"),
        ("42680.00平方米", "42680.00"),
        ("9240㎡", "9240.00"),
        ("长期", "长期"),
        ("2019年6月18日至2026年9月30日", "2026-09-30"),
        ("自2025年3月1日至2027年2月28日", "2027-02-28"),
        ("2024年3月18日起至2074年3月17日止", "2074-03-17"),
        ("2019.05.16-2039.05.16", "2039-05-16"),
        ("二〇二六年十月二十一日", "2026-10-21"),
        ("江建消审字〔2026〕第107号", "江建消审字〔2026〕107号"),
        ("江（2026）江澜市不动产权第1000057号", "江(2026)江澜市不动产权第1000057号"),
    ],
)
def test_amounts_and_areas_are_normalised(printed: str, expected: str) -> None:
    assert normalised(printed) == expected


def test_an_expired_letter_was_signed_before_it_ended() -> None:
    fields = make_digital("M-SQWT", expired=True)[1].fields
    assert fields["签署日期"].normalised < fields["有效期至"].normalised
