"""Inspection tells what a file is by its content, and never touches it."""

import contextlib
import io

import pikepdf
import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ingest.inspection import MAX_PAGES, inspect
from ingest.inspection_magic import describe, media_type
from ingest.inspection_types import Inspection
from ingest.refusals import Refusal
from tests.ingest import bad_files as files
from tests.ingest.corpora import corpus


def test_a_pdf_is_known_whatever_its_name_says(tmp_path):
    found = inspect(files.pdf(tmp_path / "扫描件.jpg", [b"", b"", b""]))
    assert (found.media_type, found.page_count, found.signed, found.encrypted) == ("application/pdf", 3, False, False)
    assert Inspection.from_json(found.to_json()) == found


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("TIFF", "image/tiff")])
def test_an_image_is_known_with_its_size_and_resolution(tmp_path, kind, name):
    path = tmp_path / "材料.pdf"
    files.picture(1240, 1754).save(path, kind, dpi=(150, 150))
    found = inspect(path)
    assert (found.media_type, found.page_count) == (name, 1)
    assert (found.images[0].width, found.images[0].height, found.images[0].dpi) == (1240, 1754, 150)


def test_every_frame_of_a_tiff_is_a_page(tmp_path):
    found = inspect(files.tiff(tmp_path / "a.tif", 5, compression="tiff_deflate"))
    assert found.page_count == len(found.images) == 5


def test_a_second_picture_in_a_phone_photograph_is_not_a_page(tmp_path):
    path = tmp_path / "photo.jpg"
    files.picture().save(path, "MPO", save_all=True, append_images=[files.picture(60, 80)])
    assert inspect(path).page_count == 1


def test_the_orientation_of_a_photograph_is_noted(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    files.picture(800, 600).save(tmp_path / "a.jpg", exif=exif)
    assert inspect(tmp_path / "a.jpg").images[0].orientation == 6


def test_a_cameras_72_dpi_is_not_believed_of_a_large_photograph(tmp_path):
    files.picture(4000, 3000).save(tmp_path / "a.jpg", dpi=(72, 72))
    assert inspect(tmp_path / "a.jpg").images[0].dpi is None


def test_a_pdf_that_only_restricts_printing_is_taken_and_says_so(tmp_path):
    found = inspect(files.encrypted_pdf(tmp_path / "a.pdf", user="", owner="owner"))
    assert found.encrypted
    assert found.page_count == 1


def _with_signature_field(path, contents):
    files.pdf(path, [b""])
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="Signature1")
        if contents:
            field.V = document.make_indirect(
                pikepdf.Dictionary(Type=pikepdf.Name.Sig, Contents=pikepdf.String(contents), ByteRange=[0, 9, 20, 9])
            )
        document.Root.AcroForm = pikepdf.Dictionary(Fields=[document.make_indirect(field)], SigFlags=3)
        document.save(path)
    return path


def test_a_signed_pdf_is_recognised(tmp_path):
    assert inspect(_with_signature_field(tmp_path / "a.pdf", b"0\x82\x01")).signed


def test_a_field_that_waits_for_its_signature_is_not_a_signature(tmp_path):
    assert not inspect(_with_signature_field(tmp_path / "a.pdf", b"")).signed


def test_files_signed_by_another_program_are_recognised():
    paths = [path for path in corpus("signed") if "minimal-signed" in path.name][::3]
    if not paths:
        pytest.skip("shared/corpora/signed is absent")
    assert [path.name for path in paths if not inspect(path).signed] == []


@pytest.mark.parametrize(
    ("head", "tail", "words"),
    [
        (b"GIF89a", b"", "GIF"),
        (b"PK\x03\x04....[Content_Types].xml", b"word/document.xml", "Word"),
        (b"PK\x03\x04....OFD.xml", b"", "OFD"),
        (b"PK\x03\x04....a.txt", b"photos/word/1.jpg", "ZIP"),
        (b"PK\x03\x04....a.txt", b"", "ZIP"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", b"", "AVIF"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", b"", "音视频"),
        (b"RIFF\0\0\0\0WAVEfmt ", b"", "音视频"),
        (b"\n<!DOCTYPE html><html>", b"", "HTML"),
        ("江澜市".encode(), b"", "纯文本"),
        (b"\x00\x01\x02", b"", "无法识别"),
    ],
)
def test_what_is_not_taken_is_called_by_its_name(head, tail, words):
    assert media_type(head) is None
    assert words in describe(head, tail)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=5000), st.binary(max_size=100))
def test_any_bytes_get_a_type_or_a_name(head, tail):
    assert media_type(head) or describe(head, tail)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_inspected_or_refused_and_nothing_else(tmp_path, data):
    whole = io.BytesIO()
    kind = data.draw(st.sampled_from(["pdf", "PNG", "JPEG", "TIFF", "WEBP", "HEIF"]))
    if kind == "pdf":
        whole.write(files.pdf(tmp_path / "whole.pdf", [files.text_at(72, 700, "x")]).read_bytes())
    else:
        pillow_heif.register_heif_opener()
        files.picture(60, 80).save(whole, kind)
    damaged = bytearray(whole.getvalue())
    for _ in range(data.draw(st.integers(1, 20))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged"
    path.write_bytes(damaged)
    with contextlib.suppress(Refusal):
        assert 1 <= inspect(path).page_count <= MAX_PAGES
    assert path.read_bytes() == damaged
