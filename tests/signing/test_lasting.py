"""Certificates with one and with two seals, judged by others than us, now and years later."""

import asyncio
import datetime as dt
import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import DocumentSecurityStore

from signing import (
    AnchorNotFound,
    NotApproved,
    RenewalRefused,
    TestAuthority,
    TimestampUnavailable,
    find_anchor,
    newest_stamp,
    preserve_pdf,
    render,
    seal_all,
    validate_pdf,
)
from tests.signing.conftest import NOW, OWNER, seal
from tests.signing.lasting import FIRE, LEAD, Office, ades_lta, later
from tests.signing.test_anchor import HEIGHT, turned
from tests.signing.test_keys import curve_key
from tests.signing.test_sealing import Down
from tests.variants import first_quick


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(TestAuthority.ensure(tmp_path_factory.mktemp("authority"), NOW), NOW)


@pytest.fixture(scope="module")
def kept(office: Office) -> dict[int, bytes]:
    return {seals: office.kept(seals) for seals in (1, 2)}


@pytest.mark.parametrize("seals", [1, pytest.param(2, marks=pytest.mark.stack)])
def test_it_is_b_lta_by_the_library_offline_now_and_in_nine_years(
    office: Office, kept: dict[int, bytes], seals: int
) -> None:
    for years in (0, 1, 4, 5, 9):
        in_force = dt.timedelta(days=3650) if 0 < years < 5 else None
        said = asyncio.run(ades_lta(kept[seals], office.authority, later(NOW, years), in_force))
        assert said == [AdESPassed.OK] * seals, years
        found = validate_pdf(kept[seals], office.authority.roots, at=later(NOW, years))
        assert [found.verdict, *(seal.level for seal in found.seals)] == ["valid", *["B-LTA"] * seals], found.reasons


def test_without_its_archive_timestamp_a_file_does_not_outlive_its_certificates(office: Office) -> None:
    (said,) = asyncio.run(ades_lta(office.sealed(1), office.authority, later(NOW, 9)))
    assert said != AdESPassed.OK


@pytest.mark.parametrize("seals", [1, pytest.param(2, marks=pytest.mark.stack)])
def test_a_renewal_after_eight_years_carries_it_over_the_end_of_the_first_timestamp_certificate(
    office: Office, kept: dict[int, bytes], seals: int, tmp_path: Path
) -> None:
    shutil.copytree(office.authority.directory, tmp_path / "authority")
    eight = Office(TestAuthority(tmp_path / "authority", NOW), NOW).after(8)
    longer = eight.renewed(kept[seals])
    assert longer.startswith(kept[seals])
    first, second = newest_stamp(kept[seals]), newest_stamp(longer)
    assert first
    assert second
    assert (first.time, second.time) == (NOW, eight.now)
    assert first.ends < later(NOW, 16) < second.ends
    for years in (8, 9, 14):
        assert asyncio.run(ades_lta(longer, eight.authority, later(NOW, years))) == [AdESPassed.OK] * seals, years
    for years in (8, 14, 15):
        found = validate_pdf(longer, eight.authority.roots, at=later(NOW, years))
        assert found.verdict == "valid", found.reasons
    assert AdESPassed.OK not in asyncio.run(ades_lta(kept[seals], eight.authority, later(NOW, 14)))


def test_a_renewal_that_would_hold_no_longer_is_refused(office: Office, kept: dict[int, bytes]) -> None:
    with pytest.raises(RenewalRefused, match="更换时间戳证书"):
        office.renewed(kept[1])


def test_what_is_not_valid_or_has_no_archive_timestamp_is_not_renewed(office: Office, kept: dict[int, bytes]) -> None:
    with pytest.raises(RenewalRefused, match="没有存档时间戳"):
        office.renewed(office.sealed(1))
    with pytest.raises(RenewalRefused, match="不予续期"):
        office.renewed(kept[1].replace(b"1.7", b"1.6", 1))
    assert newest_stamp(b"no pdf") is None


def test_every_seal_has_its_own_approval_of_the_same_bytes(office: Office) -> None:
    pdf = office.opinion()
    lead, fire = office.order(LEAD, pdf), office.order(FIRE, pdf + b"x", FIRE)
    with pytest.raises(NotApproved):
        seal_all(pdf, [lead, fire], tsa=office.tsa, now=NOW)


def test_without_a_timestamp_for_one_seal_there_is_no_sealed_file(office: Office) -> None:
    class Second(Down):
        def __init__(self) -> None:
            self.asked = 0

        def token(self, digest: bytes, algorithm: str) -> bytes:
            self.asked += 1
            return office.tsa.token(digest, algorithm) if self.asked == 1 else super().token(digest, algorithm)

    pdf, once = office.opinion(), Second()
    with pytest.raises(TimestampUnavailable):
        seal_all(pdf, [office.order(LEAD, pdf), office.order(FIRE, pdf, FIRE)], tsa=once, now=NOW)
    assert once.asked == 2


def test_each_department_seals_at_its_own_mark_and_one_seal_alone_locks_the_file(
    office: Office, kept: dict[int, bytes]
) -> None:
    pdf = office.opinion()
    lead, fire = find_anchor(pdf), find_anchor(pdf, near=FIRE)
    assert lead.box != fire.box
    seals = PdfFileReader(io.BytesIO(kept[2])).embedded_regular_signatures
    boxes = [tuple(float(x) for x in seal.sig_field["/Rect"]) for seal in seals]
    assert boxes == [pytest.approx(lead.box, abs=1), pytest.approx(fire.box, abs=1)]
    assert [seal.docmdp_level for seal in seals] == [None, None]
    (alone,) = PdfFileReader(io.BytesIO(kept[1])).embedded_regular_signatures
    assert alone.docmdp_level.value == 1
    with pytest.raises(AnchorNotFound, match="自己的盖章位置"):
        seal_all(pdf, [office.order(LEAD, pdf), office.order(FIRE, pdf)], tsa=office.tsa, now=NOW)


@pytest.mark.parametrize("seals", [1, 2])
def test_poppler_accepts_every_seal_of_a_preserved_file(
    office: Office, kept: dict[int, bytes], tmp_path: Path, seals: int
) -> None:
    if not (shutil.which("pdfsig") and shutil.which("certutil")):
        pytest.skip("pdfsig (poppler-utils) and certutil (libnss3-tools) are needed for a second opinion")
    database, root = f"sql:{tmp_path}", office.authority.directory / "root.pem"
    subprocess.run(["certutil", "-N", "-d", database, "--empty-password"], check=True)
    subprocess.run(["certutil", "-A", "-d", database, "-n", "root", "-t", "CT,C,C", "-i", root], check=True)
    file = tmp_path / "kept.pdf"
    for pdf, valid in ((kept[seals], seals), (kept[seals].replace(b"1.7", b"1.6", 1), 0)):
        file.write_bytes(pdf)
        said = subprocess.run(["pdfsig", "-nssdir", database, file], check=False, capture_output=True, text=True)
        assert said.stdout.count("Signature is Valid.") == valid
        assert said.stdout.count("Certificate is Trusted.") == valid


@pytest.mark.parametrize(
    "curve", first_quick([ec.SECP256R1(), ec.SECP384R1(), None]), ids=["P-256", "P-384", "RSA-3072"]
)
@pytest.mark.parametrize("digest", first_quick(["sha256", "sha384"]))
def test_every_kind_of_key_and_digest_lasts(
    office: Office, curve: ec.EllipticCurve | None, digest: str, permit: bytes
) -> None:
    trust = office.authority
    key = curve_key(trust, curve) if curve else trust.seal_key(OWNER, "行政审批专用章")
    sealed = seal(permit, key, trust, digest=digest)
    kept = preserve_pdf(sealed, trust.roots, trust.crls(), tsa=office.tsa, now=NOW)
    (signature,) = PdfFileReader(io.BytesIO(kept)).embedded_regular_signatures
    assert signature.signer_info["digest_algorithm"]["algorithm"].native == digest  # the file says which it is
    for years in (0, 9):
        assert asyncio.run(ades_lta(kept, trust, later(NOW, years))) == [AdESPassed.OK]
        (found,) = validate_pdf(kept, trust.roots, at=later(NOW, years)).seals
        assert (found.level, found.algorithm) == ("B-LTA", f"{digest}_{'ecdsa' if curve else 'rsa'}")


def test_a_renewal_leaves_out_lists_that_say_nothing_of_what_has_ended(
    office: Office, kept: dict[int, bytes], tmp_path: Path
) -> None:
    shutil.copytree(office.authority.directory, tmp_path / "authority")
    longer = Office(TestAuthority(tmp_path / "authority", NOW), NOW).after(8).renewed(kept[1])
    before, after = (DocumentSecurityStore.read_dss(PdfFileReader(io.BytesIO(pdf))) for pdf in (kept[1], longer))
    # of the two lists of the day of renewal, the seals' authority's came when the seal's certificate had ended
    assert (len(before.crls), len(after.crls)) == (2, 3)


def test_one_department_beside_another_on_a_line_has_its_own_mark() -> None:
    data = {"标题": "合同", "致": "双方", "正文": ["甲局（盖章）　乙局（盖章）　丙局(盖章)"], "落款": "", "日期": ""}
    pdf = render("notice", data, created=NOW)
    places = [find_anchor(pdf, near=name).box for name in ("甲局", "乙局", "丙局")]
    assert places[0][0] < places[1][0] < places[2][0]
    assert len({round(box[1]) for box in places}) == 1


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_two_seals_stand_at_their_marks_however_the_page_is_turned(office: Office, rotation: int) -> None:
    data = {
        "标题": "合同",
        "致": "双方",
        "正文": ["甲局（盖章）", "", "", "", "", "乙局（盖章）"],
        "落款": "",
        "日期": "",
    }
    plain = render("notice", data, created=NOW)
    pdf = turned(plain, rotation)
    orders = [office.order(name, pdf, name) for name in ("甲局", "乙局")]
    sealed = seal_all(pdf, orders, tsa=office.tsa, now=NOW)
    assert validate_pdf(sealed, office.authority.roots, crls=office.authority.crls(), at=NOW).verdict == "valid"
    document = pypdfium2.PdfDocument(sealed)
    document.init_forms()
    page = np.asarray(document[0].render(scale=1, may_draw_forms=True).to_pil().convert("RGB")).astype(int)
    red = page[..., 0] - page[..., 1:].max(axis=2) > 100
    for name in ("甲局", "乙局"):
        left, bottom, right, top = find_anchor(plain, near=name).box
        seal_there = red[round(HEIGHT - top) : round(HEIGHT - bottom), round(left) : round(right)]
        rows, columns = np.nonzero(seal_there)
        size = np.array(seal_there.shape) / 2
        assert (rows.min() + rows.max()) / 2 == pytest.approx(size[0], abs=4)
        assert (columns.min() + columns.max()) / 2 == pytest.approx(size[1], abs=4)
