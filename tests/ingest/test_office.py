"""Office files are looked into before LibreOffice may open them, and refused with a remedy where it may not."""

import pytest

from ingest import inspect_with_office
from ingest.refusals import REFUSALS, Refusal
from tests.ingest import bad_files
from tests.ingest import office_files as files

LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _hidden(path, name):
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + name.encode("utf-16-le") + bytes(600))
    return path


def _external(path):
    relation = f'<Relationship Id="r1" Type="{LINK}/image" Target="file:///etc/hostname" TargetMode="External"/>'
    return files.docx(path, ["正文"], relations=relation)


def _field(path):
    field = '<w:p><w:r><w:instrText xml:space="preserve"> INCLUDETEXT "/etc/passwd" </w:instrText></w:r></w:p>'
    return files.docx(path, ["正文"], inside=field)


def _macros(path):
    return files.docx(path, ["正文"], more={"word/vbaProject.bin": b"x"})


def _bomb(path):
    return files.docx(path, ["正文"], more={"word/media/a.bin": bytes(120 * 1024 * 1024)})


REFUSED = {
    "password": (lambda path: _hidden(path, "EncryptedPackage"), "office-encrypted"),
    "old macros": (lambda path: _hidden(path, "_VBA_PROJECT"), "office-macros"),
    "old, but neither Word nor Excel": (lambda path: _hidden(path, "PowerPoint Document"), "office-not-paged"),
    "macros": (_macros, "office-macros"),
    "picture from elsewhere": (_external, "office-links"),
    "text from elsewhere": (_field, "office-links"),
    "bomb": (_bomb, "decompression-bomb"),
    "slides": (lambda path: bad_files.archive(path, ["[Content_Types].xml", "ppt/x.xml"]), "office-not-paged"),
}


@pytest.mark.parametrize(("make", "code"), REFUSED.values(), ids=REFUSED)
def test_what_libreoffice_must_not_open_is_refused_before_it_starts(tmp_path, make, code):
    """The program named here would fail every conversion: it is never reached."""
    path = make(tmp_path / "a.docx")
    before = path.read_bytes()
    with pytest.raises(Refusal) as caught:
        inspect_with_office(path, tmp_path, office="true")
    assert caught.value.code == code
    assert path.read_bytes() == before


def test_a_program_that_makes_no_pdf_is_told_as_a_file_that_was_not_converted(tmp_path):
    with pytest.raises(Refusal, match="office-not-converted"):
        inspect_with_office(files.docx(tmp_path / "a", ["正文"]), tmp_path, office="true")


def test_a_link_to_click_on_does_no_harm(tmp_path):
    relation = f'<Relationship Id="r1" Type="{LINK}/hyperlink" Target="https://example.com" TargetMode="External"/>'
    with pytest.raises(Refusal, match="office-not-converted"):
        inspect_with_office(files.docx(tmp_path / "a", ["正文"], relations=relation), tmp_path, office="true")


@pytest.mark.parametrize("office", ["", "no-such-program"])
def test_without_libreoffice_the_remedy_is_said(tmp_path, office):
    path = files.xlsx(tmp_path / "a.xlsx", [["项目", "面积"]])
    with pytest.raises(Refusal) as caught:
        inspect_with_office(path, tmp_path, office=office)
    assert caught.value.code == "office-not-paged"
    assert "Excel" in caught.value.message


def test_every_refusal_of_an_office_file_says_that_it_is_kept_and_asks_for_a_pdf():
    codes = [code for code in REFUSALS if code.startswith("office-")]
    assert len(codes) == 5
    for code in codes:
        assert "原文件已按原样保留" in REFUSALS[code]["zh"].message
        assert "kept as it is" in REFUSALS[code]["en"].message
        assert all("PDF" in words.remedy for words in REFUSALS[code].values())
