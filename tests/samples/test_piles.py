"""The two piles of the demonstration: which files, what is in them, and what is planted."""

import json
from collections.abc import Iterator
from pathlib import Path

import pdfplumber
import pytest
from PIL import Image

from samples import Pile, SampleError, make_document, make_project_pile, make_second_case_pile


@pytest.fixture(scope="module")
def pile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pile]:
    return make_project_pile(tmp_path_factory.mktemp("first-case"))


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pile]:
    return make_second_case_pile(tmp_path_factory.mktemp("second-case"))


def types(pile: Pile, batch: str) -> dict[str, list[str]]:
    return {file.path.name: [document.type for document in file.documents] for file in pile.batch(batch)}


def test_the_first_batch_is_the_planned_one(pile: Pile) -> None:
    assert types(pile, "first") == {
        "申请表.jpg": ["M-SQB"],
        "营业执照.png": ["M-YYZZ"],
        "授权委托书.jpg": ["M-SQWT"],
        "规划许可.pdf": ["OUT-YDGH", "OUT-GCGH"],
        "施工合同.tif": ["M-SGHT"],
        "审查合格书.pdf": ["OUT-ST"],
        "土地出让合同.pdf": ["OUT-CRHT"],
    }
    assert pile.missing == ("OUT-ZB",)


def test_the_second_batch_mends_both_faults(pile: Pile) -> None:
    assert types(pile, "second") == {"中标通知书.jpg": ["OUT-ZB"], "授权委托书.jpg": ["M-SQWT"]}
    planted, mended = (pile.file("授权委托书.jpg", batch).documents[0] for batch in ("first", "second"))
    assert (planted.defects, planted.rotation) == (("unsealed",), 180)
    assert (mended.defects, mended.rotation) == ((), 0)


def test_the_second_case_has_only_what_belongs_to_its_works(second: Pile) -> None:
    assert sorted(file.documents[0].type for file in second.files) == ["M-SGHT", "M-SQB", "OUT-ST", "OUT-ZB"]
    for file in second.files:
        assert file.documents[0].fields["工程名称"].printed == "晨曦智能装备制造基地项目2号厂房"


def test_both_cases_are_of_one_project(pile: Pile, second: Pile) -> None:
    assert pile.project_code == second.project_code == "2603-990101-04-01-318264"
    assert pile.works != second.works


def test_the_scanned_pdf_has_two_pages_of_pictures_and_no_text(pile: Pile) -> None:
    with pdfplumber.open(pile.file("规划许可.pdf").path) as pdf:
        assert len(pdf.pages) == 2
        assert all(not page.extract_text() and page.images for page in pdf.pages)


def test_the_born_digital_pdf_has_a_text_layer(pile: Pile) -> None:
    with pdfplumber.open(pile.file("审查合格书.pdf").path) as pdf:
        assert "晨曦智能装备制造基地项目1号厂房" in pdf.pages[0].extract_text()
        assert pdf.pages[0].images


def test_the_contract_is_a_tiff_of_three_colour_pages(pile: Pile) -> None:
    with Image.open(pile.file("施工合同.tif").path) as scan:
        assert scan.n_frames == 3
        assert scan.info["dpi"] == (200, 200)
        scan.seek(2)
        assert scan.convert("RGB").size == (1654, 2339)


def test_files_are_as_large_as_office_scans(pile: Pile) -> None:
    for file in (one for one in pile.files if one.path.name != "土地出让合同.pdf"):  # three pages of text share a font
        a_page = file.path.stat().st_size / file.pages
        assert 60_000 < a_page < 500_000, file.path.name


def test_the_truth_lies_beside_the_files(pile: Pile) -> None:
    truth = json.loads((pile.root / "truth.json").read_text("utf-8"))
    assert [entry["path"] for entry in truth["files"]] == [f.path.relative_to(pile.root).as_posix() for f in pile.files]
    assert all((pile.root / entry["path"]).is_file() for entry in truth["files"])
    assert truth["files"][0]["documents"][0]["fields"]["申请日期"]["normalised"] == "2026-11-20"


def test_the_same_seed_writes_the_same_bytes(second: Pile, tmp_path: Path) -> None:
    again = make_second_case_pile(tmp_path)
    for one, other in zip(second.files, again.files, strict=True):
        assert one.path.read_bytes() == other.path.read_bytes(), one.path.name
    assert (second.root / "truth.json").read_bytes() == (again.root / "truth.json").read_bytes()


def test_a_pdf_of_scans_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    sheet = make_document("OUT-LX", dpi=100)
    one, other = (sheet.save(tmp_path / name).read_bytes() for name in ("a.pdf", "b.pdf"))
    assert one == other


@pytest.mark.parametrize(("name", "code"), [("合同.jpg", "samples.pages"), ("合同.docx", "samples.ending")])
def test_a_file_that_cannot_hold_the_pages_is_refused(name: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(SampleError) as refused:
        make_document("M-SGHT", dpi=72).save(tmp_path / name)
    assert refused.value.code == code


def test_a_file_the_pile_lacks_is_named_in_the_error(pile: Pile) -> None:
    with pytest.raises(KeyError, match="申请表"):
        pile.file("无此文件.jpg")
