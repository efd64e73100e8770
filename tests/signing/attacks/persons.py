"""Forgeries with the wrong key, at the wrong time, or of the right file in the wrong place."""

import hashlib
import io

import pikepdf
from asn1crypto import x509 as asn1_x509
from asn1crypto.keys import PrivateKeyInfo
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from pikepdf import Array, Dictionary, Name
from PIL import Image
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing import LocalTimestampAuthority, Policy, draw_seal
from signing.keys import passphrase_at
from tests.signing.attacks.ground import DAY, NOW, Ground, Shown, seal
from tests.signing.conftest import OWNER

YEAR = 365 * DAY


def same_names(ground: Ground) -> bytes:
    """Sealed by another authority whose certificates bear the same names."""
    return seal(ground.permit, ground.forged_key, ground.forger)


def same_names_our_time(ground: Ground) -> bytes:
    """The same with a timestamp of our own service, which gives one to anybody."""
    tsa = LocalTimestampAuthority(ground.authority.timestamp_key, lambda: NOW)
    return seal(ground.permit, ground.forged_key, ground.forger, tsa=tsa)


def another_seal(ground: Ground) -> bytes:
    """Sealed by somebody else below our root."""
    return ground.preserved(seal(ground.permit, ground.second_key, ground.authority))


def timestamp_key(ground: Ground) -> bytes:
    """Sealed with the key of the timestamp service, whose certificate is of our root but for timestamps."""
    return seal(ground.permit, ground.authority.timestamp_key, ground.authority)


def picture_pasted(ground: Ground) -> bytes:
    """The picture of the seal on the page, and no signature."""
    picture = Image.open(io.BytesIO(draw_seal(OWNER, "9901010000018"))).convert("RGB")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(ground.permit)) as document:
        image = document.make_stream(
            picture.tobytes(),
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=picture.width,
            Height=picture.height,
            ColorSpace=Name.DeviceRGB,
            BitsPerComponent=8,
        )
        name = document.pages[0].add_resource(image, Name.XObject)
        document.pages[0].contents_add(b"q 119 0 0 119 600 60 cm " + bytes(name) + b" Do Q")
        document.save(out)
    return out.getvalue()


def picture_in_a_field(ground: Ground) -> bytes:
    """The picture in a signature field that holds no signature."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(ground.permit)) as document:
        look = document.make_stream(b"1 0 0 rg 0 0 119 119 re f", Type=Name.XObject, Subtype=Name.Form)
        look.BBox = Array([0, 0, 119, 119])
        field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T="Seal1", F=4)
        field.Rect, field.AP = Array([600, 60, 719, 179]), Dictionary(N=look)
        made = document.make_indirect(field)
        document.Root.AcroForm = Dictionary(Fields=Array([made]), SigFlags=3)
        document.pages[0].obj.Annots = Array([made])
        document.save(out)
    return out.getvalue()


def of_another_case(ground: Ground) -> Shown:
    """A true certificate of ours, shown in the place of another: the register knows the digest of the right one."""
    return Shown(ground.other, {"policy": Policy(sha256=hashlib.sha256(ground.one).hexdigest())})


def _revoked(ground: Ground, reason: str, *, sealed_at=NOW, revoked_at=NOW + DAY, at=NOW + 10 * DAY) -> Shown:
    ours = ground.new_authority()
    key = ours.seal_key(OWNER, "旧章")
    pdf = seal(ground.permit, key, ours, tsa=LocalTimestampAuthority(ours.timestamp_key, lambda: sealed_at))
    ours.revoke(key.serial, revoked_at, reason)
    return Shown(pdf, {"roots": ours.roots, "crls": ours.crls(at), "at": at})


def revoked_before(ground: Ground) -> Shown:
    """Sealed after the certificate was orderly withdrawn."""
    return _revoked(ground, "superseded", sealed_at=NOW + 2 * DAY)


def stolen(ground: Ground) -> Shown:
    """The key was in wrong hands: nothing that it sealed is believed, whatever the timestamp says."""
    return _revoked(ground, "key_compromise")


def stolen_and_ended(ground: Ground) -> Shown:
    """The same, looked at after the certificate would have ended anyway."""
    return _revoked(ground, "key_compromise", at=NOW + 6 * YEAR)


def withdrawn_later(ground: Ground) -> Shown:
    """No forgery: sealed before an orderly withdrawal."""
    return _revoked(ground, "superseded")


def expired(ground: Ground) -> Shown:
    """Sealed after the certificate had ended."""
    late = NOW + 6 * YEAR
    tsa = LocalTimestampAuthority(ground.authority.timestamp_key, lambda: late)
    pdf = seal(ground.permit, ground.key, ground.authority, tsa=tsa, now=late)
    return Shown(pdf, {"at": late + DAY, "crls": ground.late_lists(late)})


def without_lists(ground: Ground) -> Shown:
    """Nobody can say whether the certificate was revoked."""
    return Shown(ground.sealed, {"crls": ()})


def _revoked_above(ground: Ground, which: str) -> Shown:
    ours = ground.new_authority()
    key = ours.seal_key(OWNER, "公章")
    pdf = seal(ground.permit, key, ours)
    ours.revoke(getattr(ours, which).serial, NOW + DAY)
    at = NOW + 10 * DAY
    return Shown(pdf, {"roots": ours.roots, "crls": ours.crls(at), "at": at})


def timestamper_stolen(ground: Ground) -> Shown:
    """The key of the timestamp service was in wrong hands: it may have dated anything back."""
    return _revoked_above(ground, "timestamp_key")


def sha1(ground: Ground) -> bytes:
    """Sealed with a digest for which collisions are known."""
    path = next((ground.authority.directory / "seals").glob("*.p12"))
    secret = passphrase_at(ground.authority.directory / "passphrase")
    key, certificate, above = pkcs12.load_key_and_certificates(path.read_bytes(), secret.reveal())
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    chain = [asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in (certificate, *above)]
    signer = signers.SimpleSigner(chain[0], PrivateKeyInfo.load(private), SimpleCertificateStore.from_certs(chain))
    data = signers.PdfSignatureMetadata(field_name="Seal1", md_algorithm="sha1", subfilter=SigSeedSubFilter.PADES)
    out = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(ground.permit + b"\n")), data, signer=signer)
    return out.getvalue()
