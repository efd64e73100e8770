"""pyHanko alone, as its manual has it: its own signer for a PKCS#12 file or a token, its own validation data."""

import io
import logging
from collections.abc import Callable, Iterator
from typing import Any

from asn1crypto import cms
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext

from bench.sealing_ground import MODULE, PIN, TOKEN_LABEL, Ground, NotHere
from signing import LocalTimestampAuthority, find_anchor


class _Stamper(TimeStamper):
    """The same timestamp authority as ours."""

    def __init__(self, tsa: LocalTimestampAuthority) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library leaves it untyped
        self._tsa = tsa

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        return cms.ContentInfo.load(self._tsa.token(message_digest, md_algorithm))


def pyhanko_acts(ground: Ground, place: str, kind: str) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """What pyHanko does for each level. Raises NotHere where its own way to a token is not installed."""
    logging.getLogger("pyhanko").setLevel(logging.ERROR)  # it warns at every seal that nothing is fetched
    signer = _signer(ground, place, kind)
    pdf, stamper = ground.permit.read_bytes(), _Stamper(ground.tsa())
    picture = Image.open(io.BytesIO(ground.order()["image"])).convert("RGBA")
    anchor = find_anchor(pdf)
    left, bottom, right, top = (round(edge) for edge in anchor.box)
    spec = SigFieldSpec("Seal1", box=(left, bottom, right, top), on_page=anchor.page)

    def seal(level: str) -> bytes:
        lasting = level in ("B-LT", "B-LTA")
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf + b"\n"))
        meta = PdfSignatureMetadata(
            field_name="Seal1",
            md_algorithm="sha256",
            reason="签发",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            embed_validation_info=lasting,
            use_pades_lta=level == "B-LTA",
            validation_context=_context(ground) if lasting else None,
        )
        style = StaticStampStyle(background=PdfImage(picture, writer=writer), background_opacity=1.0, border_width=0)
        made = PdfSigner(
            meta, signer, timestamper=None if level == "B-B" else stamper, stamp_style=style, new_field_spec=spec
        ).sign_pdf(writer)
        sealed: bytes = made.getvalue()
        return sealed

    for level in ("B-B", "B-T", "B-LT", "B-LTA"):
        yield level, lambda level=level: seal(level)  # type: ignore[misc]  # a default binds it now


def _signer(ground: Ground, place: str, kind: str) -> Any:
    if place == "PKCS#12":
        file = ground.folder / "pkcs12" / f"{kind}.p12"
        return SimpleSigner.load_pkcs12(str(file), passphrase=PIN.encode())  # type: ignore[no-untyped-call]
    ground.enter_token()
    try:
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
    except ImportError:
        raise NotHere("pip install python-pkcs11") from None
    session = open_pkcs11_session(str(MODULE), token_criteria=TokenCriteria(label=TOKEN_LABEL), user_pin=PIN)
    chain = [
        asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in ground.authority().seal_key("", "").chain
    ]
    raw = kind == "p-256"  # SoftHSM2 hashes for RSA only
    return PKCS11Signer(session, cert_label=kind, key_label=kind, ca_chain=chain, use_raw_mechanism=raw)


def _context(ground: Ground) -> ValidationContext:
    roots = [asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in ground.roots()]
    return ValidationContext(
        trust_roots=roots,
        crls=[asn1_crl.CertificateList.load(one) for one in ground.crls()],
        allow_fetching=False,
        revocation_mode="hard-fail",
    )
