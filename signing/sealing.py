"""Sealing a PDF: the bytes the officer approved, and no others, get a visible seal and a PAdES signature (B-T).

The signature comes from `signing.cms`; pyHanko embeds it (ETSI.CAdES.detached, appearance, DocMDP). The file is only
added to, never rewritten, so a PDF/A-2b file stays one. A seal counts only once `validate_pdf` finds it valid.
"""

import dataclasses
import datetime as dt
import hashlib
import io
import mmap
import re
from pathlib import Path
from typing import IO

from PIL import Image
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError as PyhankoSigningError
from pyhanko.sign.signers import cms_embedder
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.stamp import StaticStampStyle

from signing.anchor import Anchor, find_anchor
from signing.cms import build_cms
from signing.errors import NotApproved, SealRefused
from signing.growing import end_line, grown
from signing.keys import Signer, digest_named, fitting_digest
from signing.timestamps import TimestampAuthority

CMS_SPACE = 32 * 1024
"""Hex digits kept free for the signature, so 16 kB of it: ours takes about 7 kB, a token with a long chain about 12."""
FIELD = "Seal"
_BYTE_RANGE = re.compile(b"/" + b"".join(b"(?:%c|#%02x|#%02X)" % (c, c, c) for c in b"ByteRange"))


def seal_pdf(  # noqa: PLR0913  what a seal is made of, each by name
    pdf: bytes,
    key: Signer,
    *,
    tsa: TimestampAuthority | None,
    image: bytes,
    approved_sha256: str,
    reason: str,
    location: str,
    now: dt.datetime,
    anchor: Anchor | None = None,
    certify: bool = True,
    digest: str = "",
) -> bytes:
    """Seal a PDF and return the whole new file.

    Args:
        pdf: the file as approved.
        key: who signs for the seal.
        tsa: who gives the timestamp. None makes a seal of which nobody can say when (B-B): for measuring only.
        image: the look of the seal, PNG with alpha, from `draw_seal`.
        approved_sha256: hex SHA-256 of the bytes the officer approved.
        reason: why, such as "签发建筑工程施工许可证"; shown by readers.
        location: where, such as "江澜市".
        now: aware; the time stated in the signature dictionary (the proven time is the token's).
        anchor: where the seal goes; by default over the last （盖章）.
        certify: forbid every later change (DocMDP P=1). Leave it off for all seals where a file gets several.
        digest: sha256, sha384 or sha512; the one that fits the key where it is empty.

    Raises:
        NotApproved: other bytes than those approved.
        AnchorNotFound: no place for the seal.
        TimestampUnavailable: no timestamp; nothing was sealed.
        SealRefused: unreadable, encrypted, or certified already.
        KeyUnusable: the key would not sign.
    """
    act = _Act.of(key, tsa, image, reason, location, now, certify=certify, digest=digest)
    _check_approval(hashlib.sha256(pdf).hexdigest(), approved_sha256)
    stream = io.BytesIO(pdf)
    _apply(stream, anchor or find_anchor(pdf), act)
    return stream.getvalue()


def seal_file(  # noqa: PLR0913  as above
    source: Path,
    target: Path,
    key: Signer,
    *,
    tsa: TimestampAuthority | None,
    image: bytes,
    approved_sha256: str,
    reason: str,
    location: str,
    now: dt.datetime,
    anchor: Anchor | None = None,
    certify: bool = True,
    digest: str = "",
) -> None:
    """Seal a file of any size, of which little is ever in memory; see `seal_pdf` for the arguments and errors.

    `target` is whole or as it was before; it may be `source` itself.
    """
    act = _Act.of(key, tsa, image, reason, location, now, certify=certify, digest=digest)
    with grown(source, target) as file:
        _check_approval(hashlib.file_digest(file, "sha256").hexdigest(), approved_sha256)
        _apply(file, anchor or find_anchor(Path(file.name)), act)


@dataclasses.dataclass(frozen=True)
class _Act:
    """What is done to a file, wherever it lies."""

    key: Signer
    tsa: TimestampAuthority | None
    image: bytes
    reason: str
    location: str
    now: dt.datetime
    certify: bool
    digest: str

    @classmethod
    def of(  # noqa: PLR0913, PLR0917
        cls,
        key: Signer,
        tsa: TimestampAuthority | None,
        image: bytes,
        reason: str,
        location: str,
        now: dt.datetime,
        *,
        certify: bool,
        digest: str,
    ) -> "_Act":
        """With the digest that fits the key where none is named; see `seal_pdf`."""
        algorithm = digest or fitting_digest(key.certificate)
        digest_named(algorithm)
        return cls(key, tsa, image, reason, location, now, certify, algorithm)


def _check_approval(sha256: str, approved: str) -> None:
    if sha256 != approved.lower():
        raise NotApproved("待盖章文件与审批通过的文件不一致：请重新审批 (not the bytes that were approved)")


def _apply(file: IO[bytes], place: Anchor, act: _Act) -> None:
    """Add the seal to the end of an open file."""
    try:
        end_line(file)
        writer = IncrementalPdfFileWriter(file)
        field = _free_field(writer, certify=act.certify)
        spec = SigFieldSpec(field, box=_whole(place.box), on_page=place.page)
        steps = cms_embedder.PdfCMSEmbedder(new_field_spec=spec).write_cms(field_name=field, writer=writer)
        next(steps)
        steps.send(_setup(writer, _upright(act.image, place.rotation), act))
        prepared, _ = steps.send(cms_embedder.SigIOSetup(md_algorithm=act.digest, in_place=True))
        steps.send(build_cms(prepared.document_digest, act.key, act.tsa, act.digest))
    except (PdfError, PyhankoSigningError, OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise SealRefused(f"文件不能盖章：{error} (the file cannot carry a seal; render it again)") from error


def has_signature(pdf: bytes | mmap.mmap) -> bool:
    """Whether a file carries a signature, told from its raw bytes: quick, and safe on broken files.

    A signature dictionary must lie open in the file, since its byte range counts from there (ISO 32000-2, 12.8.1).
    It may say yes where `validate_pdf` then finds none; it never overlooks one.
    """
    return _BYTE_RANGE.search(pdf) is not None


def _free_field(writer: IncrementalPdfFileWriter, *, certify: bool) -> str:
    if writer.security_handler is not None:
        raise SealRefused("文件已加密：请提供未加密的文件 (the file is encrypted)")
    names = {name for name, _, _ in enumerate_sig_fields(writer.prev)}
    signed = any(value is not None for _, value, _ in enumerate_sig_fields(writer.prev))
    if signed and certify:
        raise SealRefused("文件已有签章：再次盖章时不得锁定文件 (already signed: seal with certify=False)")
    if "/Perms" in writer.root:
        raise SealRefused("文件已锁定，不允许再次盖章 (certified against further seals)")
    return next(name for number in range(1, len(names) + 2) if (name := f"{FIELD}{number}") not in names)


def _setup(writer: IncrementalPdfFileWriter, picture: Image.Image, act: _Act) -> cms_embedder.SigObjSetup:
    placeholder = SignatureObject(
        timestamp=act.now,
        subfilter=SigSeedSubFilter.PADES,
        location=act.location,
        reason=act.reason,
        bytes_reserved=CMS_SPACE,
    )
    style = StaticStampStyle(background=PdfImage(picture, writer=writer), background_opacity=1.0, border_width=0)
    lock = cms_embedder.SigMDPSetup(md_algorithm=act.digest, certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
    return cms_embedder.SigObjSetup(
        sig_placeholder=placeholder,
        appearance_setup=cms_embedder.SigAppearanceSetup(style=style, timestamp=act.now, name=None),
        mdp_setup=lock if act.certify else None,
    )


def _upright(image: bytes, rotation: int) -> Image.Image:
    """The picture turned against the page's rotation, so that a reader sees it upright."""
    with Image.open(io.BytesIO(image)) as picture:
        upright = picture.convert("RGBA")
    return upright.rotate(rotation) if rotation else upright


def _whole(box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    left, bottom, right, top = box
    return round(left), round(bottom), round(right), round(top)
