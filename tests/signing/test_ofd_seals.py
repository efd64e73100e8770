"""The seals of an OFD are judged by what was checked: nothing more is claimed, and no change goes unseen."""

import dataclasses
import datetime as dt
import functools
import io

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from samples import ofd, ofd_seals
from samples.ofd_seals import Sealing, new_holder, seal_package
from samples.seals import draw_seal
from signing import read_certificates, validate_ofd
from signing.ses import SesError, read_seal, read_signature
from signing.verdicts import Validation

OFFICE = "测试市住房和城乡建设局"
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
MANY = 60
CONTENT = "Doc_0/Pages/Page_1/Content.xml"
HONEST = {"no-timestamp", "revocation-unknown"}
"""What is said of every good seal: neither is checked."""


@functools.cache
def world():
    """A root, an office below it, a maker of seals, and somebody else altogether."""
    root = new_holder("测试根", authority=True)
    return {
        "root": root,
        "office": new_holder(OFFICE, issuer=root),
        "maker": new_holder("测试制章中心", issuer=root),
        "stranger": new_holder("某人", issuer=new_holder("别的根", authority=True)),
    }


def sealing(**changes) -> Sealing:
    people = world()
    pixel = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(pixel, "PNG")
    return dataclasses.replace(
        Sealing(people["office"], people["maker"], f"{OFFICE}电子印章", pixel.getvalue()), **changes
    )


def document() -> dict[str, bytes]:
    return ofd.package_files(ofd.Design([ofd.Page([ofd.text("施工许可证 440300202611220101", 30, 40)])]))


def judge(tmp_path, files: dict[str, bytes], *, trust: str = "root") -> Validation:
    path = tmp_path / "a.ofd"
    path.write_bytes(ofd.pack(files))
    return validate_ofd(path, [x509.load_der_x509_certificate(world()[trust].certificate)], at=NOW)


def codes(found: Validation) -> set[str]:
    return {reason.code for reason in found.reasons}


@pytest.mark.parametrize("standard", ["GB/T 38540", "GM/T 0031", "GB/T 35275"])
def test_a_good_seal_has_nothing_against_it_and_is_not_called_valid(tmp_path, standard):
    found = judge(tmp_path, seal_package(document(), sealing(standard=standard)))
    (seal,) = found.seals
    assert (seal.signer, seal.intact, seal.trusted, seal.changed_after) == (OFFICE, True, True, False)
    assert seal.name == ("" if standard == "GB/T 35275" else f"{OFFICE}电子印章")
    assert seal.time == dt.datetime(2026, 1, 10, 2, 0, tzinfo=dt.UTC)
    assert codes(found) == HONEST
    assert found.verdict == "unknown"


@pytest.mark.parametrize("standard", ["GB/T 38540", "GM/T 0031", "GB/T 35275"])
def test_a_root_we_do_not_know_is_said(tmp_path, standard):
    found = judge(tmp_path, seal_package(document(), sealing(standard=standard)), trust="stranger")
    assert (found.seals[0].intact, found.seals[0].trusted) == (True, False)
    assert codes(found) == {"untrusted", "no-timestamp"}


def test_two_seals_one_after_the_other_leave_each_other_whole(tmp_path):
    once = seal_package(document(), sealing())
    found = judge(tmp_path, seal_package(once, sealing(standard="GM/T 0031"), number=1))
    assert [seal.intact for seal in found.seals] == [True, True]
    assert codes(found) == HONEST


def _words(files):
    return {**files, CONTENT: files[CONTENT].replace(b"440300", b"990300")}


def _page_taken_away(files):
    return {name: data for name, data in files.items() if name != CONTENT}


def _seal_moved(files):
    name = "Doc_0/Signs/Sign_0/Signature.xml"
    return {**files, name: files[name].replace(b"130 180", b"10 10")}


@pytest.mark.parametrize("change", [_words, _page_taken_away, _seal_moved])
@pytest.mark.parametrize("standard", ["GB/T 38540", "GM/T 0031", "GB/T 35275"])
def test_a_change_after_sealing_is_seen(tmp_path, change, standard):
    found = judge(tmp_path, change(seal_package(document(), sealing(standard=standard))))
    assert found.verdict == "invalid"
    assert "changed" in codes(found)
    assert (found.seals[0].intact, found.seals[0].changed_after) == (False, True)


def test_a_file_put_in_beside_the_sealed_ones_is_seen(tmp_path):
    found = judge(tmp_path, {**seal_package(document(), sealing()), "Doc_0/Annots/Annotations.xml": b"<x/>"})
    assert codes(found) == HONEST | {"uncovered"}


def test_a_signature_by_another_key_is_broken(tmp_path):
    office, stranger = world()["office"], world()["stranger"]
    forged = dataclasses.replace(stranger, certificate=office.certificate)
    found = judge(tmp_path, seal_package(document(), sealing(signer=forged)))
    assert "signature-broken" in codes(found)
    assert found.verdict == "invalid"


def test_a_seal_used_by_somebody_it_does_not_name_is_seen(tmp_path):
    stranger, office = world()["stranger"], world()["office"]
    found = judge(tmp_path, seal_package(document(), sealing(signer=stranger, listed=(office.certificate,))))
    assert codes(found) == {"signer-not-listed", "untrusted", "no-timestamp"}
    assert found.verdict == "invalid"


def test_a_seal_that_its_maker_did_not_make_is_seen(tmp_path):
    maker, stranger = world()["maker"], world()["stranger"]
    forged = dataclasses.replace(stranger, certificate=maker.certificate)
    assert "seal-forged" in codes(judge(tmp_path, seal_package(document(), sealing(maker=forged))))


def test_a_certificate_that_had_ended_is_not_trusted(tmp_path):
    ended = new_holder(OFFICE, issuer=world()["root"], years=1)
    found = judge(tmp_path, seal_package(document(), sealing(signer=ended)))
    assert codes(found) == {"expired", "no-timestamp"}


def test_a_document_without_a_seal_says_so(tmp_path):
    assert codes(judge(tmp_path, document())) == {"unsigned"}


def test_a_signature_as_two_plain_numbers_is_read_too(tmp_path, monkeypatch):
    """Some programs write r and s side by side, 64 bytes, in place of DER."""
    from asn1crypto.core import Sequence

    plain = ofd_seals.Holder.sign

    def bare(self, data):
        pair = Sequence.load(plain(self, data))
        return b"".join(pair[index].native.to_bytes(32, "big") for index in (0, 1))

    monkeypatch.setattr(ofd_seals.Holder, "sign", bare)
    signer = dataclasses.replace(world()["office"])
    assert codes(judge(tmp_path, seal_package(document(), sealing(signer=signer)))) == HONEST


@given(place=st.integers(0, 5000), value=st.integers(0, 255))
@settings(max_examples=MANY, deadline=None)
def test_no_byte_of_a_signature_can_be_changed_unseen(tmp_path_factory, place, value):
    files = _sealed_once()
    name = "Doc_0/Signs/Sign_0/SignedValue.dat"
    data = bytearray(files[name])
    place %= len(data)
    if data[place] == value:
        return
    data[place] = value
    found = judge(tmp_path_factory.mktemp("changed"), {**files, name: bytes(data)})
    assert found.verdict == "invalid" or not found.seals[0].intact or not found.seals[0].trusted


@functools.cache
def _sealed_once():
    return seal_package(document(), sealing())


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_seal_or_none(data):
    for read in (read_seal, read_signature):
        try:
            read(data)
        except SesError:
            continue


def test_the_seal_is_seen_on_the_page(tmp_path):
    from tests.ingest import ofd_files

    picture = draw_seal(OFFICE, diameter=400, rng=np.random.default_rng(1)).picture()
    path = tmp_path / "a.ofd"
    path.write_bytes(ofd.pack(seal_package(document(), sealing(picture=picture))))
    _, (page,) = ofd_files.shown(path, tmp_path / "out")
    scale = ofd_files.DPMM
    part = np.asarray(page.crop(tuple(round(v * scale) for v in (130, 180, 172, 222)))).astype(int)
    red = (part[..., 0] - part[..., 1] > 60).mean()
    assert 0.1 < red < 0.7
    assert np.asarray(page.crop((0, 0, 400, 200))).min() == 255


def test_a_seal_that_is_an_ofd_itself_is_drawn(tmp_path):
    from tests.ingest import ofd_files

    red = '<ofd:FillColor Value="255 0 0"/>'
    square = ofd.path("M 0 0 L 20 0 L 20 40 L 0 40 C", "0 0 40 40", more='Fill="true"', inside=red)
    inner = ofd.make_ofd(ofd.Design([ofd.Page([square], box="0 0 40 40")]))
    path = tmp_path / "a.ofd"
    path.write_bytes(ofd.pack(seal_package(document(), sealing(picture=inner, picture_kind="ofd"))))
    _, (page,) = ofd_files.shown(path, tmp_path / "out")
    assert ofd_files.colour_at(page, 140, 200) == pytest.approx((255, 0, 0), abs=5)
    assert ofd_files.colour_at(page, 165, 200) == (255, 255, 255)


def test_trusted_authorities_are_read_from_a_folder_in_both_forms(tmp_path):
    root = x509.load_der_x509_certificate(world()["root"].certificate)
    (tmp_path / "a.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (tmp_path / "b.cer").write_bytes(world()["stranger"].certificate)
    (tmp_path / "c.crt").write_bytes(b"no certificate")
    (tmp_path / "readme.txt").write_bytes(root.public_bytes(Encoding.PEM))
    found = [one.public_bytes(Encoding.DER) for one in read_certificates(tmp_path)]
    assert found == [world()["root"].certificate, world()["stranger"].certificate]
    assert read_certificates(tmp_path / "none") == ()
