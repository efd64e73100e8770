"""The OFD edition of a certificate: the same page, sealed with SM2, and not a byte of it can be changed unseen."""

import base64
import datetime as dt
import functools
import hashlib
from pathlib import Path

import numpy as np
import pylopdf_fonts_zh_cn
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from signing import (
    EditionRefused,
    OfdContainer,
    RenderFailed,
    Sm2Authority,
    TestAuthority,
    edition_of,
    find_anchor,
    judge_incoming,
    read_signatures,
    validate_pdf,
)
from signing import render as render_template
from signing.ofd_edition import NOTE, check_ofd_edition
from signing.ofd_writing import Facts, ofd_files, pack_ofd
from signing.page_objects import drawn_document
from signing.rendering import NAMES
from signing.trust_store import read_certificates
from tests.signing import editions
from tests.signing.conftest import NOW, PERMIT
from tests.signing.editions import AT, HONEST
from tests.signing.lasting import FIRE, OPINION

MANY = 80
SAME_PICTURE = 1.5
"""Mean difference of grey, of 255, between two drawings of one page, made small. Seen: 0.3, and 1.1 with the seal,
around which pyHanko leaves a margin; with all text missing 5.7."""


@pytest.fixture(scope="session")
def sm2(tmp_path_factory: pytest.TempPathFactory) -> Sm2Authority:
    return Sm2Authority(tmp_path_factory.mktemp("sm2"))


@pytest.fixture(scope="session")
def ofd(sealed: bytes, sm2: Sm2Authority) -> bytes:
    return editions.edition(sealed, editions.order(sm2))


def unsealed(pdf: bytes) -> bytes:
    facts = Facts("标题", "机关", AT, {}, "")
    return pack_ofd(ofd_files(drawn_document(pdf), "0" * 32, facts))


def solid(words: list[str]) -> str:
    """All the text in one piece: a blank is a glyph in a PDF and a distance in an OFD."""
    return "".join("".join(words).split())


def grey(folder: Path) -> list[np.ndarray]:
    pictures = sorted(folder.glob("*.jpg"))
    return [np.asarray(Image.open(one).convert("L").resize((744, 526)), int) for one in pictures]


def assert_looks_alike(tmp_path: Path) -> None:
    theirs, ours = grey(tmp_path / "pdf"), grey(tmp_path / "ofd")
    assert len(theirs) == len(ours) > 0
    for one, other in zip(theirs, ours, strict=True):
        assert np.abs(one - other).mean() < SAME_PICTURE


def test_the_edition_has_the_words_of_the_pdf_and_says_what_it_is(tmp_path: Path, sealed: bytes, ofd: bytes) -> None:
    printed = editions.words(editions.pages(sealed, tmp_path, "pdf"))
    assert "江澜晨曦智能装备有限公司" in printed
    *taken_over, note = editions.words(editions.pages(ofd, tmp_path, "ofd"))
    assert taken_over == printed
    assert note.replace(" ", "") == NOTE.replace(" ", "")


@pytest.mark.stack
def test_the_edition_looks_like_the_pdf_with_its_seal(tmp_path: Path, sealed: bytes, ofd: bytes) -> None:
    editions.pages(sealed, tmp_path, "pdf")
    editions.pages(ofd, tmp_path, "ofd")
    assert_looks_alike(tmp_path)
    red = [np.asarray(Image.open(tmp_path / kind / "000001.jpg"), int) for kind in ("pdf", "ofd")]
    theirs, ours = ((part[..., 0] - part[..., 1] > 60).mean() for part in red)
    assert theirs > 0.003
    assert ours == pytest.approx(theirs, rel=0.3)


QUICK = "construction_permit"
"""The one that is made an OFD in the quick tests, too."""


@pytest.mark.parametrize(
    "template", [pytest.param(name, marks=[] if name == QUICK else pytest.mark.stack) for name in sorted(NAMES)]
)
def test_every_template_can_become_an_ofd(tmp_path: Path, template: str) -> None:
    try:
        pdf = render_template(template, PERMIT, created=NOW)
    except RenderFailed:
        pytest.skip("the template asks for data of its own")
    printed, taken_over = (
        solid(editions.words(editions.pages(data, tmp_path, kind)))
        for data, kind in ((pdf, "pdf"), (unsealed(pdf), "ofd"))
    )
    assert taken_over == printed
    assert_looks_alike(tmp_path)


def test_the_same_file_gives_the_same_bytes(permit: bytes) -> None:
    assert unsealed(permit) == unsealed(permit)


def test_turned_text_grey_dashes_and_curves_are_taken_over(tmp_path: Path) -> None:
    pdf = _set(
        '#rotate(-30deg, text(size: 40pt, fill: luma(100))[测试样证])\n#circle(radius: 20mm, fill: rgb("#3060a0"))\n'
        '#line(length: 80%, stroke: (paint: red, thickness: 3pt, dash: "dashed"))\n'
        '#scale(x: 150%, text(size: 20pt, font: "Noto Sans SC")[宽字 office])'
    )
    theirs, ours = editions.pages(pdf, tmp_path, "pdf"), editions.pages(unsealed(pdf), tmp_path, "ofd")
    assert solid(editions.words(theirs)) == solid(editions.words(ours)) == "测试样证宽字office"
    assert_looks_alike(tmp_path)


def test_what_cannot_be_taken_over_is_refused_and_never_left_out(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    Image.new("RGB", (8, 8), "red").save(picture)
    for body in (
        "#rect(fill: gradient.linear(red, blue))",
        '#image(bytes((%s)), format: "png")' % ",".join(map(str, picture.read_bytes())),  # noqa: UP031 - braces
        "#rect(fill: rgb(255, 0, 0, 128))",
        "#box(clip: true, width: 1cm, height: 1cm, rect(width: 3cm, height: 3cm, fill: red))",
        "#box(clip: true, width: 5mm, height: 1cm, text(size: 20pt)[长长的文字])",
        "#box(clip: true, radius: 5mm, width: 1cm, height: 1cm, fill: red)[角]",
        "#rect(fill: cmyk(10%, 20%, 30%, 40%))",
    ):
        with pytest.raises(EditionRefused):
            drawn_document(_set(body))
    for broken in (b"", b"%PDF-1.7 nothing"):
        with pytest.raises(EditionRefused):
            drawn_document(broken)


def test_the_seal_stands_where_it_stands_in_the_pdf(tmp_path: Path, sealed: bytes, ofd: bytes) -> None:
    path = tmp_path / "a.ofd"
    path.write_bytes(ofd)
    with OfdContainer(path) as container:
        (signature,) = read_signatures(container)
    (stamp,) = signature.stamps
    left, top, width, height = map(float, stamp.get("Boundary", "").split())
    box = find_anchor(sealed).box
    assert (left, width, height) == pytest.approx((box[0] * 25.4 / 72, 42, 42), abs=0.01)
    assert top == pytest.approx(210 - box[3] * 25.4 / 72, abs=0.01)
    assert stamp.get("PageRef") == "1"


def test_its_data_name_the_pdf_by_both_digests(tmp_path: Path, sealed: bytes, ofd: bytes) -> None:
    path = tmp_path / "a.ofd"
    path.write_bytes(ofd)
    with OfdContainer(path) as container:
        said = {one.get("Name"): one.text for one in container.xml("OFD.xml").iter("CustomData")}
    assert said == editions.FACTS | {
        "说明": "试验性导出，不作凭证；以 PDF 版证照为准",
        "PDF版SHA-256": hashlib.sha256(sealed).hexdigest(),
        "PDF版SM3": hashlib.new("sm3", sealed).hexdigest(),
    }
    assert edition_of(path) == hashlib.sha256(sealed).hexdigest()


def test_the_seal_is_good_and_covers_every_file_by_sm3(tmp_path: Path, sm2: Sm2Authority, ofd: bytes) -> None:
    assert editions.is_found_good(ofd, sm2)
    check_ofd_edition(ofd, read_certificates(sm2.roots_folder), seals=1, at=AT)
    path = tmp_path / "a.ofd"
    path.write_bytes(ofd)
    files = editions.unpacked(ofd)
    with OfdContainer(path) as container:
        (signature,) = read_signatures(container)
    assert {name for name, _ in signature.references} == files.keys() - (signature.own_files - {signature.seal})
    for name, digest in signature.references:
        assert base64.b64decode(digest) == hashlib.new("sm3", files[name]).digest()


def test_another_root_of_the_same_name_is_not_believed(tmp_path: Path, ofd: bytes) -> None:
    other = Sm2Authority(tmp_path)
    other.maker(AT)
    found = editions.judged(ofd, other)
    assert {reason.code for reason in found.reasons} >= {"untrusted"}
    with pytest.raises(EditionRefused):
        check_ofd_edition(ofd, read_certificates(other.roots_folder), seals=1, at=AT)


def test_a_root_of_sm2_among_ours_changes_nothing_for_a_pdf(
    tmp_path: Path, sm2: Sm2Authority, sealed: bytes, authority: TestAuthority
) -> None:
    sm2.maker(AT)
    path = tmp_path / "a.pdf"
    path.write_bytes(sealed)
    both = [*authority.roots, *read_certificates(sm2.roots_folder)]
    assert len(both) == len(authority.roots) + 1
    lists = authority.crls()
    one, other = (validate_pdf(path, roots, crls=lists).to_json() for roots in (both, authority.roots))
    assert one == other
    kept = judge_incoming(path, both, lists, at=AT)
    assert kept["seals"][0]["trusted"]


def test_two_departments_seal_one_edition(sm2: Sm2Authority) -> None:
    pdf = render_template("joint_acceptance", OPINION, created=NOW)
    ofd = editions.edition(pdf, editions.order(sm2), editions.order(sm2, FIRE, near=FIRE))
    assert editions.is_found_good(ofd, sm2, seals=2)
    assert not editions.is_found_good(ofd, sm2, seals=1)
    found = editions.judged(ofd, sm2)
    assert [FIRE in seal.signer for seal in found.seals] == [False, True]


def test_after_the_last_seal_the_list_of_seals_is_closed(sm2: Sm2Authority, ofd: bytes) -> None:
    files = editions.unpacked(ofd)
    listing = "Doc_0/Signs/Signatures.xml"
    changed = files | {listing: files[listing].replace(b"MaxSignId>1<", b"MaxSignId>7<")}
    assert not editions.is_found_good(editions.packed(changed), sm2)


@given(place=st.data(), value=st.integers(1, 255))
@settings(max_examples=MANY, deadline=None)
def test_no_byte_of_any_file_can_be_changed_unseen(
    sm2: Sm2Authority, ofd: bytes, place: st.DataObject, value: int
) -> None:
    files = _files(ofd)
    name = place.draw(st.sampled_from(sorted(files)))
    data = bytearray(files[name])
    data[place.draw(st.integers(0, len(data) - 1))] ^= value
    assert not editions.is_found_good(editions.packed({**files, name: bytes(data)}), sm2)


@given(place=st.data(), value=st.integers(1, 255))
@settings(max_examples=MANY, deadline=None)
def test_a_changed_byte_of_the_package_is_seen_or_changes_no_file(
    sm2: Sm2Authority, ofd: bytes, place: st.DataObject, value: int
) -> None:
    data = bytearray(ofd)
    data[place.draw(st.integers(0, len(data) - 1))] ^= value
    if editions.is_found_good(bytes(data), sm2):  # a date or an attribute in the zip
        assert editions.unpacked(bytes(data)) == _files(ofd)


@pytest.mark.parametrize("gone", ["Doc_0/Res/", "Doc_0/Pages/", "Doc_0/PublicRes", "Doc_0/Signs/Sign_0/Seal"])
def test_no_file_can_be_taken_away_or_put_in(sm2: Sm2Authority, ofd: bytes, gone: str) -> None:
    files = editions.unpacked(ofd)
    fewer = {name: data for name, data in files.items() if not name.startswith(gone)}
    assert len(fewer) < len(files)
    assert not editions.is_found_good(editions.packed(fewer), sm2)
    assert not editions.is_found_good(editions.packed(files | {f"{gone}extra": b"x"}), sm2)


def test_a_seal_outlives_its_certificate_as_expired(sm2: Sm2Authority, sealed: bytes) -> None:
    """The time is the signer's own word: what it says lies beyond the certificate is refused."""
    late = AT + dt.timedelta(days=6 * 365)
    order = editions.order(sm2)
    from signing import make_ofd_edition

    made = make_ofd_edition(sealed, [order], title="", author="", facts={}, now=late)
    assert {reason.code for reason in editions.judged(made, sm2).reasons} - HONEST == {"expired", "seal-expired"}


@functools.cache
def _files(ofd: bytes) -> dict[str, bytes]:
    return editions.unpacked(ofd)


def _set(body: str) -> bytes:
    """A page set with our fonts."""
    fonts = [pylopdf_fonts_zh_cn.sans_path().parent]
    source = f'#set page(paper: "a4", flipped: true)\n#set text(font: "Noto Serif SC")\n{body}'
    pdf = typst.compile(source.encode(), font_paths=fonts, ignore_system_fonts=True, format="pdf")
    assert isinstance(pdf, bytes)
    return pdf
