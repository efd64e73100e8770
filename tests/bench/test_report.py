"""The figures of a run are told in tables, as JSON, and on a page with the failures as pictures."""

import base64
import dataclasses
import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.comparing import aims
from bench.failures import MOST_OF_A_KIND, MOST_OF_A_SUBJECT, all_failures
from bench.printing import as_json, as_tables
from bench.report import render, write_report
from bench.results import Result
from tests.bench.small_result import small_result


@pytest.fixture
def result(tmp_path: Path) -> Result:
    return small_result(tmp_path)


def test_every_figure_stands_beside_its_ratio_to_ours(result: Result) -> None:
    ours, baseline, _ = json.loads(as_json(result))["engines"].values()
    assert ours["to_ours"]["cpu"] == 1
    assert baseline["to_ours"]["cpu"] == 12
    assert "12.00x" in as_tables(result)


def test_the_aims_are_judged_on_the_run(result: Result) -> None:
    met = {aim.what: aim.met for aim in aims(result.comparison)}
    assert met == {
        "under 0.9 CPU s a page": True,
        "error no worse than tiny-baseline": True,
        "at least 12 times OCRmyPDF": True,
        "a worker under 500 MB": True,
        "the same on one core and on all": True,
    }


def test_what_was_left_out_is_told_with_its_reason(result: Result) -> None:
    for told in (as_tables(result), render(result)):
        assert "tesseract is not installed" in told
        assert "gbt: page 5" in told


def test_every_kind_of_failure_is_shown_with_what_was_expected_and_read(result: Result) -> None:
    kinds = {kind.name: kind for kind in all_failures(result)}
    assert {name: kind.count for name, kind in kinds.items()} == {
        "文字读错：自制表单（留作评分的字体与版式）": 1,
        "字段有误": 1,
        "材料类型判错": 1,
        "页面没有转正": 1,
        "印章": 1,
    }
    (misread,) = kinds["文字读错：自制表单（留作评分的字体与版式）"].shown
    assert (misread.expected, misread.got) == ("江澜晨曦智能装备有限公司", "江澜晨曦智能装各有限公司")
    assert misread.others == (("tiny-baseline", "✓"), ("ocrmypdf", "✓"))


def test_the_picture_is_the_piece_of_the_page_where_the_field_stands(result: Result) -> None:
    (misread,) = next(kind for kind in all_failures(result) if kind.name.startswith("文字读错")).shown
    written = base64.b64decode(misread.picture.removeprefix("data:image/jpeg;base64,"))
    high, wide = cv2.imdecode(np.frombuffer(written, np.uint8), cv2.IMREAD_COLOR).shape[:2]
    assert wide / high == pytest.approx((400 + 2 * 24) / (40 + 2 * 24), rel=0.05)


def test_the_page_holds_everything_itself_and_asks_nobody(result: Result, tmp_path: Path) -> None:
    page = write_report(result, tmp_path / "report").read_text("utf-8")
    assert not re.search(r"(?:src|href)=\"(?!data:)", page)
    assert page.count("<img") == sum(len(kind.shown) for kind in all_failures(result))
    assert "江澜晨曦智能装各有限公司" in page


def test_pictures_of_one_kind_and_of_one_subject_are_bounded(result: Result) -> None:
    (failure,) = result.seals.failures
    scans = [dataclasses.replace(failure, degrade=f"scan {n}") for n in range(MOST_OF_A_KIND)]
    result.seals.failures.extend([*scans, *[failure] * MOST_OF_A_SUBJECT])
    seals = next(kind for kind in all_failures(result) if kind.name == "印章")
    assert seals.count == MOST_OF_A_KIND + MOST_OF_A_SUBJECT + 1
    assert len(seals.shown) == MOST_OF_A_KIND
    assert [one.subject for one in seals.shown].count("round poor") == MOST_OF_A_SUBJECT
