"""Our OFD documents in `ofdrw`, the reference program of the field, and its documents in ours.

It needs a JDK and Maven, and once the network: the libraries are fetched into `.cache/ofdrw/`.
"""

import numpy as np
import pytest
from cryptography import x509
from PIL import Image

from ingest.inspection import inspect
from ingest.paging import paginate
from samples import ofd
from samples.ofd_seals import Sealing, new_holder, seal_package
from signing import Sm2Authority, render, validate_ofd
from signing.ofd_edition import NOTE
from tests.ingest import ofd_files as files
from tests.signing import editions
from tests.signing.conftest import NOW, PERMIT
from tests.signing.lasting import FIRE, OPINION
from tests.stack.java_programs import java_program

STANDARDS = ["GB/T 38540", "GM/T 0031", "GB/T 35275"]
SAME_PICTURE = 1.0
"""Mean difference of grey, of 255, between two drawings of one page, made small. Seen: 0.2."""

SAME_PAGE = 1.0
"""The same for a page drawn by two programs, seals left out. Seen: 0.6; in another font 1.3, without its text 3.6."""

WORDS = "关于江澜智能装备产业园1号厂房建设工程规划许可的批复"

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def ofdrw():
    """Runs the program: its arguments → what it prints."""
    return java_program("ofdrw", "Ofdrw")


def _picture(tmp_path):
    path = tmp_path / "seal.png"
    path.write_bytes(files.picture_bytes("PNG"))
    return path


def _document():
    pages = [
        ofd.Page([ofd.text(WORDS, 20, 40), ofd.path("M 20 100 L 190 100")]),
        ofd.Page([ofd.text("第二页", 20, 40)]),
    ]
    return ofd.package_files(ofd.Design(pages))


def test_our_document_opens_there_with_all_its_text(tmp_path, ofdrw):
    path = tmp_path / "a.ofd"
    path.write_bytes(ofd.pack(_document()))
    assert ofdrw("read", path).splitlines() == ["2", WORDS, "第二页"]


@pytest.mark.parametrize("standard", STANDARDS)
def test_our_seal_is_valid_there_and_a_change_is_seen(tmp_path, ofdrw, standard):
    root = new_holder("测试根", authority=True)
    office, maker = new_holder("测试局", issuer=root), new_holder("制章中心", issuer=root)
    sealed = seal_package(
        _document(), Sealing(office, maker, "测试局电子印章", files.picture_bytes("PNG"), standard=standard)
    )
    path = tmp_path / "a.ofd"
    path.write_bytes(ofd.pack(sealed))
    assert ofdrw("validate", path, standard).strip() == "valid"
    name = "Doc_0/Pages/Page_1/Content.xml"
    path.write_bytes(ofd.pack({**sealed, name: sealed[name].replace("1号".encode(), "2号".encode())}))
    with pytest.raises(AssertionError, match="FileIntegrityException"):
        ofdrw("validate", path, standard)


@pytest.mark.parametrize("standard", STANDARDS)
def test_a_document_made_and_sealed_there_is_read_and_judged_here(tmp_path, ofdrw, standard):
    picture, root = _picture(tmp_path), tmp_path / "root.der"
    ofdrw("make", picture, tmp_path / "plain.ofd", WORDS)
    ofdrw("seal", tmp_path / "plain.ofd", tmp_path / "a.ofd", standard, picture, root)
    path = tmp_path / "a.ofd"
    found = inspect(path, seal_roots=[root.read_bytes()])
    assert (found.media_type, found.page_count, found.signed) == ("application/ofd", 1, True)
    assert found.validation is not None
    assert found.validation["seals"][0]["intact"], found.validation["reasons"]
    assert {reason["code"] for reason in found.validation["reasons"]} == {"no-timestamp", "revocation-unknown"}
    (page,) = paginate(path, found, tmp_path)
    assert "".join(line["text"] for line in page.own_text) == WORDS
    _, (shown,) = files.shown(path, tmp_path / "out")
    at_the_seal = files.colour_at(shown, 105, 155)[0], files.colour_at(shown, 135, 185)[0]
    assert at_the_seal == ((255, 255) if standard == "GB/T 35275" else (0, 255))
    changed = ofd.unpack(path.read_bytes())
    name = next(name for name in changed if name.endswith("Content.xml"))
    path.write_bytes(ofd.pack({**changed, name: changed[name] + b"<!-- -->"}))
    assert validate_ofd(path, [x509.load_der_x509_certificate(root.read_bytes())]).verdict == "invalid"


def test_a_pdf_that_was_converted_there_looks_the_same_here(tmp_path, ofdrw):
    """Its converter turns every character into a path: curves, colours and line widths by the thousand."""
    source = tmp_path / "a.pdf"
    source.write_bytes(render("construction_permit", PERMIT, created=NOW))
    ofdrw("convert", source, tmp_path / "a.ofd")
    (ours,), (theirs,) = (_pages(path, tmp_path / path.suffix[1:]) for path in (tmp_path / "a.ofd", source))
    assert (ours.width, ours.height) == pytest.approx((theirs.width, theirs.height), abs=4)
    pictures = [Image.open(tmp_path / name / "000001.jpg").convert("L").resize((124, 175)) for name in ("ofd", "pdf")]
    difference = np.abs(np.subtract(*(np.asarray(picture, int) for picture in pictures)))
    assert difference.mean() < SAME_PICTURE


@pytest.mark.parametrize("departments", [(), (FIRE,)])
def test_our_edition_of_a_certificate_is_valid_there_and_looks_like_the_pdf(tmp_path, ofdrw, departments):
    """Fonts as we write them, paths, the seal on the page; with a second seal, too."""
    sm2 = Sm2Authority(tmp_path)
    pdf = render("joint_acceptance", OPINION, created=NOW)
    orders = [editions.order(sm2), *(editions.order(sm2, owner, near=owner) for owner in departments)]
    ofd_file = tmp_path / "a.ofd"
    ofd_file.write_bytes(editions.edition(pdf, *orders))
    assert ofdrw("validate", ofd_file, "GB/T 38540").strip() == "valid"
    count, *words = ofdrw("read", ofd_file).splitlines()
    pages = editions.pages(pdf, tmp_path, "pdf")
    assert int(count) == len(pages)
    *taken_over, note = words
    assert _solid("".join(taken_over)) == _solid("".join(editions.words(pages)))
    assert note == NOTE
    (tmp_path / "drawn").mkdir()
    ofdrw("draw", ofd_file, tmp_path / "drawn")
    printed = Image.open(tmp_path / "pdf" / "000001.jpg").convert("L")
    drawn = Image.open(tmp_path / "drawn" / "0.png").convert("RGB")
    assert drawn.width / drawn.height == pytest.approx(printed.width / printed.height, rel=0.01)
    colours = np.asarray(drawn, int)
    assert (colours[..., 0] - colours[..., 1] > 60).mean() > 0.003 * len(orders)
    # what is red there is the seals and the warnings: all else is compared
    seals = np.asarray(drawn.resize((248, 350)), int)
    free = seals[..., 0] - seals[..., 1] < 10
    assert free.mean() > 0.8
    grey = [np.asarray(one.convert("L").resize((248, 350)), int)[free] for one in (drawn, printed)]
    assert np.abs(np.subtract(*grey)).mean() < SAME_PAGE
    files = editions.unpacked(ofd_file.read_bytes())
    name = "Doc_0/Pages/Page_1/Content.xml"
    ofd_file.write_bytes(editions.packed(files | {name: files[name] + b" "}))
    with pytest.raises(AssertionError, match="FileIntegrityException"):
        ofdrw("validate", ofd_file, "GB/T 38540")


def _solid(text):
    return "".join(text.split())


def _pages(path, out):
    out.mkdir()
    return paginate(path, inspect(path), out)
